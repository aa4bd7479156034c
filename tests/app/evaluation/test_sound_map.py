"""The map of sounds: each window is a point, labelled by a person or by what the model hears there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earmark.analysis import Analysis, Heading
from earmark.api import Cancelled
from earmark.errors import AudioFileError, EarmarkError
from earmark.evaluation import sound_map as module
from earmark.evaluation.flattening import flattened
from earmark.evaluation.sound_map import MapSource, sound_map

HEADING = Heading(
    model_id="toy/embeds",
    title="Toy",
    labels=("low", "high"),
    sample_rate=8000,
    window_seconds=2.0,
    draws_timeline=False,
    embeds=True,
)
SCORES = np.array([[0.9, 0.1], [0.2, 0.6], [0.1, 0.2]], np.float32)  # [windows, labels]


class ToyEngines:
    """Hears three windows in every recording, whose embeddings lie on a line; `broken.wav` is no sound."""

    def analyse(self, path, model_id, *, start=0.0, end=None, cancelled=None, embeddings=False) -> Analysis:
        if path.name == "broken.wav":
            raise AudioFileError("This is no sound.")
        return Analysis(
            path=path,
            model_id=model_id,
            weights="",
            labels=HEADING.labels,
            duration=4.5,
            window=2.0,
            hop=1.5,
            starts=np.array([0.0, 1.5, 2.5], np.float32),
            window_scores=SCORES,
            frames=None,
            frame_hop=None,
            thresholds={"low": 0.5, "high": 0.5},
            start=start,
            embeddings=np.array([[0, 0, 0], [1, 1, 0], [2, 2, 0]], np.float32) if embeddings else None,
        )


def drawn(*sources: MapSource, **told):
    return sound_map(ToyEngines(), HEADING, sources, **told)  # type: ignore[arg-type]  # all that is asked of engines


def test_each_window_is_a_point_with_the_surest_label_that_reaches_its_threshold():
    points = drawn(MapSource(path=Path("a.wav"))).map.points
    assert [(point.start, point.end, point.label) for point in points] == [
        (0, 2, "low"),
        (1.5, 3.5, "high"),
        (2.5, 4.5, ""),
    ]


def test_what_a_person_called_it_counts_more():
    points = drawn(MapSource(path=Path("a.wav"), start=10.0, label="frog")).map.points
    assert {point.label for point in points} == {"frog"}
    assert points[1].start == 11.5


def test_windows_that_are_alike_lie_near_each_other():
    points = drawn(MapSource(path=Path("a.wav")), MapSource(path=Path("b.wav"))).map.points
    assert points[0].xy == pytest.approx(points[3].xy, abs=1e-5)
    assert abs(points[0].xy[0] - points[2].xy[0]) == pytest.approx(8**0.5, rel=1e-4)


def test_what_cannot_be_heard_is_named_and_left_out():
    found = drawn(MapSource(path=Path("broken.wav")), MapSource(path=Path("a.wav")))
    assert (len(found.map.points), found.warnings) == (3, ("broken.wav: This is no sound.",))
    with pytest.raises(EarmarkError, match="No recording could be put on the map"):
        drawn(MapSource(path=Path("broken.wav")))


def test_more_than_fits_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_WINDOWS", 3)
    found = drawn(*(MapSource(path=Path(f"{number}.wav")) for number in range(3)))
    assert len(found.map.points) == 3
    assert "there is room for no more" in found.warnings[0]


def test_it_says_how_far_it_is_and_can_be_given_up():
    told = []
    with pytest.raises(Cancelled):
        drawn(MapSource(path=Path("a.wav")), on_progress=lambda *each: told.append(each), cancelled=lambda: True)
    assert told == [("Hearing 1 of 1", 0.0), ("Placing 3 windows", 1.0)]


def test_placing_is_given_up_while_it_goes_on_in_another_process():
    with pytest.raises(Cancelled):
        flattened(np.random.default_rng(0).random((400, 16), np.float32), cancelled=lambda: True)
