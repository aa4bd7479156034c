"""A start for training an audio spectrogram transformer: DeiT's image network, or another one for other clips.

Source: YuanGongND/ast, src/models/ast_models.py, lines 83–107 (ImageNet) and 141–154 (AudioSet to other tasks).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, get_args

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark.api import CheckpointError
from earmark_torch.ast_arguments import SPECIAL, ASTArguments
from earmark_torch.ast_files import Published, read_published
from earmark_torch.model import restore

Positions = Literal["bilinear", "nearest", "drawn"]
Grid = tuple[int, int]
_STEM, _POSITIONS = "encoder.patch_embed.proj.weight", "encoder.pos_embed"


def start_from(network: nn.Module, path: Path, *, positions: Positions = "bilinear") -> list[str]:
    """Fill a network with what fits of a published AST, of a distilled DeiT, or of one of ours.

    The image network's patch projection is summed over colours. A head for other labels is left as it was drawn.

    Args:
        network: its `arguments` are an `ASTArguments`.
        positions: how position embeddings of a smaller grid become more: between neighbours, from the nearest, or not
            at all ("drawn" leaves them as they were drawn, for a grid of another size). The paper has all three.

    Returns:
        The names of the tensors that were not filled.

    Raises:
        CheckpointError: the file is damaged, or holds no such network.
        ValueError: there are no such `positions`.
    """
    if positions not in get_args(Positions):
        raise ValueError(f"positions are {', '.join(get_args(Positions))}, not {positions}.")
    published, wanted = read_published(path), network.state_dict()
    found = dict(published.tensors)
    if _STEM in found:
        found[_STEM] = found[_STEM].sum(1, keepdim=True)  # of one colour: itself
    grid = _arguments(network).grid
    found[_POSITIONS] = fit_positions(found[_POSITIONS], grid_of(published), grid, positions)
    fitting = {name: t for name, t in found.items() if name in wanted and t.shape == wanted[name].shape}
    network.load_state_dict(fitting, strict=False)
    return sorted(wanted.keys() - fitting.keys())


def _arguments(network: Any) -> ASTArguments:
    return network.arguments


def grid_of(published: Published) -> Grid:
    """Return rows and columns of the patches of a published network; of an image they are as many.

    Raises:
        CheckpointError: its position embeddings are of another number, as where the distillation token is missing.
    """
    patches = published.tensors[_POSITIONS].shape[1] - SPECIAL
    side = math.isqrt(max(0, patches))
    grid = restore(ASTArguments, _known(published.arguments)).grid if published.arguments else (side, side)
    if grid[0] * grid[1] != patches:
        hint = "AST starts from the distilled DeiT, which has a class and a distillation token."
        raise CheckpointError(f"{published.name} has {patches + SPECIAL} position embeddings.", hint=hint)
    return grid


def _known(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those arguments that AST has; HAM has more."""
    return {name: value for name, value in arguments.items() if name in ASTArguments.__dataclass_fields__}


def fit_positions(embeddings: Tensor, grid: Grid, wanted: Grid, how: Positions) -> Tensor:
    """Return position embeddings [1, 2 + patches, D] of one grid for another, those of the special tokens untouched.

    Along each axis the middle is cut out where fewer are wanted; where more are, they are interpolated. Where the sizes
    differ and they are to be drawn, those of the old grid are returned, which fit nowhere.
    """
    if grid == wanted or how == "drawn":
        return embeddings
    special, patches = embeddings[:, :SPECIAL], embeddings[:, SPECIAL:]
    image = patches.transpose(1, 2).unflatten(2, grid)  # [1, D, rows, columns]
    for axis, (size, other) in enumerate(zip(grid, wanted, strict=True), start=2):
        image = image.narrow(axis, size // 2 - other // 2, other) if other < size else image
    if image.shape[2:] != wanted:
        image = F.interpolate(image, wanted, mode=how)
    return torch.cat((special, image.flatten(2).transpose(1, 2)), 1)
