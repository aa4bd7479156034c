"""Blocks, spans, channels and rates."""

from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest
import soundfile

from earmark import audio_file
from earmark.errors import AudioFileError


@pytest.fixture
def long_sweep(tmp_path, sweep):
    path = tmp_path / "long.wav"
    soundfile.write(path, sweep(20.0, 44100), 44100)
    return path


def test_blocks_are_of_the_length_asked_for_but_the_last(long_sweep):
    lengths = [len(block) for block in audio_file.blocks(long_sweep, sample_rate=32000, seconds=6.5)]
    assert lengths == [208000, 208000, 208000, 16000]


def test_blocks_resampled_one_by_one_equal_the_whole(long_sweep):
    blocks = audio_file.blocks(long_sweep, sample_rate=32000, seconds=0.7)
    assert np.array_equal(np.concatenate(list(blocks)), audio_file.read(long_sweep, sample_rate=32000))


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (3.2, 7.9), (5, None), (19.99, 25), (0.00001, 19.5), (7.123456, 7.2)]
)
@pytest.mark.parametrize("sample_rate", [None, 32000, 16000, 48000])
def test_a_span_holds_the_samples_that_the_whole_has_there(long_sweep, start, end, sample_rate):
    rate = sample_rate or 44100
    whole = audio_file.read(long_sweep, sample_rate=sample_rate)
    span = audio_file.read(long_sweep, sample_rate=sample_rate, start=start, end=end)
    first = round(round(start * 44100) * rate / 44100)
    last = round(round(min(end or 20, 20) * 44100) * rate / 44100)
    assert len(span) == last - first
    assert np.allclose(span, whole[first:last], atol=1e-6)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.mp3", "libmp3lame"), ("a.flac", "flac")])
@pytest.mark.parametrize("start", [0.3, 12.345])
def test_a_span_of_a_coded_recording_holds_what_the_whole_has_there(tmp_path, sweep, encode, name, codec, start):
    path = encode(tmp_path / name, sweep(20.0, 48000), 48000, codec)
    whole = audio_file.read(path)
    first = round(start * 48000)
    assert np.allclose(audio_file.read(path, start=start, end=start + 2), whole[first : first + 96000], atol=1e-4)


def test_a_span_of_a_webm_is_within_a_millisecond(tmp_path, sweep, encode):
    path = encode(tmp_path / "a.webm", sweep(20.0, 48000), 48000, "libopus")
    whole = audio_file.read(path)
    span = audio_file.read(path, start=12.345, end=14.345)
    first = round(12.345 * 48000)
    match = np.correlate(whole[first - 1000 : first + 11000], span[:10000], "valid")
    assert int(np.argmax(match)) == pytest.approx(1000, abs=48)


@pytest.mark.parametrize(("start", "end"), [(30, None), (30, 40), (5, 5), (7, 3), (-2, 0)])
def test_a_span_with_nothing_in_it_is_empty(long_sweep, start, end):
    assert len(audio_file.read(long_sweep, start=start, end=end)) == 0
    assert len(audio_file.read(long_sweep, sample_rate=32000, start=start, end=end)) == 0


def test_resampling_keeps_pitch_and_level(tmp_path, sweep):
    times = np.arange(96000) / 96000
    soundfile.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 1000 * times), 96000, subtype="FLOAT")
    heard = audio_file.read(tmp_path / "tone.wav", sample_rate=32000)
    wanted = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(32000) / 32000)
    assert np.allclose(heard[500:-500], wanted[500:-500], atol=1e-4)


def test_a_pitch_above_the_new_rate_does_not_come_back_as_another(tmp_path):
    times = np.arange(96000) / 96000
    soundfile.write(tmp_path / "high.wav", 0.5 * np.sin(2 * np.pi * 20000 * times), 96000, subtype="FLOAT")
    assert np.abs(audio_file.read(tmp_path / "high.wav", sample_rate=32000)[500:-500]).max() < 1e-5


