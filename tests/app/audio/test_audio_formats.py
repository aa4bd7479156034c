"""Every kind of file that people have is decoded to the sound that went in."""

from __future__ import annotations

import struct
import subprocess

import numpy as np
import pytest
import soundfile

from earmark import audio_file

RATE = 22050
ENCODED_WAV = [
    "PCM_U8",
    "PCM_16",
    "PCM_24",
    "PCM_32",
    "FLOAT",
    "DOUBLE",
    "ALAW",
    "ULAW",
    "IMA_ADPCM",
    "MS_ADPCM",
    "GSM610",
]
WRITTEN = [
    *[("WAV", subtype) for subtype in ENCODED_WAV],
    *[("WAVEX", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT")],
    *[("RF64", subtype) for subtype in ("PCM_16", "FLOAT")],
    *[("W64", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT")],
    *[("AIFF", subtype) for subtype in ("PCM_S8", "PCM_16", "PCM_24", "FLOAT")],
    *[("FLAC", subtype) for subtype in ("PCM_S8", "PCM_16", "PCM_24")],
    *[("CAF", subtype) for subtype in ("PCM_16", "ALAC_16", "ALAC_24")],
    *[("AU", subtype) for subtype in ("PCM_16", "ULAW", "G721_32")],
    *[("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("VOC", "PCM_16"), ("SVX", "PCM_16"), ("NIST", "PCM_16")],
]


@pytest.mark.parametrize(("container", "subtype"), WRITTEN, ids=str)
def test_what_libsndfile_writes_is_heard_as_it_was(tmp_path, sweep, likeness, container, subtype):
    path = tmp_path / f"sweep.{container.lower()}"
    soundfile.write(path, sweep(), RATE, format=container, subtype=subtype)
    recording = audio_file.open_recording(path)
    assert recording.info.sample_rate == RATE
    assert recording.info.duration == pytest.approx(3.0, abs=0.06)  # ADPCM fills up its last block
    assert likeness(recording.read(), sweep()) > 0.99
    assert not recording.warnings


@pytest.mark.parametrize(
    ("name", "codec", "sample_rate"),
    [
        ("a.m4a", "aac", 44100),
        ("a.aac", "aac", 44100),
        ("a.m4a", "alac", 44100),
        ("a.webm", "libopus", 48000),
        ("a.mkv", "flac", 44100),
        ("a.mka", "pcm_f32le", 44100),
        ("a.wma", "wmav2", 44100),
        ("a.ac3", "ac3", 48000),
        ("a.eac3", "eac3", 48000),
        ("a.mp2", "mp2", 44100),
        ("a.mp3", "libmp3lame", 44100),
        ("a.amr", "libopencore_amrnb", 8000),
        ("a.3gp", "libopencore_amrnb", 8000),
        ("a.avi", "pcm_s16le", 44100),
        ("a.mov", "pcm_s24le", 48000),
        ("a.ts", "mp2", 48000),
        ("a.opus", "libopus", 48000),
        ("a.wv", "wavpack", 44100),
        ("a.tta", "tta", 44100),
    ],
)
def test_what_ffmpeg_writes_is_heard_as_it_was(tmp_path, sweep, encode, name, codec, sample_rate):
    samples = sweep(20.0, sample_rate)
    recording = audio_file.open_recording(encode(tmp_path / name, samples, sample_rate, codec))
    heard = recording.read()
    assert recording.info.sample_rate == sample_rate
    assert recording.info.duration == pytest.approx(20.0, abs=0.07)  # codecs without a declared padding keep it
    assert len(heard) == recording.info.frames
    assert _delay(heard, samples, sample_rate) < 0.06
    assert not recording.warnings


def _delay(heard, samples, sample_rate):
    """Return by how many seconds the middle of the sweep is late or early, from its pitch."""
    middle = len(samples) // 2
    piece = samples[middle - 2048 : middle + 2048]
    around = heard[middle - 8192 : middle + 8192]
    match = np.correlate(around, piece, "valid")
    return abs(int(np.argmax(match)) - (8192 - 2048)) / sample_rate


def test_the_sound_of_a_film_is_heard(tmp_path, sweep, encode):
    path = encode(tmp_path / "film.mp4", sweep(3.0, 44100), 44100, "aac", video=True)
    assert audio_file.probe(path).duration == pytest.approx(3.0, abs=0.07)


@pytest.mark.parametrize("channels", [2, 6])
def test_channels_of_a_film_are_mixed(tmp_path, sweep, encode, channels):
    path = encode(tmp_path / "film.mkv", sweep(3.0, 48000), 48000, "flac", channels=channels)
    recording = audio_file.open_recording(path)
    assert recording.info.channels == channels
    assert np.allclose(recording.read(), sweep(3.0, 48000), atol=1e-3)


def flac(folder, options: str, raw: bytes = b"", *, from_pipe: bool = False):
    """Run the reference encoder; from a pipe it learns the length too late to write it down."""
    path = folder / "made.flac"
    command = f"flac -s -f {options} -c -" if from_pipe else f"flac -s -f {options} -o {path} -"
    done = subprocess.run(command.split(), input=raw, capture_output=True, check=True)
    if from_pipe:
        path.write_bytes(done.stdout)
    return path


def raw_options(*, bits=16, channels=1, sample_rate=RATE):
    return (
        f"--force-raw-format --endian=little --sign=signed --bps={bits} --channels={channels} "
        f"--sample-rate={sample_rate} --lax"
    )


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_flac_of_any_depth_is_read(tmp_path, sweep, bits):
    values = np.round(sweep() * (2 ** (bits - 1) - 1)).astype("<i4")
    raw = values.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes()
    heard = audio_file.read(flac(tmp_path, raw_options(bits=bits), raw))
    assert np.allclose(heard, sweep(), atol=2.0 ** (2 - min(bits, 16)))


@pytest.mark.parametrize("bits", [12, 20])
def test_flac_of_a_depth_between_whole_bytes_is_read(tmp_path, sweep, bits):
    width = (bits + 7) // 8
    values = np.round(sweep() * (2 ** (bits - 1) - 1)).astype("<i4") << (8 * width - bits)
    data = values.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, RATE * width, width, 8 * width, 22, bits, 4) + guid
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path = flac(tmp_path, "", b"RIFF" + struct.pack("<I", len(body)) + body)
    assert (
        f"bits-per-sample: {bits}"
        in subprocess.run(["metaflac", "--list", path], capture_output=True, text=True).stdout
    )
    assert np.allclose(audio_file.read(path), sweep(), atol=2.0 ** (2 - bits))


@pytest.mark.parametrize("channels", range(1, 9))
def test_flac_of_up_to_eight_channels_is_read(tmp_path, sweep, channels):
    values = np.outer(np.round(sweep() * 32767), np.arange(1, channels + 1) / channels).astype("<i2")
    path = flac(tmp_path, raw_options(channels=channels), values.tobytes())
    recording = audio_file.open_recording(path)
    assert recording.info.channels == channels
    assert np.allclose(recording.read(channel=channels), sweep(), atol=1e-3)
    assert np.allclose(recording.read(), sweep() * (channels + 1) / (2 * channels), atol=1e-3)


@pytest.mark.parametrize("sample_rate", [7777, 8000, 44101, 96000, 192000, 384000])
def test_flac_of_any_rate_is_read(tmp_path, sweep, sample_rate):
    raw = np.round(sweep(1.0, sample_rate) * 32767).astype("<i2").tobytes()
    recording = audio_file.open_recording(flac(tmp_path, raw_options(sample_rate=sample_rate), raw))
    assert recording.info.duration == pytest.approx(1.0)
    assert len(recording.read(sample_rate=32000)) == 32000


@pytest.mark.parametrize("options", ["-b 16", "-b 65535", "-b 4608", "--no-seektable --no-padding", "-8 -e -p", "-0"])
def test_flac_of_any_block_size_is_read(tmp_path, sweep, options):
    raw = np.round(sweep() * 32767).astype("<i2").tobytes()
    heard = audio_file.read(flac(tmp_path, f"{raw_options()} {options}", raw))
    assert np.allclose(heard, sweep(), atol=1e-4)


def test_flac_that_does_not_know_its_length_is_read(tmp_path, sweep):
    raw = np.round(sweep() * 32767).astype("<i2").tobytes()
    recording = audio_file.open_recording(flac(tmp_path, raw_options(), raw, from_pipe=True))
    assert recording.info.frames == len(sweep())
    assert np.allclose(recording.read(), sweep(), atol=1e-4)


def test_flac_behind_an_id3_tag_is_read(tmp_path, sweep):
    path = tmp_path / "tagged.flac"
    soundfile.write(path, sweep(), RATE)
    path.write_bytes(b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + path.read_bytes())
    assert np.allclose(audio_file.read(path), sweep(), atol=1e-4)


def test_flac_with_a_picture_inside_is_read(tmp_path, sweep):
    picture = tmp_path / "cover.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060f8"
            "cf00000301010018dd8db00000000049454e44ae426082"
        )
    )
    raw = np.round(sweep() * 32767).astype("<i2").tobytes()
    heard = audio_file.read(flac(tmp_path, f"{raw_options()} --picture={picture}", raw))
    assert np.allclose(heard, sweep(), atol=1e-4)


def test_flac_inside_ogg_is_read(tmp_path, sweep):
    raw = np.round(sweep() * 32767).astype("<i2").tobytes()
    assert np.allclose(audio_file.read(flac(tmp_path, f"{raw_options()} --ogg", raw)), sweep(), atol=1e-4)


LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf58.0.100\0\0"


@pytest.mark.parametrize(
    "lie",
    [
        {"stated": 0},
        {"stated": 0, "riff": 0},
        {"stated": 0xFFFFFFFF},
        {"stated": 0xFFFFFFFF, "riff": 0xFFFFFFFF},
        {"stated": 0x7FFFF000, "riff": 0x7FFFF024},
        {"after": LIST},
        {"before": LIST},
        {"before": b"junk" + struct.pack("<I", 3) + b"abc\0"},
        {"after": b"what is this, and what is it for?"},
    ],
    ids=str,
)
def test_a_wave_file_with_odd_chunks_is_read(tmp_path, sweep, wave, lie):
    path = tmp_path / "odd.wav"
    path.write_bytes(wave(sweep(), **lie))
    recording = audio_file.open_recording(path)
    assert recording.info.frames == len(sweep())
    assert np.allclose(recording.read(), sweep(), atol=1e-4)


def test_a_big_endian_wave_file_is_read(tmp_path, sweep):
    data = np.round(sweep() * 32767).astype(">i2").tobytes()
    form = b"fmt " + struct.pack(">IHHIIHH", 16, 1, 1, RATE, RATE * 2, 2, 16)
    body = b"WAVE" + form + b"data" + struct.pack(">I", len(data)) + data
    path = tmp_path / "big.wav"
    path.write_bytes(b"RIFX" + struct.pack(">I", len(body)) + body)
    assert np.allclose(audio_file.read(path), sweep(), atol=1e-4)


@pytest.mark.parametrize(
    ("written_as", "named"),
    [("FLAC", "wav"), ("WAV", "mp3"), ("MP3", "wav"), ("OGG", "flac"), ("WAV", "raw"), ("WAV", "txt"), ("AIFF", "m4a")],
)
def test_what_is_inside_decides_and_not_the_suffix(tmp_path, sweep, likeness, written_as, named):
    path = tmp_path / f"wrong.{named}"
    soundfile.write(path, sweep(), RATE, format=written_as)
    assert likeness(audio_file.read(path), sweep()) > 0.99


@pytest.mark.parametrize("name", ["with spaces and 'quotes'.wav", "ドアの音.flac", "Ключи.mp3", "a\nb.wav", "🔔.ogg"])
def test_a_name_may_be_written_in_any_letters(tmp_path, sweep, likeness, name):
    path = tmp_path / name
    soundfile.write(path, sweep(), RATE)
    assert likeness(audio_file.read(path), sweep()) > 0.99


@pytest.mark.parametrize("suffix", [b".wav", b".m4a"])
def test_a_name_may_hold_bytes_that_are_no_letters(tmp_path, sweep, encode, suffix):
    made = tmp_path / f"made{suffix.decode()}"
    encode(made, sweep(3.0, 44100), 44100, "aac" if suffix == b".m4a" else "pcm_s16le")
    path = made.rename(tmp_path / (b"caf\xe9" + suffix).decode("utf-8", "surrogateescape"))
    assert audio_file.probe(path).duration == pytest.approx(3.0, abs=0.07)
    assert "\N{REPLACEMENT CHARACTER}" in audio_file.shown(path)
