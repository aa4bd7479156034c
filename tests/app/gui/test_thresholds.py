"""Thresholds and calibration: what the window shows of a label, and what a person can do with it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from earmark.annotations import Annotation, Answered, Change
from earmark.calibration import Calibration, Judgement, calibrate, logit, sigmoid
from earmark.gui.knowledge import Knowledge
from earmark.gui.tags_model import READING, WHOLE
from earmark.gui.theme import DARK
from earmark.gui.thresholds_model import EVENTS, LABEL, PROBABILITY, RIGHT, THRESHOLD, WRONG, Row
from earmark.gui.thresholds_window import ThresholdsWindow
from earmark.judging import relabel
from earmark.library import Library
from earmark.reliability import study


def judged(count: int, label: str = "dog_bark") -> list[Judgement]:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.05, 0.95, count)
    right = rng.random(count) < sigmoid(2 * logit(scores))
    return [Judgement(label, score, bool(is_right)) for score, is_right in zip(scores.tolist(), right, strict=True)]


@pytest.fixture
def window(qtbot) -> ThresholdsWindow:
    window = ThresholdsWindow(None)
    qtbot.addWidget(window)
    window.wear(DARK)
    window.show()
    return window


ROWS = [Row("rain", 0.5), Row("dog_bark", 0.4, events=3, right=20, wrong=20), Row("ant", 0.5)]


def column(window: ThresholdsWindow, number: int) -> list[str]:
    model = window.table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_labels_of_which_there_is_something_come_first(window):
    window.show_rows(ROWS, {})
    assert column(window, LABEL) == ["Dog bark", "Ant", "Rain"]
    assert [column(window, number)[0] for number in (THRESHOLD, EVENTS, RIGHT, WRONG)] == ["0.40", "3", "20", "20"]


def test_labels_are_filtered_by_what_is_typed_and_keep_their_places_while_numbers_change(window):
    window.show_rows(ROWS, {})
    window.show_rows([Row("rain", 0.5, events=9), Row("dog_bark", 0.4), Row("ant", 0.5)], {})
    assert column(window, LABEL) == ["Dog bark", "Ant", "Rain"]
    window.filter.setText("A")
    assert column(window, LABEL) == ["Dog bark", "Ant", "Rain"]
    window.filter.setText("ai")
    assert column(window, LABEL) == ["Rain"]


def test_a_threshold_is_typed_into_the_table(window, qtbot):
    window.show_rows(ROWS, {})
    index = window.table.model().index(0, THRESHOLD)
    with qtbot.waitSignal(window.threshold_chosen) as chosen:
        window.table.model().setData(index, 0.62, Qt.ItemDataRole.EditRole)
    assert chosen.args == ["dog_bark", 0.62]


def test_what_is_known_of_the_label_chosen_is_asked_for_and_shown(window, qtbot):
    window.show_rows(ROWS, {})
    with qtbot.waitSignal(window.study_asked) as asked:
        window.choose("rain")
    assert asked.args == ["rain", 0.9]
    window.show_study(study("rain", [], 0.9))
    assert "0 of 30 judgements" in window.panel.words.text()
    assert not window.panel.mark.isEnabled()


def test_a_study_of_another_label_comes_too_late(window):
    window.show_rows(ROWS, {})
    window.choose("rain")
    window.show_study(study("dog_bark", judged(60), 0.9))
    assert window.panel.headline.text() != "Dog bark"


def test_without_a_recording_nothing_is_shown_and_nothing_can_be_pressed(window):
    window.show_rows(ROWS, {})
    window.show_study(study("dog_bark", judged(60), 0.9))
    window.show_rows([], {})
    assert (window.label, window.panel.headline.text(), window.panel.words.text()) == ("", "", "")
    assert not window.panel.use.isEnabled()
    assert not window.panel.mark.isEnabled()


def test_the_threshold_for_a_precision_is_used_with_one_press(window, qtbot):
    window.show_rows(ROWS, {})
    found = study("dog_bark", judged(300), 0.8)
    window.show_study(found)
    assert window.panel.aim.text() == found.aim.sentence
    with qtbot.waitSignal(window.threshold_chosen) as chosen:
        window.panel.use.click()
    assert chosen.args == ["dog_bark", found.aim.threshold]


def test_a_precision_out_of_reach_offers_no_threshold(window):
    window.show_rows(ROWS, {})
    window.show_study(study("dog_bark", judged(40), 0.999))
    assert not window.panel.use.isEnabled()


def test_scores_are_marked_as_probabilities_and_called_scores_again(window, qtbot):
    window.show_rows(ROWS, {})
    found = study("dog_bark", judged(60), 0.9)
    window.show_study(found)
    with qtbot.waitSignal(window.panel.marked) as marked:
        window.panel.mark.click()
    assert marked.args == [found.calibration]
    window.show_rows(ROWS, {"dog_bark": found.calibration})
    window.show_study(found)
    with qtbot.waitSignal(window.panel.unmarked) as unmarked:
        window.panel.mark.click()
    assert unmarked.args == ["dog_bark"]


def test_other_judgements_than_before_offer_to_mark_anew(window, qtbot):
    window.show_rows(ROWS, {"dog_bark": calibrate(judged(40))})
    window.show_study(study("dog_bark", judged(60), 0.9))
    with qtbot.waitSignal(window.panel.marked):
        window.panel.mark.click()


def test_the_plot_says_in_words_what_it_draws(window):
    window.show_rows(ROWS, {})
    window.show_study(study("dog_bark", judged(12), 0.9))
    assert window.panel.plot.accessibleDescription().count(" right of 6") == 2
    assert not window.panel.plot.grab().isNull()


@pytest.fixture
def library(tmp_path, recording) -> Library:
    """Return a library in which forty barks of toy/frames in another recording were judged."""
    library = Library(tmp_path / "library.db")
    heard = Answered(label="dog_bark", onset=0.0, offset=1.0)
    said = [
        Annotation(
            annotation_id=str(number),
            label="dog_bark",
            onset=0.0,
            offset=1.0,
            status="accepted" if each.is_right else "rejected",
            model_id="toy/frames",
            score=each.score,
            answers=heard,
        )
        for number, each in enumerate(judged(40))
    ]
    library.change(recording, Change(name="Judge", after=tuple(said)))
    return library


def test_judgements_of_all_recordings_are_known_and_calibrations_are_kept(library, qtbot):
    knowledge = Knowledge(library)
    with qtbot.waitSignal(knowledge.changed, check_params_cb=None, timeout=5000):
        knowledge.open("toy/frames", "")
    qtbot.waitUntil(lambda: len(knowledge.judgements_of("dog_bark")) == 40)
    knowledge.keep(calibrate(knowledge.judgements_of("dog_bark")))
    knowledge.close()
    assert library.calibrations("toy/frames", "").keys() == {"dog_bark"}


def test_a_calibration_is_forgotten_at_once_and_in_the_library(library, qtbot):
    known = Calibration(label="dog_bark", slope=1, intercept=0, judged=40, right=20, lowest=0.1, highest=0.9)
    library.keep_calibration("toy/frames", "", known)
    knowledge = Knowledge(library)
    knowledge.open("toy/frames", "")
    qtbot.waitUntil(lambda: "dog_bark" in knowledge.calibrations)
    knowledge.forget("dog_bark")
    assert not knowledge.calibrations
    knowledge.close()
    assert not library.calibrations("toy/frames", "")


def test_a_label_marked_in_the_window_is_marked_in_the_tags(analysed, qtbot):
    analysed.do["thresholds"].trigger()
    thresholds = analysed.calibrating.thresholds
    assert column(thresholds.window, EVENTS)[:2] == ["1", "1"]
    thresholds.window.panel.marked.emit(calibrate(judged(60)))
    model = analysed.desk.tags.model
    texts = {model.index(row, LABEL).data(): model.index(row, WHOLE).data(READING) for row in range(model.rowCount())}
    assert texts["Dog bark"].is_probability
    assert not texts["Speech"].is_probability
    assert "◆ Yes" in column(thresholds.window, PROBABILITY)


def test_a_chosen_threshold_moves_events_and_is_kept_for_the_model(analysed, qtbot, make_window):
    analysed.do["thresholds"].trigger()
    with qtbot.waitSignal(analysed.desk.findings.changed):
        analysed.calibrating.thresholds.window.threshold_chosen.emit("dog_bark", 0.7)
    assert {event.label for event in analysed.desk.findings.events} == {"speech"}
    analysed.close()
    again = make_window([analysed.desk.shown.path])
    qtbot.waitUntil(lambda: again.desk.findings.analysis is not None)
    assert again.desk.settings_row.settings().threshold_of("dog_bark") == 0.7
    assert again.desk.settings_row.settings().threshold_of("speech") == 0.5


def test_what_is_judged_in_the_window_counts_a_moment_later(analysed, qtbot):
    findings, knowledge = analysed.desk.findings, analysed.calibrating.knowledge
    findings.apply(relabel([each for each in findings.events if each.label == "dog_bark"], "wolf", "Ann"))
    qtbot.waitUntil(lambda: [(each.label, each.is_right) for each in knowledge.judgements] == [("dog_bark", False)])
    findings.undo()
    qtbot.waitUntil(lambda: not knowledge.judgements)


def test_every_control_is_named_and_says_its_use(window):
    window.show_rows(ROWS, {})
    controls = (window.filter, window.table, window.own, window.panel.precision, window.panel.use, window.panel.mark)
    names = [QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in controls]
    assert all(names)
    assert all(each.toolTip() for each in (window.own, window.panel.precision, window.panel.use))
