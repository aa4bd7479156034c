"""Bringing in a model: converted by its plugin, or copied; then it hears its golden clips, and its answers are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from earmark import golden
from earmark.api import Checkpoint, CheckpointError, EarmarkError, ModelCard, PluginError, Weights
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

BESIDE = (LIST, "report.json", "report.html")
"""What a model that Earmark trained may have beside it: what it was trained on, and how good it was."""

Ask = Callable[[dict[str, Any]], Message | None]


def bring_in(
    path: Path,
    plugin: str,
    name: str,
    labels: Sequence[str] | None,
    *,
    published: Weights | None,
    cards: Sequence[ModelCard],
    ask: Ask,
) -> Checkpoint:
    """Return the model `plugin/name`, made of published weights or of a folder that Earmark wrote; whole or not at all.

    Args:
        published: what is known of the weights: written down as their origin and licence.
        cards: what the plugin offers.
        ask: has the plugin's engine answer.

    Raises:
        CheckpointError: they are damaged, of no use, or of no model of this plugin.
    """
    folder = folder_of(f"{plugin}/{name}")
    with written_beside(folder) as beside:
        if (path / DESCRIPTION).is_file():
            write_checkpoint(beside, path / TENSORS, read_checkpoint(path, verify=True))
            for name in BESIDE:
                if (path / name).is_file():
                    shutil.copyfile(path / name, beside / name)
        else:
            convert = {"do": "convert", "plugin": plugin, "path": str(path.absolute()), "folder": str(beside)}
            ask(convert | {"labels": None if labels is None else list(labels)})
        checkpoint = read_checkpoint(beside, verify=True)
        card = _base(checkpoint, plugin, cards)
        if published:
            origin = f"{published.name}, {published.url}"
            describe(beside, replace(checkpoint, origin=origin, licence=checkpoint.licence or published.licence))
        _keep_answers(checkpoint, replace(fitted(card, checkpoint), model_id=f"{plugin}/{name}"), plugin, ask)
    return read_checkpoint(folder)


def _base(checkpoint: Checkpoint, plugin: str, cards: Sequence[ModelCard]) -> ModelCard:
    for card in cards:
        if card.model_id == checkpoint.model_id:
            return card
    raise CheckpointError(f"These weights are for {checkpoint.model_id}, which {plugin} does not offer.")


def _keep_answers(checkpoint: Checkpoint, card: ModelCard, plugin: str, ask: Ask) -> None:
    """Have the model hear its golden clips on the processor in fp32, and keep what it answers."""
    request = {"do": "golden", "plugin": plugin, "card": card_to_plain(card), "checkpoint": str(checkpoint.path)}
    try:
        heard = ask(request | {"at_import": True})
    except PluginError as error:
        raise CheckpointError(f"These weights cannot be used: {error.sentence}") from error
    if heard is None:
        raise EarmarkError("The engine did not answer.")  # only live sound is overtaken
    (answers,) = heard.arrays
    golden.require_sane(answers, card.model_id)
    golden.write(checkpoint.path, golden.Golden(weights=checkpoint.sha256, answers=answers))
