"""Events edited in their lanes by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from earmark.gui.lanes_view import LanesView
from earmark.gui.theme import DARK
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent

EVENTS = (
    JudgedEvent("dog", 2.0, 4.0, 0.9),
    JudgedEvent("dog", 6.0, 7.0, 0.8),
    JudgedEvent("rain", 5.0, 9.0, 0.7),
)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Hand:
    """A mouse over the lanes, in seconds and lanes."""

    def __init__(self, qtbot, view: LanesView) -> None:
        self._qtbot, self.view, self.target = qtbot, view, view.plot.viewport()

    def pixel(self, seconds: float, lane: float) -> QPoint:
        return self.view.plot.mapFromScene(self.view._box.mapViewToScene(QPointF(seconds, lane + 0.5)))

    def press(self, seconds: float, lane: float = 0, held=NONE) -> None:
        self._qtbot.mousePress(self.target, LEFT, held, self.pixel(seconds, lane))

    def move(self, seconds: float, lane: float = 0) -> None:
        self._qtbot.mouseMove(self.target, self.pixel(seconds, lane))

    def hover(self, seconds: float) -> None:
        place, none = self.pixel(seconds, 0).toPointF(), Qt.MouseButton.NoButton
        QApplication.sendEvent(self.target, QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, NONE))

    def release(self, seconds: float, lane: float = 0, held=NONE) -> None:
        self._qtbot.mouseRelease(self.target, LEFT, held, self.pixel(seconds, lane))

    def click(self, seconds: float, lane: float = 0, held=NONE) -> None:
        self.press(seconds, lane, held)
        self.release(seconds, lane, held)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.press(*start)
        self.move(*end)
        self.release(*end)


@pytest.fixture
def hand(qtbot) -> Hand:
    span = TimeSpan()
    span.cover(10.0)
    view = LanesView(span)
    qtbot.addWidget(view)
    view.wear(DARK)
    view.resize(1000, 120)
    view.show_events(EVENTS, 10.0)
    view.show()
    qtbot.waitExposed(view).__enter__()
    return Hand(qtbot, view)


def test_a_body_is_moved_with_its_length(qtbot, hand):
    with qtbot.waitSignal(hand.view.dragged) as dragged:
        hand.drag((2.6, 0), (3.4, 0))
    event, label, onset, offset = dragged.args
    assert (event, label) == (EVENTS[0], "dog")
    assert onset == pytest.approx(2.8, abs=0.03)
    assert offset - onset == pytest.approx(2.0)


def test_an_edge_is_moved_alone(qtbot, hand):
    with qtbot.waitSignal(hand.view.dragged) as dragged:
        hand.drag((4.0, 0), (4.5, 0))
    assert dragged.args == [EVENTS[0], "dog", 2.0, pytest.approx(4.5, abs=0.03)]


def test_an_edge_is_drawn_to_the_playhead_near_by(qtbot, hand):
    hand.view.show_playhead(4.7)
    with qtbot.waitSignal(hand.view.dragged) as dragged:
        hand.drag((4.0, 0), (4.69, 0))
    assert dragged.args[3] == pytest.approx(4.7, abs=1e-9)


def test_a_drag_beside_an_event_draws_one_of_that_label(qtbot, hand):
    with qtbot.waitSignal(hand.view.drawn) as drawn:
        hand.drag((1.0, 1), (3.0, 1))
    assert drawn.args == ["rain", pytest.approx(1.0, abs=0.03), pytest.approx(3.0, abs=0.03)]


def test_a_drag_below_the_lanes_asks_for_the_label(qtbot, hand):
    with qtbot.waitSignal(hand.view.drawn) as drawn:
        hand.drag((1.0, 3), (3.0, 3))
    assert drawn.args[0] == ""


def test_an_event_dragged_to_another_lane_takes_its_label_and_keeps_its_times(qtbot, hand):
    with qtbot.waitSignal(hand.view.dragged) as dragged:
        hand.drag((3.0, 0), (3.05, 1))
    assert dragged.args == [EVENTS[0], "rain", 2.0, 4.0]


def test_a_cancelled_drag_changes_nothing(qtbot, hand):
    hand.press(3.0)
    hand.move(5.0)
    assert hand.view.editing.is_dragging
    with qtbot.assertNotEmitted(hand.view.dragged):
        assert hand.view.editing.cancel()
        hand.release(5.0)
    assert hand.view.item.draft is None


def test_a_click_selects_and_seeks(qtbot, hand):
    with qtbot.waitSignal(hand.view.picked) as picked, qtbot.waitSignal(hand.view.sought) as sought:
        hand.click(3.0)
    assert picked.args == [(0,)]
    assert sought.args == [pytest.approx(3.0, abs=0.02)]


def test_a_click_beside_the_events_selects_none(qtbot, hand):
    with qtbot.waitSignal(hand.view.picked) as picked, qtbot.waitSignal(hand.view.sought):
        hand.click(1.0)
    assert picked.args == [()]


def test_clicks_with_ctrl_and_shift_select_several_and_do_not_seek(qtbot, hand):
    hand.view.select((0,))
    with qtbot.assertNotEmitted(hand.view.sought), qtbot.waitSignal(hand.view.picked) as picked:
        hand.click(7.0, 1, CONTROL)
    assert picked.args == [(0, 2)]
    with qtbot.waitSignal(hand.view.picked) as picked:
        hand.click(6.5, 0, SHIFT)
    assert picked.args == [(0, 1)]


def test_a_double_click_plays(qtbot, hand):
    with qtbot.waitSignal(hand.view.opened) as opened:
        qtbot.mouseDClick(hand.target, LEFT, NONE, hand.pixel(6.5, 0))
    assert opened.args == [1]


def test_the_pointer_says_what_can_be_taken_hold_of(hand):
    hand.hover(4.0)
    assert hand.target.cursor().shape() == Qt.CursorShape.SizeHorCursor
    hand.hover(3.0)
    assert hand.target.cursor().shape() != Qt.CursorShape.SizeHorCursor


def test_the_tooltip_tells_all_about_an_event_and_counts_those_of_a_label(hand):
    assert "Score 0.90. The model heard it" in hand.view.words_at(hand.pixel(3.0, 0))
    assert "2 unreviewed" in hand.view.words_at(QPoint(20, hand.pixel(3.0, 0).y()))


def test_a_click_on_a_name_chooses_the_label(qtbot, hand):
    with qtbot.waitSignal(hand.view.label_clicked) as clicked:
        qtbot.mouseClick(hand.target, LEFT, NONE, QPoint(20, hand.pixel(3.0, 1).y()))
    assert clicked.args == ["rain"]
