"""What is wrong with single recordings: heard in real files of every kind."""

from __future__ import annotations

import os

import numpy as np
import pytest

from earmark.api import Example
from earmark.training.doctor import Kind, Remedy, apply, check
from earmark.training.doctor.hearing import hear

TIMES = np.arange(2 * 16_000) / 16_000


def kinds(diagnosis) -> dict[str, set[Kind]]:
    return {place.path.name: {finding.kind} for finding in diagnosis.findings for place in finding.places[:1]}


def clipped(path) -> float:
    return hear(Example(path=path)).clipped


def test_what_cannot_be_used_is_named_by_why(put, noise, opened, sounds):
    put("dog/good.wav", noise(1))
    put("dog/header.wav", noise(1)[:0])
    put("dog/click.wav", noise(2)[:1000])
    put("dog/still.wav", np.full(16_000, 0.2))
    (sounds / "dog/nothing.wav").touch()
    (sounds / "dog/junk.wav").write_bytes(os.urandom(5000))
    diagnosis = check(opened())
    found = {f.places[0].path.name: f.kind for f in diagnosis.findings if f.action and f.action.remedy == "leave out"}
    wanted = {"header.wav": Kind.EMPTY, "nothing.wav": Kind.EMPTY, "junk.wav": Kind.UNREADABLE}
    assert found == wanted | {"click.wav": Kind.SHORT, "still.wav": Kind.SILENT}
    assert [example.path.name for example in apply(opened(), diagnosis.findings).examples] == ["good.wav"]


def test_channels_that_cancel_each_other_are_silence_to_a_model(put, noise, opened):
    left = noise(1)
    put("dog/inverted.wav", np.stack([left, -left], axis=1))
    (found,) = check(opened()).of(Kind.SILENT)
    assert "its channels cancel each other" in found.sentence


@pytest.mark.parametrize("gain", [1.0, 0.3])
@pytest.mark.parametrize("hertz", [60.0, 440.0, 5100.0])
def test_a_wave_that_is_cut_off_is_clipped_at_any_level_and_pitch(put, gain, hertz):
    wave = 3 * np.sin(2 * np.pi * hertz * TIMES) * np.linspace(0.2, 1, len(TIMES))
    assert clipped(put("a.wav", gain * np.clip(wave, -1, 1))) > 0.3


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_U8", "ULAW", "FLOAT"])
@pytest.mark.parametrize("level", [1.0, 0.1])
def test_whole_waves_are_not_clipped_whatever_their_coding(put, subtype, level):
    for hertz in (20.0, 443.0, 2000.7):
        assert clipped(put(f"{hertz}.wav", 0.999 * level * np.sin(2 * np.pi * hertz * TIMES), subtype=subtype)) < 0.001
    noise = np.random.default_rng(0).normal(0, 0.2 * level, len(TIMES))
    assert clipped(put("noise.wav", noise, subtype=subtype)) < 0.001


def test_floating_point_beyond_full_scale_is_not_clipped(put, noise):
    assert clipped(put("loud.wav", 8 * noise(1), subtype="FLOAT")) == 0


def test_what_was_clipped_before_it_was_coded_is_found_in_vorbis(put, noise):
    assert clipped(put("loud.ogg", np.clip(8 * noise(1), -1, 1))) > 0.01


def test_a_rate_that_only_one_label_has_is_warned_of(put, noise, opened):
    for number in range(6):
        put(f"dog/{number}x.wav", noise(number))
        put(f"cat/{number}x.wav", noise(number + 10), 8000)
        put(f"owl/{number}x.wav", noise(number + 20))
    (found,) = check(opened()).of(Kind.RATES)
    assert "12 clips with 16 kHz, 6 clips with 8 kHz" in found.sentence
    assert "“cat”" in found.advice
    assert found.severity == "warning"


def test_a_file_that_is_not_there_is_unreadable(put, noise, opened):
    gone = put("dog/gone.wav", noise(1))
    put("dog/here.wav", noise(2))
    dataset = opened()
    gone.unlink()
    (found,) = check(dataset).of(Kind.UNREADABLE)
    assert found.places[0].path == gone
    assert found.action
    assert found.action.remedy is Remedy.LEAVE_OUT
