"""The waveform's peaks."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.waveform import MOST_BINS, PeakFinder, bin_count, bin_samples, joined_peaks


@pytest.mark.parametrize("samples", [1, 16, 17, 48_000, 115_200_000, 4_000_000_000])
def test_a_recording_of_any_length_has_a_bounded_number_of_bins(samples):
    assert 1 <= bin_count(samples) <= MOST_BINS
    assert bin_count(samples) * bin_samples(samples) >= samples


@pytest.mark.parametrize("cuts", [[], [1], [15, 16, 17], [40]])
def test_the_peaks_are_the_same_however_the_samples_come(cuts):
    samples = np.random.default_rng(0).standard_normal(50).astype(np.float32)
    finder = PeakFinder(50)
    assert np.array_equal(np.concatenate(list(finder.watch(np.split(samples, cuts)))), samples)
    first, peaks = finder.take()
    assert first == 0
    assert peaks[:3].tolist() == [[part.min(), part.max()] for part in np.split(samples[:48], 3)]
    assert peaks[3].tolist() == [samples[48:].min(), samples[48:].max()]  # the last is short


def test_a_recording_that_ends_too_early_is_silent_from_there():
    finder = PeakFinder(64)
    list(finder.watch([np.ones(20, np.float32)]))
    _, peaks = finder.take()
    assert peaks.tolist() == [[1, 1], [0, 1], [0, 0], [0, 0]]


def test_peaks_are_taken_once_and_counted_on():
    finder = PeakFinder(64)
    passing = finder.watch([np.ones(32, np.float32), np.zeros(32, np.float32)])
    next(passing)
    first, peaks = finder.take()
    assert (first, len(peaks)) == (0, 2)
    assert finder.take() is None
    next(passing)
    assert finder.take()[0] == 2


def test_joined_peaks_keep_the_lowest_and_the_highest():
    peaks = np.array([[-1, 2], [-3, 1], [0, 5], [0, 0]], np.float32)
    assert joined_peaks(peaks, 2).tolist() == [[-3, 2], [0, 5]]
    assert joined_peaks(peaks, 8)[:, 1].tolist() == [2, 2, 1, 1, 5, 5, 0, 0]
    assert joined_peaks(peaks[:0], 3).tolist() == [[0, 0]] * 3
