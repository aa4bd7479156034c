"""The report of a training in the window: figures, and the clips behind them to listen to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from earmark.api import Example
from earmark.gui.lines_delegate import LINES
from earmark.gui.training_outcome import outcome_of
from earmark.training.job_file import write_job
from earmark.training.report import write_json
from earmark.training.report_page import UNTRIED
from earmark.training.study_report import make_report

from .test_reach import controls_in, name_of
from .training_toy import job_of

SCORES = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.05, 0.95]]
TRUTH = [[1, 0], [1, 0], [0, 1], [0, 1]]  # the second is a dog that is taken for a cat


@pytest.fixture
def judged(home, recording) -> Path:
    """The folder of a job whose network heard four clips of one recording."""
    labels = ("dog", "cat")
    clips = [
        Example(path=recording, start=0.5 * place, end=0.5 * (place + 1), labels=(labels[own.index(1)],), split="test")
        for place, own in enumerate(TRUTH)
    ]
    job = replace(job_of("judged"), labels=labels, examples=tuple(clips))
    write_job(job)
    np.savez(
        job.folder / "judged.npz", numbers=np.arange(4), scores=np.array(SCORES, np.float32), truth=np.array(TRUTH)
    )
    return job.folder


@pytest.fixture
def report(qtbot, make_window, judged):
    training = make_window().training
    training.show_report(judged)
    qtbot.waitUntil(lambda: training.report is not None and training.report.isVisible(), timeout=20_000)
    return training.report


def listed(report) -> list[str]:
    view = report.clips.view
    items = [view.item(row) for row in range(view.count())]
    return ["  ".join((item.text(), *item.data(LINES))) for item in items]


def test_it_says_how_good_the_model_is_and_lists_its_worst_mistakes(report):
    assert report.headline.text() == "Accuracy 75.0 %, mAP 0.833, AUC 0.750, d′ 0.95 on 4 clips that decided nothing"
    assert listed(report) == ["garden.wav  0:00.5–0:01.0  said Cat 0.80, is Dog 0.20"]


def test_a_cell_of_the_confusions_lists_its_clips_and_enter_plays_one(qtbot, report, card):
    report.tabs.setCurrentIndex(1)
    report.confusion.setCurrentCell(0, 1)
    assert report.clips.title.text() == "Is Dog, said Cat"
    assert listed(report) == ["garden.wav  0:00.5–0:01.0  scored 0.80"]
    report.clips.view.setCurrentRow(0)
    QTest.keyClick(report.clips.view, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)


def test_a_label_lists_its_clips_the_least_sure_first(report):
    report.figures.setCurrentCell(0, 0)
    assert listed(report) == ["garden.wav  0:00.5–0:01.0  scored 0.20", "garden.wav  0:00.0–0:00.5  scored 0.90"]


def test_the_score_from_which_a_label_is_right_follows_the_precision_that_is_wanted(report):
    column = report.figures.columnCount() - 1

    def cat() -> tuple[str, str]:
        return report.figures.horizontalHeaderItem(column).text(), report.figures.item(1, column).text()

    assert cat() == ("For 90 %", "0.950")
    report.figures.setCurrentCell(1, 0)
    report.wanted.setValue(60)
    assert cat() == ("For 60 %", "0.700")
    assert listed(report)[0].endswith("scored 0.70")


def test_how_far_scores_can_be_trusted_is_shown_of_all_labels_and_of_one(report):
    assert report.trust.accessibleDescription() == "at 0.50 50 % right of 8"
    report.figures.setCurrentCell(0, 0)
    assert report.trusted.text() == "Dog: how often it was right"
    assert report.trust.accessibleDescription() == "at 0.36 50 % right of 4"


def test_the_report_is_written_once_and_again_when_more_was_judged(judged, engines):
    first = outcome_of(judged, engines)
    page, data = judged / "report.html", judged / "report.json"
    assert "garden.wav" in page.read_text()
    data.write_text(data.read_text().replace('"judged"', '"kept"'))
    assert outcome_of(judged, engines).report["name"] == "kept"
    newer = data.stat().st_mtime + 1
    os.utime(judged / "judged.npz", (newer, newer))
    assert outcome_of(judged, engines).report["name"] == first.report["name"] == "judged"


def test_without_runs_beside_it_it_says_how_to_have_them(report):
    assert report.more.said.text() == UNTRIED
    assert not report.more.plot.isVisibleTo(report)
    assert not report.beside.isVisible()


def test_what_was_asked_beside_the_model_is_shown(qtbot, report, judged, engines):
    leaky = {"test_clips": 4, "accuracy": 1.0, "mean_average_precision": 1.0}
    points = [{"share": share, "clips": round(60 * share), "score": share} for share in (0.25, 0.5, 0.75, 1.0)]
    curve = {"metric": "accuracy", "points": points, "sentence": "More would help."}
    write_json(judged, {**make_report(judged, engines), "leaky": leaky, "learning_curve": curve})
    report.show_outcome(outcome_of(judged, engines))
    assert report.beside.text() == (
        "On a split that ignores sources: accuracy 100.0 % on 4 clips, which is not to be believed."
    )
    assert report.more.said.text() == "More would help."
    assert report.more.plot.accessibleDescription().startswith("15 clips: 0.250; 30 clips: 0.500")
    assert report.more.plot.isVisibleTo(report.more)


def test_every_control_has_a_name_and_says_what_it_is_for(report):
    controls = controls_in(report)
    assert len(controls) > 6
    assert [each for each in controls if not name_of(each) or not each.toolTip()] == []
