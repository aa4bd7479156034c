"""The trainer as a process: a real job, killed for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from earmark.api import DatasetError, TrainJob
from earmark.training.job_file import read_job, write_job
from earmark.training.job_lock import is_trained
from earmark.training.job_process import JobProcess, followed
from earmark_everyday import FOLDS, LABELS, SAMPLE_RATE
from earmark_everyday.sounds import Sound, rendered, write_cache

pytestmark = pytest.mark.timeout(900)

PATIENCE = 240  # seconds: PyTorch is loaded, on a machine that may do much else
NETWORK = {
    "stem": "convolution",
    "segments": 1,
    "frames": 64,
    "width": 8,
    "depths": [1],
    "heads": [2],
    "pooling": "linear_softmax",
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """A cache of tones, one pitch a label."""
    stretches = []
    for fold in FOLDS:
        for number, label in enumerate(LABELS):
            tone = np.sin(np.arange(SAMPLE_RATE) * 0.02 * (number + 1)).astype(np.float32)
            about = Sound(label=label, kind="clip", fold=fold, source=f"{label}{fold}", file="tone")
            stretches.append(rendered(tone, about))
    write_cache(folder := tmp_path_factory.mktemp("cache"), stretches)
    return folder


def job_in(folder: Path, cache: Path, **settings) -> TrainJob:
    job = TrainJob(
        job_id="toy",
        model_id="htsat/everyday",
        folder=folder,
        labels=LABELS,
        examples=(),
        epochs=4,
        batch_size=4,
        learning_rate=3e-3,
        seed=1,
        settings={"scenes": str(cache), "folds": [1, 2], "network": NETWORK, "steps": 3, "precision": "32-true"}
        | settings,
    )
    write_job(job)
    return job


def start(folder: Path, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "earmark_trainer", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
    )


def events(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def losses(folder: Path) -> dict[tuple[int, int], float]:
    return {(each["epoch"], each["step"]): each["loss"] for each in events(folder) if each["event"] == "progress"}


def test_a_job_survives_the_journey_to_its_file(tmp_path, cache):
    written = job_in(tmp_path, cache)
    again = read_job(tmp_path)
    assert (again.labels, again.epochs, again.settings) == (written.labels, written.epochs, written.settings)


def test_a_job_that_was_killed_resumes_and_ends_as_the_uninterrupted_one(tmp_path, cache):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    job_in(whole, cache)
    assert start(whole).wait(PATIENCE) == 0
    job_in(killed, cache)
    process = start(killed)
    for line in process.stdout:
        if json.loads(line)["event"] == "checkpoint" and json.loads(line)["epoch"] == 1:
            process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    assert start(killed).wait(PATIENCE) == 0
    assert events(killed)[-1]["how"] == "done"
    assert losses(killed) == losses(whole)


@pytest.fixture
def running(tmp_path, cache):
    """A long job and its trainer, which makes its batches in a process of its own."""
    job_in(tmp_path, cache, steps=2000, loaders=1)
    process = start(tmp_path)
    wait_for_event(process, "progress")
    yield process
    process.kill()
    process.communicate()


def wait_for_event(process: subprocess.Popen, kind: str) -> None:
    assert any(json.loads(line)["event"] == kind for line in process.stdout), process.stderr.read()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(each) for each in listed.stdout.split()]


def is_held(pid: int) -> bool:
    """Say whether a process is there, stopped by a signal."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.startswith("T")


def files_in(folder: Path) -> dict[Path, int]:
    changing = ("events.jsonl",)
    return {each: each.stat().st_mtime_ns for each in folder.rglob("*") if each.name not in changing}


def test_a_second_trainer_of_a_job_ends_at_once_and_writes_nothing(tmp_path, running):
    before = files_in(tmp_path)
    second = start(tmp_path)
    assert second.wait(PATIENCE) == 2
    assert second.stdout.read() == ""
    assert "is being trained already" in second.stderr.read()
    assert files_in(tmp_path) == before
    assert [each["event"] for each in events(tmp_path)].count("began") == 1
    with pytest.raises(DatasetError, match="is being trained already"):
        JobProcess(tmp_path)
    assert not (tmp_path / "log.txt").exists()


def test_a_job_is_free_as_soon_as_its_trainer_is_killed_though_a_loader_lives_on(tmp_path, running):
    assert is_trained(tmp_path)
    loaders = children_of(running.pid)
    assert loaders
    for pid in loaders:
        os.kill(pid, signal.SIGSTOP)  # it would see soon that it is an orphan
    running.kill()
    running.wait()
    try:
        assert all(map(is_held, loaders))
        assert not is_trained(tmp_path)
    finally:
        for pid in loaders:
            os.kill(pid, signal.SIGKILL)


def test_who_follows_a_job_of_another_process_sees_all_that_it_says_to_its_end(tmp_path, cache):
    job_in(tmp_path, cache)
    process = start(tmp_path)
    wait_for_event(process, "progress")
    said = list(followed(tmp_path))
    assert process.wait(PATIENCE) == 0
    assert said == events(tmp_path)
    assert 100 < max(each["memory_mb"] for each in said if each["event"] == "progress") < 8000
    assert said[-1]["how"] == "done"


def test_the_end_of_stdin_means_stop_and_keep(tmp_path, cache):
    job_in(tmp_path, cache, steps=200)
    process = start(tmp_path, EARMARK_CONTROL="stdin")
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
    assert events(tmp_path)[-1]["how"] == "stopped"
    newest = max((tmp_path / "checkpoints").iterdir())
    assert json.loads((newest / "checkpoint.json").read_text())["labels"] == list(LABELS)


def test_cancel_ends_the_job_and_says_so(tmp_path, cache):
    job_in(tmp_path, cache, steps=200)
    process = start(tmp_path, EARMARK_CONTROL="stdin")
    process.stdout.readline()
    process.stdin.write("cancel\n")
    process.stdin.flush()
    assert process.wait(PATIENCE) == 0
    assert events(tmp_path)[-1]["how"] == "cancelled"


def test_a_job_without_sounds_fails_with_a_sentence(tmp_path, cache):
    job_in(tmp_path, tmp_path / "nowhere")
    assert start(tmp_path).wait(PATIENCE) == 1
    assert "no rendered sounds" in events(tmp_path)[-1]["sentence"]


def test_a_folder_without_a_job_is_refused(tmp_path):
    process = start(tmp_path)
    assert process.wait(PATIENCE) == 2
    assert "is no job folder" in process.stderr.read()
