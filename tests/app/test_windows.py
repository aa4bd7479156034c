"""Cutting and stitching: exact times, whatever the length."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.windows import Cutter, Stitcher, first_copy, fit_clip, hop_of_window, plan

WINDOW, HOP = 100, 50
LENGTHS = [1, 49, 50, 99, 100, 101, 149, 150, 151, 200, 249, 250, 1000, 1037]


@pytest.mark.parametrize("length", LENGTHS)
def test_every_sample_is_in_a_window_and_no_window_leaves_the_recording(length):
    starts = plan(length, WINDOW, HOP)
    covered = {sample for start in starts for sample in range(start, start + WINDOW)}
    assert covered >= set(range(length))
    assert length < WINDOW or max(covered) == length - 1


def test_windows_overlap_by_half_and_the_last_is_moved_back_to_the_end():
    assert plan(230, WINDOW, HOP) == [0, 50, 100, 130]


def test_exactly_one_window_is_one_window_and_a_sample_more_makes_two():
    assert plan(100, WINDOW, HOP) == [0]
    assert plan(101, WINDOW, HOP) == [0, 1]


def test_nothing_has_no_windows():
    assert plan(0, WINDOW, HOP) == []


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("block", [1, 7, 64, 100, 300, 5000])
def test_a_stream_is_cut_as_planned_whatever_its_blocks(length, block):
    samples = np.arange(length, dtype=np.float32)
    blocks = [samples[at : at + block] for at in range(0, length, block)]
    cut = list(Cutter(blocks, WINDOW))
    assert [start for start, _ in cut] == plan(length, WINDOW, HOP)
    for start, window in cut:
        np.testing.assert_array_equal(window, samples[start : start + WINDOW])


def test_the_hop_may_be_set_once_the_first_window_was_heard():
    cutter, starts = Cutter([np.zeros(400, np.float32)], WINDOW), []
    for start, _ in cutter:
        starts.append(start)
        cutter.hop_samples = 48
    assert starts == plan(400, WINDOW, 48)


def test_a_stream_is_cut_holding_a_block_and_a_window_only():
    import tracemalloc

    blocks = (np.zeros(1000, np.float32) for _ in range(2000))  # 8 MB in all
    tracemalloc.start()
    count = sum(1 for _ in Cutter(blocks, WINDOW))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000_000 // HOP - 1
    assert peak < 100_000


def test_the_hop_is_half_a_window_in_whole_frames():
    assert hop_of_window(10, None) == 5
    assert hop_of_window(10, 0.3125) == 5
    assert hop_of_window(10, 0.16) == pytest.approx(4.96)
    assert hop_of_window(1, 0.7) == 0.5  # one frame and a bit in all


def test_a_short_clip_is_padded_repeated_or_stretched():
    clip = np.array([1, 2, 3], np.float32)
    assert fit_clip(clip, 7, "pad").tolist() == [1, 2, 3, 0, 0, 0, 0]
    assert fit_clip(clip, 7, "repeat").tolist() == [1, 2, 3, 1, 2, 3, 1]
    assert fit_clip(clip, 7, "repeat_pad").tolist() == [1, 2, 3, 1, 2, 3, 0]
    assert fit_clip(clip, 5, "stretch").tolist() == [1, 1.5, 2, 2.5, 3]
    assert fit_clip(clip, 7, "leave").tolist() == [1, 2, 3]
    for short in ("pad", "repeat", "repeat_pad", "stretch"):
        assert fit_clip(clip[:1], 4, short).shape == (4,)
        assert fit_clip(clip, 3, short).tolist() == [1, 2, 3]


def test_only_the_first_copys_frames_are_kept():
    frames = np.arange(10, dtype=np.float32)[:, None]
    assert first_copy(frames, 0.1, 0.3, "repeat")[:, 0].tolist() == [0, 1, 2]
    assert first_copy(frames, 0.1, 0.0001, "pad")[:, 0].tolist() == [0]
    assert first_copy(frames, 0.1, 0.2, "stretch")[:, 0].tolist() == [2, 7]  # the middles of either half


def step(window_start: float, count: int, hop: float, at: float) -> np.ndarray:
    """Return the frames [count, 1] of a model that says 1 from `at` seconds on."""
    middles = window_start + (np.arange(count) + 0.5) * hop
    return (middles > at).astype(np.float32)[:, None]


def ramp(window_start: float, count: int, hop: float) -> np.ndarray:
    """Return frames [count, 1] that say when they are, in hundreds of seconds."""
    return ((window_start + (np.arange(count) + 0.5) * hop) / 100)[:, None].astype(np.float32)


def stitched(starts, window, hop, frames_of):
    stitcher = Stitcher(1, window, hop)
    for start in starts:
        stitcher.add(start, frames_of(start, round(window / hop), hop))
    return stitcher.frames()[:, 0]


def test_a_step_is_stitched_where_it_was():
    frames = stitched([0, 1, 2, 3], 2.0, 0.1, lambda *window: step(*window, at=2.5))
    assert len(frames) == 50
    assert np.flatnonzero(frames > 0.5)[0] == 25
    np.testing.assert_allclose(frames, [0] * 25 + [1] * 25, atol=1e-6)


def test_a_last_window_between_two_frames_is_brought_onto_the_grid():
    frames = stitched([0, 1, 2, 2.737], 2.0, 0.1, ramp)
    assert len(frames) == 47
    middles = (np.arange(47) + 0.5) * 0.1 / 100
    np.testing.assert_allclose(frames, middles, atol=0.0005)  # half a frame where a window's edge is held
    np.testing.assert_allclose(frames[:46], middles[:46], atol=1e-5)  # a thousandth of a second


def test_overlapping_windows_are_averaged_with_triangular_weights():
    frames = stitched([0, 1], 2.0, 0.5, lambda start, count, hop: np.full((count, 1), float(start > 0), np.float32))
    # in the overlap the first window's weight falls 0.75, 0.25 while the second's rises 0.25, 0.75
    np.testing.assert_allclose(frames, [0, 0, 0.25, 0.75, 1, 1], atol=1e-6)


def test_frames_taken_while_windows_come_are_those_of_stitching_at_once():
    window, hop, starts = 2.0, 0.16, [0.0, 0.96, 1.92, 2.88, 3.3]
    random = np.random.default_rng(0)
    heard = [random.random((13, 3), np.float32) for _ in starts]
    at_once, as_they_come, parts = Stitcher(3, window, hop), Stitcher(3, window, hop), []
    for start, frames in zip(starts, heard, strict=True):
        parts.append(as_they_come.take(start))
        as_they_come.add(start, frames)
        at_once.add(start, frames)
    parts.append(as_they_come.take())
    np.testing.assert_array_equal(np.concatenate(parts), at_once.frames())
    assert [round(sum(map(len, parts[: n + 1])) * hop, 2) for n in range(4)] == [0, 0.96, 1.92, 2.88]


def test_a_recording_of_one_sample_has_one_frame():
    stitcher = Stitcher(2, 0.001, 0.16)
    stitcher.add(0.0, np.array([[0.2, 0.8]], np.float32))
    np.testing.assert_allclose(stitcher.frames(), [[0.2, 0.8]])
