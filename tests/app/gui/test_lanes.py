"""Event lanes: where events lie, and what is drawn."""

from __future__ import annotations

import time

import numpy as np
import pyqtgraph as pg
import pytest

from earmark.gui.label_colours import label_colour
from earmark.gui.lanes import LaneOrder, edges, lanes_of, picked_with
from earmark.gui.lanes_view import LanesView
from earmark.gui.theme import LIGHT
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent


def event(label: str, onset: float, offset: float, score: float | None = 0.5, status="unreviewed") -> JudgedEvent:
    return JudgedEvent(label, onset, offset, score, status)


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


def picture_of(view: LanesView, *events: JudgedEvent) -> bytes:
    view.show_events(events, 10.0)
    return colours(view).tobytes()


def test_lanes_keep_their_place_and_new_ones_come_below():
    order = LaneOrder()
    assert order.arrange([event("rain", 0, 1, 0.4), event("dog", 0, 1, 0.9)]) == ["dog", "rain"]
    assert order.arrange([event("rain", 0, 1, 0.99), event("dog", 0, 1), event("cat", 0, 1)]) == ["dog", "rain", "cat"]
    assert order.arrange([event("cat", 0, 1)]) == ["cat"]
    assert order.arrange([event("rain", 0, 1), event("cat", 0, 1)]) == ["rain", "cat"]


def test_what_a_person_drew_comes_before_what_a_model_is_unsure_of():
    assert LaneOrder().arrange([event("rain", 0, 1, 0.9), event("dog", 0, 1, None)]) == ["dog", "rain"]


def test_a_click_finds_the_event_under_it_or_near_it():
    [lane] = lanes_of([event("dog", 1, 2), event("dog", 5, 5.01)], ["dog"])
    assert lane.at(1.5, 0.0) == 0
    assert lane.at(3.0, 0.1) is None
    assert lane.at(5.05, 0.1) == 1
    assert lane.at(0.95, 0.1) == 0


def test_events_that_overlap_lie_in_rows_and_are_found_by_height():
    [lane] = lanes_of([event("dog", 0, 9), event("dog", 1, 2), event("dog", 3, 4), event("dog", 9, 10)], ["dog"])
    assert lane.rows.tolist() == [0, 1, 1, 0]
    assert lane.row_counts.tolist() == [2, 2, 2, 1]
    assert [lane.at(1.5, 0.1, height) for height in (0.1, 0.9)] == [0, 1]
    assert lane.at(5.0, 0.1, 0.9) == 0  # nothing else is there


def test_a_long_event_is_found_behind_many_short_ones():
    [lane] = lanes_of([event("dog", 0, 9), *(event("dog", 1 + at, 1.5 + at) for at in range(5))], ["dog"])
    assert 0 in lane.numbers[lane.between(8.0, 8.5)]


def test_rejected_events_can_be_left_out_of_the_lanes():
    [lane] = lanes_of([event("dog", 0, 1), event("dog", 2, 3, status="rejected")], ["dog"], {"rejected"})
    assert lane.numbers.tolist() == [0]


def test_edges_are_those_of_other_events_in_sorted_order():
    lanes = lanes_of([event("dog", 2, 3), event("rain", 0, 9), event("rain", 20, 21)], ["dog", "rain"])
    assert edges(lanes, 0.0, 10.0, but=0).tolist() == [0, 9]
    assert edges(lanes, 0.0, 10.0).tolist() == [0, 2, 3, 9]


def test_ctrl_adds_and_takes_away_and_shift_adds_all_between():
    lanes = lanes_of([event("dog", at, at + 0.5) for at in range(5)], ["dog"])
    assert picked_with(lanes, (1,), 3, is_range=False) == (1, 3)
    assert picked_with(lanes, (1, 3), 3, is_range=False) == (1,)
    assert picked_with(lanes, (1,), 4, is_range=True) == (1, 2, 3, 4)
    assert picked_with(lanes, (4,), 2, is_range=True) == (4, 3, 2)


def test_events_are_drawn_at_their_time_in_their_colour(view, qtbot):
    view.show_events([event("dog", 2, 4)], 10.0)
    qtbot.wait(1)
    columns = np.nonzero(colours(view) == int(label_colour("dog").name()[1:], 16))[1]
    box = view._box.sceneBoundingRect()
    assert columns.min() == pytest.approx(box.left() + 0.2 * box.width(), abs=2)
    assert columns.max() == pytest.approx(box.left() + 0.4 * box.width(), abs=2)


def test_how_an_event_stands_is_seen_without_its_colour(view):
    stands = [event("dog", 2, 4), event("dog", 2, 4, status="accepted"), event("dog", 2, 4, status="rejected")]
    pictures = [picture_of(view, each) for each in (*stands, event("dog", 2, 4, None, "accepted"))]
    assert len(set(pictures)) == 4


def test_several_selected_events_are_outlined(view):
    view.show_events([event("dog", 1, 2), event("dog", 3, 4), event("dog", 5, 6)], 10.0)
    outlined = []
    for numbers in ((), (0,), (0, 2)):
        view.select(numbers)
        outlined.append(int((colours(view) == int(LIGHT.text[1:], 16)).sum()))
    assert outlined[2] - outlined[0] == pytest.approx(2 * (outlined[1] - outlined[0]), rel=0.05)


def test_hidden_lanes_come_back(view):
    view.show_events([event("dog", 0, 1), event("rain", 0, 1, 0.1)], 10.0)
    view.hide_labels({"dog"})
    assert [lane.label for lane in view.item.lanes] == ["rain"]
    view.hide_labels(set())
    assert [lane.label for lane in view.item.lanes] == ["dog", "rain"]


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


def test_choosing_an_event_in_a_lane_out_of_view_scrolls_to_it(view):
    view.show_events([event(f"label {number:02}", 0, 1) for number in range(30)], 10.0)
    view.reveal("label 29")
    top, bottom = view._box.viewRange()[1]
    assert top <= 29
    assert bottom >= 30
