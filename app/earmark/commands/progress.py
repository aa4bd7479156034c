"""How far a long command is, on stderr: a bar where somebody looks, nothing where a file does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from earmark.audio_file import shown
from earmark.engine_client import OnProgress
from earmark.pace import Pace, weight_of
from earmark.times import time_text


class Bar:
    """A bar over several files; lines told meanwhile stand above it."""

    def __init__(self, total: int, pace: Pace) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._is_shown = sys.stderr.isatty()
        self._total, self._done, self._failed, self._pace = total, 0, 0, pace
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self._is_shown,
        )
        self._task = self._bar.add_task("", total=total, state="")

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def tell(self, line: str) -> None:
        """Print a line to stderr."""
        if self._is_shown:
            self._console.print(line, markup=False)
        else:
            click.echo(line, err=True)

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Take the bar away while results are written: stdout may be the same terminal."""
        if self._is_shown and sys.stdout.isatty():
            self._bar.stop()
            yield
            self._bar.start()
        else:
            yield

    def during(self, path: Path) -> OnProgress:
        """Return what to call while a file is being heard."""
        name, weight = shown(path), weight_of(path)

        def show(done_seconds: float, total_seconds: float, times_real_time: float) -> None:
            part = min(done_seconds / total_seconds, 1.0) if total_seconds else 0.0
            self._pace.go_on(weight, sound=done_seconds, part=part, speed=times_real_time)
            state = f"{self._count()} · {times_real_time:.0f} × real time{self._left()}"
            self._bar.update(self._task, completed=self._done + part, description=name, state=state)

        show(0.0, 0.0, 0.0)
        return show

    def ended(self, *, well: bool) -> None:
        """Count a file."""
        self._done += 1
        self._failed += not well
        self._bar.update(self._task, completed=self._done, state=self._count())

    def _left(self) -> str:
        seconds = self._pace.seconds_left()
        return "" if seconds is None else f" · {time_text(seconds, 0)} left"

    def _count(self) -> str:
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._done} of {self._total}{failed}"
