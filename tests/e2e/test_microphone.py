"""Speaking into a real (virtual) microphone: what is recorded is what was said, and what is told is true."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from .conftest import needed

HERE = Path(__file__).parent
pytestmark = pytest.mark.e2e


def spoken(folder: Path, seconds: float, *signal: str) -> dict:
    needed("pulseaudio", "pactl", "pacat", "paplay")
    command = [HERE / "virtual-sound.sh", sys.executable, HERE / "speak_into_microphone.py", folder, str(seconds)]
    done = subprocess.run([*command, *signal], capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(200)
def test_a_minute_is_recorded_without_losing_a_sample_and_told_with_its_times(home, tmp_path):
    found = spoken(tmp_path, 60)
    assert found["rate"] == 48_000
    assert found["alike"] > 0.9999
    assert set(found["away"]) == {0}  # every second burst is where the first one says
    events = [line for line in found["lines"] if line["kind"] == "event" and line["label"] == "tone"]
    onsets = np.array([event["onset"] for event in events])
    assert len(events) == 30
    assert np.abs(onsets - found["place"] - 2 * np.arange(30)).max() < 0.1
    assert all(earlier["offset"] <= later["onset"] for earlier, later in pairwise(events))
    assert {line["file"] for line in found["lines"] if line["kind"] == "recording"} == {str(tmp_path / "heard.wav")}


def test_a_sound_server_that_freezes_in_mid_recording_is_said_and_listening_goes_on(home, tmp_path):
    found = spoken(tmp_path, 8, "STOP")
    assert "does not answer" in found["messages"]
    assert "There is sound again" in found["messages"]
    assert found["seconds"] > 11


def test_a_sound_server_that_dies_leaves_a_whole_recording(home, tmp_path):
    found = spoken(tmp_path, 6, "KILL")
    assert "went away" in found["messages"]
    assert found["seconds"] > 2
