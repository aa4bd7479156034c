"""Copies and crops are known for what they are, leaks are mended, splits and groups follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.api import Example
from earmark.dataset import Dataset
from earmark.training.doctor import Kind, apply, check, grouped
from earmark.training.doctor.copies import COPIED, likeness_of
from earmark.training.doctor.findings import Severity
from earmark.training.splits import leaking, split

RATE = 16_000


@pytest.fixture
def leaky(put, noise, opened):
    """Return a data set, two labels with seven sources each, of which one has a crop on the other side."""
    for number in range(7):
        side = "test" if number < 2 else "train"
        put(f"{side}/dog/{number}x.wav", noise(number))
        put(f"{side}/cat/{number}y.wav", noise(number + 50))
    put("train/dog/crop.wav", 0.3 * noise(0)[8000:24_000])
    return opened()


def test_a_crop_on_the_other_side_is_a_leak_with_the_seconds_that_are_shared(leaky):
    (leak,) = check(leaky).of(Kind.LEAK)
    assert leak.severity == Severity.ERROR
    heard = {place.path.name: place.heard for place in leak.places}
    assert heard["0x.wav"] == pytest.approx((0.5, 1.5), abs=0.05)
    assert heard["crop.wav"] == pytest.approx((0.0, 1.0), abs=0.05)


def test_the_honest_split_moves_a_rare_leak_and_leaves_all_else(leaky):
    far = [replace(leaky.part("test")[0], path=Path(f"far{number}.wav"), group="") for number in range(20)]
    many = replace(leaky, examples=(*leaky.examples, *far))
    mended = apply(many, check(leaky).of(Kind.LEAK))
    changed = {
        new.path.name: new.split
        for new, old in zip(mended.examples, many.examples, strict=True)
        if new.split != old.split
    }
    assert changed == {"crop.wav": "test"}
    assert leaking(mended) == []


def test_where_much_leaks_the_split_is_drawn_again(leaky):
    mended = apply(leaky, check(leaky).of(Kind.LEAK))
    assert len(mended.examples) == 15
    assert leaking(mended) == []
    assert 2 <= len(mended.part("test")) <= 7
    assert check(mended).of(Kind.LEAK) == ()


def test_copies_come_into_one_group_and_so_onto_one_side(leaky):
    found = grouped(leaky, check(leaky).findings)
    groups = {example.path.name: example.group for example in found.examples}
    assert groups["crop.wav"] == groups["0x.wav"]
    assert len(set(groups.values())) == 14
    whole = replace(found, examples=tuple(replace(each, split="train") for each in found.examples))
    assert leaking(split(whole, validate=0)) == []


def test_the_same_samples_in_another_format_are_an_exact_copy_and_one_is_kept(put, noise, opened):
    samples = (noise(1) * 32767).astype(np.int16)
    put("dog/one.wav", samples)
    put("dog/two.flac", samples)
    put("dog/other.flac", noise(2))
    (found,) = check(opened()).of(Kind.EXACT)
    assert {place.path.name for place in found.places} == {"one.wav", "two.flac"}
    assert {each.path.name for each in apply(opened(), [found]).examples} == {"one.wav", "other.flac"}


def test_copies_with_different_labels_contradict_each_other(put, noise, opened):
    put("dog/one.wav", noise(1))
    put("dog/two.mp3", noise(1))
    put("cat/three.ogg", 0.5 * noise(1))
    put("cat/four.ogg", noise(2))
    (found,) = check(opened()).of(Kind.CONFLICT)
    assert {place.path.name for place in found.places} == {"one.wav", "two.mp3", "three.ogg"}
    assert found.action
    assert [place.path.name for place in found.action.places] == ["three.ogg"]


def test_many_copies_of_one_sound_are_one_finding(put, noise, opened):
    for number in range(30):
        put(f"dog/{number}x.wav", noise(1)[number * 300 :])
    (found,) = check(opened()).of(Kind.NEAR)
    assert len(found.places) == 30


def test_a_copy_in_another_fold_is_a_leak_and_folds_are_mended(put, noise):
    paths = [put(f"{number}x.wav", noise(min(number, 3))[number * 100 :]) for number in range(5)]
    examples = tuple(Example(path=path, labels=("dog",), group=str(at)) for at, path in enumerate(paths))
    dataset = Dataset(
        folder=paths[0].parent, kind="table", title="T", labels=("dog",), examples=examples, folds=tuple("12123")
    )
    (leak,) = check(dataset).of(Kind.LEAK)
    assert "fold 2" in leak.sentence
    assert "fold 3" in leak.sentence
    assert apply(dataset, [leak]).folds in (("1", "2", "1", "2", "2"), ("1", "2", "1", "3", "3"))


def test_stretches_of_one_file_are_heard_by_themselves(put, noise):
    path = put("long.wav", np.concatenate([noise(1), noise(2), noise(1)]))
    examples = tuple(Example(path=path, start=start, end=start + 2.0, labels=("dog",)) for start in (0.0, 2.0, 4.0))
    dataset = Dataset(folder=path.parent, kind="table", title="T", labels=("dog",), examples=examples)
    (found,) = check(dataset).of(Kind.EXACT)
    assert [place.start for place in found.places] == [0.0, 4.0]
    assert [each.start for each in apply(dataset, [found]).examples] == [0.0, 2.0]


def test_two_hums_of_one_pitch_are_not_copies():
    rng, times = np.random.default_rng(0), np.arange(4 * RATE) / RATE
    hums = [sum(np.sin(2 * np.pi * 100 * n * times + rng.uniform(0, 6)) / n for n in range(1, 20)) for _ in "ab"]
    first, second = (hum + 0.05 * rng.normal(size=len(times)) for hum in hums)
    assert likeness_of(first, second) < COPIED / 2
    assert likeness_of(first, 0.1 * first + 0.001 * rng.normal(size=len(times))) > 0.9
