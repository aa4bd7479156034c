"""Icons: one-colour SVG files of `earmark_resources`, drawn in the theme's colours."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from earmark.gui.theme import Theme

SIZES = (16, 20, 24, 32, 40, 48)  # 1 × and 2 × of what toolbars use


def icon(name: str, theme: Theme) -> QIcon:
    """Return `icons/NAME.svg` in the text colour, muted where the button is disabled."""
    drawn = QIcon()
    for size in SIZES:
        drawn.addPixmap(_pixmap(name, size, theme.text), QIcon.Mode.Normal)
        drawn.addPixmap(_pixmap(name, size, theme.faint), QIcon.Mode.Disabled)
    return drawn


def row_icon(name: str, theme: Theme) -> QIcon:
    """Return the same for a row of a list: seen too where the row is selected."""
    drawn = QIcon()
    for size in SIZES:
        drawn.addPixmap(_pixmap(name, size, theme.text), QIcon.Mode.Normal)
        drawn.addPixmap(_pixmap(name, size, theme.accent_text), QIcon.Mode.Selected)
    return drawn


def program_icon() -> QIcon:
    """Return Earmark's own icon."""
    drawn = QIcon()
    for size in (16, 32, 48, 64, 128, 256):
        drawn.addPixmap(_pixmap("earmark", size, "#000000"))
    return drawn


def _pixmap(name: str, size: int, colour: str) -> QPixmap:
    svg = (files("earmark_resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
