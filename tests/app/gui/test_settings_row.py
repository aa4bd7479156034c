"""The row of settings: what it sets, how it folds, what it counts, what it remembers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from earmark.events import EventSettings
from earmark.gui.settings_row import SettingsRow
from earmark.judging import JudgedEvent


@pytest.fixture
def row(qtbot) -> SettingsRow:
    row = SettingsRow()
    qtbot.addWidget(row)
    row.show()
    return row


def test_it_begins_with_the_defaults(row):
    assert row.settings() == EventSettings()


def test_hysteresis_acts_while_its_slider_moves(row, qtbot):
    with qtbot.waitSignal(row.changed):
        row.hysteresis.slider.setValue(25)
    assert row.settings().hysteresis == 0.25


def test_a_double_click_selects_the_whole_number_so_that_typing_replaces_it(row, qtbot):
    line = row.threshold.number.lineEdit()
    qtbot.mouseDClick(line, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(line, "0.62")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert row.settings().threshold == 0.62


def test_sliders_fold_where_there_is_no_room_and_come_back(row):
    row.resize(row.minimumSizeHint())
    assert not row.smooth.slider.isVisible()
    assert row.smooth.number.isVisible()
    assert row.threshold.slider.isVisible()
    row.resize(row.sizeHint())
    assert row.smooth.slider.isVisible()


def test_nothing_is_narrower_than_it_needs_at_any_width(row):
    row.offer_thresholds({"rain": 0.5})
    row.show_count([JudgedEvent("rain", number, number + 1, 0.5) for number in range(1234)])
    for width in range(row.minimumSizeHint().width(), row.sizeHint().width() + 200, 7):
        row.resize(width, 40)
        names = [setting.name for setting in (row.threshold, row.smooth, row.hysteresis, row.close_gaps, row.shortest)]
        assert all(each.width() >= each.sizeHint().width() for each in (*names, row.own, row.count)), width


def test_events_and_labels_are_counted_without_what_was_rejected(row):
    events = [JudgedEvent(label, 0, 1, 0.5, status) for label, status in (("a", "accepted"), ("a", "unreviewed"))]
    row.show_count([*events, JudgedEvent("b", 0, 1, 0.5, "rejected")])
    assert row.count.whole == "2 events, 1 label"
    assert row.count.toolTip() == "1 accepted, 1 rejected and not counted"
    row.show_count([])
    assert row.count.whole == "No events"


def test_choosing_one_labels_threshold_moves_no_other(row):
    row.offer_thresholds({"rain": 0.8, "dog": 0.6})
    row.threshold.slider.setValue(30)
    row.choose_thresholds({"dog": 0.5})
    assert [row.settings().threshold_of(label) for label in ("rain", "dog", "cat")] == [0.3, 0.5, 0.3]


def test_chosen_thresholds_stand_before_the_models_until_they_are_forgotten(row):
    row.offer_thresholds({"rain": 0.8, "dog": 0.6}, {"dog": 0.1})
    assert row.settings().thresholds == {"rain": 0.8, "dog": 0.1}
    row.forget_chosen()
    assert row.settings().thresholds == {"rain": 0.8, "dog": 0.6}


def test_who_wants_one_threshold_for_all_gets_it_from_the_next_model_too(row):
    row.offer_thresholds({"rain": 0.8})
    row.threshold.slider.setValue(30)
    row.offer_thresholds({"owl": 0.9})
    assert row.settings().threshold_of("owl") == 0.3
    row.own.setChecked(True)
    assert row.settings().threshold_of("owl") == 0.9


def test_a_preset_sets_all_of_it_at_once(row, qtbot):
    preset = EventSettings(threshold=0.2, thresholds={"owl": 0.4}, smooth=0.5, hysteresis=0.1, close_gaps=1, shortest=0)
    with qtbot.waitSignal(row.changed):
        row.use(preset)
    assert row.settings() == preset


def test_what_was_set_is_there_at_the_next_start_and_nonsense_is_left_out(row, qtbot):
    row.offer_thresholds({"rain": 0.8})
    row.smooth.slider.setValue(50)
    row.threshold.slider.setValue(30)
    again = SettingsRow()
    qtbot.addWidget(again)
    again.restore(row.kept() | {"hysteresis": "much", "shortest": float("nan")})
    again.offer_thresholds({"rain": 0.8})
    assert again.settings() == row.settings()


@pytest.mark.parametrize("huge", [1e308, float("inf")])
def test_a_setting_is_held_to_what_it_can_be(row, huge):
    row.threshold.set_value(huge)
    assert (row.threshold.value, row.threshold.slider.value()) == (1.0, row.threshold.slider.maximum())


def barks(count: int) -> list[JudgedEvent]:
    return [JudgedEvent("bark", number, number + 1, 0.5) for number in range(count)]


class LayoutsCounted(QObject):
    """Counts how often a widget is laid out anew."""

    count = 0

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize(("events", "is_laid_out"), [(13, False), (10_000, True)])
def test_what_is_around_it_is_laid_out_only_where_the_count_needs_more_room(qtbot, events, is_laid_out):
    window, row, counted = QWidget(), SettingsRow(), LayoutsCounted()
    QVBoxLayout(window).addWidget(row)
    qtbot.addWidget(window)
    window.show()
    row.show_count(barks(12))
    for _ in range(3):  # a slider that folds asks for room again
        QApplication.processEvents()
    window.installEventFilter(counted)
    row.show_count(barks(events))
    QApplication.processEvents()
    assert bool(counted.count) == is_laid_out
