"""Event lanes."""

from __future__ import annotations

import time

import numpy as np
import pyqtgraph as pg
import pytest

from earmark.events import Event
from earmark.gui.label_colours import label_colour
from earmark.gui.lanes import LaneOrder, lanes_of
from earmark.gui.lanes_view import LanesView
from earmark.gui.theme import LIGHT
from earmark.gui.time_span import TimeSpan


def event(label: str, onset: float, offset: float, score: float = 0.5) -> Event:
    return Event(label, onset, offset, score)


@pytest.fixture
def view(qtbot) -> LanesView:
    span = TimeSpan()
    span.cover(10.0)
    view = LanesView(span)
    qtbot.addWidget(view)
    view.wear(LIGHT)
    view.resize(800, 120)
    view.show()
    qtbot.waitExposed(view).__enter__()
    return view


def colours(view: LanesView) -> np.ndarray:
    image = view.plot.grab().toImage().convertToFormat(pg.QtGui.QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return pixels & 0xFFFFFF


def test_lanes_keep_their_place_and_new_ones_come_below():
    order = LaneOrder()
    assert order.arrange([event("rain", 0, 1, 0.4), event("dog", 0, 1, 0.9)]) == ["dog", "rain"]
    assert order.arrange([event("rain", 0, 1, 0.99), event("dog", 0, 1), event("cat", 0, 1)]) == ["dog", "rain", "cat"]
    assert order.arrange([event("cat", 0, 1)]) == ["cat"]
    assert order.arrange([event("rain", 0, 1), event("cat", 0, 1)]) == ["rain", "cat"]


def test_a_click_finds_the_event_under_it_or_near_it():
    [lane] = lanes_of([event("dog", 1, 2), event("dog", 5, 5.01)], ["dog"])
    assert lane.at(1.5, 0.0) == 0
    assert lane.at(3.0, 0.1) is None
    assert lane.at(5.05, 0.1) == 1
    assert lane.at(0.95, 0.1) == 0


def test_events_are_drawn_at_their_time_in_their_colour(view, qtbot):
    view.show_events([event("dog", 2, 4)], 10.0)
    qtbot.wait(1)
    columns = np.nonzero(colours(view) == int(label_colour("dog").name()[1:], 16))[1]
    box = view._box.sceneBoundingRect()
    assert columns.min() == pytest.approx(box.left() + 0.2 * box.width(), abs=2)
    assert columns.max() == pytest.approx(box.left() + 0.4 * box.width(), abs=2)


def test_two_thousand_events_are_one_item_and_quick_to_draw(view):
    events = [event("dog", at / 200, at / 200 + 0.003) for at in range(2000)]
    view.show_events(events, 10.0)
    view.plot.grab()
    began = time.process_time()
    for _ in range(10):
        view.plot.grab()
    assert (time.process_time() - began) / 10 < 0.05
    assert [item for item in view._box.addedItems if item is not view.playhead] == [view.item]


def test_more_lanes_than_room_can_be_scrolled(view):
    view.show_events([event(f"label {number}", 0, 1) for number in range(30)], 10.0)
    assert view.scroll_bar.isVisible()
    view.scroll_bar.setValue(view.scroll_bar.maximum())
    top, bottom = view._box.viewRange()[1]
    assert bottom == pytest.approx(30, abs=1)
    assert bottom - top == pytest.approx(view.plot.height() / 24, abs=0.1)
