"""Published AST checkpoints → our folders; published DeiT weights, or another AST → a start for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from earmark.api import Checkpoint, CheckpointError
from earmark_ast.cards import PUBLISHED, model_id_of
from earmark_ast.network import AST, Arguments
from earmark_torch.ast_files import Published, check_fits, read_published
from earmark_torch.ast_start import start_from
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.labels import labels_for
from earmark_torch.model import restore

__all__ = ["convert_published", "start_from"]


def convert_published(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Write a published AST checkpoint into `folder`, as `load` reads it.

    Args:
        path: AST's own .pth, a file or folder of transformers, or a folder of ours.
        labels: in the order of the outputs; None takes those in the file, or else the published set of that size.

    Raises:
        CheckpointError: the file is damaged, is no AST, or its labels are not known.
    """
    published = read_published(path)
    arguments = _arguments(published)
    check_fits(AST, arguments, published.tensors)
    return write_checkpoint(
        folder,
        published.tensors,
        model_id=model_id_of(arguments.labels, arguments.stride),
        labels=labels_for(arguments.labels, labels or published.labels, PUBLISHED, file=path.name),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds},
        origin=f"{path.name}, a published AST checkpoint",
    )


def _arguments(published: Published) -> Arguments:
    published.require_scores()
    try:
        return restore(Arguments, published.arguments)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{published.name} is not an AST network that Earmark knows: {error}") from error
