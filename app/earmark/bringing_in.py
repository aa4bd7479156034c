"""Bringing in a model: converted by its plugin, or copied; then it hears its golden clips.

What it answers is kept, or compared with what came along: the answers that it gave where it was made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from earmark import golden
from earmark.api import Checkpoint, CheckpointError, EarmarkError, Float, ModelCard, PluginError, Weights
from earmark.catalogue import fitted
from earmark.checkpoints import (
    DESCRIPTION,
    TENSORS,
    describe,
    folder_of,
    read_checkpoint,
    write_checkpoint,
    written_beside,
)
from earmark.evaluation.training_clips import LIST
from earmark.plain import card_to_plain
from earmark.wire import Message

BESIDE = (LIST, golden.FILE, "report.json", "report.html")
"""What a model may have beside it: what it was trained on, what it answers to its golden clips, how good it was."""

Ask = Callable[[dict[str, Any]], Message | None]
Tell = Callable[[EarmarkError], None]


def bring_in(
    path: Path,
    plugin: str,
    name: str,
    labels: Sequence[str] | None,
    *,
    published: Weights | None,
    cards: Sequence[ModelCard],
    ask: Ask,
    tell: Tell,
) -> Checkpoint:
    """Return the model `plugin/name`, made of published weights or of a folder that Earmark wrote; whole or not at all.

    Args:
        published: what is known of the weights: written down as their origin and licence.
        cards: what the plugin offers.
        ask: has the plugin's engine answer.
        tell: is told where the model answers otherwise than where it was made.

    Raises:
        CheckpointError: they are damaged, of no use, or of no model of this plugin.
    """
    folder = folder_of(f"{plugin}/{name}")
    with written_beside(folder) as beside:
        if (path / DESCRIPTION).is_file():
            write_checkpoint(beside, path / TENSORS, read_checkpoint(path, verify=True))
            _copy(path, beside)
        else:
            _convert(path, plugin, labels, beside, ask)
        checkpoint = read_checkpoint(beside, verify=True)
        card = _base(checkpoint, plugin, cards)
        if published:
            origin = f"{published.name}, {published.url}"
            describe(beside, replace(checkpoint, origin=origin, licence=checkpoint.licence or published.licence))
        offered = replace(fitted(card, checkpoint), model_id=f"{plugin}/{name}")
        _compare_answers(checkpoint, offered, _answers(checkpoint, offered, plugin, ask), tell)
    return read_checkpoint(folder)


def _convert(path: Path, plugin: str, labels: Sequence[str] | None, beside: Path, ask: Ask) -> None:
    """Have the plugin convert published weights; whatever it refuses, it is said what to look at.

    Raises:
        CheckpointError: it refuses them.
    """
    convert = {"do": "convert", "plugin": plugin, "path": str(path.absolute()), "folder": str(beside)}
    try:
        ask(convert | {"labels": None if labels is None else list(labels)})
    except CheckpointError as error:
        hint = error.hint or f"Is it whole, and is “{plugin}” the plugin of its network?"
        raise CheckpointError(error.sentence, hint=hint) from error


def _copy(path: Path, beside: Path) -> None:
    """Copy what a model has beside its weights."""
    for name in BESIDE:
        if (path / name).is_file():
            shutil.copyfile(path / name, beside / name)


def _base(checkpoint: Checkpoint, plugin: str, cards: Sequence[ModelCard]) -> ModelCard:
    for card in cards:
        if card.model_id == checkpoint.model_id:
            return card
    raise CheckpointError(f"These weights are for {checkpoint.model_id}, which {plugin} does not offer.")


def _answers(checkpoint: Checkpoint, card: ModelCard, plugin: str, ask: Ask) -> Float:
    """Return what the model answers to its golden clips, on the processor in fp32.

    Raises:
        CheckpointError: the model cannot be run, or its answers are of no use.
    """
    request = {"do": "golden", "plugin": plugin, "card": card_to_plain(card), "checkpoint": str(checkpoint.path)}
    try:
        heard = ask(request | {"at_import": True})
    except PluginError as error:
        hint = "Are they the weights of a trained network, and whole?"
        raise CheckpointError(f"These weights cannot be used: {error.sentence}", hint=hint) from error
    if heard is None:
        raise EarmarkError("The engine did not answer.")  # only live sound is overtaken
    (answers,) = heard.arrays
    golden.require_sane(answers, card.model_id)
    return answers


def _compare_answers(checkpoint: Checkpoint, card: ModelCard, answers: Float, tell: Tell) -> None:
    """Compare the answers with those that came along, which stay; where none did, keep these."""
    known = golden.read(checkpoint.path, checkpoint.sha256)
    if known is None:
        golden.write(checkpoint.path, golden.Golden(weights=checkpoint.sha256, answers=answers))
    elif (apart := golden.difference(known, answers)) > golden.EXACT:
        sentence = golden.doubt(card.model_id, "cpu", "fp32", apart)
        tell(CheckpointError(sentence, hint="Compare it with where it was made: earmark doctor --models"))
