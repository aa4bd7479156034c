"""`earmark train` among other processes: interrupted, killed, and beside one that trains the same job."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from .beep import BEEP, PATIENCE, beeps, children_of, is_dead, told, wait_for

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def beep(shared_earmark):
    shared_earmark.install("beep", BEEP)
    beeps(shared_earmark.folder / "beeps")
    return shared_earmark


@pytest.fixture
def elsewhere(beep):
    """Train slowly in a process of its own, as in another terminal; return a starter, given a name and pauses."""
    started = []

    def start(name, *words):
        out = beep.folder / name
        asked = ("beeps", "--model", "beep/bands", "--name", name, "--out", out, "--device", "cpu", *words)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(beep.words("train", *asked), cwd=beep.folder, env=beep.variables(), **pipes))
        wait_for(lambda: told(out, "progress"))
        return out, started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def following(beep):
    """Follow a job in a process of its own; return it once it says so."""
    started = []

    def follow(out):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        words = beep.words("train", "--resume", out)
        started.append(subprocess.Popen(words, cwd=beep.folder, env=beep.variables(), **pipes))
        assert "is being trained already" in started[-1].stderr.readline()
        return started[-1]

    yield follow
    for process in started:
        process.kill()
        process.communicate()


def test_a_job_that_another_process_trains_is_followed_to_its_end_and_left_to_it(beep, elsewhere, following):
    out, other = elsewhere("terminal", "--set", "pause=0.2")
    (trainer,) = children_of(other.pid, "earmark_trainer")
    os.kill(trainer, signal.SIGSTOP)
    follower = following(out)
    os.kill(trainer, signal.SIGCONT)
    heard, said = follower.communicate(timeout=PATIENCE)
    assert follower.returncode == 0, said
    assert "epoch 3 of 3" in said
    assert heard == ""
    assert other.wait(PATIENCE) == 0
    assert told(out, "began") == told(out, "ended") == 1
    assert (beep.home / "models" / "beep" / "terminal").is_dir()


def test_who_follows_a_job_hears_that_its_trainer_was_killed(elsewhere, following):
    out, other = elsewhere("shot", "--set", "pause=0.2", "--epochs", "999")
    follower = following(out)
    (trainer,) = children_of(other.pid, "earmark_trainer")
    os.kill(trainer, signal.SIGKILL)
    assert "ended without a word" in follower.communicate(timeout=PATIENCE)[1]
    assert follower.returncode == 3


@pytest.mark.parametrize(
    ("answers", "status", "how", "pause"),
    [(("Stopping",), 0, "stopped", 0.2), (("Stopping", "Cancelling"), 130, "cancelled", 5.0)],
)
def test_ctrl_c_stops_and_keeps_and_twice_cancels(elsewhere, answers, status, how, pause):
    out, process = elsewhere(how, "--set", f"pause={pause}", "--epochs", "500")
    if how == "stopped":
        wait_for(lambda: told(out, "checkpoint"))
    for answer in answers:  # within a pause of the trainer, which heeds wishes between its steps
        process.send_signal(signal.SIGINT)
        assert any(answer in line for line in process.stderr)
    _, said = process.communicate(timeout=PATIENCE)
    assert json.loads((out / "events.jsonl").read_text().splitlines()[-1])["how"] == how
    assert process.returncode == status, said


def test_when_the_command_line_is_killed_its_trainer_stops_by_itself(beep):
    out = beep.folder / "orphan"
    words = ("beeps", "--model", "beep/bands", "--name", "orphan", "--out", out, "--device", "cpu")
    process = subprocess.Popen(
        beep.words("train", *words, "--set", "pause=0.2", "--epochs", "99"),
        cwd=beep.folder,
        env=beep.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    events = out / "events.jsonl"
    wait_for(lambda: events.exists() and "progress" in events.read_text())
    (trainer,) = children_of(process.pid, "earmark_trainer")
    process.kill()
    process.wait()
    wait_for(lambda: not os.path.exists(f"/proc/{trainer}") or is_dead(trainer))  # noqa: PTH110
    assert json.loads(events.read_text().splitlines()[-1])["how"] == "stopped"
