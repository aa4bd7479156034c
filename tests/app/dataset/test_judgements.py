"""What was judged in the library becomes training data: short stretches around what somebody said."""

from __future__ import annotations

import pytest

from earmark.annotations import Annotation, Answered, Change, new_id
from earmark.api import StrongLabel
from earmark.dataset.judgements import dataset_of
from earmark.errors import DatasetError
from earmark.library import Library


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "library.sqlite")


@pytest.fixture
def judge(library, tmp_path):
    """Say something of a recording; return its path."""

    def judge(*annotations: Annotation, name: str = "a.wav"):
        path = tmp_path / name
        path.write_bytes(b"not read by the library")
        library.change(path, Change(name="Judge", after=annotations))
        return path

    return judge


def said(label: str, onset: float, offset: float, **facts) -> Annotation:
    return Annotation(annotation_id=new_id(), label=label, onset=onset, offset=offset, **facts)


def test_what_was_accepted_is_an_example_with_a_little_around_it(library, judge):
    path = judge(said("dog", 10.0, 12.0), said("rain", 30.0, 30.2))
    dog, rain = dataset_of(library).examples
    assert (dog.path, dog.start, dog.end, dog.labels, dog.group) == (path, 9.75, 12.25, ("dog",), str(path))
    assert dog.events == (StrongLabel(label="dog", onset=10.0, offset=12.0),)
    assert (rain.start, rain.end) == (pytest.approx(29.6), pytest.approx(30.6))


def test_what_was_rejected_is_an_example_of_none(library, judge):
    judge(said("dog", 10.0, 12.0), said("rain", 20.0, 22.0, status="rejected"))
    assert [(each.labels, each.absent) for each in dataset_of(library).examples] == [(("dog",), ()), ((), ("rain",))]


def test_a_label_that_was_changed_is_known_not_to_be_what_the_model_said(library, judge):
    judge(said("dog", 10.0, 12.0, answers=Answered(label="cat", onset=10.0, offset=12.0)))
    [example] = dataset_of(library).examples
    assert (example.labels, example.absent) == (("dog",), ("cat",))


def test_what_sounds_at_once_is_in_both_and_one_spelling_counts(library, judge):
    judge(said("dog_bark", 10.0, 12.0), said("Dog bark", 11.5, 14.0), said("rain", 11.0, 20.0))
    dataset = dataset_of(library)
    assert dataset.labels == ("dog_bark", "rain")
    assert [each.labels for each in dataset.examples] == [("dog_bark", "rain")] * 3


def test_an_example_at_the_start_is_as_long_as_any(library, judge):
    judge(said("dog", 0.0, 0.1))
    [example] = dataset_of(library).examples
    assert (example.start, example.end) == (0.0, 1.0)


def test_what_nobody_has_answered_does_not_count(library, judge):
    judge(said("dog", 10.0, 12.0), said("rain", 20.0, 22.0, status="unreviewed"))
    assert [each.labels for each in dataset_of(library).examples] == [("dog",)]


def test_a_recording_that_is_gone_is_said(library, judge):
    judge(said("dog", 10.0, 12.0))
    judge(said("cat", 10.0, 12.0), name="b.wav").unlink()
    dataset = dataset_of(library)
    assert dataset.labels == ("dog",)
    assert dataset.warnings == ("1 recording that was judged cannot be found any more.",)


def test_a_library_in_which_nothing_was_accepted_is_a_sentence_with_a_hint(library, judge):
    judge(said("rain", 20.0, 22.0, status="rejected"))
    with pytest.raises(DatasetError, match="Nothing that is here was accepted") as error:
        dataset_of(library)
    assert "Review" in error.value.hint
