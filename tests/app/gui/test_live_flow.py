"""Between two drawings of the plots live sound is pushed along; what is seen is what would have been drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from earmark.gui.axes import LEFT, RIGHT, RULER
from earmark.gui.live_drawing import Columns
from earmark.gui.spectrogram_item import tiles_between
from earmark.live.edge import stretch

from .test_live import listen
from .test_live import window as window  # the fixture


def pixels(picture: QPixmap) -> np.ndarray:
    """Return the colours [rows, columns] of a picture."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()].copy()


@pytest.fixture
def flowing(window, qtbot):
    """A window that listens, a second in view, after all of the sound has come; nothing ticks by itself any more."""
    listen(window, qtbot)
    window.desk.span.cover(1.0)
    [ear] = window.live.session.station.ears
    qtbot.waitUntil(lambda: not ear._thread.is_alive() and bool(window.desk.findings.events), timeout=20_000)
    qtbot.waitUntil(lambda: window.live.view.flow.belts[0].isVisible(), timeout=10_000)
    window.live.view._tick.stop()
    window.grab()  # what has still to be laid out is
    return window


def test_it_is_pushed_by_whole_pixels_until_the_plot_is_drawn_anew(flowing):
    flow = flowing.live.view.flow
    belt = flow.belts[0]
    flow.draw_anew()
    flow.push(2.5, ())
    before, begun = pixels(belt.grab()), int(belt.moved)
    flow.push(2.5 + 40 * belt.seconds_a_pixel, ())
    assert belt.moved == begun + 40
    after = pixels(belt.grab())
    middle = slice(60, -60), slice(300, -200)  # without the axes and the edge
    assert np.array_equal(after[middle], np.roll(before, -40, axis=1)[middle])


def test_new_columns_on_the_belt_look_as_they_do_in_the_plot(flowing, qtbot):
    view, item = flowing.live.view, flowing.desk.centre.spectrogram.item
    grid, level = item.pixels.grid, item.level_in_view
    tiles = tiles_between(grid, level, 0.5, 1.9)
    view._show_span(1.9, 0.0)
    view.flow.rest()  # the plot itself is painted, and asks for what it lacks

    def is_known() -> bool:
        view.drawing.grow()  # as the tick would that no longer comes
        view.drawing.settle()
        return all(item.pixels.has_tile(level, index) for index in tiles)

    qtbot.waitUntil(is_known, timeout=10_000)
    view.flow.draw_anew()
    view.flow.push(1.5, ())
    columns = range(*(int(seconds / grid.column_seconds(level)) for seconds in (1.5, 1.9)))  # of the tone
    drawn_late = Columns(level, columns.start, stretch(grid, level, columns, flowing.live.session.history))
    view.flow.push(1.9, [drawn_late])
    pushed = pixels(view.flow.belts[0].grab())
    view.flow.draw_anew()
    view.flow.push(1.9, ())
    drawn = pixels(view.flow.belts[0].grab())
    edge = slice(30, None), slice(-80, -8)
    assert pushed.shape == drawn.shape
    assert len(np.unique(drawn[edge])) > 1  # the tone and the ground
    assert (pushed[edge] == drawn[edge]).mean() > 0.99


def test_the_very_start_is_drawn_again_for_whoever_looks_back(flowing, qtbot):
    view, item = flowing.live.view, flowing.desk.centre.spectrogram.item
    tile = item.level_in_view, 0
    item.pixels._tiles.drop(tile)
    flowing.desk.span.show(0.0, 1.0)
    view._follow()
    qtbot.waitUntil(lambda: item.pixels.has_tile(*tile), timeout=10_000)


def test_a_hand_on_the_plot_sees_the_plot_itself(flowing, monkeypatch):
    view = flowing.live.view
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    view._follow()
    assert not view.flow.belts[0].isVisible()
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.NoButton)
    view._follow()
    assert view.flow.belts[0].isVisible()


def test_whoever_looks_back_sees_the_plot_itself(flowing):
    flowing.desk.span.show(0.0, 0.5)
    flowing.live.view._follow()
    assert not flowing.live.view.flow.belts[0].isVisible()
    assert flowing.desk.centre.spectrogram.playhead.isVisible()


def test_what_is_new_is_drawn_a_part_a_tick(flowing, monkeypatch):
    flow, laid = flowing.live.view.flow, []
    flow.draw_anew()
    flow.push(2.5, ())
    for name, belt in zip(("spectrogram", "lanes"), flow.belts, strict=True):
        monkeypatch.setattr(belt, "lay", lambda name=name: laid.append(name))
    counts = []
    for _ in range(80):
        flow.draw_soon()
        flow.push(2.5, ())
        counts.append(len(laid))
    assert max(after - before for before, after in pairwise(counts)) == 1
    assert laid.count("lanes") > laid.count("spectrogram") > 0


def test_the_times_of_the_ruler_come_into_view_with_the_sound(flowing):
    flow = flowing.live.view.flow
    belt, ruler = flow.belts[0], (slice(0, RULER), slice(LEFT + 40, -RIGHT))
    flow.draw_anew()
    flow.push(2.5, ())
    flow.push(2.5 + 301 * belt.seconds_a_pixel, ())
    pushed = pixels(belt.grab())[ruler]
    flow.draw_anew()
    flow.push(2.5 + 301 * belt.seconds_a_pixel, ())
    drawn = pixels(belt.grab())[ruler]
    assert len(np.unique(drawn[:, -120:])) > 2  # letters
    assert np.array_equal(pushed, drawn)


def test_the_ruler_looks_as_it_does_in_the_plot(flowing):
    flow, plot = flowing.live.view.flow, flowing.desk.centre.spectrogram.plot
    flow.draw_anew()
    flow.push(2.5, ())
    flow.belts[0].move_to(flowing.desk.span.end)  # the plot is drawn in whole steps
    ruler = slice(0, RULER), slice(LEFT + 60, -RIGHT - 60)
    on_belt = pixels(flow.belts[0].grab())[ruler]
    flow.rest()
    assert np.array_equal(on_belt, pixels(plot.viewport().grab())[ruler])
