"""HAM checkpoints → our folders; AST's and DeiT's → a start for training, which scores as the AST at first.

No code or weights of HAM were published. What is read is our own folders, files of AST's code with torchaudio's
Conformer after it (`conformer_layers.N.*`), and any AST that Earmark knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from earmark.api import Checkpoint, CheckpointError
from earmark_ham.cards import PUBLISHED, model_id_of
from earmark_ham.network import HAM, Arguments
from earmark_torch.ast_files import Published, check_fits, read_published
from earmark_torch.ast_start import start_from
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.labels import labels_for
from earmark_torch.model import restore

__all__ = ["convert_published", "start_from"]

_LAYERS = re.compile(r"(?:.*\.)?conformer_layers\.(\d+\.)")
_SEED = 0  # of what a start draws


def convert_published(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Write a HAM checkpoint into `folder`, as `load` reads it; of an AST, the HAM that starts from it.

    Args:
        path: a folder of ours, a file of AST's code with Conformers, or an AST in any layout.
        labels: in the order of the outputs; None takes those in the file, or else the published set of that size.

    Raises:
        CheckpointError: the file is damaged, is no HAM or AST, or its labels are not known.
    """
    published = read_published(path)
    tensors = {_LAYERS.sub(r"conformers.\1layer.", name): tensor for name, tensor in published.tensors.items()}
    arguments, starts = _arguments(published, tensors)
    if starts:
        tensors = _drawn(arguments, tensors) | tensors
    check_fits(HAM, arguments, tensors)
    return write_checkpoint(
        folder,
        tensors,
        model_id=model_id_of(arguments.labels),
        labels=labels_for(arguments.labels, labels or published.labels, PUBLISHED, file=path.name),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds},
        origin=f"{path.name}, the AST that this HAM starts from" if starts else f"{path.name}, a HAM checkpoint",
    )


def _arguments(published: Published, tensors: Mapping[str, Tensor]) -> tuple[Arguments, bool]:
    """Return the arguments, and whether what a HAM has beyond them has yet to be drawn."""
    published.require_scores()
    known, starts = dict(published.arguments), False
    try:
        if "conformers" not in known:
            added = _added(tensors)
            starts = not added
            known |= added or {"conformer_width": int(known["mlp_ratio"] * known["width"])}
        return restore(Arguments, known), starts
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{published.name} is not a HAM network that Earmark knows: {error}") from error


def _added(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return what tensors tell of the Conformers after an AST; nothing where there are none."""
    layers = len(list(takewhile(lambda n: f"conformers.{n}.layer.final_layer_norm.weight" in tensors, count())))
    if not layers:
        return {}
    return {
        "conformers": layers,
        "conformer_width": len(tensors["conformers.0.layer.ffn1.sequential.1.weight"]),
        "kernel": tensors["conformers.0.layer.conv_module.sequential.2.weight"].shape[-1],
        "channel_attention": "channel_attention.norm.weight" in tensors,
        "start": "plain",
    }


def _drawn(arguments: Arguments, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of an untrained HAM, for an AST that is what it says: the same file makes the same ones."""
    check_fits(HAM, replace(arguments, conformers=0, channel_attention=False), tensors)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return HAM(arguments).state_dict()
