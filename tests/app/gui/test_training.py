"""Training in the window: jobs that run in a process of their own, whose trainer here plays a part."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from earmark.api import TrainJob
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_thread import Listener
from earmark.gui.training_words import pace_words, state_words
from earmark.training.job_file import write_job
from earmark.training.job_process import JobProcess
from earmark.training.plan import jobs_folder
from earmark.training.study import Member

from .training_toy import LONG, install, job_of

PATIENCE = 60_000  # ms


@pytest.fixture
def trainer(tmp_path, monkeypatch):
    """Let the toy be the trainer of this test's jobs."""
    monkeypatch.setenv("PYTHONPATH", str(install(tmp_path)))


@pytest.fixture
def begin(qtbot, trainer, make_window):
    """Open a window and have jobs trained in it; return its side of training and the jobs."""
    opened = []

    def begin(*jobs: TrainJob):
        training = make_window().training
        opened.append(training)
        for job in jobs:
            with qtbot.waitSignal(training.jobs.listed, timeout=PATIENCE):
                training.jobs.add(lambda job=job: [(Member(place="."), job)], training.panel.choose)
        return training, [next(each for each in training.jobs.jobs if each.folder == job.folder) for job in jobs]

    yield begin
    for training in opened:
        training.jobs.close()  # else closing its window asks


def steps(qtbot, job: TrainingJob, count: int = 1) -> None:
    qtbot.waitUntil(lambda: job.done >= count, timeout=PATIENCE)


def rests(qtbot, job: TrainingJob) -> int:
    """Wait until a job takes no steps any more; return how many it took."""
    seen = [-1]

    def is_at_rest() -> bool:
        seen.append(job.done)
        qtbot.wait(700)  # the window looks twice a second, the toy takes 50 steps in one
        return job.done == seen[-1] == seen[-2]

    qtbot.waitUntil(is_at_rest, timeout=PATIENCE)
    return job.done


def ends(qtbot, job: TrainingJob, state: str) -> None:
    qtbot.waitUntil(lambda: job.state == state, timeout=PATIENCE)


def press(qtbot, training, name: str) -> None:
    button = training.panel.view.buttons[name]
    assert button.isVisibleTo(training.panel), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_empty_panel_says_what_to_do(make_window):
    training = make_window().training
    training.show()
    assert training.panel.new.isVisible()
    assert training.panel.job is None


def test_jobs_run_one_after_another_and_are_shown_as_they_go(qtbot, begin):
    training, (first, second) = begin(job_of("first"), job_of("second"))
    assert state_words(second) == "Waiting"
    ends(qtbot, second, "done")
    assert first.state == "done"
    assert [done for done, _ in first.losses] == list(range(1, 9))
    training.panel.choose(first)
    assert training.panel.view.state.text() == "first: Done · accuracy 50.0 %"
    assert "Epoch 2: accuracy 50.0 %" in training.panel.view.log.toPlainText()


def test_a_job_is_held_and_goes_on(qtbot, begin):
    training, [job] = begin(job_of("held", epochs=LONG))
    training.show()
    steps(qtbot, job)
    press(qtbot, training, "pause")
    assert "Paused" in training.panel.view.state.text()
    held = rests(qtbot, job)
    press(qtbot, training, "pause")
    steps(qtbot, job, held + 1)


def test_a_job_is_stopped_and_kept_or_cancelled_and_can_be_resumed(qtbot, begin):
    training, (job, waiting) = begin(job_of("stopped", epochs=LONG), job_of("waiting"))
    training.show()
    training.panel.choose(job)
    steps(qtbot, job, 5)
    training.jobs.cancel(waiting)
    press(qtbot, training, "stop")
    ends(qtbot, job, "stopped")
    assert waiting.state == "cancelled"
    press(qtbot, training, "resume")
    steps(qtbot, job, 6)
    press(qtbot, training, "cancel")
    ends(qtbot, job, "cancelled")
    assert any(line.startswith("Went on") for line in job.log)


def test_a_failure_is_a_sentence_in_the_list_and_a_notice(qtbot, begin):
    training, [job] = begin(job_of("broken", trouble="The disk is full."))
    ends(qtbot, job, "failed")
    assert state_words(job) == "Failed: The disk is full."
    shown = training._desk.notices.shown
    qtbot.waitUntil(lambda: any("broken: The disk is full." in each.text for each in shown), timeout=PATIENCE)


def test_a_trainer_that_is_killed_leaves_a_job_to_be_resumed(qtbot, begin):
    training, [job] = begin(job_of("killed", epochs=LONG))
    steps(qtbot, job, 5)
    os.kill(training.jobs._run.pid, signal.SIGKILL)
    ends(qtbot, job, "interrupted")
    assert state_words(job) == "Interrupted"
    training.jobs.resume(job)
    steps(qtbot, job, 6)


@pytest.fixture
def elsewhere(trainer):
    """Train a job in a process that the window knows nothing of, as another terminal does."""
    started: list[tuple[JobProcess, Listener]] = []

    def start(job: TrainJob) -> JobProcess:
        write_job(job)
        process = JobProcess(job.folder)
        events = process.events()
        next(events)
        started.append((process, Listener(job.folder, events)))  # one that nobody hears stops when its pipe is full
        return process

    yield start
    for process, listener in started:
        process.kill()
        listener.join()
        process.close()


