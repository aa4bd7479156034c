"""`htsat/everyday` on an hour: from the path of a WAV to events and stored scores, overlapping windows included.

Each run is a process of its own with a fresh library, and starts its engine: nothing is warm but the disk's cache. The
recording is the demo, over and over, so that there is something to find. Memory is the highest of both processes,
client and engine, and must not grow with the length.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import target

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "earmark_resources" / "demo.flac"
MODEL = "htsat/everyday"
SAMPLE_RATE = 44_100
HOUR, SHORT = 3600, 600  # seconds
TIMES = 3
TIMES_REAL_TIME = 150.0
GROWTH = 1.25  # an hour may take this much of what ten minutes take


def measure() -> dict[str, Any]:
    """Return speed and memory for ten minutes and for an hour."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        short = _in_own_process(_recording(Path(folder), SHORT))
        hour_path = _recording(Path(folder), HOUR)
        hours = [_in_own_process(hour_path) for _ in range(TIMES)]
    hour = sorted(hours, key=lambda run: run["seconds"])[TIMES // 2]
    speed = HOUR / hour["seconds"]
    growth = statistics.median(run["memory_mb"] for run in hours) / short["memory_mb"]
    return {
        "model": MODEL,
        "ten_minutes": short,
        "hours": hours,
        "times_real_time": speed,
        "times_real_time_without_start": HOUR / hour["seconds_after_start"],
        "targets": [
            target(
                "1 h WAV to stored events, engine's start included, median of 3", speed, "×", at_least=TIMES_REAL_TIME
            ),
            target("memory for 1 h, of that for 10 min", growth, "×", at_most=GROWTH),
        ],
    }


def _recording(folder: Path, seconds: int) -> Path:
    """Write the demo over and over, as a WAV of 16 bits."""
    import numpy as np
    import soundfile

    from earmark import audio_file

    demo = audio_file.read(DEMO, sample_rate=SAMPLE_RATE)
    path, missing = folder / f"{seconds}.wav", seconds * SAMPLE_RATE
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, "PCM_16") as file:
        while missing > 0:
            file.write(np.asarray(demo[:missing]))
            missing -= len(demo)
    return path


def _in_own_process(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        ended = subprocess.run(
            [sys.executable, "-m", "bench.everyday", str(path)],
            cwd=ROOT,
            env=os.environ | {"EARMARK_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(ended.stdout)


def _run(path: Path) -> dict[str, Any]:
    """Hear one file here, keep it, find its events; return what it took."""
    began = time.monotonic()
    from earmark import folders
    from earmark.engine_client import Engines
    from earmark.events import EventSettings, find_events
    from earmark.library import Library
    from earmark.tagging import Tagger

    engines = Engines()
    heading = next(heading for heading in engines.headings() if heading.model_id == MODEL)
    engines.prepare(MODEL)
    ready = time.monotonic()
    analysis = Tagger(engines, Library(folders.library_path())).hear(path, heading).analysis
    frames, hop = analysis.timeline()
    settings = EventSettings(thresholds=analysis.thresholds)
    events = find_events(frames, hop, analysis.labels, settings, duration=analysis.duration)
    done = time.monotonic()
    memory = {"client_mb": _peak_mb(os.getpid()), "engine_mb": max(map(_peak_mb, _children(os.getpid())))}
    engines.close()
    return {
        "recording_seconds": analysis.duration,
        "seconds": done - began,
        "seconds_after_start": done - ready,
        "windows": len(analysis.starts),
        "events": len(events),
        "library_mb": folders.library_path().stat().st_size / 2**20,
        "memory_mb": sum(memory.values()),
        "device": analysis.device,
        **memory,
    }


def _peak_mb(process: int) -> float:
    """Return the most memory a process ever had resident; Linux only."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _children(process: int) -> Iterator[int]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        yield from map(int, listed.read_text().split())


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
