"""For authors of plugins: the contract that Earmark's own plugins pass.

from earmark.testing import check_plugin

def test_the_plugin_keeps_its_promises():
    assert not check_plugin("my_plugin")
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from earmark import installed
from earmark.api import Checkpoint, CheckpointError, Clip, EarmarkError, Float, Heard, ModelCard, Want
from earmark.checkpoints import checkpoint_for, read_checkpoint
from earmark.host import Host, plugin_of

__all__ = ["Finding", "check_plugin"]

_SAME = 1e-6  # between two answers to the same batch
_ALIKE = 1e-3  # between batches of other sizes and orders, where sums are taken in another order


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be or, where `is_note`, that could not be looked at."""

    sentence: str
    model_id: str = ""
    is_note: bool = False

    def __str__(self) -> str:
        return f"{self.model_id}: {self.sentence}" if self.model_id else self.sentence


def check_plugin(plugin: ModuleType | str, *, checkpoints: Mapping[str, Path] | None = None) -> list[Finding]:
    """Return what is wrong with a plugin; nothing if it keeps its promises.

    Its cards must be well-formed and its hooks fit. Each model that can be loaded is given silence, a tone and noise;
    it must answer in the right shape and range, the same each time, in the order of the clips, with a timeline as long
    as the clip. A model whose weights are not on this machine is a finding that `is_note`.

    Args:
        plugin: a module, its name, or the name of an installed plugin. It is imported into this process.
        checkpoints: model id → checkpoint folder, for models whose weights are not installed.
    """
    try:
        name, module = _resolved(plugin)
    except Exception as error:  # foreign code runs at import
        return [Finding(f"it could not be imported: {type(error).__name__}: {error}")]
    host = Host()
    host.register(name, module)
    if host.faults:
        return [Finding(str(fault)) for fault in host.faults]
    return [finding for card in host.cards() for finding in _check_card(host, card, checkpoints or {})]


def _check_card(host: Host, card: ModelCard, folders: Mapping[str, Path]) -> list[Finding]:
    try:
        checkpoint = _checkpoint(card, folders)
        if card.weights and checkpoint is None:
            note = "its weights are not on this machine, so it was not run"
            return [Finding(note, card.model_id, is_note=True)]
        if checkpoint:
            card = replace(card, labels=checkpoint.labels)
        model = host.load(card, checkpoint, "cpu", "fp32")
        return [Finding(sentence, card.model_id) for sentence in _Examination(host, card, model).problems()]
    except EarmarkError as error:
        return [Finding(str(error), card.model_id)]


class _Examination:
    """One loaded model, given sounds that it can say anything of, so long as it keeps to the form."""

    def __init__(self, host: Host, card: ModelCard, model: object) -> None:
        self._host, self._card, self._model = host, card, model
        self._sounds = _sounds(card)

    def problems(self) -> Iterator[str]:
        """Yield what is wrong; a breach of the form is raised by the host."""
        together = self._hear(self._sounds)
        if not _close(together, self._hear(self._sounds), _SAME):
            yield "it answers the same clips differently each time"
        if not _close(together, self._hear(self._sounds[::-1])[::-1], _ALIKE):
            yield "its answers are not in the order of the clips, or depend on the other clips of the batch"
        if not _close(together, [self._hear([sound])[0] for sound in self._sounds], _ALIKE):
            yield "it answers a clip alone otherwise than in a batch"
        if any(heard.frames is not None for heard in together) != self._card.draws_timeline:
            yield "its card's `draws_timeline` does not say whether it gives frames"
        self._hear(self._sounds, Want(frames=False))
        self._hear(self._sounds, Want(embedding=self._card.embeds))

    def _hear(self, sounds: Sequence[Float], want: Want | None = None) -> list[Heard]:
        want = want or Want(
            embedding=not self._card.labels
        )  # of a model without labels that is all there is to compare
        clips = [Clip(samples=sound.copy(), sample_rate=self._card.sample_rate) for sound in sounds]
        return self._host.infer(self._card, self._model, clips, want)


def _sounds(card: ModelCard) -> list[Float]:
    """Return silence, a tone of 440 Hz and white noise, one window each."""
    count = max(1, round(card.window_seconds * card.sample_rate))
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(count) / card.sample_rate)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, count)
    return [sound.astype(np.float32) for sound in (np.zeros(count), tone, noise)]


def _close(first: Sequence[Heard], second: Sequence[Heard], tolerance: float) -> bool:
    return all(
        np.allclose(one.scores, other.scores, atol=tolerance)
        and _are_close(one.frames, other.frames, tolerance)
        and _are_close(one.embedding, other.embedding, tolerance)
        for one, other in zip(first, second, strict=True)
    )


def _are_close(one: Float | None, other: Float | None, tolerance: float) -> bool:
    return one is None or other is None or np.allclose(one, other, atol=tolerance)


def _checkpoint(card: ModelCard, folders: Mapping[str, Path]) -> Checkpoint | None:
    if card.model_id in folders:
        checkpoint = read_checkpoint(folders[card.model_id], verify=True)
        if checkpoint.model_id != card.model_id:
            raise CheckpointError(f"These weights are for {checkpoint.model_id}.")
        return checkpoint
    return checkpoint_for(card)


def _resolved(plugin: ModuleType | str) -> tuple[str, Any]:
    """Return the plugin's name, which its cards must bear, and its module."""
    entries = installed.plugins()[0]
    for entry in entries:
        if plugin == entry.name:
            return entry.name, entry.point.load()
    module = importlib.import_module(plugin) if isinstance(plugin, str) else plugin
    for entry in entries:
        if entry.value == module.__name__:
            return entry.name, module
    return _name_by_cards(module), module


def _name_by_cards(module: ModuleType) -> str:
    """Return the prefix of the first card of a module that no entry point names yet; its own name where that fails."""
    try:
        return plugin_of(module.models()[0].model_id)
    except Exception:  # the host will say what is wrong with it
        return module.__name__.rpartition(".")[2]
