"""What was found in a recording stays in step with settings, judgements and the selection."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from earmark import judging
from earmark.audio_file import probe
from earmark.gui.findings import Findings
from earmark.library import Library


def labels(window) -> list[str]:
    return [event.label for event in window.desk.findings.events]


def test_a_judgement_is_shown_in_the_place_of_the_models_event(analysed):
    findings = analysed.desk.findings
    findings.apply(judging.reject([findings.events[1]], "mo"))
    assert [event.status for event in findings.events] == ["unreviewed", "rejected"]
    assert findings.selected_events[0].label == "dog_bark"


def test_undo_and_redo_are_shown_and_named(analysed):
    findings = analysed.desk.findings
    findings.apply(judging.accept([findings.events[0]], "mo"))
    assert findings.undo_names()[0].startswith("Accept")
    findings.undo()
    assert {event.status for event in findings.events} == {"unreviewed"}
    findings.redo()
    assert findings.events[0].status == "accepted"


def test_a_judged_event_stays_when_the_threshold_passes_its_score(analysed, qtbot):
    findings = analysed.desk.findings
    findings.apply(judging.accept([findings.events[1]], "mo"))
    with qtbot.waitSignal(findings.changed):
        analysed.desk.settings_row.threshold.slider.setValue(95)
    assert labels(analysed) == ["dog_bark"]


def test_what_persons_said_survives_another_model(analysed, qtbot):
    findings = analysed.desk.findings
    findings.apply(judging.draw("owl", 0.5, 0.7, author="mo"))
    findings.forget_analysis()
    assert labels(analysed) == ["owl"]


def test_annotations_come_back_with_their_recording(analysed, make_recording, qtbot):
    findings, first = analysed.desk.findings, analysed.desk.shown.path
    findings.apply(judging.draw("owl", 0.5, 0.7, author="mo"))
    other = make_recording("other.wav")
    analysed.desk.open([other])
    qtbot.waitUntil(lambda: analysed.desk.shown.path == other and labels(analysed) == ["speech", "dog_bark"])
    analysed.desk.open([first])
    qtbot.waitUntil(lambda: "owl" in labels(analysed))


@pytest.mark.parametrize("numbers", [(5,), (-1, 9)])
def test_what_is_not_there_cannot_be_selected(analysed, numbers):
    analysed.desk.findings.select(numbers)
    assert analysed.desk.findings.selected == ()


@pytest.fixture
def findings(make_recording, tmp_path, qtbot):
    """What is found in a recording, and kept in a real library."""
    findings, path = Findings(Library(tmp_path / "library.db")), make_recording()
    with qtbot.waitSignal(findings.changed):
        findings.open(path, probe(path))
    findings.apply(judging.draw("owl", 0.5, 0.7, author="mo"))
    yield findings
    findings.close()


@pytest.fixture
def held(findings, tmp_path):
    """Another program's transaction, which keeps everybody else from writing into the library until it ends."""
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_another_recording_opens_while_the_library_is_held(findings, held, make_recording, qtbot):
    first, other, refused = make_recording(), make_recording("other.wav"), []
    findings.failed.connect(refused.append)
    findings.apply(judging.draw("cat", 0.1, 0.2, author="mo"))
    findings.open(other, probe(other))
    held.execute("ROLLBACK")
    findings.open(first, probe(first))
    qtbot.waitUntil(lambda: [event.label for event in findings.events] == ["cat", "owl"])
    assert refused == []


def test_what_is_undone_while_the_library_is_held_is_shown_when_it_is_free(findings, held, qtbot):
    refused = []
    findings.failed.connect(refused.append)
    findings.undo()
    findings.apply(judging.draw("cat", 0.1, 0.2, author="mo"))
    assert [error.sentence for error in refused] == ["The library is busy with something else."]
    assert [event.label for event in findings.events] == ["owl"]
    held.execute("ROLLBACK")
    qtbot.waitUntil(lambda: not findings.events)
