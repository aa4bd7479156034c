"""Damaged and odd files give a result or a sentence: never a crash, a hang, or silence for what is missing."""

from __future__ import annotations

import os
import struct
from itertools import islice

import numpy as np
import pytest
import soundfile

from earmark import audio_file
from earmark.errors import AudioFileError

RATE = 22050


@pytest.fixture
def written(tmp_path):
    """Return a function that writes thirty seconds of noise and returns the path and its bytes."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 30 * RATE).astype(np.float32)

    def write(suffix: str):
        path = tmp_path / f"noise.{suffix}"
        soundfile.write(path, noise, RATE)
        return path, path.read_bytes()

    return write


@pytest.mark.parametrize("suffix", ["wav", "aiff", "au", "w64", "flac", "mp3"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_recording_gives_what_is_there_and_a_warning(written, suffix, share):
    path, content = written(suffix)
    path.write_bytes(content[: int(len(content) * share)])
    recording = audio_file.open_recording(path)
    heard = recording.read()
    assert recording.info.duration == pytest.approx(30 * share, abs=0.5)
    assert len(heard) == recording.info.frames
    assert np.sqrt(np.mean(heard[-2000:] ** 2)) > 0.1
    assert any("length" in warning for warning in recording.warnings)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_a_truncated_ogg_gives_what_is_there(tmp_path, sweep, subtype):
    path = tmp_path / "cut.ogg"
    soundfile.write(path, sweep(30.0, 24000), 24000, format="OGG", subtype=subtype)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    recording = audio_file.open_recording(path)
    assert 5 < recording.info.duration < 25
    assert len(recording.read()) == recording.info.frames


@pytest.mark.parametrize(
    ("name", "codec"), [("a.webm", "libopus"), ("a.aac", "aac"), ("a.mka", "flac"), ("a.ts", "mp2")]
)
def test_a_truncated_stream_of_ffmpegs_gives_what_is_there(tmp_path, encode, name, codec):
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 30 * 48000).astype(np.float32)
    path = encode(tmp_path / name, noise, 48000, codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    recording = audio_file.open_recording(path)
    heard = recording.read()
    assert 10 < recording.info.duration < 20
    assert len(heard) == pytest.approx(recording.info.frames, abs=4800)
    assert np.sqrt(np.mean(heard[-2000:] ** 2)) > 0.01


def test_a_truncated_mp3_is_not_heard_as_silence(written):
    path, content = written("mp3")
    path.write_bytes(content[: len(content) // 3])
    heard = audio_file.read(path, sample_rate=32000)
    assert len(heard) / 32000 == pytest.approx(10, abs=0.3)
    seconds = heard[: len(heard) // 32000 * 32000].reshape(-1, 32000)
    assert (np.abs(seconds).max(axis=1) > 0.1).all()


@pytest.mark.parametrize("tag", [b"", b"ID3\x03\0\0\0\0\x02\x00" + bytes(256)])
def test_an_mp3_whose_loudness_changes_is_not_taken_for_a_truncated_one(tmp_path, tag):
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 30 * 44100).astype(np.float32)
    noise[: 10 * 44100] = 0  # few bits a second up to here: guessed from them, the rest is very long
    soundfile.write(tmp_path / "a.mp3", noise, 44100, bitrate_mode="VARIABLE", compression_level=0.5)
    content = (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(tag + content)
    assert not audio_file.open_recording(tmp_path / "a.mp3").warnings
    (tmp_path / "a.mp3").write_bytes(tag + content[content.index(b"\xff\xfb", 4) :])  # without the frame that tells it
    recording = audio_file.open_recording(tmp_path / "a.mp3")
    assert recording.info.duration == pytest.approx(30, abs=0.2)
    assert not recording.warnings


def test_an_mp3_of_two_pieces_has_the_length_of_both(written):
    path, content = written("mp3")
    path.write_bytes(content + content)
    assert audio_file.probe(path).duration == pytest.approx(60, abs=0.2)


def test_an_ogg_of_two_streams_says_that_only_the_first_was_heard(tmp_path, sweep):
    for name in ("one.ogg", "two.ogg"):
        soundfile.write(tmp_path / name, sweep(5.0), RATE)
    both = tmp_path / "both.ogg"
    both.write_bytes((tmp_path / "one.ogg").read_bytes() + (tmp_path / "two.ogg").read_bytes())
    assert "only the first" in audio_file.open_recording(both).warnings[0]
    assert not audio_file.open_recording(tmp_path / "one.ogg").warnings


@pytest.mark.parametrize("suffix", ["flac", "mp3", "ogg"])
def test_a_scratch_in_the_middle_keeps_what_is_behind_it_in_its_place(written, suffix):
    path, content = written(suffix)
    whole = audio_file.read(path)
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(range(256)) + content[middle + 256 :])
    heard = audio_file.read(path)
    assert len(heard) == pytest.approx(len(whole), abs=RATE // 10)
    match = np.correlate(heard[-40000:], whole[-30000:-20000], "valid")
    assert int(np.argmax(match)) == pytest.approx(10000, abs=RATE // 10)


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_what_is_not_a_number_becomes_silence_with_a_warning(tmp_path, sweep, subtype):
    samples = sweep().astype(np.float64)
    samples[[100, 200, 300]] = np.nan, np.inf, -np.inf
    soundfile.write(tmp_path / "nan.wav", samples, RATE, subtype=subtype)
    recording = audio_file.open_recording(tmp_path / "nan.wav")
    heard = recording.read()
    assert heard[[100, 200, 300]].tolist() == [0, 0, 0]
    assert np.allclose(heard[400:], sweep()[400:], atol=1e-6)
    assert recording.warnings == ["Some samples are not numbers; they were taken as silence."]


def test_not_a_number_in_one_channel_does_not_silence_the_other(tmp_path):
    frames = np.full((1000, 2), 0.5, np.float32)
    frames[:, 0] = np.nan
    soundfile.write(tmp_path / "half.wav", frames, RATE, subtype="FLOAT")
    assert audio_file.read(tmp_path / "half.wav") == pytest.approx(np.full(1000, 0.25))


def test_samples_far_beyond_full_scale_are_clipped_with_a_warning(tmp_path, sweep):
    soundfile.write(tmp_path / "loud.wav", sweep() * 32768, RATE, subtype="FLOAT")
    recording = audio_file.open_recording(tmp_path / "loud.wav")
    assert np.abs(recording.read()).max() <= 16
    assert "full scale" in recording.warnings[0]


NO_SOUND = {
    "hello.wav": b"hello\n" * 100,
    "hello.mp3": b"hello\n" * 100,
    "hello.flac": b"hello\n" * 100,
    "hello.txt": "Grüße\n".encode() * 1000,
    "page.m4a": b"<html><body>404</body></html>" * 50,
    "noise.wav": np.random.default_rng(1).bytes(100_000),
    "noise.mp3": np.random.default_rng(2).bytes(100_000),
    "noise.m4a": np.random.default_rng(3).bytes(100_000),
    "zeros.wav": bytes(100_000),
    "zeros.mp3": bytes(100_000),
    "one_byte.wav": b"R",
    "riff.wav": b"RIFF",
    "wave.wav": b"RIFF\0\0\0\0WAVE",
    "magic.flac": b"fLaC",
    "magic.ogg": b"OggS",
    "magic.mp3": b"ID3",
    "magic.m4a": b"\0\0\0\x20ftypM4A ",
    "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nsecret.wav\n#EXT-X-ENDLIST\n",
    "list.ffconcat": b"ffconcat version 1.0\nfile secret.wav\n",
    "call.sdp": b"v=0\nm=audio 49170 RTP/AVP 0\nc=IN IP4 127.0.0.1\n",
}


@pytest.mark.parametrize("name", NO_SOUND)
def test_what_holds_no_sound_is_refused_with_a_sentence(tmp_path, sweep, name):
    soundfile.write(tmp_path / "secret.wav", sweep(), RATE)  # what the lists point at
    (tmp_path / name).write_bytes(NO_SOUND[name])
    with pytest.raises(AudioFileError, match=f"{name} holds no sound that can be decoded"):
        audio_file.open_recording(tmp_path / name)


def header(*, tag=1, channels=1, sample_rate=RATE, bits=16) -> bytes:
    form = struct.pack(
        "<HHIIHH", tag, channels, sample_rate, 4 * sample_rate % 2**32, channels * bits // 8 % 65536, bits
    )
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", 44100) + bytes(44100)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "lie",
    [{"channels": 0}, {"sample_rate": 0}, {"sample_rate": 1}, {"sample_rate": 2**31 - 1}, {"tag": 0x9999}],
    ids=str,
)
def test_an_impossible_header_is_refused_with_a_sentence(tmp_path, lie):
    (tmp_path / "lie.wav").write_bytes(header(**lie))
    with pytest.raises(AudioFileError, match="holds no sound"):
        audio_file.open_recording(tmp_path / "lie.wav")


@pytest.mark.parametrize(
    "lie", [{"channels": 255}, {"channels": 1000}, {"sample_rate": 1_000_000}, {"bits": 8}], ids=str
)
def test_an_unlikely_header_is_read_without_harm(tmp_path, lie):
    (tmp_path / "odd.wav").write_bytes(header(**lie))
    assert len(audio_file.read(tmp_path / "odd.wav", sample_rate=32000)) < 70000


@pytest.mark.parametrize("form", ["WAV", "RF64", "W64", "AIFF", "AU", "CAF", "VOC", "FLAC", "OGG", "MP3"])
def test_bytes_changed_at_random_give_a_result_or_a_sentence(tmp_path, sweep, form):
    soundfile.write(tmp_path / "whole", sweep(), RATE, format=form)
    content = (tmp_path / "whole").read_bytes()
    for seed in range(12):
        random = np.random.default_rng(seed)
        damaged = bytearray(content)
        for place in random.integers(0, min(len(content), (80, 400, len(content))[seed % 3]), 6):
            damaged[place] = random.choice([0, 127, 128, 255, random.integers(256)])
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            for block in islice(audio_file.blocks(tmp_path / "damaged", sample_rate=32000, seconds=10), 10):
                assert np.isfinite(block).all()
        except AudioFileError as error:
            assert error.sentence.startswith("damaged ")  # noqa: PT017 - either is right


def test_a_wave_file_of_no_samples_is_refused_with_a_sentence(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(0), RATE)
    with pytest.raises(AudioFileError, match=r"none.wav holds no sound"):
        audio_file.open_recording(tmp_path / "none.wav")


def test_an_empty_file_says_that_it_is_empty(tmp_path):
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioFileError, match=r"empty.wav is empty"):
        audio_file.open_recording(tmp_path / "empty.wav")


def test_a_folder_is_not_a_recording(tmp_path):
    with pytest.raises(AudioFileError, match="is a folder"):
        audio_file.open_recording(tmp_path)


def test_a_missing_file_is_named_with_the_place_that_was_looked_in(tmp_path):
    with pytest.raises(AudioFileError, match=r"There is no file gone.wav. Looked in"):
        audio_file.open_recording(tmp_path / "gone.wav")


def test_a_broken_link_is_a_missing_file(tmp_path):
    (tmp_path / "link.wav").symlink_to(tmp_path / "gone.wav")
    with pytest.raises(AudioFileError, match=r"There is no file link.wav"):
        audio_file.open_recording(tmp_path / "link.wav")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioFileError, match="is a device or a pipe"):
        audio_file.open_recording(tmp_path / "pipe.wav")


@pytest.fixture
def locked(tmp_path, sweep):
    """Return a file that may not be read; root, who may read everything, becomes nobody for the test."""
    path = tmp_path / "locked.wav"
    soundfile.write(path, sweep(), RATE)
    path.chmod(0)
    if os.getuid() == 0:
        os.seteuid(65534)
    yield path
    os.seteuid(os.getuid())


def test_a_file_without_permission_says_so(locked):
    with pytest.raises(AudioFileError, match="may not be read"):
        audio_file.open_recording(locked)


@pytest.mark.parametrize("name", ["nul\0byte.wav", "x" * 300 + ".wav"])
def test_an_impossible_name_is_refused_with_a_sentence(tmp_path, name):
    with pytest.raises(AudioFileError, match="cannot be opened"):
        audio_file.open_recording(tmp_path / name)


def test_a_file_that_goes_away_while_it_is_read_says_so(written):
    path, _ = written("wav")
    recording = audio_file.open_recording(path)
    path.unlink()
    with pytest.raises(AudioFileError, match="can no longer be read"):
        recording.read()


def test_a_file_that_shrinks_while_it_is_read_ends_with_a_warning(written):
    path, content = written("wav")
    recording = audio_file.open_recording(path)
    path.write_bytes(content[: len(content) // 2])
    assert len(recording.read()) == pytest.approx(15 * RATE, abs=100)
    assert "damaged" in recording.warnings[0]
