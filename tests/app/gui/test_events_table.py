"""The events panel: what the table shows, sorts, filters and tells a screen reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from earmark.calibration import Calibration
from earmark.gui.event_words import probability_of
from earmark.gui.events_model import HEADERS, LABEL, ONSET, SCORE, STANDING
from earmark.gui.events_panel import EventsPanel
from earmark.gui.theme import DARK
from earmark.judging import JudgedEvent

EVENTS = (
    JudgedEvent("rain", 0.0, 4.0, 0.5),
    JudgedEvent("dog_bark", 1.0, 1.5, 0.9, "accepted"),
    JudgedEvent("dog_bark", 10.0, 12.0, None, "accepted"),
    JudgedEvent("rain", 20.0, 21.0, 0.4, "rejected"),
)


@pytest.fixture
def panel(qtbot) -> EventsPanel:
    panel = EventsPanel()
    qtbot.addWidget(panel)
    panel.resize(328, 400)  # the dock's width at first, without its margins
    panel.wear(DARK)
    panel.show_events(EVENTS)
    panel.show()
    qtbot.waitExposed(panel).__enter__()
    return panel


def column(panel: EventsPanel, which: int, role=Qt.ItemDataRole.DisplayRole) -> list[str]:
    model = panel.table.events_model
    return [model.index(row, which).data(role) for row in range(model.rowCount())]


def test_a_drawn_event_has_no_score_and_how_each_stands_is_said_in_words(panel):
    spoken = column(panel, STANDING, Qt.ItemDataRole.AccessibleTextRole)
    assert column(panel, SCORE) == ["0.50", "0.90", "", "0.40"]
    assert spoken == ["Unreviewed", "Accepted", "Drawn", "Rejected"]
    assert column(panel, SCORE, Qt.ItemDataRole.AccessibleTextRole)[2] == "no score"


def test_probabilities_are_marked_as_such(panel):
    panel.table.events_model.show_probabilities(lambda event: 0.87 if event.label == "rain" else None)
    assert column(panel, SCORE) == ["87 %", "0.90", "", "87 %"]
    assert column(panel, SCORE, Qt.ItemDataRole.AccessibleTextRole)[0] == "probability 87 per cent"


@pytest.mark.parametrize(("by", "numbers"), [(LABEL, [1, 2, 0, 3]), (SCORE, [2, 3, 0, 1]), (STANDING, [0, 1, 3, 2])])
def test_events_sort_by_each_column_and_then_by_time(panel, by, numbers):
    panel.table.sortByColumn(by, Qt.SortOrder.AscendingOrder)
    assert panel.table.events_model.numbers == numbers


def test_what_is_selected_stays_selected_in_another_order(panel):
    panel.table.select((1, 3))
    panel.table.sortByColumn(ONSET, Qt.SortOrder.DescendingOrder)
    assert set(panel.table.selected()) == {1, 3}


def test_stepping_goes_through_the_events_as_they_are_sorted(panel):
    table = panel.table
    assert table.number_beside(1) == 0
    table.sortByColumn(SCORE, Qt.SortOrder.DescendingOrder)
    table.select((1,))
    assert table.number_beside(1) == 0
    assert table.number_beside(-1) == 1


def test_the_filter_and_the_choice_of_status_go_together(panel):
    panel.line.setText("dog")
    panel.only.setCurrentIndex(panel.only.findData("drawn"))
    assert panel.table.events_model.numbers == [2]
    assert panel.count.text() == "1 of 4 events"
    assert panel.clear_filter()
    assert panel.table.events_model.numbers == [0, 1, 2, 3]
    assert not panel.count.isVisible()


def test_an_empty_list_says_why_it_is_empty(panel):
    panel.line.setText("whale")
    assert panel.table._placeholder._label.isVisible()
    assert "Empty the filter" in panel.table._placeholder._label.text()


def test_tab_steps_through_the_events_and_leaves_after_the_last(qtbot, panel):
    panel.table.setFocus()
    panel.table.select((2,))
    qtbot.keyClick(panel.table, Qt.Key.Key_Tab)
    assert panel.table.selected() == (3,)
    qtbot.keyClick(panel.table, Qt.Key.Key_Tab)
    assert not panel.table.hasFocus()


def test_selecting_several_tells_all_of_them_once(qtbot, panel):
    panel.table.select((0, 2))
    with qtbot.waitSignal(panel.table.picked) as picked:
        panel.table.selectRow(1)
    assert picked.args == [(1,)]
    assert panel.table.selected() == (1,)


def test_all_columns_fit_the_dock(panel):
    table = panel.table
    widths = [table.columnWidth(each) for each in range(len(HEADERS))]
    assert sum(widths) <= table.viewport().width()
    assert table.columnWidth(LABEL) > 90


def test_where_there_is_room_words_stand_beside_the_icons(panel):
    panel.resize(600, 400)
    assert column(panel, STANDING) == ["Unreviewed", "Accepted", "Drawn", "Rejected"]
    panel.resize(328, 400)
    assert column(panel, STANDING) == [""] * 4


def test_a_screen_reader_is_told_the_names(panel):
    for widget in (panel.table, panel.line, panel.only, panel.review.order, *panel.review.steps.values()):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_a_probability_is_known_where_the_label_of_that_model_was_judged():
    even = Calibration(label="rain", slope=1.0, intercept=0.0, judged=40, right=20, lowest=0.1, highest=0.9)
    probability = probability_of({"rain": even}, "toy/frames", "abc")
    heard = JudgedEvent("rain", 0.0, 1.0, 0.7, model_id="toy/frames", weights="abc")
    assert probability(heard) == pytest.approx(0.7)
    assert probability(replace(heard, label="dog_bark")) is None
    assert probability(replace(heard, weights="other")) is None
    assert probability(replace(heard, score=None)) is None
