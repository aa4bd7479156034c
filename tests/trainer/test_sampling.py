"""Which examples make a batch."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from earmark_trainer.sampling import Sampler

LABELS = [("rare",)] * 3 + [("common",)] * 60 + [()] * 7


@pytest.mark.parametrize("sampling", ["shuffled", "weighted", "queue"])
def test_a_batch_is_a_function_of_seed_epoch_and_step(sampling):
    def numbers(seed, epoch, step):
        return Sampler(LABELS, batch=16, seed=seed, sampling=sampling).numbers(epoch, step).tolist()

    assert numbers(1, 2, 3) == numbers(1, 2, 3)
    others = [numbers(2, 2, 3), numbers(1, 3, 3), numbers(1, 2, 2)]
    assert all(other != numbers(1, 2, 3) for other in others)


def test_shuffled_takes_no_example_twice_in_an_epoch():
    sampler = Sampler(LABELS, batch=16, seed=1)
    taken = np.concatenate([sampler.numbers(0, step) for step in range(sampler.steps)])
    assert (sampler.steps, len(taken), len(set(taken.tolist()))) == (4, 64, 64)


def test_weighted_draws_labels_alike_often():
    sampler = Sampler(LABELS, batch=50, seed=1, sampling="weighted")
    counts = Counter(LABELS[number] for step in range(40) for number in sampler.numbers(0, step))
    assert counts[("rare",)] == pytest.approx(counts[("common",)], rel=0.15)
    assert counts[()] > 0


def test_the_queue_takes_labels_in_turns():
    sampler = Sampler(LABELS, batch=10, seed=1, sampling="queue")
    labels = [LABELS[number] for number in sampler.numbers(0, 0)]
    assert all({labels[pair], labels[pair + 1]} == {("rare",), ("common",)} for pair in range(0, 10, 2))


def test_a_batch_is_no_larger_than_the_set():
    assert len(Sampler([("a",), ("b",)], batch=16, seed=0).numbers(5, 0)) == 2
