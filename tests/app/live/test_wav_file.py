"""A WAV that can be read at any moment while it is written."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
import soundfile

from earmark import audio_file
from earmark.clock_time import recorded_at
from earmark.live.wav_file import WavFile

NOISE = np.random.default_rng(1).uniform(-1, 1, (1001, 2)).astype(np.float32)


@pytest.mark.parametrize(("subtype", "away"), [("PCM_16", 2**-15), ("PCM_24", 2**-23), ("FLOAT", 0.0)])
def test_other_programs_read_what_was_written(tmp_path, subtype, away):
    file = WavFile(tmp_path / "a.wav", 44_100, 2, subtype=subtype)
    file.write(NOISE[:400])
    file.write(NOISE[400:])
    file.close()
    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="float64")
    assert (rate, soundfile.info(tmp_path / "a.wav").subtype) == (44_100, subtype)
    assert np.abs(samples - NOISE).max() <= away


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_what_is_too_loud_is_clipped_and_does_not_turn_round(tmp_path, subtype):
    file = WavFile(tmp_path / "a.wav", 8000, 1, subtype=subtype)
    file.write(np.array([[1.5], [-1.5], [1.0]], np.float32))
    file.close()
    assert np.allclose(soundfile.read(tmp_path / "a.wav")[0], [1, -1, 1], atol=1e-4)


def test_a_flushed_file_holds_all_before_the_flush_though_nobody_closed_it(tmp_path):
    file = WavFile(tmp_path / "a.wav", 8000, 2)
    file.write(NOISE)
    file.flush()
    file.write(NOISE)  # lost with the process
    copy = tmp_path / "copy.wav"
    copy.write_bytes((tmp_path / "a.wav").read_bytes())
    assert soundfile.info(copy).frames == len(NOISE)
    file.close()


def test_beyond_4_gb_it_is_rf64(tmp_path):
    file = WavFile(tmp_path / "a.wav", 8000, 2, largest=3000)
    file.write(NOISE)
    file.close()
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RF64"
    assert soundfile.info(tmp_path / "a.wav").frames == len(NOISE)
    assert audio_file.probe(tmp_path / "a.wav").frames == len(NOISE)


def test_a_stretch_that_is_skipped_is_silence(tmp_path):
    file = WavFile(tmp_path / "a.wav", 8000, 2, subtype="FLOAT")
    file.skip(5000)
    file.write(NOISE)
    file.close()
    samples, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert not samples[:5000].any()
    assert np.array_equal(samples[5000:], NOISE)


def test_it_says_when_it_was_begun(tmp_path):
    begun = datetime(2026, 5, 12, 5, 30, 7)
    file = WavFile(tmp_path / "a.wav", 8000, 1, begun=begun)
    file.write(NOISE[:, :1])
    file.close()
    assert recorded_at(tmp_path / "a.wav") == begun


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        WavFile(tmp_path / "a.wav", 8000, 1)
    assert (tmp_path / "a.wav").read_bytes() == b"precious"
