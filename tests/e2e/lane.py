"""The tone's lane, as a person sees and touches it."""

from __future__ import annotations

import time

import numpy as np

from earmark.gui.label_colours import label_colour
from earmark.gui.lanes import LANE_PIXELS

from .conftest import Person, wait_until

ENDS_OF_LANES = (330, 870)  # pixels of a window of 1280
TOP_OF_LANES = 400


class Lane:
    """The tone's lane on the screen: where its two events are, and so where every second is."""

    def __init__(self, person: Person) -> None:
        self._person = person
        wait_until(self._stands_still, "two events in the tone's lane")
        bars = self._bars()
        first, second = _starts(bars)  # at 2 and 5 s
        self._zero, self._pixels = first - 2 * (second - first) / 3, (second - first) / 3
        self.height = float(bars[:, 1].mean())

    def _stands_still(self) -> bool:
        """Return whether the window has its shape: panels, hints and notices came at the start."""
        before = self._bars()
        time.sleep(1.0)
        return len(_starts(before)) == 2 and np.array_equal(before, self._bars())

    def _bars(self) -> np.ndarray:
        """Return the pixels of the upmost lane; the scores below it have the colour too."""
        seen = self._person.sees(label_colour("tone").name())
        columns, rows = seen[:, 0], seen[:, 1]
        seen = seen[(columns > ENDS_OF_LANES[0]) & (columns < ENDS_OF_LANES[1]) & (rows > TOP_OF_LANES)]
        return seen[seen[:, 1] < seen[:, 1].min(initial=10_000) + LANE_PIXELS]

    @property
    def second(self) -> float:
        """Return the pixels of a second."""
        return self._pixels

    def stands_where_it_was(self) -> bool:
        """Return whether both events are still seen, as far apart as they were."""
        starts = _starts(self._bars())
        return len(starts) == 2 and abs(starts[1] - starts[0] - 3 * self._pixels) < 4

    def clicks(self, seconds: float) -> None:
        self._person.clicks(self._at(seconds), self.height)

    def drags(self, start: float, end: float) -> None:
        self._person.does("mousemove", str(self._at(start)), str(round(self.height)), "mousedown", "1")
        for seconds in np.linspace(start, end, 6):
            self._person.does("mousemove", str(self._at(float(seconds))), str(round(self.height)))
            time.sleep(0.05)
        self._person.does("mouseup", "1")

    def _at(self, seconds: float) -> int:
        return round(self._zero + seconds * self._pixels)


def _starts(bars: np.ndarray) -> list[int]:
    columns = np.unique(bars[:, 0])
    return columns[np.diff(columns, prepend=-10) > 2].tolist()
