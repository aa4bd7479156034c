"""Linear, logarithmic and mel frequency axes: hertz to a height in 0..1 and back. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST = 30.0  # Hz, where the logarithmic axis starts
NAMES = ("linear", "log", "mel")

Array = NDArray[np.float64]


def _mel(hertz: Array | float) -> Array:
    return np.asarray(2595.0 * np.log10(1 + np.asarray(hertz) / 700.0))  # O'Shaughnessy's, as in HTK


def _from_mel(mel: Array | float) -> Array:
    return 700.0 * (10 ** (np.asarray(mel) / 2595.0) - 1)


_CURVES: dict[str, tuple[Callable, Callable]] = {
    "linear": (np.asarray, np.asarray),
    "log": (lambda hertz: np.log(np.maximum(hertz, 1e-3)), np.exp),
    "mel": (_mel, _from_mel),
}


@dataclass(frozen=True)
class FrequencyScale:
    """How high a frequency stands: 0 at the bottom, 1 at Nyquist."""

    name: str
    nyquist: float

    @property
    def bottom(self) -> float:
        """Return the frequency at the foot of the axis, in Hz."""
        return min(LOWEST, self.nyquist / 2) if self.name == "log" else 0.0

    def height(self, hertz: Array | float) -> Array:
        """Return the height in 0..1 (below 0 for what lies under the axis)."""
        curve, _ = _CURVES[self.name]
        low, high = curve(self.bottom), curve(self.nyquist)
        return (curve(np.asarray(hertz)) - low) / (high - low)

    def hertz(self, height: Array | float) -> Array:
        """Return the frequency at a height."""
        curve, back = _CURVES[self.name]
        low, high = curve(self.bottom), curve(self.nyquist)
        return back(low + np.asarray(height) * (high - low))

    def rows(self, pixels: int, bins: int, *, low: float = 0.0, high: float = 1.0) -> NDArray[np.intp]:
        """Return for each pixel row between two heights, from the bottom, the first FFT bin in it, and where they end.

        All but the last, [pixels], are the starts for `np.maximum.reduceat` over the bins below the last.
        """
        edges = self.hertz(low + (high - low) * np.arange(pixels + 1) / pixels)
        rows = np.clip(np.rint(edges / self.nyquist * (bins - 1)), 0, bins - 1).astype(np.intp)
        rows[-1] = bins if high >= 1.0 else max(rows[-1], rows[-2] + 1)
        return rows


def nice_step(at_least: float) -> float:
    """Return the smallest of 1, 2, 5 × 10ⁿ that is not under `at_least`."""
    power = 10.0 ** np.floor(np.log10(at_least))
    return next(float(power * factor) for factor in (1, 2, 5, 10) if power * factor >= at_least * (1 - 1e-9))
