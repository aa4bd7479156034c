"""Playing through a real sound server, recorded at its loudspeaker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import needed

HERE = Path(__file__).parent

pytestmark = pytest.mark.e2e


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
    assert abs(found["away_ms"]) < 50
    assert found["spread_ms"] < 20
    assert found["last"] == 4.0
    assert found["moves"] > 50


def test_a_sound_server_that_dies_is_an_error_and_not_a_hang(tmp_path):
    found = listened(tmp_path, "SIGKILL")
    assert found["errors"] == ["The sound device went away. Connect it again, then press Space."]


def test_a_sound_server_that_freezes_is_an_error_and_does_not_keep_the_program_from_ending(tmp_path):
    found = listened(tmp_path, "SIGSTOP")
    assert found["errors"] == ["The sound device does not answer. Restart the sound server, then press Space."]
