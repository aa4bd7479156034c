"""The decibel bar and its handles."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from earmark.gui.colour_maps import colours_of
from earmark.gui.decibel_bar import CLOSEST, DecibelBar


@pytest.fixture
def bar(qtbot) -> DecibelBar:
    bar = DecibelBar(colours_of("viridis"))
    qtbot.addWidget(bar)
    bar.resize(62, 400)
    bar.show_range(-90, -10)
    bar.show()
    return bar


def test_levels_and_heights_are_each_others_inverse(bar):
    assert [bar.decibels_at(bar.y_of(level)) for level in (0, -33, -120)] == pytest.approx([0, -33, -120])


def test_dragging_a_handle_moves_its_end_of_the_range(qtbot, bar):
    with qtbot.waitSignal(bar.chosen) as chosen:
        qtbot.mousePress(bar.high, Qt.MouseButton.LeftButton)
        down = bar.high.mapFrom(bar, QPoint(30, round(bar.y_of(-40))))
        qtbot.mouseMove(bar.high, down)
    qtbot.mouseRelease(bar.high, Qt.MouseButton.LeftButton)
    assert chosen.args == [-90, pytest.approx(-40, abs=1)]


def test_arrows_move_the_handle_that_has_the_focus(qtbot, bar):
    with qtbot.waitSignal(bar.chosen) as chosen:
        qtbot.keyClick(bar.low, Qt.Key.Key_Up)
    assert chosen.args == [-89, -10]


def test_handles_push_each_other(qtbot, bar):
    with qtbot.waitSignal(bar.chosen) as chosen:
        bar.low.setValue(-8)
    assert chosen.args == [-8, -8 + CLOSEST]


def test_a_double_click_asks_for_the_automatic_range(qtbot, bar):
    for place in (bar, bar.low):
        with qtbot.waitSignal(bar.reset):
            qtbot.mouseDClick(place, Qt.MouseButton.LeftButton)
        qtbot.mouseRelease(place, Qt.MouseButton.LeftButton)


def test_showing_a_range_chooses_nothing(qtbot, bar):
    with qtbot.assertNotEmitted(bar.chosen):
        bar.show_range(-70, -20)
    assert (bar.low.value(), bar.high.value()) == (-70, -20)


def test_what_lies_beyond_the_handles_has_their_colours(bar):
    image = bar.grab().toImage()
    darkest, brightest = (tuple(colours_of("viridis")[place]) for place in (0, 255))
    assert image.pixelColor(14, round(bar.y_of(-110))).getRgb()[:3] == darkest
    assert image.pixelColor(14, round(bar.y_of(-5))).getRgb()[:3] == brightest
