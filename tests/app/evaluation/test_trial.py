"""One model on one data set: what is counted, what is left out, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earmark.analysis import Analysis, Heading
from earmark.api import Example, Heard, StrongLabel
from earmark.dataset import Dataset
from earmark.errors import AudioFileError, DatasetError
from earmark.evaluation.trial import Conditions, Trial

MODEL = ("dog", "cat", "rain")


def heading(**changed):
    known = {"model_id": "toy/one", "title": "Toy", "labels": MODEL, "sample_rate": 8000, "window_seconds": 1.0}
    return Heading(**known | {"draws_timeline": True, "plugin": "toy"} | changed)


def example(name, *labels, events=()):
    return Example(path=Path(f"{name}.wav"), labels=labels, events=events)


def dataset(*examples, labels=("Dog", "Cat")):
    return Dataset(folder=Path("set"), kind="folders", title="a set", labels=labels, examples=examples)


def heard(*windows, frames=None, **changed):
    """Return an analysis of windows of 1 s without overlap, or with frames of 0.1 s."""
    scores = np.array(windows, np.float32)
    fine = None if frames is None else np.array(frames, np.float32)
    known = {"path": Path("a.wav"), "model_id": "toy/one", "weights": "", "labels": MODEL, "window": 1.0, "hop": 1.0}
    starts = np.arange(len(scores), dtype=np.float32)
    known |= {"duration": float(len(scores)), "starts": starts, "window_scores": scores}
    return Analysis(**known | {"frames": fine, "frame_hop": None if fine is None else 0.1} | changed)


def test_a_clips_scores_are_the_highest_or_the_mean_of_its_windows():
    clips = dataset(example("a", "Dog"), example("b", "Cat"))
    windows = [[0.9, 0.1, 0.0], [0.1, 0.6, 0.0], [0.1, 0.6, 0.0]]  # Dog at its highest, Cat on average
    for pool, accuracy in (("max", 0.5), ("mean", 0.5)):
        trial = Trial(clips, clips.examples, heading(), Conditions(pool=pool))
        for each in clips.examples:
            trial.add(each, heard(*windows))
        tags = trial.result().tags
        assert tags.accuracy == accuracy
        told = 0 if pool == "max" else 1
        np.testing.assert_array_equal(tags.confusion[:, told], [1, 1])


def test_clips_of_labels_that_the_model_lacks_are_left_out_and_said():
    clips = dataset(example("a", "Dog"), example("b", "Wolf"), example("c"), labels=("Dog", "Cat", "Wolf"))
    trial = Trial(clips, clips.examples, heading(), Conditions())
    for each in clips.examples:
        trial.add(each, heard([0.9, 0.1, 0.0]))
    result = trial.result()
    assert (result.clips, result.tags.clips, result.match.unknown) == (3, 2, ("Wolf",))
    assert "The model has no label for “Wolf”." in result.warnings
    assert "No clip was heard with “Cat”: not counted in the means." in result.warnings
    assert "1 clip with such labels only is left out." in result.warnings


def test_a_model_that_knows_none_of_the_labels_is_refused():
    clips = dataset(example("a", "Wolf"), labels=("Wolf",))
    with pytest.raises(DatasetError, match="knows none of the data set's labels") as refused:
        Trial(clips, clips.examples, heading(), Conditions())
    assert "--labels-map" in refused.value.hint
    Trial(clips, clips.examples, heading(), Conditions(label_map={"wolf": ["dog"]}))


def test_a_clip_that_could_not_be_heard_is_named_and_not_counted():
    clips = dataset(example("a", "Dog"), example("b", "Cat"))
    trial = Trial(clips, clips.examples, heading(), Conditions())
    trial.add(clips.examples[0], heard([0.9, 0.1, 0.0]))
    trial.fail(clips.examples[1], AudioFileError("It is no sound."))
    result = trial.result()
    assert (result.clips, result.tags.accuracy) == (1, 1.0)
    assert [path for path, _ in result.failures] == [Path("b.wav")]


@pytest.mark.parametrize(("threshold", "found"), [(None, 2), (0.65, 1)])
def test_events_are_found_by_the_models_own_thresholds_unless_one_is_given(threshold, found):
    truth = (StrongLabel(label="Dog", onset=0.2, offset=0.6), StrongLabel(label="Cat", onset=0.0, offset=1.0))
    clips = dataset(example("a", "Dog", "Cat", events=truth), example("b"))
    frames = [[0.7 if 2 <= step < 6 else 0.0, 0.6, 0.0] for step in range(10)]
    trial = Trial(clips, clips.examples, heading(thresholds={"dog": 0.5, "cat": 0.55}), Conditions(threshold=threshold))
    trial.add(clips.examples[0], heard([0.7, 0.6, 0.0], frames=frames))
    trial.add(clips.examples[1], heard([0.0, 0.0, 0.0], frames=np.zeros((10, 3))))
    events = trial.result().events
    assert (events.recordings, events.true, events.found) == (2, 2, found)
    assert events.event.labels["Dog"] == 1.0
    assert events.event.macro == found / 2
    assert events.psds_1 == pytest.approx(1.0)


def test_weakly_labelled_clips_are_not_taken_for_clips_without_events():
    strong = example("a", "Dog", events=(StrongLabel(label="Dog", onset=0.0, offset=1.0),))
    clips = dataset(strong, example("weak", "Dog"))
    trial = Trial(clips, clips.examples, heading(), Conditions())
    for each in clips.examples:
        trial.add(each, heard([0.9, 0.1, 0.0], frames=np.tile([0.9, 0.1, 0.0], (10, 1))))
    assert trial.result().events.recordings == 1


def test_htsats_protocol_draws_events_of_its_own():
    truth = (StrongLabel(label="Dog", onset=0.3125, offset=0.625),)
    clips = dataset(example("a", "Dog", events=truth))
    trial = Trial(clips, clips.examples, heading(), Conditions())
    frames = np.zeros((32, 3), np.float32)
    frames[1, 0] = 0.4
    trial.add_as_htsat(clips.examples[0], Heard(scores=frames.max(0), frames=frames, hop=0.3125), 320_000)
    events = trial.result().events
    assert (events.found, events.intersection.macro, events.psds_1) == (1, 1.0, None)
