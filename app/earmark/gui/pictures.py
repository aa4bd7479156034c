"""View ▸ Copy picture: what is in view, in the light theme whatever the window's is, at twice the resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog

from earmark.audio_file import shown
from earmark.disagreements import Spans, within
from earmark.event_filter import STANDINGS, standing
from earmark.gui.axes import RIGHT
from earmark.gui.desk import Desk
from earmark.gui.lanes import LANE_PIXELS
from earmark.gui.lanes_view import LanesView
from earmark.gui.picture_page import Page, PageLanes
from earmark.gui.theme import LIGHT, style_sheet
from earmark.judging import JudgedEvent
from earmark.times import time_text

TIMES = 2  # the resolution of the screen's points
PAUSE_MS, TRIES = 120, 12  # tiles are waited for so long, and so often
FORMS = "Picture (*.png);;Vectors (*.svg)"


class Pictures:
    """Makes pictures of what is in view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def copy(self) -> None:
        """Put the picture on the clipboard, once it is as sharp as it can be."""
        self._when_sharp(self._put_on_clipboard)

    def save(self) -> None:
        """Write the picture where the person says, as PNG or SVG, once it is as sharp as it can be."""
        path = self._desk.shown.path
        if path and (chosen := self._ask("Save picture", path.with_suffix(".png"), FORMS)):
            self._when_sharp(lambda: self._tell(chosen, written=self.write(chosen)))

    def save_screenshot(self) -> None:
        """Write the window as it is on the screen."""
        image = self._desk.window.grab().toImage()  # before a dialog covers it
        if chosen := self._ask("Save a screenshot", Path.home() / "earmark.png", "Picture (*.png)"):
            self._tell(chosen, written=image.save(str(chosen)))

    def _put_on_clipboard(self) -> None:
        QGuiApplication.clipboard().setImage(self.picture())
        self._desk.notices.tell("The picture is on the clipboard.")

    def _when_sharp(self, go_on: Callable[[], object], tries: int = TRIES) -> None:
        """Have the tiles computed that only this resolution needs, and go on with them."""
        item, lacking = self._desk.centre.spectrogram.item, []
        noting = item.lacked.connect(lambda tiles: lacking.extend(tiles))
        self.picture()
        item.lacked.disconnect(noting)
        if lacking and tries:
            QTimer.singleShot(PAUSE_MS, self._desk, lambda: self._when_sharp(go_on, tries - 1))
        else:
            go_on()

    def picture(self) -> QImage:
        """Return what is in view, on white, without playhead and selection."""
        with self._page() as page:
            image = QImage((page.size * TIMES).toSize(), QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(TIMES)
            with _painting(image) as painter:
                page.draw(painter)
        return image

    def write(self, path: Path) -> bool:
        """Write the picture in the form of its ending; return whether it could be."""
        if path.suffix.casefold() == ".svg":
            return self._write_svg(path)
        return self.picture().save(str(path))

    def _write_svg(self, path: Path) -> bool:
        from PySide6.QtSvg import QSvgGenerator  # not at the top: few ask for it, and the window is to start soon

        with self._page() as page:
            generator = QSvgGenerator()
            generator.setFileName(str(path))
            generator.setTitle(page.title)
            generator.setResolution(page.spectrogram.logicalDpiX())  # the axes are drawn for that
            generator.setSize(page.size.toSize())
            generator.setViewBox(QRectF(0, 0, page.size.width(), page.size.height()))
            with _painting(generator) as painter:
                page.draw(painter)
        return path.is_file() and path.stat().st_size > 0

    @contextmanager
    def _page(self) -> Iterator[Page]:
        """Have the spectrogram drawn for paper, without playhead, selection and frames; afterwards it is as it was."""
        desk, view = self._desk, self._desk.centre.spectrogram
        drawn: Any = view.plot.getPlotItem()
        hidden = [item for item in drawn.getViewBox().addedItems if item is not view.item and item.isVisible()]
        lanes = list(self._lanes())
        for item in hidden:
            item.setVisible(False)
        view.wear(LIGHT)
        try:
            yield self._with(lanes)
        finally:
            view.wear(desk.appearance.theme)
            for item in hidden:
                item.setVisible(True)
            for _, each in lanes:
                each.deleteLater()

    def _with(self, lanes: list[tuple[str, LanesView]]) -> Page:
        desk, item = self._desk, self._desk.centre.spectrogram.item
        standings = {standing(event) for _, each in lanes for event in each.events}
        heading = desk.listening.heading if desk.findings.analysis else None
        stretch = f"{time_text(desk.span.start, 1)} – {time_text(desk.span.end, 1)}"
        return Page(
            title=shown(desk.shown.path) if desk.shown.path else "",
            facts=" · ".join(filter(None, (stretch, heading.title if heading and len(lanes) < 2 else ""))),
            spectrogram=desk.centre.spectrogram.plot,
            lanes=[PageLanes(heading=title, plot=each.plot) for title, each in lanes],
            has_disagreements=any(each.item.differing for _, each in lanes),
            standings=[each for each in STANDINGS if each in standings],
            colours=item.style.colours,
            decibels=item.pixels.decibel_range if item.pixels else None,
        )

    def _lanes(self) -> Iterator[tuple[str, LanesView]]:
        """Yield lanes for the picture, with their headings; none of models that hear nothing in view."""
        span = self._desk.span
        for group, shown_lanes in self._desk.centre.groups.views:
            events = self._events(shown_lanes)
            differing = within(group.differing, span.start, span.end) if group else {}
            if events or differing:
                yield group.heading if group else "", _lanes(self._desk, events, differing)

    def _events(self, lanes: LanesView) -> list[JudgedEvent]:
        """Return the events in view, but for those that the lanes do not show."""
        span = self._desk.span
        return [
            event
            for event in lanes.events
            if event.onset <= span.end
            and event.offset >= span.start
            and event.label not in lanes.hidden_labels
            and standing(event) not in lanes.hidden_standings
        ]

    def _ask(self, title: str, proposed: Path, forms: str) -> Path | None:
        name, form = QFileDialog.getSaveFileName(self._desk.window, title, str(proposed), forms)
        if not name:
            return None
        return Path(name) if Path(name).suffix else Path(f"{name}.{form[-4:-1]}")

    def _tell(self, path: Path, *, written: bool) -> None:
        if written:
            self._desk.notices.tell(f"{path.name} was written.")
        else:
            self._desk.notices.say(f"{path.name} cannot be written.", hint="Choose another place, or the ending .png.")


def _lanes(desk: Desk, events: list[JudgedEvent], differing: Mapping[str, Spans]) -> LanesView:
    """Return lanes of their own, as many as there are labels in view, laid out but on no screen."""
    lanes = LanesView(desk.span, desk.centre.lanes.order)
    lanes.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    lanes.setStyleSheet(style_sheet(LIGHT))
    lanes.wear(LIGHT)
    lanes.say("")
    lanes.playhead.setVisible(False)
    lanes.show_events(events, desk.span.duration)
    lanes.show_differing(differing)
    lanes.resize(desk.centre.spectrogram.plot.width() + RIGHT, len(lanes.item.lanes) * LANE_PIXELS + 2)
    lanes.show()
    return lanes


@contextmanager
def _painting(device) -> Iterator[QPainter]:
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
