"""The real program, its window on a real screen, hearing a real (virtual) microphone."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
import soundfile

from earmark.gui.label_colours import label_colour

from .conftest import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.sound]


def lanes(person) -> np.ndarray:
    """Return the pixels of the tone's colour under the spectrogram."""
    seen = person.sees(label_colour("tone").name())
    return seen[(seen[:, 0] > 320) & (seen[:, 0] < 900) & (seen[:, 1] > 350)]


def test_the_microphone_is_seen_heard_recorded_and_opened(person_with_sound, start, tones, home, tmp_path):
    person = person_with_sound
    folder = tmp_path / "recorded"
    (home / "settings.json").write_text(
        (home / "settings.json").read_text().replace('"window": {', f'"window": {{"live": {{"folder": "{folder}"}}, ')
    )
    program = start()
    person.waits_for_window("Earmark")
    person.presses("r")
    wait_until(lambda: list(folder.glob("*.wav")), "a recording that has begun")
    subprocess.run(["paplay", "--device=micfeed", tones], env=person.environment, check=True, timeout=30)
    wait_until(lambda: len(lanes(person)) > 20, "the tone's events in its lane while it is heard")
    person.presses("ctrl+l")
    [path] = folder.glob("*.wav")
    person.waits_for_window(f"{path.name} – Earmark")
    heard, rate = soundfile.read(path)
    loud = np.flatnonzero(np.abs(heard) > 0.7)
    assert np.ptp(loud) / rate == pytest.approx(1.0, abs=0.05)  # the louder tone, a second long
    person.presses("ctrl+q")
    assert program.ended() == 0
    assert program.processes() == []
