"""The window as a view: first pictures, frames a second, memory; each scene of `bench.view_scenes` in a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np

from bench import target

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300.0
HOUR, DAY = 60, 24 * 60  # minutes
HOUR_RATE, DAY_RATE = 32_000, 8_000


def measure() -> dict[str, Any]:
    """Return the figures of all scenes."""
    with tempfile.TemporaryDirectory() as folder:
        hour = written(Path(folder) / "hour.wav", minutes=HOUR, rate=HOUR_RATE)
        results = {"first": played("first_picture", hour, Path(folder) / "first")}
        home = Path(folder) / "home"
        results["scrolling"] = played("scrolling", hour, home)
        results["crowded"] = played("crowded", hour, home)
        results["again"] = played("again", hour, home)
        hour.unlink()
        day = written(Path(folder) / "day.wav", minutes=DAY, rate=DAY_RATE)
        results["day"] = played("long", day, Path(folder) / "day")
    return {**results, "targets": promises(results)}


def promises(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is promised of them."""
    scrolling, playing = results["scrolling"]["scrolling"], results["scrolling"]["playing"]
    both = min(scrolling["frames_per_second"], playing["frames_per_second"])
    p99 = max(scrolling["p99_ms"], playing["p99_ms"])
    first, day = results["first"]["first_picture_s"], results["day"]["first_picture_s"]
    return [
        target("frames a second while scrolling and playing, 1600×900", both, "/s", at_least=60),
        target("99th percentile of a frame while scrolling and playing", p99, "ms", at_most=33),
        target("longest frame with 5 000 events on screen", results["crowded"]["longest_ms"], "ms", at_most=33),
        target("first picture of 1 h at 32 kHz", first, "s", at_most=1.5),
        target("an analysed hour opened again", results["again"]["again_s"], "s", at_most=0.5),
        target("first picture of 24 h", day, "s", at_most=1.5),
        target("most memory of the window with 24 h", results["day"]["peak_memory_mb"], "MB", at_most=400),
    ]


def written(path: Path, *, minutes: int, rate: int) -> Path:
    """Return a new WAV of tones that come and go over noise, other ones in each minute for eight minutes."""
    noise, times = np.random.default_rng(0).standard_normal(60 * rate) * 300, np.arange(60 * rate) / rate
    kinds = [noise + 3000 * np.sin(2 * np.pi * (500 + 300 * kind) * times) * (np.sin(times) > 0.5) for kind in range(8)]
    blocks = [kind.astype("<i2").tobytes() for kind in kinds]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        for minute in range(minutes):
            file.writeframesraw(blocks[minute % len(blocks)])
    with path.open("rb") as file:  # else the disk is still busy with it while it is measured
        os.fsync(file.fileno())
    return path


def played(scene: str, sound: Path, home: Path) -> dict[str, Any]:
    """Return what a scene tells, played in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "bench.view_scenes", scene, str(sound)],
        cwd=ROOT,
        env=os.environ | {"EARMARK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"{scene} failed: {ended.stderr}")
    return json.loads(ended.stdout.splitlines()[-1])
