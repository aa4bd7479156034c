"""Published weights in words, for the command line and the window."""

from __future__ import annotations

from collections.abc import Mapping

from earmark.api import Weights
from earmark.weights_cache import WeightsCache
from earmark.weights_source import Page, source_of


def facts(weights: Weights) -> Mapping[str, str]:
    """Return what is known of published weights: heading → text, empty where it is not known."""
    source = source_of(weights.url)
    return {
        "Licence": weights.licence,
        "Source": weights.source,
        "Address": source.page if source else "",
        "Size": known_size(weights) if source else "",
        "SHA-256": weights.sha256 or "",
        "Reaches": figures_text(weights.figures),
        "By hand": f"{source.host} gives nothing to a program" if isinstance(source, Page) else "",
    }


def known_size(weights: Weights) -> str:
    """Return the size without asking anybody: as it was written down, or as it was when it was fetched."""
    kept = WeightsCache().recorded(weights.url)
    size = weights.size_bytes if weights.size_bytes is not None else kept.size if kept else None
    return size_text(size) if size is not None else ""


def figures_text(figures: Mapping[str, float]) -> str:
    """Return published figures in one line: "mAP on AudioSet 0.459, accuracy on ESC-50 0.957"."""
    return ", ".join(f"{name} {value:g}" for name, value in figures.items())


def size_text(size: int | None) -> str:
    """Return a number of bytes as people read it: "346 MB"."""
    if size is None:
        return "size not known"
    for unit, amount in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= amount:
            return f"{size / amount:.3g} {unit}"
    return f"{size} bytes"
