"""HTS-AT, a plugin of Earmark."""
