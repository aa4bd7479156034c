"""24 hours in a window: within its memory, and the same pixels whatever the path of scrolling."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

RATE, MINUTES = 8_000, 24 * 60
ISLAND_MINUTES = 40  # minutes with sound lie this far apart; the disk keeps no zeros between them
MOST_MB = 400

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the most memory used")


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    """Return what was seen of a day, and the memory that it took."""
    folder = tmp_path_factory.mktemp("day")
    sound = write_day(folder / "day.wav")
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("look_around.py"), sound],
        env=os.environ | {"EARMARK_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    sound.unlink()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def write_day(path: Path) -> Path:
    """Write 24 h of silence with islands of noise, one of them at noon."""
    samples = RATE * 60 * MINUTES
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + 2 * samples, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    path.write_bytes(head + struct.pack("<4sI", b"data", 2 * samples))
    random = np.random.default_rng(0)
    with path.open("r+b") as file:
        file.truncate(44 + 2 * samples)
        for minute in range(0, MINUTES, ISLAND_MINUTES):
            file.seek(44 + 2 * RATE * 60 * minute)
            file.write((random.standard_normal(RATE * 60) * 3000).astype("<i2").tobytes())
    return path


def test_24_hours_stay_under_400_mb(told):
    assert told["memory_mb"] < MOST_MB


@pytest.mark.parametrize("way", ["zoom_in", "scroll_on", "jump_back"])
@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_a_stretch_has_the_same_tiles_and_pixels_whatever_the_path(told, way, cache):
    assert told["seen"][f"{way} {cache}"] == told["seen"]["zoom_in cold"]