@pytest.mark.parametrize("sample_rate", [8000, 11025, 16000, 44100, 96000, 192000])
def test_any_rate_becomes_the_rate_asked_for_without_changing_the_length(tmp_path, sweep, sample_rate):
    soundfile.write(tmp_path / "a.wav", sweep(2.0, sample_rate), sample_rate)
    assert len(audio_file.read(tmp_path / "a.wav", sample_rate=32000)) == 64000


def test_channels_are_mixed_or_taken_one_by_one(tmp_path):
    frames = np.outer(np.ones(1000), np.arange(8) / 8).astype(np.float32)
    soundfile.write(tmp_path / "eight.wav", frames, 48000, subtype="FLOAT")
    recording = audio_file.open_recording(tmp_path / "eight.wav")
    assert recording.info.channels == 8
    assert recording.read() == pytest.approx(np.full(1000, 3.5 / 8))
    assert recording.read(channel=1) == pytest.approx(np.zeros(1000))
    assert recording.read(channel="8") == pytest.approx(np.full(1000, 7 / 8))


@pytest.mark.parametrize("channel", [0, 2, -1, "left", "1.5"])
def test_a_channel_that_is_not_there_is_named(long_sweep, channel):
    with pytest.raises(AudioFileError, match=f"long.wav has no channel {channel}. It has 1"):
        audio_file.read(long_sweep, channel=channel)


@pytest.mark.parametrize("sample_rate", [8000, 32000, 192000])
@pytest.mark.parametrize("wanted", [None, 16000, 32000])
def test_one_sample_is_a_recording(tmp_path, sample_rate, wanted):
    soundfile.write(tmp_path / "one.wav", np.array([0.5]), sample_rate)
    heard = audio_file.read(tmp_path / "one.wav", sample_rate=wanted)
    assert 1 <= len(heard) <= 4
    assert np.isfinite(heard).all()


def test_two_hours_are_streamed_in_little_memory(tmp_path):
    path = tmp_path / "night.wav"
    size = 2 * 3600 * 16000 * 2
    with path.open("wb") as file:  # sparse: the silence takes no room on disk
        file.write(b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + struct.pack("<I", size))
        file.truncate(44 + size)
    tracemalloc.start()
    seconds = sum(len(block) for block in audio_file.blocks(path, sample_rate=32000)) / 32000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == 7200
    assert peak < 40e6


def test_a_recording_at_its_own_rate_is_not_touched(tmp_path):
    samples = np.random.default_rng(1).uniform(-1, 1, 5000).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 32000, subtype="FLOAT")
    assert np.array_equal(audio_file.read(tmp_path / "a.wav", sample_rate=32000), samples)


def test_a_folder_is_walked_for_sound_in_order(tmp_path):
    for name in ["b.WAV", "a.mp3", "notes.txt", "in/c.flac", ".hidden/d.wav", "in/._c.flac", "in/deeper/e.m4a"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = audio_file.walk([tmp_path, tmp_path / "b.WAV"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.mp3", "b.WAV", "in/c.flac", "in/deeper/e.m4a"]


def test_a_file_that_was_named_is_kept_whatever_its_suffix(tmp_path):
    assert audio_file.walk([tmp_path / "notes.txt", tmp_path / "nowhere.wav"]) == [
        tmp_path / "notes.txt",
        tmp_path / "nowhere.wav",
    ]


@pytest.mark.parametrize("sample_rate", [None, 32000])
def test_each_channel_is_beside_the_others_as_it_is_alone(tmp_path, sweep, sample_rate):
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([sweep(3.0, 44100), sweep(3.0, 44100)[::-1]], 1), 44100)
    both = audio_file.read(path, channel=audio_file.EACH, sample_rate=sample_rate, start=0.5, end=2.0)
    for number in (1, 2):
        alone = audio_file.read(path, channel=number, sample_rate=sample_rate, start=0.5, end=2.0)
        assert np.allclose(both[:, number - 1], alone, atol=1e-6)


def test_nothing_of_each_channel_still_has_channels(tmp_path):
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.zeros((100, 2)), 8000)
    assert audio_file.read(path, channel=audio_file.EACH, start=1.0).shape == (0, 2)
