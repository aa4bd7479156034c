"""The map of embeddings as a picture: SVG that we write, PNG where matplotlib is installed."""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path

import numpy as np

from earmark.errors import EarmarkError
from earmark.evaluation.embeddings import EmbeddingMap, MapPoint
from earmark.label_colours import colour_of
from earmark.label_names import label_text

WIDTH, HEIGHT, LEGEND, MARGIN, RADIUS = 1000, 720, 240, 24, 4.0
LINE, MOST_LABELS = 20, 32
NOTHING = "#8a8a8a"  # clips without a label
PLAIN = "none of them"
SUFFIXES = (".svg", ".png")


def check_suffix(path: Path) -> None:
    """Raise an EarmarkError where a picture of this name cannot be written here."""
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise EarmarkError(f"The map is written as SVG or PNG, not as “{path.suffix}”.", hint="Name it map.svg.")
    if suffix == ".png":
        _matplotlib()


def write_map(found: EmbeddingMap, path: Path) -> None:
    """Write the map; by its suffix SVG or PNG.

    Raises:
        EarmarkError: it cannot be written.
    """
    check_suffix(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.casefold() == ".svg":
            path.write_text(svg_of(found), encoding="utf-8", errors="replace")
        else:
            _write_png(found, path)
    except OSError as error:
        raise EarmarkError(f"{path} cannot be written.", hint=str(error)) from error


def svg_of(found: EmbeddingMap) -> str:
    """Return the map as SVG; each point names its file and label when the pointer is over it."""
    places = _places(found.points)
    dots = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" fill="{_colour(point.label)}" fill-opacity="0.8">'
        f"<title>{escape(f'{point.path.name}: {_named(point.label)}')}</title></circle>"
        for point, (x, y) in zip(found.points, places, strict=True)
    )
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    title = f'<text x="{MARGIN}" y="{HEIGHT - 8}" fill="#666">{escape(caption(found))}</text>'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *dots,
            *_legend(found),
            title,
            "</svg>\n",
        )
    )


def caption(found: EmbeddingMap) -> str:
    """Return what stands under the map."""
    return f"{found.model_id}, {len(found.points)} clips, {found.method}, seed {found.seed}"


def _legend(found: EmbeddingMap) -> list[str]:
    x, lines = WIDTH - LEGEND + MARGIN, []
    shown, hidden = _counted(found.points)
    for row, (label, count) in enumerate(shown):
        y = MARGIN + row * LINE
        lines.append(f'<circle cx="{x}" cy="{y}" r="{RADIUS + 1}" fill="{_colour(label)}"/>')
        lines.append(f'<text x="{x + 12}" y="{y + 4}" fill="#222">{escape(_named(label))} ({count})</text>')
    if hidden:
        lines.append(f'<text x="{x}" y="{MARGIN + len(shown) * LINE + 4}" fill="#666">and {hidden} more labels</text>')
    return lines


def _write_png(found: EmbeddingMap, path: Path) -> None:
    figure = _matplotlib()(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    shown, hidden = _counted(found.points)
    for label, count in _counted(found.points, most=None)[0]:
        xy = np.array([point.xy for point in found.points if point.label == label])
        named = f"{_named(label)} ({count})" if (label, count) in shown else "_"
        axes.scatter(*xy.T, s=14, color=_colour(label), alpha=0.8, linewidths=0, label=named)
    axes.set_axis_off()
    title = f"and {hidden} more labels" if hidden else None
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9, title=title)
    axes.set_title(caption(found), fontsize=9, color="#666666", y=-0.03)
    figure.savefig(path)


def _matplotlib() -> type:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        hint = 'Name it map.svg, or: pip install "earmark[evaluate]"'
        raise EarmarkError("A map as PNG needs matplotlib, which is not installed.", hint=hint) from error
    return Figure


def _places(points: tuple[MapPoint, ...]) -> np.ndarray:
    """Return [points, 2] in pixels: as large as fits, the same scale across and up."""
    xy = np.array([point.xy for point in points], float).reshape(-1, 2)
    low, high = (xy.min(axis=0), xy.max(axis=0)) if len(xy) else (np.zeros(2), np.ones(2))
    room = np.array([WIDTH - LEGEND - 2 * MARGIN, HEIGHT - 3 * MARGIN])
    scale = float(np.min(room / np.maximum(high - low, 1e-9)))
    middle = np.array([(WIDTH - LEGEND) / 2, (HEIGHT - MARGIN) / 2])
    return middle + (xy - (low + high) / 2) * scale * (1, -1)


def _counted(points: tuple[MapPoint, ...], most: int | None = MOST_LABELS) -> tuple[list[tuple[str, int]], int]:
    """Return the labels with their clips, the most frequent first, and how many labels are left out."""
    counts = Counter(point.label for point in points)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ordered[:most], len(ordered) - len(ordered[:most])


def _colour(label: str) -> str:
    return colour_of(label) if label else NOTHING


def _named(label: str) -> str:
    return label_text(label) if label else PLAIN
