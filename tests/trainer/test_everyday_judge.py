"""Figures of a bundled model come from scenes that did not choose its thresholds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.events import Event
from earmark_everyday import LABELS
from earmark_everyday.judge import Trial, halves, judged_of, tag_f1
from earmark_everyday.placing import Placed

from .test_everyday_matching import BARK, heard

DOG = LABELS.index("dog_bark")


def trial(scores: list[float], noise: float = 0.0) -> Trial:
    """Return what is heard in scenes of one bark each, told with these scores, and in a noise for each."""

    def analysis(frames, name: str):
        of_dog = heard(frames)
        every = np.zeros((len(frames), len(LABELS)), np.float32)
        every[:, DOG] = frames
        return replace(of_dog, path=Path(name), labels=LABELS, frames=every, window_scores=every.max(0, keepdims=True))

    truth = (Placed("dog_bark", 2.0, 3.0),)
    scenes = [(truth, analysis(BARK / 0.6 * score, f"scene{number}.wav")) for number, score in enumerate(scores)]
    noises = [analysis(BARK / 0.6 * noise, f"noise{number}.wav") for number in range(len(scores))]
    return Trial([("dog_bark", scenes[0][1])], scenes, noises)


def test_a_fold_judged_alone_is_told_by_the_scenes_that_chose_nothing():
    first, second = halves(trial([0.9, 0.3, 0.8, 0.2]))
    assert [scene[1].path.name for scene in first.scenes] == ["scene0.wav", "scene2.wav"]
    assert [scene[1].path.name for scene in second.scenes] == ["scene1.wav", "scene3.wav"]
    judged = judged_of({1: trial([0.9, 0.3, 0.8, 0.2], noise=0.5)})
    assert 0.5 < judged["thresholds"]["dog_bark"] < 0.8  # above the noise: by scenes 0 and 2
    assert judged["folds"][1]["collar_f1"]["labels"]["dog_bark"] == 0.0  # scenes 1 and 3 are below it
    assert judged["folds"][1]["noise_minutes"] == pytest.approx(2 * 5 / 60)


def test_each_of_several_folds_is_told_by_the_thresholds_of_the_others():
    judged = judged_of({1: trial([0.9, 0.9], noise=0.5), 2: trial([0.2, 0.2])})
    assert judged["folds"][1]["collar_f1"]["labels"]["dog_bark"] == 1.0
    assert judged["folds"][1]["false_alarms_an_hour"]["dog_bark"] > 0  # fold 2's threshold knows no noise
    assert judged["folds"][2]["collar_f1"]["labels"].get("dog_bark", 0.0) == 0.0
    assert judged["folds"][1]["accuracy"] == 1.0


def test_which_labels_a_scene_has_is_told_whenever_they_sound():
    bark, rain = Placed("dog_bark", 2.0, 3.0), Placed("rain", 0.0, 5.0)
    truth = {"one": [bark, rain], "two": [bark], "three": []}
    found = {"one": [Event("dog_bark", 0.0, 5.0, 0.9)], "two": [], "three": [Event("rooster", 0.0, 1.0, 0.9)]}
    told = tag_f1(truth, found)
    assert told["labels"] == {"dog_bark": pytest.approx(2 / 3), "rain": 0.0, "rooster": 0.0}
    assert told["macro"] == pytest.approx(2 / 9)
