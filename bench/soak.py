"""A day of listening in minutes: `make soak`. What a station keeps, and whether it grows.

The source is a fake clock: it gives a day of sound as fast as the rest takes it; everything behind it is real but for
the model, which answers with how loud it is. Memory is looked at after each hour of sound.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench import target
from earmark.analysis import Heading
from earmark.api import Float, Heard
from earmark.live.disk_ring import DiskRing
from earmark.live.edge import Edge, History
from earmark.live.source import Block
from earmark.live.station import Station
from earmark.spectrogram import Grid

RATE, BLOCK = 16_000, 1_600
HOURS = 24
BEHIND = 20 * RATE  # samples that the slowest may be behind before the source waits
GROWTH_MB = 30.0
HEADING = Heading(
    model_id="toy/loud",
    title="Loud",
    labels=("loud", "soft"),
    sample_rate=RATE,
    window_seconds=4.0,
    draws_timeline=True,
)


class FakeClock:
    """A source that gives bursts of noise, a day of them, and waits only for those who take it."""

    name, sample_rate, channels = "fake clock", RATE, 1

    def __init__(self, hours: float) -> None:
        self.given, self._last = 0, round(hours * 3600 * RATE)
        self.slowest = lambda: self.given
        noise = np.random.default_rng(0).uniform(-0.5, 0.5, (64, BLOCK, 1)).astype(np.float32)
        self._blocks = [block * (1.0 if number % 16 < 4 else 0.01) for number, block in enumerate(noise)]

    def open(self) -> None: ...

    def close(self) -> None: ...

    def lose(self) -> None: ...

    def read(self) -> Block | None:
        """Return the next block; None after the last."""
        while self.given - self.slowest() > BEHIND:
            time.sleep(0.001)
        if self.given >= self._last:
            return None
        self.given += BLOCK
        return Block(self._blocks[self.given // BLOCK % len(self._blocks)])


class Engines:
    """Answers with how loud every 50 ms are."""

    def hear(self, samples: Float, sample_rate: int, model_id: str, *, start: float = 0.0) -> Heard:
        """Return the answer."""
        size = RATE // 20
        loud = np.abs(samples[: len(samples) // size * size]).reshape(-1, size).max(1) * 1.8
        frames = np.stack([loud, 1 - loud], 1).clip(0, 1).astype(np.float32)
        return Heard(scores=frames.max(0), frames=frames, hop=0.05)


class Counting:
    """Counts what the station tells, and removes what it recorded."""

    def __init__(self) -> None:
        self.moments = self.events = 0

    def moment(self, ear: Any, moment: Any) -> None:
        self.moments += 1

    def event(self, heading: Any, event: Any) -> None:
        self.events += 1

    def fired(self, trigger: Any, heading: Any, moment: Any) -> None: ...

    def recorded(self, paths: Sequence[Path]) -> None: ...

    def said(self, said: Any) -> None: ...

    def plugged(self, change: Any) -> None: ...


def soak(folder: Path, hours: float) -> dict[str, Any]:
    """Listen for so long, record all of it in files of an hour, and look at the memory."""
    source, told = FakeClock(hours), Counting()
    station = Station(source, Engines(), [HEADING], told)
    station.start()
    disk = DiskRing(station.ring, RATE, folder / "ring", seconds=600)
    disk.start()
    recorder = station.record(lambda begun: folder / f"{begun:%H%M%S%f}.wav", split_seconds=3600)
    edge = Edge(Grid(RATE, hours * 3600.0), 2, History(station.ring, disk))
    source.slowest = lambda: min(recorder.cursor, disk.reach, edge.column * edge.grid.hop(2))
    memory, began, drawn = [], time.monotonic(), 0
    while not station.capture.ended.is_set():
        drawn += sum(len(columns) for _, columns in edge.grow())
        if station.seconds >= 3600 * (len(memory) + 1):
            memory.append(_memory_mb())
            for path in recorder.paths[:-2]:
                path.unlink(missing_ok=True)
        time.sleep(0.002)
    lost = recorder.lost
    station.stop()
    disk.close()
    facts = {"moments": told.moments, "events": told.events, "columns": drawn, "lost": lost}
    return facts | {"hours": hours, "memory_mb": memory, "taken_s": time.monotonic() - began, "at": str(datetime.now())}


def _memory_mb() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main(arguments: list[str]) -> None:
    """Soak, write the figures, and say whether memory is flat."""
    hours = float(arguments[0]) if arguments else HOURS
    with tempfile.TemporaryDirectory() as folder:
        results = soak(Path(folder), hours)
    memory = results["memory_mb"]
    growth = memory[-1] - memory[min(1, len(memory) - 1)] if memory else 0.0
    results["targets"] = [target("memory grown in a day of listening", growth, "MB", at_most=GROWTH_MB)]
    out = Path(__file__).resolve().parents[1] / "build" / "bench" / "soak.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    state = "met" if growth <= GROWTH_MB else "MISSED"
    heard = f"{hours:g} h of sound in {results['taken_s']:.0f} s, {results['events']} events"
    print(f"{state}: {heard}; memory grew {growth:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
