"""The jobs beside a model in the window: they run after it, stand below it, and make no model."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox

from earmark.gui.training_view import possible
from earmark.gui.training_words import state_words
from earmark.training.job_process import JobProcess
from earmark.training.plan import jobs_folder
from earmark.training.study import write_study

from .training_toy import LONG, install, study_of

PATIENCE = 60_000  # ms
NAMES = ["garden", "garden, split that ignores sources", "garden, 75 % of the training clips"]


@pytest.fixture
def open_training(make_window, tmp_path, monkeypatch):
    """Open a window whose trainer is a toy, and return its side of training."""
    monkeypatch.setenv("PYTHONPATH", str(install(tmp_path)))
    opened = []

    def open_training():
        opened.append(make_window().training)
        opened[-1].show()
        return opened[-1]

    yield open_training
    for training in opened:
        training.jobs.close()  # else closing its window asks


def begun(qtbot, training, **settings):
    """Have a study trained and return its jobs, the model's first."""
    with qtbot.waitSignal(training.jobs.listed, timeout=PATIENCE):
        training.jobs.add(lambda: study_of("garden", **settings), training.panel.choose)
    return training.jobs.jobs


def states(jobs) -> list[str]:
    return [job.state for job in jobs]


def test_the_model_is_trained_first_and_only_it_can_be_used_or_removed(qtbot, open_training):
    training = open_training()
    jobs = begun(qtbot, training, epochs=1)
    assert [job.name for job in jobs] == NAMES
    assert [training.panel.list.item(row).text() for row in range(3)] == [
        "garden",
        "↳ split that ignores sources",
        "↳ 75 % of the training clips",
    ]
    ended = []
    training.jobs.ended.connect(ended.append)
    qtbot.waitUntil(lambda: ended == jobs, timeout=PATIENCE)
    assert states(jobs) == ["done"] * 3
    for job in jobs:
        job.is_judged = True
    assert [possible(job) for job in jobs] == [{"use", "report", "remove"}, set(), set()]
    assert [each.sentence for each in training._desk.notices.shown] == ["garden is trained."]


def test_a_model_that_is_cancelled_takes_what_waits_beside_it_along_and_brings_it_back(qtbot, open_training):
    training = open_training()
    jobs = begun(qtbot, training, epochs=LONG)
    qtbot.waitUntil(lambda: jobs[0].done > 0, timeout=PATIENCE)
    training.jobs.cancel(jobs[0])
    qtbot.waitUntil(lambda: states(jobs) == ["cancelled"] * 3, timeout=PATIENCE)
    training.jobs.resume(jobs[0])
    assert states(jobs) == ["starting", "waiting", "waiting"]


def test_a_job_beside_a_model_is_stopped_and_resumed_by_itself(qtbot, open_training):
    training = open_training()
    write_study(jobs_folder() / "garden", study_of("garden", epochs=LONG))
    training.jobs.load()
    qtbot.waitUntil(lambda: len(training.jobs.jobs) == 3, timeout=PATIENCE)
    _, leaky, share = training.jobs.jobs
    training.jobs.resume(leaky)
    training.jobs.resume(share)
    qtbot.waitUntil(lambda: leaky.done > 0, timeout=PATIENCE)
    assert "remove" not in possible(training.jobs.jobs[0])
    training.jobs.stop(leaky)
    qtbot.waitUntil(lambda: share.done > 0, timeout=PATIENCE)
    assert states([leaky, share]) == ["stopped", "training"]


def test_after_a_restart_they_are_listed_again_and_go_with_their_model(qtbot, open_training, monkeypatch):
    folder = jobs_folder() / "garden"
    write_study(folder, study_of("garden"))
    training = open_training()
    qtbot.waitUntil(lambda: len(training.jobs.jobs) == 3, timeout=PATIENCE)
    assert [job.name for job in training.jobs.jobs] == NAMES
    assert {state_words(job) for job in training.jobs.jobs} == {"Not begun"}
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words) or QMessageBox.StandardButton.Yes)
    training._remove(training.jobs.jobs[0])
    assert "the 2 runs beside it" in asked[0][2]
    qtbot.waitUntil(lambda: not folder.exists(), timeout=PATIENCE)
    assert training.jobs.jobs == []


def test_one_that_another_process_trains_is_followed_below_its_model(qtbot, open_training):
    training = open_training()
    study = study_of("garden", epochs=LONG)
    write_study(study[0][1].folder, study)
    other = JobProcess(study[1][1].folder)
    try:
        qtbot.waitUntil(lambda: len(training.jobs.jobs) == 3, timeout=PATIENCE)
        _, leaky, share = training.jobs.jobs
        qtbot.waitUntil(lambda: leaky.done > 0, timeout=PATIENCE)
        assert leaky.is_elsewhere
        assert not share.is_running
    finally:
        other.kill()
        other.close()
