"""Only the selected frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.band_pass import band_passed

RATE = 32_000
THIRD = 2 ** (1 / 3)  # of an octave


def passed(samples: np.ndarray, band, *, block: int = 3200) -> np.ndarray:
    blocks = (samples[begin : begin + block, None] for begin in range(0, len(samples), block))
    return np.concatenate(list(band_passed(blocks, band, RATE)))[:, 0]


def tone(hertz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE).astype(np.float32)


def level(hertz: float, band) -> float:
    """Return what is left of a tone, in dB."""
    middle = slice(RATE // 2, -RATE // 2)
    return 20 * np.log10(passed(tone(hertz), band)[middle].std() / tone(hertz)[middle].std() + 1e-12)


@pytest.mark.parametrize("band", [(1000.0, 2000.0), (100.0, 200.0), (60.0, 8000.0), (5000.0, 5100.0)])
def test_what_is_selected_passes_and_a_third_of_an_octave_beyond_nothing_does(band):
    low, high = band
    assert level(low, band) > -1
    assert level(high, band) > -1
    assert level(low / THIRD, band) < -40
    assert level(high * THIRD, band) < -40


def test_a_band_from_zero_or_to_the_top_has_one_edge():
    assert level(50.0, (0.0, 1000.0)) > -0.1
    assert level(15_000.0, (1000.0, 16_000.0)) > -0.1
    assert level(700.0, (1000.0, 16_000.0)) < -40


def test_nothing_is_moved_in_time():
    click = np.zeros(RATE, np.float32)
    click[12_345] = 1.0
    assert np.abs(passed(click, (500.0, 9000.0))).argmax() == 12_345


def test_blocks_leave_no_trace():
    noise = np.random.default_rng(0).standard_normal(20_000).astype(np.float32)
    assert np.allclose(
        passed(noise, (800.0, 1600.0), block=777), passed(noise, (800.0, 1600.0), block=20_000), atol=1e-4
    )


def test_a_recording_shorter_than_the_filter_keeps_its_length():
    assert len(passed(tone(440)[:100], (20.0, 1000.0))) == 100
    assert list(band_passed(iter(()), (20.0, 1000.0), RATE)) == []
