"""An alert's tone is a short sound of its own; what cannot be played is said."""

from __future__ import annotations

import queue

import numpy as np
import soundfile

from earmark.api import AudioDeviceError
from earmark.live.alert_sound import RATE, AlertSound, tone, tone_file
from earmark.playback import Playback


def no_sound(**_):
    raise AudioDeviceError("No sound system was found.", hint="Install it.")


def test_the_tone_is_two_notes_that_fade_and_is_never_too_loud():
    samples = tone()
    assert 0.2 < np.abs(samples).max() < 0.8
    assert np.abs(samples[-RATE // 50 :]).max() < 0.02
    early, late = (np.abs(np.fft.rfft(part)).argmax() * RATE / len(part) for part in np.split(samples, [RATE // 8])[:2])
    assert abs(early - 880) < 10 < abs(late - 880)


def test_the_tone_is_written_once():
    written = tone_file().stat().st_mtime_ns
    assert tone_file().stat().st_mtime_ns == written
    assert soundfile.info(tone_file()).samplerate == RATE


def test_a_loudspeaker_that_is_not_there_is_said():
    said = queue.SimpleQueue()
    sound = AlertSound(Playback(sound=no_sound), on_failed=said.put)
    sound.play("tone")
    assert said.get(timeout=10).sentence == "No sound system was found."
    sound.close()
