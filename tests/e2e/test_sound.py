"""Playing through a real sound server, recorded at its loudspeaker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import needed

CLOSE_MS = 20
HERE = Path(__file__).parent
ROOT = HERE.parents[1]

pytestmark = [pytest.mark.e2e, pytest.mark.sound]


def listened(folder: Path, *how: str) -> dict:
    needed("pulseaudio", "pactl", "pacat", "parec")
    command = [HERE / "virtual-sound.sh", sys.executable, HERE / "listen_while_playing.py", folder, *how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_playhead_is_where_the_loudspeaker_is(tmp_path):
    found = listened(tmp_path)
    assert found["errors"] == []
    assert found["correlation"] > 0.98  # every sample, once, in order
    assert abs(found["away_ms"]) < 20
    assert found["spread_ms"] < 20
    assert found["last"] == 4.0
    assert found["moves"] > 50


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.0, 2.0, 4.0])
def test_clicks_are_heard_where_the_playhead_is_at_every_speed(speed):
    """Twice, where a click is late the first time: a machine may have done something else for a moment."""
    needed("pulseaudio", "pactl", "pacat", "parec")
    away = [largest_away(speed) / max(1, speed)]  # of the recording's time; 20 ms of it pass sooner when it is fast
    if away[0] >= CLOSE_MS:
        away.append(largest_away(speed) / max(1, speed))
    assert min(away) < CLOSE_MS, away


def largest_away(speed: float) -> float:
    """Return how far any click is from the playhead at most [ms]; all must be heard."""
    clicks = [sys.executable, "-m", "bench.playhead", "--inside", "--speed", f"{speed}", "--seconds", "8"]
    done = subprocess.run([HERE / "virtual-sound.sh", *clicks], cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["heard"] == found["clicks"]
    return found["largest_ms"]


def test_a_loop_has_no_gap(tmp_path):
    found = listened(tmp_path, "loop")
    assert found["late"] == 0  # samples, after five times
    assert found["correlation"] > 0.98


def test_a_band_leaves_out_what_is_a_third_of_an_octave_outside_and_does_not_click(tmp_path):
    found = listened(tmp_path, "band")
    below, inside, above = found["left"]
    assert below < -30
    assert above < -30
    assert abs(inside) < 1
    assert found["step"] < 0.1  # the tones themselves go by at most that from sample to sample
    assert found["reaction"] < 0.5


def test_a_sound_server_that_dies_is_an_error_and_not_a_hang(tmp_path):
    found = listened(tmp_path, "SIGKILL")
    assert found["errors"] == ["The sound device went away. Connect it again, then press Space."]


def test_a_sound_server_that_was_frozen_before_is_an_error_too(tmp_path):
    found = listened(tmp_path, "SIGSTOP at once")
    assert found["errors"] == ["The sound device does not answer. Restart the sound server, then press Space."]


def test_a_sound_server_that_freezes_is_an_error_and_does_not_keep_the_program_from_ending(tmp_path):
    found = listened(tmp_path, "SIGSTOP")
    assert found["errors"] == ["The sound device does not answer. Restart the sound server, then press Space."]
