"""The spectrogram with a mouse in it; pixels, times and samples agree."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from earmark.gui.pixels import Pixels
from earmark.gui.plot import Drag
from earmark.gui.selection import Selection, Stretch
from earmark.gui.spectrogram_view import SpectrogramView
from earmark.gui.theme import LIGHT
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent
from earmark.spectrogram import Grid

RATE, DURATION = 32_000, 100.0
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
NOTCH = QPoint(0, 120)


def shown(view: SpectrogramView, duration: float = DURATION) -> Pixels:
    pixels = Pixels(Grid(RATE, duration))
    level = pixels.grid.whole_level
    pixels.add_whole(0, np.full((pixels.grid.columns(level), pixels.grid.rows), 100, np.uint8))
    view.span.cover(duration)
    view.show_pixels(pixels)
    return pixels


@pytest.fixture
def view(qtbot) -> SpectrogramView:
    """A silent recording, 10 to 20 s in view."""
    span, selection = TimeSpan(), Selection()
    view = SpectrogramView(span, selection)
    view.span, view.selection = span, selection
    qtbot.addWidget(view)
    view.wear(LIGHT)
    view.resize(1000, 500)
    shown(view)
    span.show(10, 20)
    view.show()
    qtbot.waitUntil(lambda: view._box.width() > 700)
    return view


def pixel(view: SpectrogramView, seconds: float, hertz: float) -> QPoint:
    """Return the pixel of the viewport that a point is drawn at."""
    height = float(view.frequencies.scale.height(hertz))
    return view.plot.mapFromScene(view._box.mapViewToScene(QPointF(seconds, height)))


def drag(view: SpectrogramView, start: QPoint, end: QPoint, button=LEFT, modifiers=NONE) -> None:
    port = view.plot.viewport()
    view._box.scene()._lastMoveEventTime = 0  # pyqtgraph looks at a hundred moves a second only
    QTest.mousePress(port, button, modifiers, start)
    for part in (0.3, 0.7, 1.0):
        view._box.scene()._lastMoveEventTime = 0
        at = QPointF(start + (end - start) * part)
        move(port, at, button, modifiers)
    QTest.mouseRelease(port, button, modifiers, end)


def move(port, at: QPointF, button, modifiers) -> None:
    moved = QMouseEvent(QEvent.Type.MouseMove, at, port.mapToGlobal(at), Qt.MouseButton.NoButton, button, modifiers)
    QApplication.sendEvent(port, moved)


def turn(view: SpectrogramView, at: QPoint, *, notch: QPoint = NOTCH, modifiers=NONE) -> None:
    port, place = view.plot.viewport(), QPointF(at)
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(place, port.mapToGlobal(place), QPoint(), notch, buttons, modifiers, phase, False)
    QApplication.sendEvent(port, wheel)


def stretch(view: SpectrogramView) -> Stretch:
    assert view.selection.stretch is not None
    return view.selection.stretch


@pytest.mark.parametrize(("start", "end"), [(0.0, 100.0), (10.0, 20.0), (50.0, 50.02)])
def test_a_pixel_is_a_time_and_a_time_a_pixel(view, start, end):
    view.span.show(start, end)
    box = view._box.mapRectToScene(view._box.rect())
    for part in (0.0, 0.25, 0.9):
        seconds = start + part * (end - start)
        x = view._box.mapViewToScene(QPointF(seconds, 0)).x()
        assert x == pytest.approx(box.left() + part * box.width(), abs=1e-6)
        assert view._box.mapSceneToView(QPointF(x, 0)).x() == pytest.approx(seconds, abs=1e-9)


def test_in_a_day_every_sample_has_its_pixel(view):
    shown(view, 86_400.0)
    first = 80_000 * RATE + 17  # a sample late in the day
    view.span.show(first / RATE, first / RATE + 0.02)
    box = view._box.mapRectToScene(view._box.rect())
    for sample in (0, 1, 320, 639):
        x = view._box.mapViewToScene(QPointF((first + sample) / RATE, 0)).x()
        assert x == pytest.approx(box.left() + sample / 640 * box.width(), abs=0.01)


def test_a_drag_selects_time_and_frequency(view):
    drag(view, pixel(view, 12, 2000), pixel(view, 15, 8000))
    width, height = view._box.viewPixelSize()
    assert (stretch(view).start, stretch(view).end) == pytest.approx((12, 15), abs=width)
    assert (stretch(view).low, stretch(view).high) == pytest.approx((2000, 8000), abs=height * RATE / 2)


def test_what_is_selected_begins_and_ends_with_a_sample(view):
    drag(view, pixel(view, 12.3456, 2000), pixel(view, 15.1234, 8000))
    samples = [stretch(view).start * RATE, stretch(view).end * RATE]
    assert samples == pytest.approx([round(each) for each in samples], abs=1e-6)


def test_a_flat_drag_selects_all_frequencies(view):
    drag(view, pixel(view, 15, 3000), pixel(view, 12, 3100))
    assert stretch(view).low is None
    assert stretch(view).start == pytest.approx(12, abs=0.02)


def test_a_click_seeks_and_clears_the_selection(qtbot, view):
    view.selection.select(Stretch(start=11.0, end=12.0))
    with qtbot.waitSignal(view.sought) as sought:
        QTest.mouseClick(view.plot.viewport(), LEFT, NONE, pixel(view, 14, 3000))
    assert sought.args[0] == pytest.approx(14, abs=0.02)
    assert view.selection.stretch is None


def test_a_drag_seeks_nothing(qtbot, view):
    with qtbot.assertNotEmitted(view.sought):
        drag(view, pixel(view, 12, 2000), pixel(view, 15, 8000))


def test_an_edge_can_be_dragged(view):
    view.selection.select(Stretch(start=12.0, end=14.0, low=2000.0, high=6000.0))
    drag(view, pixel(view, 14, 4000), pixel(view, 17, 4000))
    assert stretch(view).start == 12.0
    assert stretch(view).end == pytest.approx(17, abs=0.02)
    assert stretch(view).high == pytest.approx(6000)


def test_shift_moves_what_is_selected(view):
    view.selection.select(Stretch(start=12.0, end=14.0, low=2000.0, high=6000.0))
    drag(view, pixel(view, 13, 4000), pixel(view, 16, 5000), modifiers=SHIFT)
    assert stretch(view).end - stretch(view).start == pytest.approx(2)
    assert stretch(view).start == pytest.approx(15, abs=0.03)
    assert stretch(view).low == pytest.approx(3000, abs=80)


def test_shift_and_a_click_extend(view):
    view.selection.select(Stretch(start=12.0, end=14.0))
    QTest.mouseClick(view.plot.viewport(), LEFT, SHIFT, pixel(view, 17, 3000))
    assert stretch(view).end == pytest.approx(17, abs=0.02)


def test_the_cursor_says_what_a_drag_would_do(view):
    view.selection.select(Stretch(start=12.0, end=14.0, low=2000.0, high=6000.0))
    shapes = []
    for seconds, hertz in ((12, 4000), (13, 6000), (12, 6000), (18, 4000)):
        view.tool._point(QPointF(seconds, hertz / 16_000))
        shapes.append(view._box.cursor().shape())
    cursor = Qt.CursorShape
    assert shapes == [cursor.SizeHorCursor, cursor.SizeVerCursor, cursor.SizeFDiagCursor, cursor.CrossCursor]


def test_the_middle_button_pans(view):
    drag(view, pixel(view, 15, 3000), pixel(view, 17, 3000), button=MIDDLE)
    assert view.span.start == pytest.approx(8, abs=0.05)
    assert view.selection.stretch is None


def test_the_wheel_pans_zooms_and_with_shift_zooms_frequencies(view):
    at = pixel(view, 15, 4000)
    turn(view, at)
    assert view.span.start == pytest.approx(8.8)
    turn(view, at, modifiers=CTRL)
    assert view.span.length == pytest.approx(8)
    turn(view, at, modifiers=SHIFT)
    assert view.frequencies.length == pytest.approx(0.8)
    assert view.span.length == pytest.approx(8)


def test_a_horizontal_wheel_pans_whatever_the_other_does(view):
    view.span.wheel_zooms = True
    turn(view, pixel(view, 15, 4000), notch=QPoint(-120, 0))
    assert (view.span.start, view.span.length) == pytest.approx((11.2, 10))


def test_the_wheel_can_zoom_instead_of_panning(view):
    view.span.wheel_zooms = True
    turn(view, pixel(view, 15, 4000))
    assert view.span.length == pytest.approx(8)
    turn(view, pixel(view, 15, 4000), modifiers=CTRL)
    assert view.span.length == pytest.approx(8)


def test_dragging_in_the_ruler_moves_the_playhead(qtbot, view):
    ruler = QPoint(0, 8)
    sought = []
    view.sought.connect(sought.append)
    drag(view, QPoint(pixel(view, 12, 0).x(), 0) + ruler, QPoint(pixel(view, 16, 0).x(), 0) + ruler)
    assert sought[-1] == pytest.approx(16, abs=0.02)
    assert view.selection.stretch is None


def test_the_frequency_axis_zooms_scrolls_and_resets(view):
    axis = QPoint(60, pixel(view, 10, 8000).y())
    turn(view, axis)
    assert view.frequencies.length == pytest.approx(0.8)
    bottom = view.frequencies.bottom
    drag(view, axis, axis + QPoint(0, 40))
    assert view.frequencies.bottom > bottom
    QTest.mouseDClick(view.plot.viewport(), LEFT, NONE, axis)
    QTest.mouseRelease(view.plot.viewport(), LEFT, NONE, axis)
    assert view.frequencies.is_whole


def test_the_pointer_reads_time_frequency_and_level(view):
    view._read_out(QPointF(12.5, 0.25))
    assert view.pointer.text() == "0:12.500 · 4 000 Hz · −70 dB"


def test_the_selection_is_drawn_where_it_is(view):
    plain = view.plot.grab().toImage()
    view.selection.select(Stretch(start=12.0, end=15.0, low=4000.0, high=8000.0))
    marked = view.plot.grab().toImage()
    inside, outside = pixel(view, 13, 6000), pixel(view, 13, 3000)
    assert plain.pixel(inside) != marked.pixel(inside)
    assert plain.pixel(outside) == marked.pixel(outside)
    assert "0:12.000 – 0:15.000" in view.numbers.text()


@pytest.mark.parametrize(("low", "high"), [(500.0, 3000.0), (12_000.0, 15_000.0)])
def test_the_numbers_do_not_cover_what_is_selected(view, low, high):
    view.selection.select(Stretch(start=10.0, end=20.0, low=low, high=high))
    numbers = view.numbers.geometry()
    assert not numbers.contains(pixel(view, 10.5, low))
    assert not numbers.contains(pixel(view, 10.5, high))
    view._read_out(QPointF(12.5, 0.25))
    assert not numbers.intersects(view.pointer.geometry())


def test_a_drag_that_is_given_up_leaves_the_selection_as_it_was(view):
    before = Stretch(start=12.0, end=14.0)
    view.selection.select(before)
    view.tool._drag(step(view, 15, 17, began=True))
    assert stretch(view).start == pytest.approx(15)
    assert view.tool.cancel()
    view.tool._drag(step(view, 15, 18, ended=True))
    assert stretch(view) == before
    assert not view.tool.cancel()


def step(view: SpectrogramView, start: float, now: float, *, began: bool = False, ended: bool = False) -> Drag:
    places = {"start": QPointF(start, 0.5), "now": QPointF(now, 0.5), "pixels": QPointF(100, 0)}
    return Drag(**places, began=began, ended=ended, modifiers=NONE)


def test_selected_events_are_framed_at_their_frequencies(view):
    plain = view.plot.grab().toImage()
    view.marks.show_events([JudgedEvent("dog", 12.0, 15.0, None, "accepted", low=4000.0, high=8000.0)])
    framed = view.plot.grab().toImage()
    for place in (pixel(view, 13, 4000), pixel(view, 12, 6000)):
        assert plain.pixel(place) != framed.pixel(place)
    assert plain.pixel(pixel(view, 13, 6000)) == framed.pixel(pixel(view, 13, 6000))


def test_waiting_is_said_only_when_it_takes_long(qtbot, view):
    view.show_pixels(None)
    view.wait_for("Opening garden.wav…")
    assert not view.caption.isVisible()
    qtbot.waitUntil(view.caption.isVisible)
    shown(view)
    assert not view.caption.isVisible()
