"""The whole window is killed while it records: what was heard until a second before is on disk, and all opens again.

`EARMARK_KILLS` makes it more moments than CI has time for.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from pathlib import Path

import pytest
import soundfile

from earmark.folders import library_path
from earmark.library import Library

from .conftest import wait_until

KILLS = int(os.environ.get("EARMARK_KILLS", "3"))
LOST = 1.0  # seconds
pytestmark = [pytest.mark.e2e, pytest.mark.sound]


@pytest.fixture
def folder(home, tmp_path) -> Path:
    """Where the window records."""
    kept = json.loads((home / "settings.json").read_text())
    kept["window"]["live"] = {"folder": str(tmp_path / "recorded")}
    (home / "settings.json").write_text(json.dumps(kept))
    return tmp_path / "recorded"


def killed(person, start, folder: Path, moment: float) -> tuple[Path, float]:
    """Kill a window some seconds after it began to record; return its file, and how much it must hold."""
    there = set(folder.glob("*.wav"))
    program = start()
    person.waits_for_window("Earmark")
    person.presses("r")
    wait_until(lambda: set(folder.glob("*.wav")) - there, "a recording that has begun")
    [path] = set(folder.glob("*.wav")) - there
    begun = time.monotonic()
    time.sleep(moment)
    program.process.kill()
    recorded = time.monotonic() - begun
    program.process.wait(20)
    wait_until(lambda: not program.processes(), "the end of its engines")
    return path, recorded - LOST


@pytest.mark.timeout(120 + 40 * KILLS)
def test_whenever_the_window_is_killed_what_it_recorded_opens_and_so_does_the_library(
    person_with_sound, start, home, folder
):
    moments = random.Random(int(os.environ.get("EARMARK_SEED", "4")))
    for _ in range(KILLS):
        path, least = killed(person_with_sound, start, folder, moments.uniform(0.2, 4.0))
        assert soundfile.info(path).duration >= least
        samples, _ = soundfile.read(path)
        assert len(samples) == soundfile.info(path).frames
        assert Library(library_path()).recordings() is not None
        with sqlite3.connect(library_path()) as library:
            assert library.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    person = person_with_sound
    program = start(path)
    person.waits_for_window(f"{path.name} – Earmark")
    person.presses("ctrl+q")
    assert program.ended() == 0
