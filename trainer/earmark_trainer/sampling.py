"""Which examples make a batch: a function of (seed, epoch, step) alone, so that any step can be gone on from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Sampling = Literal["shuffled", "weighted", "queue"]


class Sampler:
    """Draws the numbers of the examples of a batch.

    Args:
        labels: of each example.
        sampling: "shuffled", each example once an epoch; "weighted", with replacement, an example's weight being the
            sum over its labels of 1 / (examples of that label) (AST's gen_weight_file.py); "queue", labels in turns in
            shuffled order, a random example of each (HTS-AT's data_generator.py).
    """

    def __init__(
        self, labels: Sequence[Sequence[str]], *, batch: int, seed: int, sampling: Sampling = "shuffled"
    ) -> None:
        self._batch, self._seed, self._sampling = min(batch, len(labels)), seed, sampling
        self._count = len(labels)
        names = sorted({label for own in labels for label in own})
        self._of_label = [np.flatnonzero([name in own for own in labels]) for name in names]
        weights = np.zeros(self._count)
        for own in self._of_label:
            weights[own] += 1 / (len(own) + 1e-5)
        weights[weights == 0] = weights[weights > 0].mean() if weights.any() else 1.0  # of no label: as often as others
        self._weights = weights / weights.sum()

    @property
    def steps(self) -> int:
        """Batches to an epoch: as many as hold every example once; what does not fill one is left for other epochs."""
        return max(1, self._count // self._batch)

    def numbers(self, epoch: int, step: int) -> NDArray[np.int64]:
        """Return the examples of one batch [batch]."""
        match self._sampling:
            case "weighted":
                generator = np.random.default_rng((self._seed, epoch, step))
                return generator.choice(self._count, self._batch, p=self._weights)
            case "queue":
                return self._queued(epoch, step)
            case _:
                return self._shuffled(epoch, step)

    def _shuffled(self, epoch: int, step: int) -> NDArray[np.int64]:
        """Return a slice of the epoch's order; steps beyond the epoch go on into an order of their own."""
        lap, step = divmod(step, self.steps)
        order = np.random.default_rng((self._seed, epoch, lap)).permutation(self._count)
        return order[step * self._batch : (step + 1) * self._batch]

    def _queued(self, epoch: int, step: int) -> NDArray[np.int64]:
        places = range(step * self._batch, (step + 1) * self._batch)
        return np.array([self._next_of_queue(epoch, *divmod(place, len(self._of_label))) for place in places])

    def _next_of_queue(self, epoch: int, lap: int, place: int) -> int:
        generator = np.random.default_rng((self._seed, epoch, lap))
        label = generator.permutation(len(self._of_label))[place]
        return int(np.random.default_rng((self._seed, epoch, lap, place)).choice(self._of_label[label]))