def shown_buttons(training) -> set[str]:
    return {name for name, each in training.panel.view.buttons.items() if each.isVisibleTo(training.panel)}


def test_a_job_that_another_process_trains_is_followed_and_not_offered_for_resuming(qtbot, begin, elsewhere):
    other = elsewhere(job_of("elsewhere", epochs=LONG))
    training, _ = begin()
    training.show()
    qtbot.waitUntil(lambda: len(training.jobs.jobs) == 1, timeout=PATIENCE)
    (job,) = training.jobs.jobs
    steps(qtbot, job, 5)
    assert f"of {LONG} · " in training.panel.view.state.text()
    assert "another process trains it" in training.panel.view.state.text()
    assert shown_buttons(training) == set()
    assert not training._desk.do["resume_training"].isEnabled()
    other.ask("stop")
    ends(qtbot, job, "stopped")
    assert shown_buttons(training) == {"resume", "remove"}
    assert [done for done, _ in job.losses] == list(range(1, job.done + 1))


def test_a_job_is_noticed_when_another_process_goes_on_with_it_or_begins_it(qtbot, begin, elsewhere):
    training, [job] = begin(job_of("known", epochs=1))
    training.show()
    ends(qtbot, job, "done")
    other = elsewhere(job_of("known", epochs=LONG))
    steps(qtbot, job, 9)
    assert job.is_elsewhere
    elsewhere(job_of("new", epochs=LONG))
    qtbot.waitUntil(lambda: [each.name for each in training.jobs.jobs] == ["new", "known"], timeout=PATIENCE)
    other.kill()
    ends(qtbot, job, "interrupted")
    assert job.is_resumable


def test_a_job_that_waits_here_and_is_begun_elsewhere_is_followed(qtbot, begin, elsewhere):
    training, (first, second) = begin(job_of("first", epochs=LONG), job_of("second", epochs=LONG))
    elsewhere(job_of("second", epochs=LONG))
    training.jobs.cancel(first)
    steps(qtbot, second)
    assert second.is_elsewhere
    assert training.jobs.running is None


def test_jobs_of_an_earlier_day_are_listed_and_can_be_resumed(qtbot, begin, make_window):
    for name in ("begun", "new"):
        write_job(job_of(name, epochs=LONG))
    (jobs_folder() / "begun" / "events.jsonl").write_text(
        '{"event": "began", "epochs": 5000, "steps": 4, "done": 0, "device": "CPU", "time": 1}\n{"event": "prog'
    )
    (jobs_folder() / "no job").mkdir()
    training, _ = begin()
    qtbot.waitUntil(lambda: len(training.jobs.jobs) == 2, timeout=PATIENCE)
    assert {job.name: job.state for job in training.jobs.jobs} == {"begun": "interrupted", "new": "interrupted"}
    job = training.jobs.jobs[0]
    training.panel.choose(job)
    training._desk.do["resume_training"].trigger()
    steps(qtbot, job)


def answered(monkeypatch, text: str) -> list[str]:
    """Press a button of the next question; return the questions that were asked."""
    asked: list[str] = []

    def answer(box: QMessageBox) -> None:
        asked.append(box.text())
        next(each for each in box.buttons() if each.text().replace("&", "") == text).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return asked


def test_closing_the_window_asks_once_and_stops_with_a_checkpoint_or_stays(qtbot, begin, monkeypatch):
    training, [job] = begin(job_of("long", epochs=LONG))
    window = training._desk.window
    steps(qtbot, job)
    asked = answered(monkeypatch, "Stay")
    assert not window.close()
    assert window.isVisible()
    assert len(asked) == 1
    answered(monkeypatch, "Stop and close")
    assert window.close()
    assert '"how": "stopped"' in (job.folder / "events.jsonl").read_text()


def test_steps_that_are_taken_again_after_a_checkpoint_count_once():
    job = TrainingJob(folder=Path("job"), name="job", batch_size=8, clips=100)
    began = {"event": "began", "epochs": 2, "steps": 4, "device": "CPU"}
    job.take(began | {"done": 0, "time": 0.0})
    for step in range(3):
        job.take(
            {"event": "progress", "epoch": 0, "step": step, "loss": 1.0, "memory_mb": 900, "time": 2.0 * (step + 1)}
        )
    assert state_words(job) == "Epoch 1 of 2 · 0:10 left"
    assert pace_words(job) == "CPU · step 3 of 4 · 4 clips a second · 0.9 GB"
    job.take(began | {"done": 2, "time": 50.0})
    job.take({"event": "progress", "epoch": 0, "step": 2, "loss": 0.5, "time": 52.0})
    assert job.losses == [(1, 1.0), (2, 1.0), (3, 0.5)]


def test_a_job_is_removed_with_its_folder_once_that_is_confirmed(qtbot, begin, monkeypatch):
    training, [job] = begin(job_of("short"))
    training.show()
    ends(qtbot, job, "done")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    press(qtbot, training, "remove")
    assert training.jobs.jobs == [job]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    press(qtbot, training, "remove")
    qtbot.waitUntil(lambda: not job.folder.exists(), timeout=PATIENCE)
    assert training.panel.job is None
