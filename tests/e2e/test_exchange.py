"""Labels of another program come into the real window by key, and leave it again as labels and clips."""

from __future__ import annotations

import pytest
import soundfile

from earmark import exchange

from .conftest import wait_until

pytestmark = pytest.mark.e2e


def test_labels_are_imported_exported_and_cut(person, start, tones, tmp_path):
    (tmp_path / "mine.txt").write_text("3.5\t4.5\tFuchs\nnonsense\n", encoding="utf-8")
    program = start(tones)
    person.waits_for_window("two tones.wav – Earmark")

    person.presses("ctrl+shift+i")
    person.answers_dialog("Import labels — Earmark", str(tmp_path / "mine.txt"))
    person.presses("ctrl+shift+e")
    person.answers_dialog("Export — Earmark", str(tmp_path / "all.labels.txt"))
    wait_until((tmp_path / "all.labels.txt").exists, "the exported labels")
    (track,) = exchange.read("audacity", tmp_path / "all.labels.txt")
    assert ("Fuchs", 3.5, 4.5) in [(event.label, event.onset, event.offset) for event in track.events]

    person.presses("alt+f")
    person.presses("c")
    person.waits_for_window("Export clips — Earmark")
    person.presses("alt+c")
    clips = tones.parent / "clips"
    wait_until(lambda: list(clips.glob("*Fuchs*.wav")), "the clip of what was imported")
    wait_until(lambda: "Export clips — Earmark" not in person.titles(), "the end of the cutting")
    assert soundfile.info(next(clips.glob("*Fuchs*.wav"))).duration == 1.0

    person.presses("ctrl+q")
    assert program.ended() == 0
    assert program.processes() == []
