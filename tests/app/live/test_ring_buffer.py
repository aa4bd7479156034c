"""The newest samples by absolute number; the writer never waits."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from earmark.live.ring_buffer import RingBuffer


def numbered(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.float32)[:, None]


def filled(capacity: int, *sizes: int) -> RingBuffer:
    ring = RingBuffer(capacity)
    for size in sizes:
        ring.write(numbered(ring.written, size))
    return ring


@pytest.mark.parametrize("sizes", [(3,), (10,), (7, 7), (4, 4, 4, 4, 4), (25,), (9, 23, 1)])
def test_every_sample_kept_is_where_its_number_says(sizes):
    ring = filled(10, *sizes)
    for first in range(ring.oldest, ring.written):
        stretch = ring.read(first, ring.written)
        assert stretch.first == first
        assert stretch.samples[:, 0].tolist() == list(range(first, sum(sizes)))


def test_a_reader_that_falls_behind_skips_to_the_oldest_sample_kept_and_is_told():
    stretch = filled(10, 8, 8).read(2, 16)
    assert (stretch.first, stretch.skipped, len(stretch.samples)) == (6, 4, 10)


def test_what_is_not_written_yet_is_not_read():
    stretch = filled(10, 4).read(2, 9)
    assert stretch.samples[:, 0].tolist() == [2, 3]
    assert len(filled(10, 4).read(7, 9).samples) == 0


def test_the_newest_are_all_there_are_where_there_are_fewer():
    assert filled(10, 4).newest(8).samples[:, 0].tolist() == [0, 1, 2, 3]
    assert filled(10, 4, 9).newest(3).samples[:, 0].tolist() == [10, 11, 12]


def test_time_may_pass_in_silence_longer_than_the_ring():
    ring = filled(10, 5)
    ring.skip(1000)
    assert (ring.written, ring.oldest) == (1005, 995)
    assert not ring.newest(10).samples.any()


def test_channels_stay_side_by_side():
    ring = RingBuffer(10, channels=2)
    ring.write(np.stack([np.arange(14), -np.arange(14)], 1).astype(np.float32))
    assert ring.newest(2).samples.tolist() == [[12, -12], [13, -13]]


def test_waiting_ends_with_the_sample_or_with_the_ring():
    ring = filled(10, 4)
    assert ring.wait_for(4, 0.0)
    threading.Timer(0.05, ring.close).start()
    assert not ring.wait_for(5, 10.0)


def test_a_reader_never_sees_a_sample_under_another_ones_number():
    ring, wrong, done = RingBuffer(4096), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            stretch = ring.read(ring.oldest, ring.written)
            expected = np.arange(stretch.first, stretch.last)
            if not np.array_equal(stretch.samples[:, 0], expected.astype(np.float32)):
                wrong.append(stretch.first)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    for _ in range(3000):
        ring.write(numbered(ring.written, 97))
    done.set()
    for each in readers:
        each.join()
    assert wrong == []
