"""Cheap colour for whole scenes: equaliser, band limits and a room in one Fourier transform."""

from __future__ import annotations

import numpy as np
from scipy import fft

from earmark.api import Float
from earmark_everyday import SAMPLE_RATE
from earmark_everyday.effects import room_response

ROOMS = 24
KNOTS_HZ = (60.0, 180.0, 540.0, 1600.0, 4800.0, 14400.0)
"""Frequencies at which the equaliser draws a gain; between them it goes straight over the logarithm."""

BAND_EDGES_HZ = ((300.0, 3400.0), (60.0, 3900.0), (350.0, 9000.0), (120.0, 7500.0), (20.0, 7000.0), (20.0, 10500.0))


class Colouring:
    """Draws a colour for scenes of one length; rooms and bands are made once, always the same."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.size = fft.next_fast_len(length + SAMPLE_RATE // 2, real=True)
        frequencies = np.maximum(fft.rfftfreq(self.size, 1 / SAMPLE_RATE), 10.0)
        self.knots = _interpolation(np.log(frequencies))  # [bins, knots]
        self.bands = [_band(frequencies, low, high) for low, high in BAND_EDGES_HZ]
        rng = np.random.default_rng(7)
        # short rooms: a longer tail would smear the offsets that the scene promises
        responses = [
            room_response(rng, rt60=rng.uniform(0.1, 0.55), distance=rng.uniform(0.1, 0.7)) for _ in range(ROOMS)
        ]
        self.rooms = [np.asarray(fft.rfft(response, self.size), np.complex64) for response in responses]

    def apply(self, samples: Float, rng: np.random.Generator, *, chance: float) -> Float:
        """Return `samples` [length] through an equaliser and a room, each with `chance`, and a band with half of it."""
        equalised, in_room, limited = rng.random(3) < (chance, chance * 0.6, chance * 0.5)
        if not (equalised or in_room or limited):
            return samples
        spectrum = np.asarray(fft.rfft(samples, self.size))
        if equalised:
            gains_db = rng.uniform(-9, 9, len(KNOTS_HZ)).astype(np.float32)
            spectrum *= np.exp(self.knots @ (gains_db * np.float32(np.log(10) / 20)))
        if in_room:
            spectrum *= self.rooms[rng.integers(len(self.rooms))]
        if limited:
            spectrum *= self.bands[rng.integers(len(self.bands))]
        return np.asarray(fft.irfft(spectrum, self.size), np.float32)[: self.length]


def _interpolation(logarithms: np.ndarray) -> Float:
    knots = np.log(np.array(KNOTS_HZ))
    hats = [np.interp(logarithms, knots, row) for row in np.eye(len(knots))]
    return np.stack(hats, axis=1).astype(np.float32)


def _band(frequencies: np.ndarray, low: float, high: float) -> Float:
    response = 1 / np.sqrt(1 + (low / frequencies) ** 8) / np.sqrt(1 + (frequencies / high) ** 8)
    return response.astype(np.float32)
