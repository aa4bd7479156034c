"""What labels and names say without any sound; and labels that sound wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earmark.api import Example
from earmark.dataset import Dataset
from earmark.training.doctor import Kind, apply
from earmark.training.doctor.label_findings import few, imbalance, spellings
from earmark.training.doctor.sources import alike_by_name, group_of
from earmark.training.doctor.suspects import suspected_labels


def dataset(**labels: int) -> Dataset:
    examples = tuple(
        Example(path=Path(f"{label}/{label}_{number}.wav"), labels=(label.replace("_", " "),))
        for label, count in labels.items()
        for number in range(count)
    )
    names = tuple(label.replace("_", " ") for label in labels)
    return Dataset(folder=Path(), kind="folders", title="Folders", labels=names, examples=examples)


def named(*names: str) -> Dataset:
    examples = tuple(Example(path=Path(name), labels=(Path(name).parts[0],)) for name in names)
    labels = tuple(sorted({Path(name).parts[0] for name in names}))
    return Dataset(folder=Path(), kind="folders", title="Folders", labels=labels, examples=examples)


def alike(found: Dataset) -> list[set[str]]:
    groups = [group_of(each) for each in found.examples]
    return [{place.path.name for place in finding.places} for finding in alike_by_name(found, groups)]


@pytest.mark.parametrize(
    ("first", "second"), [("Dog_bark", "dogbark"), ("dog", "dogs"), ("helicopter", "helicoptr"), ("rooster", "roosetr")]
)
def test_two_spellings_of_a_label_become_the_frequent_one(first, second):
    plain = dataset(**{first: 20, second: 3})
    (found,) = spellings(plain)
    mended = apply(plain, [found])
    assert mended.labels == (first.replace("_", " "),)
    assert mended.counts() == {first.replace("_", " "): 23}


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("cat", "car", 1), ("class1", "class2", 1), ("singing", "ringing", 20), ("dog", "owl", 1)],
)
def test_two_labels_that_may_both_be_meant_are_left_alone(first, second, count):
    assert list(spellings(dataset(**{first: 20, second: count}))) == []


def test_labels_with_too_few_clips_or_sources_are_named():
    plain = dataset(dog=30, cat=4, owl=30)
    groups = ["one owl" if "owl" in each.labels else group_of(each) for each in plain.examples]
    assert [finding.sentence for finding in few(plain, groups)] == [
        "“cat” has 4 clips of 4 sources.",
        "“owl” has 30 clips of 1 source.",
    ]


def test_an_imbalance_is_noted():
    assert list(imbalance(dataset(dog=30, cat=4))) == []
    (found,) = imbalance(dataset(dog=40, cat=4))
    assert found.sentence == "“dog” has 40 clips, “cat” 4."


def test_clips_of_one_day_and_takes_of_one_recording_belong_together():
    days = named(*(f"owl/site_2024051{day}_{hour}0000.wav" for day in range(6) for hour in ("04", "05")))
    assert alike(days)[0] == {"site_20240510_040000.wav", "site_20240510_050000.wav"}
    takes = named(*(f"dog/{name}_{take}.wav" for name in ("rex", "fido", "bo", "ada", "kim") for take in "123"))
    assert {"rex_1.wav", "rex_2.wav", "rex_3.wav"} in alike(takes)


def test_a_number_behind_the_label_is_no_recording():
    assert alike(named(*(f"dog/dog_{number:03d}.wav" for number in range(40)))) == []


def test_a_clip_among_those_of_another_label_is_suspected_and_relabelled():
    rng = np.random.default_rng(0)
    plain = dataset(dog=30, cat=30)
    centres = [0.0] * 30 + [3.0] * 30
    centres[5] = 3.0
    textures = [rng.normal(centre, 1, 20).astype(np.float32) for centre in centres]
    groups = [group_of(each) for each in plain.examples]
    opinion = suspected_labels(plain.examples, textures, groups, lambda *each: None, lambda: False)
    assert [finding.places[0].path.name for finding in opinion.findings] == ["dog_5.wav"]
    assert apply(plain, opinion.findings).counts() == {"dog": 29, "cat": 31}


def test_labels_that_no_timbre_tells_apart_are_not_judged():
    rng = np.random.default_rng(0)
    plain = dataset(dog=40, cat=40)
    textures = [rng.normal(0, 1, 160).astype(np.float32) for _ in plain.examples]
    groups = [group_of(each) for each in plain.examples]
    opinion = suspected_labels(plain.examples, textures, groups, lambda *each: None, lambda: False)
    assert len(opinion.findings) < 4 or opinion.notes


def test_what_is_not_judged_by_ear_is_said():
    plain = dataset(dog=3, cat=3)
    textures = [np.zeros(20, np.float32)] * 6
    opinion = suspected_labels(plain.examples, textures, ["x"] * 6, lambda *each: None, lambda: False)
    assert opinion.findings == ()
    assert "Labels were not checked by ear" in opinion.notes[-1]
    assert Kind.SUSPECT not in [finding.kind for finding in opinion.findings]
