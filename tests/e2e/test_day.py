"""A person's way through it all, by mouse and key: open, zoom, play, judge, draw, undo, export, close, reopen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from earmark.document import read_documents

from .conftest import wait_until
from .lane import Lane

pytestmark = [pytest.mark.e2e, pytest.mark.sound]
LISTEN = "parec --device=speaker.monitor --rate=16000 --channels=1 --format=float32le --raw --latency-msec=20"


class Loudspeaker:
    """Hears what is played, from now on."""

    def __init__(self, environment: dict[str, str], path: Path) -> None:
        self._path = path
        with path.open("wb") as file:
            self._process = subprocess.Popen(LISTEN.split(), stdout=file, env=environment)

    def level(self) -> float:
        heard = np.fromfile(self._path, "<f4", count=self._path.stat().st_size // 4)
        return float(np.abs(heard).max(initial=0.0))

    def stops(self) -> None:
        self._process.kill()
        self._process.wait()


def exported(person, path: Path) -> list[tuple[str, str]]:
    person.presses("ctrl+shift+e")
    person.answers_dialog("Export — Earmark", str(path))
    wait_until(path.exists, "the exported file")
    [document] = read_documents(path)
    return [(event["label"], event["status"]) for event in document["events"]]


def test_open_zoom_play_judge_draw_undo_export_close_reopen(person_with_sound, start, tones, tmp_path):
    person = person_with_sound
    program = start()
    person.waits_for_window("Earmark")
    person.presses("ctrl+o")
    person.answers_dialog("Open recordings — Earmark", str(tones))
    person.waits_for_window("two tones.wav – Earmark")
    lane = Lane(person)

    lane.clicks(2.5)
    person.presses("ctrl+e")
    wait_until(lambda: not lane.stands_where_it_was(), "the selected event, zoomed to")
    person.presses("ctrl+f")
    lane.clicks(4.0)  # where nothing is: nothing is selected any more
    wait_until(lane.stands_where_it_was, "all of the recording again")

    loudspeaker = Loudspeaker(person.environment, tmp_path / "heard.f32")
    lane.clicks(1.8)
    person.presses("space")
    wait_until(lambda: loudspeaker.level() > 0.5, "the tone at the loudspeaker")
    person.presses("space")
    loudspeaker.stops()

    lane.clicks(2.5)
    person.presses("a")
    lane.drags(3.6, 4.4)
    person.presses("ctrl+z")
    lane.clicks(5.5)
    person.presses("Delete")
    assert exported(person, tmp_path / "one.json") == [("tone", "accepted")]
    person.presses("ctrl+q")
    assert program.ended() == 0

    program = start(tones)
    person.waits_for_window("two tones.wav – Earmark")
    Lane(person)
    assert exported(person, tmp_path / "two.json") == [("tone", "accepted")]
    person.presses("ctrl+z")
    again = tmp_path / "three.json"
    assert exported(person, again) == [("tone", "accepted"), ("tone", "unreviewed")]
    person.presses("ctrl+q")
    assert program.ended() == 0
    assert program.processes() == []
