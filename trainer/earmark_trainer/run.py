"""What a `train` hook reports to: JSON lines of progress, checkpoints that a kill cannot tear, the person's wishes."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from earmark.api import Cancelled, EarmarkError, Stopped
from earmark.training.job_file import best_checkpoint, checkpoints
from earmark_trainer.memory import peak_memory

VERSION = 1


class Control:
    """The person's last wish, read from standard input: pause, continue, stop or cancel."""

    def __init__(self) -> None:
        self.wish = "continue"

    def watch_stdin(self) -> None:
        """Follow standard input from now on; its end means stop, so that a killed parent leaves nothing running."""
        threading.Thread(target=self._follow, daemon=True, name="control").start()

    def _follow(self) -> None:
        while line := os.read(0, 4096):  # sys.stdin in a daemon thread would make a normal exit abort
            self.wish = line.decode(errors="replace").split()[-1] if line.strip() else self.wish
        self.wish = "stop"

    def heed(self) -> None:
        """Wait while paused; raise what was asked for.

        Raises:
            Stopped: stop, evaluate and keep.
            Cancelled: stop and keep what is on disk.
        """
        while self.wish == "pause":
            time.sleep(0.1)
        if self.wish == "stop":
            raise Stopped
        if self.wish == "cancel":
            raise Cancelled


class JobRun:
    """The `Run` of a job folder: events on a stream and in `events.jsonl`, checkpoints under `checkpoints/`."""

    def __init__(
        self,
        folder: Path,
        *,
        device: str = "auto",
        stream: TextIO | None = None,
        control: Control | None = None,
    ) -> None:
        self.folder = folder
        self.device = self.device_line = device
        self.control = control or Control()
        self._stream = stream or sys.stdout
        self._speaks = os.environ.get("RANK", "0") == "0"  # of several processes on one job, the first alone
        (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
        if self._speaks:
            self._sweep()

    def _sweep(self) -> None:
        """Remove what was torn by a kill."""
        for torn in (self.folder / "checkpoints").glob("*.part"):
            shutil.rmtree(torn)

    def event(self, kind: str, **fields: Any) -> None:
        """Say one thing that happened, as a JSON line."""
        if not self._speaks:
            return
        line = json.dumps({"version": VERSION, "event": kind, "time": round(time.time(), 3)} | fields, default=float)
        with suppress(BrokenPipeError):  # nobody listens any more: the end of standard input says so too
            print(line, file=self._stream, flush=True)
        with (self.folder / "events.jsonl").open("a") as log:
            print(line, file=log)

    def ended(self, how: str, **fields: Any) -> None:
        """Say how the job ended; where the folder cannot be written any more, on the stream alone."""
        with suppress(OSError):
            self.event("ended", how=how, **fields)

    def began(self, epochs: int, steps: int, done: int, **about: object) -> None:
        """Report that steps begin: how many epochs of how many, how many were done before, and what else is known."""
        self.event("began", epochs=epochs, steps=steps, done=done, device=self.device_line, **about)

    def preparing(self, done: int, total: int) -> None:
        """Report how many recordings are made ready; raises what the person asked for."""
        self.event("preparing", done=done, total=total)
        self.control.heed()

    def skipped(self, path: Path, sentence: str) -> None:
        """Report a recording that is left out, and why."""
        self.event("skipped", path=str(path), sentence=sentence)

    def progress(self, epoch: int, step: int, loss: float) -> None:
        """Report one step, and the memory needed so far; raises what the person asked for."""
        memory = round(peak_memory(self.device) / 1e6)
        self.event("progress", epoch=epoch, step=step, loss=round(loss, 6), memory_mb=memory)
        self.control.heed()

    def evaluated(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Report the metrics of an epoch."""
        self.event("evaluated", epoch=epoch, metrics=dict(metrics))

    @contextmanager
    def checkpoint(self, epoch: int, score: float, step: int = 0) -> Iterator[Path]:
        """Return a folder to write into; on leaving it is synced, renamed into place, and older ones are dropped."""
        final = self.folder / "checkpoints" / f"{epoch:05d}-{step:06d}"
        part = final.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir()
            yield part
            (part / "score.json").write_text(json.dumps({"epoch": epoch, "score": score}))
            for written in part.iterdir():
                _sync(written)
            _sync(part)
            shutil.rmtree(final, ignore_errors=True)
            part.rename(final)
        except Exception as error:  # torch and safetensors have their own for a disk that is full
            shutil.rmtree(part, ignore_errors=True)
            if (why := _why_not_written(error)) is None:
                raise
            sentence = f"The checkpoint of epoch {epoch + 1} cannot be written: {why}."
            raise EarmarkError(
                sentence, hint=f"Make room in {self.folder} and resume: the one before is whole."
            ) from error
        _sync(final.parent)
        self._drop_old()
        self.event("checkpoint", epoch=epoch, step=step, score=score)

    def _drop_old(self) -> None:
        """Keep the newest, the one before it, and the best."""
        best = self.best()
        for folder in checkpoints(self.folder)[:-2]:
            if folder != best:
                shutil.rmtree(folder)

    def latest(self) -> Path | None:
        """Return the newest whole checkpoint, to go on from."""
        return max(checkpoints(self.folder), default=None)

    def best(self) -> Path | None:
        """Return the best checkpoint that was evaluated; of equals the newest."""
        return best_checkpoint(self.folder)


def _why_not_written(error: Exception) -> str | None:
    """Return why a file could not be written, in words; None where that is not what happened."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    signs = ("No space left", "File too large", "os error", "failed writing", "unexpected pos")
    return "there is no room, or the disk fails" if any(sign in str(error) for sign in signs) else None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def protocol_stream() -> TextIO:
    """Return a duplicate of stdout for the events and point stdout at stderr, so that no stray print corrupts them."""
    sys.stdout.flush()
    stream = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return stream
