"""View ▸ Copy picture: spectrogram, lanes, axes and legend as a paper shows them, on white, at twice the resolution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from earmark.audio_file import shown
from earmark.gui.axes import LEFT, RIGHT, time_text
from earmark.gui.caption import Caption
from earmark.gui.decibel_bar import Handle
from earmark.gui.desk import Desk
from earmark.gui.plot import Playhead
from earmark.gui.selection_item import SelectionItem
from earmark.gui.theme import LIGHT, palette

TIMES = 2  # the resolution of the screen's points
MARGIN, GAP = 16, 6  # pixels around everything, between plots
HEAD = 26  # pixels for the line above


class Pictures:
    """Makes pictures of what is in view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())
        self._desk.notices.tell("The picture is on the clipboard.")

    def save(self) -> None:
        """Write the picture where the person says."""
        path = self._desk.shown.path
        if path is None:
            return
        if chosen := self._ask("Save picture", path.with_suffix(".png")):
            self._write(self.picture(), chosen)

    def save_screenshot(self) -> None:
        """Write the window as it is on the screen."""
        image = self._desk.window.grab().toImage()
        if chosen := self._ask("Save a screenshot", Path.home() / "earmark.png"):
            self._write(image, chosen)

    def picture(self) -> QImage:
        """Return what is in view, as in a light theme; without playhead, selection and pointer."""
        centre = self._desk.centre
        with _as_printed(self._desk):
            return _composed(self._title(), [centre.spectrogram, *([centre.lanes] if self._has_lanes() else [])])

    def _title(self) -> tuple[str, str]:
        path, span, heading = self._desk.shown.path, self._desk.span, self._desk.listening.heading
        heard_by = heading.title if heading and self._desk.findings.analysis else ""
        stretch = f"{time_text(span.start, 1)} – {time_text(span.end, 1)}"
        return (shown(path) if path else ""), " · ".join(filter(None, (stretch, heard_by)))

    def _has_lanes(self) -> bool:
        return bool(self._desk.findings.events)

    def _ask(self, title: str, proposed: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self._desk.window, title, str(proposed), "PNG (*.png)")
        if not name:
            return None
        return Path(name) if Path(name).suffix else Path(f"{name}.png")

    def _write(self, image: QImage, path: Path) -> None:
        if image.save(str(path)):
            self._desk.notices.tell(f"{path.name} was written.")
        else:
            self._desk.notices.say(f"{path.name} cannot be written.", hint="Choose another place, or the ending .png.")


def _composed(title: tuple[str, str], views: list[QWidget]) -> QImage:
    """Return the views one below the other under a line of text, on white."""
    width = max(view.width() for view in views) + 2 * MARGIN
    height = HEAD + sum(view.height() + GAP for view in views) - GAP + 2 * MARGIN
    image = QImage(QSize(width, height) * TIMES, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(TIMES)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    _write_title(painter, title, QRectF(MARGIN + LEFT, MARGIN, width - 2 * MARGIN - LEFT - RIGHT, HEAD))
    top = MARGIN + HEAD
    for view in views:
        view.render(painter, QPoint(MARGIN, top), renderFlags=QWidget.RenderFlag.DrawChildren)
        top += view.height() + GAP
    painter.end()
    return image


def _write_title(painter: QPainter, title: tuple[str, str], place: QRectF) -> None:
    name, facts = title
    font = QFont(QApplication.font())
    painter.setPen(QColor(LIGHT.muted))
    painter.setFont(font)
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, facts)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(LIGHT.text))
    left = place.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(facts) - MARGIN, 0)
    text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(left.width()))
    painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)


@contextmanager
def _as_printed(desk: Desk) -> Iterator[None]:
    """Draw the centre in the light theme and without what only the screen needs; afterwards as it was."""
    centre = desk.centre
    hidden = [item for item in _only_for_the_screen(desk) if item.isVisible()]
    own, selected = centre.palette(), centre.lanes.item.selected
    for item in hidden:
        item.setVisible(False)
    centre.wear(LIGHT)
    centre.setPalette(palette(LIGHT))
    centre.lanes.item.select(())
    try:
        yield
    finally:
        centre.setPalette(own)
        centre.lanes.item.select(selected.tolist())
        centre.wear(desk.appearance.theme)
        for item in hidden:
            item.setVisible(True)


def _only_for_the_screen(desk: Desk) -> list:
    """Return playheads, selections, read-outs and the handles of the decibel bar."""
    spectrogram, lanes = desk.centre.spectrogram, desk.centre.lanes
    items = [item for view in (spectrogram, lanes) for item in view.plot.scene().items()]
    drawn = [item for item in items if isinstance(item, Playhead | SelectionItem)]
    return [*drawn, *spectrogram.findChildren(Caption), *spectrogram.bar.findChildren(Handle)]
