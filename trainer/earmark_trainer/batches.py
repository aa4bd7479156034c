"""Batches of a source, made in loader processes ahead of the loop, from any step on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from earmark.api import EarmarkError
from earmark.plain import error_from_plain, error_to_plain
from earmark_trainer.recipe import Recipe


class Source(Protocol):
    """Where batches come from; may be sent to loader processes."""

    @property
    def steps(self) -> int:
        """Batches to an epoch, where the job does not say."""
        ...

    def batch(self, epoch: int, step: int) -> tuple[Tensor, ...]:
        """Return one batch, a function of its arguments only; its first tensor is what the network takes."""
        ...

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return metrics on sounds that no batch holds; "score" is the one to be best at."""
        ...

    def finish(self, network: nn.Module, folder: Path) -> None:
        """Leave in the job's folder what the best network, in evaluation mode, says of sounds that decided nothing."""
        ...


class _Steps(Dataset):
    """The steps of a run from `first` on, counted over all epochs; of several machines, each takes its slice."""

    def __init__(self, source: Source, recipe: Recipe, first: int, share: slice) -> None:
        self.source, self.per_epoch, self.first, self.share = source, recipe.steps, first, share
        self.length = recipe.epochs * recipe.steps - first

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[Tensor, ...] | dict[str, str]:
        """Return one batch, or the error that a person is to be told, which would cross processes as its traceback."""
        try:
            batch = self.source.batch(*divmod(self.first + index, self.per_epoch))
        except EarmarkError as error:
            return error_to_plain(error)
        return tuple(each[self.share] for each in batch)


def batches(
    source: Source, recipe: Recipe, *, first: int, rank: int, world: int, pinned: bool
) -> Iterator[tuple[Tensor, ...]]:
    """Return the batches of a run from step `first` on.

    Raises:
        EarmarkError: what a batch is made of cannot be read any more.

    Args:
        rank, world: which machine of how many; together they hear the one global batch.
        pinned: in memory that a GPU reads from directly.
    """
    loaders = loaders_for(recipe.loaders)
    loader = DataLoader(
        _Steps(source, recipe, first, slice(rank, None, world)),
        batch_size=None,
        num_workers=loaders,
        prefetch_factor=4 if loaders else None,
        pin_memory=pinned,
        worker_init_fn=_one_thread,
    )
    return _whole(iter(loader))  # made now: it draws from the random state that each step sets anew


def _whole(found: Iterator[Any]) -> Iterator[tuple[Tensor, ...]]:
    for each in found:
        if isinstance(each, dict):
            raise error_from_plain(each)
        yield tuple(each)


def loaders_for(wanted: int) -> int:
    """Return how many loader processes to use: as asked, or one core in two, eight at most."""
    return wanted if wanted >= 0 else min(8, max(1, (os.cpu_count() or 1) // 2))


def _one_thread(_: int) -> None:
    torch.set_num_threads(1)
