"""Earmark hears what is in a sound."""

__version__ = "0.1.0"
