"""Judging in a real window by key and mouse, over a restart."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from earmark.annotations import Annotation
from earmark.gui.label_colours import label_colour
from earmark.gui.lanes import LANE_PIXELS
from earmark.library import Library

from .conftest import Person, wait_until

pytestmark = pytest.mark.e2e
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


@pytest.fixture
def said(home, tones) -> Callable[[], list[Annotation]]:
    """Return what the library says about the tones, in order of time."""
    library = Library(home / "library.sqlite")
    return lambda: sorted(library.annotations(tones), key=lambda each: each.onset)


def test_accept_reject_draw_undo_close_and_undo_more(person, start, tones, said):
    program = start(tones)
    person.waits_for_window("two tones.wav – Earmark")
    lane = Lane(person)

    lane.clicks(2.5)
    person.presses("a")
    lane.clicks(5.5)
    person.presses("Delete")
    wait_until(lambda: [each.status for each in said()] == ["accepted", "rejected"], "two judgements in the library")

    lane.drags(3.6, 4.4)
    wait_until(lambda: len(said()) == 3, "what was drawn in the library")
    drawn = said()[1]
    assert (drawn.label, drawn.score) == ("tone", None)
    assert np.allclose((drawn.onset, drawn.offset), (3.6, 4.4), atol=0.05)

    person.presses("ctrl+z")
    wait_until(lambda: len(said()) == 2, "the drawing undone")
    person.presses("ctrl+shift+z")
    wait_until(lambda: said()[1:2] == [drawn], "the drawing redone")
    person.presses("ctrl+q")
    assert program.ended() == 0

    start(tones)
    person.waits_for_window("two tones.wav – Earmark")
    time.sleep(2.0)  # what was said is read on a thread
    person.presses("ctrl+z", "ctrl+z")
    wait_until(lambda: [each.status for each in said()] == ["accepted"], "two more steps undone after the restart")
