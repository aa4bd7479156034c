"""`python -m bench.kills [COUNT]`: a hundred kills of the trainer at random moments of short jobs.

Every job must go on where it was and end as the uninterrupted one, lose no more than one checkpoint interval, and leave
neither a process nor a broken file behind. Half of the kills are aimed at the moment when a checkpoint is written.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import soundfile

from earmark.api import Example, TrainJob
from earmark.checkpoints import TENSORS, read_checkpoint
from earmark.training.job_file import checkpoints, write_job
from earmark.training.job_process import events_of, how_it_ended
from earmark_htsat import train as _imported_once  # noqa: F401
from earmark_trainer import __main__ as trainer

EPOCHS, STEPS = 5, 4
NETWORK = {
    "stem": "convolution",
    "segments": 1,
    "frames": 64,
    "width": 8,
    "depths": [1],
    "heads": [2],
    "single_label": True,
}


def main(count: int) -> int:
    """Kill so often, print what was found, and return how many promises were broken."""
    rng, broken, kills = random.Random(0), [], 0
    with tempfile.TemporaryDirectory() as folder:
        examples = beeps(Path(folder))
        whole = write(Path(folder) / "whole", examples)
        run(whole, None)
        expected = losses(whole)
        for number in itertools.count():
            if kills >= count:
                break
            job = write(Path(folder) / f"job-{number}", examples)
            while how_it_ended(job) != "done":
                moment = rng.uniform(steps_kept(job), (EPOCHS + 1) * STEPS) if kills < count else None
                broken += run(job, moment, at_checkpoint=rng.random() < 0.5)
                kills += how_it_ended(job) != "done"
                print(f"{kills} kills, {len(broken)} promises broken", flush=True)
            broken += [f"{job.name}: another end than the uninterrupted run's"] if losses(job) != expected else []
    for sentence in broken:
        print(sentence)
    return len(broken)


def beeps(folder: Path) -> tuple[Example, ...]:
    """Return a few sounds of two pitches."""
    at, found = np.arange(16000) / 32000, []
    for number in range(18):
        path = folder / f"{number}.wav"
        soundfile.write(path, 0.3 * np.sin(2 * np.pi * (400 + 1500 * (number % 2) + 9 * number) * at), 32000)
        side = "train" if number < 16 else "validate"
        found.append(Example(path=path, labels=(("low", "high")[number % 2],), group=str(number), split=side))
    return tuple(found)


def write(folder: Path, examples: tuple[Example, ...]) -> Path:
    """Lay out a job of a second or two."""
    settings: dict[str, Any] = {"network": NETWORK, "waveforms": str(folder.parent / "kept"), "device": "cpu"}
    settings |= {"evaluate_every": 1, "loaders": 1, "warmup": 2, "precision": "32-true"}
    job = TrainJob(
        job_id=folder.name,
        model_id="htsat/everyday",
        folder=folder,
        labels=("low", "high"),
        examples=examples,
        epochs=EPOCHS,
        batch_size=4,
        learning_rate=1e-3,
        settings=settings,
    )
    write_job(job)
    return folder


def run(folder: Path, moment: float | None, *, at_checkpoint: bool = False) -> list[str]:
    """Run a job, to be killed `moment` steps into it or just after; return which promises were broken."""
    before = steps_kept(folder)
    pid, stream = start(folder)
    with os.fdopen(stream) as lines:
        children = kill_at(pid, lines, folder, moment, at_checkpoint)
    os.waitpid(pid, 0)
    return [f"{folder.name}: {each}" for each in (*left_running(children), *damage(folder, before))]


def start(folder: Path) -> tuple[int, int]:
    """Start a trainer in a process of its own, forked from this one to save a hundred imports of torch.

    Returns:
        Its process id, and the end of the pipe that it reports to.
    """
    reads, writes = os.pipe()
    if pid := os.fork():
        os.close(writes)
        return pid, reads
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(writes, 1)
    os.dup2(log, 2)
    os.nice = lambda by: by  # a trainer gives way to all else; here nobody wants to wait for it
    os._exit(trainer.main([str(folder)]))


def kill_at(pid: int, lines: TextIO, folder: Path, moment: float | None, at_checkpoint: bool) -> list[int]:
    """Kill a trainer when it has come so far, or as soon as it then writes a checkpoint; return its children."""
    children: list[int] = []
    for line in lines:
        event = json.loads(line)
        if event["event"] != "progress":
            continue
        children = children or children_of(pid)
        if moment is not None and event["epoch"] * STEPS + event["step"] >= moment:
            if at_checkpoint:
                wait_for_checkpoint(folder)
            os.kill(pid, signal.SIGKILL)
            break
    return children


def wait_for_checkpoint(folder: Path) -> None:
    """Return as soon as a checkpoint is being written, or none was for a second."""
    ends = time.monotonic() + 1
    while not list((folder / "checkpoints").glob("*.part")) and time.monotonic() < ends:
        time.sleep(0.0002)


def damage(folder: Path, before: int) -> list[str]:
    """Return what a kill has broken: whole checkpoints that cannot be read, or more lost than one epoch."""
    found = []
    for each in checkpoints(folder):
        try:
            if (each / TENSORS).exists():
                read_checkpoint(each, verify=True)
            json.loads((each / "score.json").read_text())
        except Exception as error:  # whatever it is, it is what is looked for
            found.append(f"{each.name} is broken: {error}")
    told = [event["epoch"] * STEPS + event["step"] + 1 for event in events_of(folder) if event["event"] == "progress"]
    if told and told[-1] - max(before, steps_kept(folder)) > STEPS:
        found.append(f"{told[-1]} steps were taken, {steps_kept(folder)} are kept")
    return found


def steps_kept(folder: Path) -> int:
    """Return how many steps the newest checkpoint holds."""
    newest = max(checkpoints(folder), default=None)
    if newest is None:
        return 0
    epoch, _, step = newest.name.partition("-")
    return int(epoch) * STEPS + int(step)


def left_running(children: list[int]) -> list[str]:
    """Return the children of a trainer that outlive it by more than some seconds."""
    ends = time.monotonic() + 20
    while any(map(is_alive, children)) and time.monotonic() < ends:
        time.sleep(0.05)
    return [f"process {each} is left" for each in children if is_alive(each)]


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in listed.read_text().split()] if listed.exists() else []


def is_alive(pid: int) -> bool:
    """Say whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def losses(folder: Path) -> dict[tuple[int, int], float]:
    """Return the loss of each step, the last time it was taken."""
    return {(e["epoch"], e["step"]): e["loss"] for e in events_of(folder) if e["event"] == "progress"}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100) > 0)
