"""The last minutes are on disk, are read back to the sample, and take no more room than they should."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile

from earmark.live.disk_ring import DiskRing
from earmark.live.ring_buffer import RingBuffer

from .conftest import RATE, ramp


@pytest.fixture
def ring() -> RingBuffer:
    return RingBuffer(20 * RATE)


@pytest.fixture
def disk(ring, tmp_path):
    disk = DiskRing(ring, RATE, tmp_path / "ring", seconds=30)
    disk.start()
    yield disk
    disk.close()
    assert list((tmp_path / "ring").iterdir()) == []


def feed(ring: RingBuffer, disk: DiskRing, seconds: int) -> None:
    for _ in range(seconds):
        ring.write(ramp(RATE, ring.written))
        until = time.monotonic() + 10
        while disk._pieces and ring.written - disk._pieces[-1].last > 15 * RATE and time.monotonic() < until:
            time.sleep(0.005)
        if not disk._pieces and ring.written >= 11 * RATE:
            while not disk._pieces and time.monotonic() < until:
                time.sleep(0.005)


def numbers(samples: np.ndarray) -> list[int]:
    return np.rint(samples[:, 0] * 65536).astype(int).tolist()


def test_what_the_ring_has_forgotten_is_read_back_to_the_sample(ring, disk):
    feed(ring, disk, 35)
    assert numbers(disk.read(8_500, 34_000)) == list(range(8_500, 34_000))


def test_it_reaches_back_as_far_as_it_should_and_not_much_further(ring, disk):
    feed(ring, disk, 90)
    assert ring.written - 60 * RATE < disk.oldest <= ring.written - 30 * RATE
    assert len(list(disk.folder.iterdir())) <= 5


def test_the_last_seconds_are_kept_as_a_file(ring, disk, tmp_path):
    feed(ring, disk, 40)
    frames = disk.keep(tmp_path / "kept.wav", 25)
    samples, rate = soundfile.read(tmp_path / "kept.wav", always_2d=True)
    assert (frames, rate) == (25_000, RATE)
    assert numbers(samples) == list(range(15_000, 40_000))
