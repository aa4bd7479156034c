"""Judging in a real window by key and mouse, over a restart."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from earmark.annotations import Annotation
from earmark.library import Library

from .conftest import wait_until
from .lane import Lane

pytestmark = pytest.mark.e2e


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
