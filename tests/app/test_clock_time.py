"""When a recording was made, from its name or from what is in the file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import av
import numpy as np
import pytest
import soundfile

from earmark import clock_time

DAWN = datetime(2026, 5, 12, 5, 30)


@pytest.mark.parametrize(
    "name",
    [
        "20260512_053000.WAV",
        "SMM01234_20260512_053000.wav",
        "2026-05-12 05-30-00.wav",
        "Blue_Jay-87-2026-05-12-birdnet-05:30:00.mp3",
        "20260512-053000.m4a",
        "Recording 2026-05-12 at 05.30.00.wav",
        "A1_2026_05_12_05_30_00.wav",
        "20260512053000.wav",
        "rec-20260512_053000-20260512_063000.wav",
        "20260512_053000-2.wav",
        "20260512_053000Zebra.wav",
    ],
)
def test_recorders_and_phones_write_the_time_into_the_name(name):
    assert clock_time.in_name(name) == DAWN


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("20260512T053000Z.flac", UTC),
        ("20260512_053000_UTC.wav", UTC),
        ("2026-05-12T05:30:00.123Z.wav", UTC),
        ("20260512T053000+1000_REC.flac", timezone(timedelta(hours=10))),
        ("20260512_053000-0330.wav", timezone(-timedelta(hours=3, minutes=30))),
    ],
)
def test_a_time_zone_in_the_name_is_kept(name, zone):
    assert clock_time.in_name(name) == DAWN.replace(tzinfo=zone)


def test_the_first_audiomoths_count_seconds_in_hexadecimal():
    assert clock_time.in_name("5A3B1C2D.WAV") == datetime(2017, 12, 21, 2, 27, 57, tzinfo=UTC)
    assert clock_time.in_name("DEADBEEF.WAV") is None
    assert clock_time.in_name("60012345.wav") is None


@pytest.mark.parametrize(
    "name", ["20261345_053000.wav", "99999999_999999.wav", "12345678.wav", "2026-02-30 garden.wav", "garden.wav", ""]
)
def test_no_time_is_made_up(name):
    assert clock_time.in_name(name) is None


def test_a_day_alone_is_a_day_and_no_midnight():
    assert clock_time.in_name("2026-05-12 garden.wav") == date(2026, 5, 12)
    assert clock_time.recorded_at("2026-05-12 garden.wav") is None


def test_broadcast_wave_says_when_it_was_made(tmp_path):
    path = tmp_path / "garden.wav"
    soundfile.write(path, np.zeros(800), 8000)
    path.write_bytes(with_chunk(path.read_bytes(), b"bext", bext("2026-05-12", "05:30:00")))
    assert clock_time.recorded_at(path) == DAWN
    assert clock_time.recorded(path).known_from == "file"


def test_audiomoths_comment_says_when_it_was_made(tmp_path):
    path = tmp_path / "renamed.wav"
    comment = b"Recorded at 05:30:00 12/05/2026 (UTC+2) by AudioMoth 24F3190361CA1234 at medium gain setting"
    soundfile.write(path, np.zeros(800), 8000)
    listed = b"INFOICMT" + len(comment).to_bytes(4, "little") + comment
    path.write_bytes(with_chunk(path.read_bytes(), b"LIST", listed))
    assert clock_time.recorded_at(path) == DAWN.replace(tzinfo=timezone(timedelta(hours=2)))


def test_a_phone_writes_the_time_into_the_file(tmp_path):
    path = tmp_path / "voice.m4a"
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata["creation_time"] = "2026-05-12T05:30:00.000000Z"
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert clock_time.recorded_at(path) == DAWN.replace(tzinfo=UTC)


def test_the_name_counts_more_than_the_file_and_neither_is_guessed(tmp_path):
    path = tmp_path / "20260512_053000.wav"
    path.write_bytes(b"no sound")
    assert clock_time.recorded_at(path) == DAWN
    (tmp_path / "other.wav").write_bytes(b"no sound")
    assert clock_time.recorded_at(tmp_path / "other.wav") is None
    assert clock_time.recorded_at(tmp_path / "gone.wav") is None


def bext(day: str, time: str) -> bytes:
    """Return the body of a Broadcast Wave chunk, EBU Tech 3285."""
    return b"\0" * (256 + 32 + 32) + day.encode() + time.encode() + b"\0" * (8 + 2 + 64 + 10 + 180)


def with_chunk(wav: bytes, name: bytes, body: bytes) -> bytes:
    chunk = name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
    return wav[:4] + (len(wav) - 8 + len(chunk)).to_bytes(4, "little") + wav[8:12] + chunk + wav[12:]
