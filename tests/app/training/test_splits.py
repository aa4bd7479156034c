"""Splits keep sources whole and labels even, and leave what a data set says itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from earmark.api import DatasetError, Example
from earmark.dataset import Dataset
from earmark.training.splits import can_be_shared, folds, leaking, leaky, share_of, split


def dataset(sources: int = 30, *, clips: int = 3, own_folds: bool = False) -> Dataset:
    """Return a data set of two labels, several clips a source, a third of the sources of the rarer label."""
    examples = [
        Example(path=Path(f"{source}-{clip}.wav"), labels=("rare" if source % 3 == 0 else "common",), group=str(source))
        for source in range(sources)
        for clip in range(clips)
    ]
    known = tuple(str(int(each.group) % 5) for each in examples) if own_folds else ()
    return Dataset(
        folder=Path(), kind="folders", title="Folders", labels=("common", "rare"), examples=tuple(examples), folds=known
    )


@pytest.mark.filterwarnings("ignore:The least populated class")
@pytest.mark.parametrize("seed", range(5))
def test_no_source_is_on_two_sides_and_each_side_has_its_share_of_each_label(seed):
    found = split(dataset(), seed=seed)
    assert leaking(found) == []
    for side in ("validate", "test"):
        part = found.part(side)
        assert 12 <= len(part) <= 24  # of 90
        assert sum(each.labels == ("rare",) for each in part) == pytest.approx(len(part) / 3, abs=3)


def test_the_same_seed_gives_the_same_split():
    assert split(dataset(), seed=3) == split(dataset(), seed=3) != split(dataset(), seed=4)


def test_what_the_data_set_holds_out_itself_is_kept():
    plain = dataset()
    given = replace(
        plain, examples=tuple(replace(each, split="test") if int(each.group) < 4 else each for each in plain.examples)
    )
    found = split(given)
    assert found.part("test") == given.part("test")
    assert found.part("validate")


def test_every_example_is_tested_once_over_all_folds():
    tested = [example.path for fold in folds(dataset(), 4) for example in fold.part("test")]
    assert sorted(tested) == sorted(example.path for example in dataset().examples)
    assert all(leaking(fold) == [] for fold in folds(dataset(), 4))


def test_a_data_sets_own_folds_are_used():
    (first, second) = folds(dataset(own_folds=True), 2)
    assert {int(each.group) % 5 for each in first.part("test")} == {0}
    assert {int(each.group) % 5 for each in second.part("test")} == {1}
    with pytest.raises(DatasetError, match="has 5 folds of its own, not 6"):
        folds(dataset(own_folds=True), 6)


def test_too_few_sources_are_a_sentence():
    with pytest.raises(DatasetError, match="1 source of sound: too few"):
        split(dataset(1))


def test_a_leak_is_named():
    found = split(dataset())
    first = replace(found.part("test")[0], split="train")
    assert leaking(replace(found, examples=(*found.examples, first))) == [first.group]


def test_a_leaky_split_ignores_sources_and_is_as_large_as_the_honest_one():
    found, honest = leaky(dataset()), split(dataset())
    assert len(leaking(found)) > 10
    for side in ("train", "validate", "test"):
        assert len(found.part(side)) == pytest.approx(len(honest.part(side)), abs=6)
    with pytest.raises(DatasetError, match="Each clip is a source"):
        leaky(dataset(clips=1))


def test_a_share_of_the_training_data_keeps_sources_whole_and_leaves_what_is_held_out():
    honest = split(dataset())
    half = share_of(honest, 0.5)
    assert half.part("test") == honest.part("test")
    assert len(half.part("train")) == pytest.approx(len(honest.part("train")) / 2, abs=6)
    kept = {example.group for example in half.part("train")}
    assert sum(example.group in kept for example in honest.part("train")) == len(half.part("train"))


def test_too_few_clips_of_every_label_are_said_and_known_beforehand():
    few = dataset(6, clips=1)  # four of the one label, two of the other
    assert can_be_shared(few.examples)
    assert not can_be_shared(few.examples[:5])
    with pytest.raises(DatasetError, match=r"No label has more than 3 clips: too few for 4 parts\."):
        share_of(replace(few, examples=few.examples[:5]), 0.5)
