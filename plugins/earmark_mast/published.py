"""MViTv2 networks that hear → our folders; MViTv2 networks that see → a start for training.

Source of names and shapes: facebookresearch/mvit, mvit/models/{mvit_model,attention}.py (`blocks.N`, `head.projection`,
under `model_state` in its .pyth files); timm, models/mvitv2.py (`stages.S.blocks.B`, `head.fc`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate, count, groupby, product, takewhile
from pathlib import Path
from typing import Any, Literal, get_args

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark.api import Checkpoint, CheckpointError
from earmark_mast.arguments import PATCH, STRIDES
from earmark_mast.cards import AUDIOSET
from earmark_mast.network import MAST, Arguments
from earmark_torch.checkpoint import TENSORS, read_tensors, require_fit, write_checkpoint
from earmark_torch.hugging_face import read_json, read_saved
from earmark_torch.labels import labels_for
from earmark_torch.model import restore
from earmark_torch.reading import why
from earmark_torch.tagger import fill_fitting

_STEM = "patch_embed.proj.weight"
_TABLE = re.compile(r"blocks\.\d+\.attn\.rel_pos_[hw]")
_RENAMED = (
    (r"^(blocks\.\d+)\.(?:proj|shortcut_proj_attn)\.", r"\1.shortcut."),
    (r"^head\.(?:projection|fc)\.", "head."),
)
_PAPER = Arguments(labels=1)


def convert_published(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Write a network of MViTv2's blocks that was trained on sounds into `folder`, as `load` reads it.

    Args:
        path: a checkpoint file, the folder of a hub repository, or one of our own folders.
        labels: in the order of the outputs; None takes those that lie beside it, or AudioSet's where there are 527.

    Raises:
        CheckpointError: the file is damaged, is no MViTv2, sees colours, or its labels are not known.
    """
    tensors, named, stored = _read(path)
    if tensors[_STEM].shape[1] != 1:
        hint = "It can be a start for training: earmark train FOLDER --start FILE"
        raise CheckpointError(f"{path.name} is an MViTv2 image network, not a model of sounds.", hint=hint)
    arguments = _arguments(tensors, stored, path.name)
    with torch.device("meta"):  # whatever the file claims takes no memory
        require_fit(MAST(arguments), tensors)
    return write_checkpoint(
        folder,
        tensors,
        model_id=AUDIOSET.model_id,
        labels=labels_for(arguments.labels, labels or named, {len(AUDIOSET.labels): AUDIOSET.labels}, file=path.name),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds},
        origin=f"{path.name}, a network of MViTv2's blocks",
    )


def _read(path: Path) -> tuple[dict[str, Tensor], Sequence[str] | None, Mapping[str, Any]]:
    """Return the tensors, and what lies beside them: the names of labels, and our own description of the network."""
    if (path / TENSORS).is_file():
        stored = read_json(path / "checkpoint.json")
        return renamed(read_tensors(path), path.name), stored.get("labels"), stored.get("network", {})
    saved = read_saved(path)
    return renamed(saved.tensors, path.name), saved.config.get("label_names"), {}


def renamed(published: Mapping[str, Tensor], file: str) -> dict[str, Tensor]:
    """Return the tensors of an MViTv2 in Facebook's, timm's or our layout, under our names, without prefixes.

    Raises:
        CheckpointError: there is none.
    """
    prefix = next((name.removesuffix(_STEM) for name in published if name.endswith(_STEM)), "")
    own = {name.removeprefix(prefix): t.float() for name, t in published.items() if name.startswith(prefix)}
    depths = _depths(own)
    firsts = [0, *accumulate(depths)]
    tensors = {_our_name(name, firsts): tensor for name, tensor in own.items()}
    if _STEM not in tensors or tensors[_STEM].dim() != 4 or not any(map(_TABLE.fullmatch, tensors)):
        hint = "Earmark reads MViTv2 in Facebook's and in timm's layout, and its own models."
        raise CheckpointError(f"{file} does not hold a MAST network or an MViTv2.", hint=hint)
    return tensors


def _depths(tensors: Mapping[str, Tensor]) -> list[int]:
    """Return how many blocks each of timm's stages has; none in the other layouts, which number blocks through."""

    def blocks(stage: int) -> int:
        return sum(1 for _ in takewhile(lambda n: f"stages.{stage}.blocks.{n}.norm1.weight" in tensors, count()))

    return list(takewhile(bool, map(blocks, count())))


def _our_name(name: str, firsts: Sequence[int]) -> str:
    found = re.fullmatch(r"stages\.(\d+)\.blocks\.(\d+)\.(.*)", name)
    if found and int(found[1]) < len(firsts):
        name = f"blocks.{firsts[int(found[1])] + int(found[2])}.{found[3]}"
    for pattern, ours in _RENAMED:
        name = re.sub(pattern, ours, name)
    return name


def _arguments(tensors: Mapping[str, Tensor], stored: Mapping[str, Any], file: str) -> Arguments:
    """Return the arguments that are stored, or else those that the shapes of the tensors tell."""
    try:
        return restore(Arguments, stored) if stored else _told(tensors)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise CheckpointError(f"{file} is not a MAST network that Earmark knows: {why(error)}.") from error


def _told(tensors: Mapping[str, Tensor]) -> Arguments:
    """Return the arguments by the shapes; pooling by the tables of relative positions, the paper's where two fit."""
    places = list(takewhile(lambda place: f"{place}.norm2.weight" in tensors, (f"blocks.{n}" for n in count())))
    sides = [tuple(len(tensors[f"{place}.attn.rel_pos_{axis}"]) for axis in "hw") for place in places]
    channels = [len(tensors[f"{place}.norm2.weight"]) for place in places]
    width, depths = channels[0], tuple(len(list(stage)) for _, stage in groupby(channels))
    told = {
        "labels": len(tensors["head.weight"]),
        "bands": (sides[0][0] + 1) // 2 * PATCH,
        "frames": (sides[0][1] + 1) // 2 * PATCH,
        "width": width,
        "heads": width // len(tensors["blocks.0.attn.pool_q.weight"]),
        "depths": depths,
        "mlp_ratio": len(tensors["blocks.0.mlp.fc1.weight"]) / width,
        "class_token": "cls_token" in tensors,
    }
    for arguments in _poolings(told, len(depths)):
        if [shape.tables for shape in arguments.blocks] == sides:
            return arguments
    raise ValueError("its tables of relative positions fit no pooling")


def _poolings(told: Mapping[str, Any], stages: int) -> Iterator[Arguments]:
    """Yield the networks with each pooling that their maps allow, the paper's choices first."""
    if stages > 8:
        raise ValueError(f"it has {stages} stages")
    paper = [*_PAPER.pooling, *["both"] * stages]
    orders = (sorted(STRIDES, key=lambda pooling: pooling != paper[stage]) for stage in range(1, stages))
    for pooling, key_stride in product(product(*orders), (4, 2, 1, 8)):
        try:
            arguments = Arguments(**told, pooling=("none", *pooling), key_stride=key_stride)
        except ValueError:
            continue
        yield arguments


Colours = Literal["sum", "mean"]


def start_from(network: nn.Module, path: Path, *, colours: Colours = "sum") -> list[str]:
    """Fill a network with what fits of an MViTv2 image network in either public layout, or of one of ours.

    Tables of relative positions are interpolated (linear) to the lengths of other maps. An image network's head is left
    out, and so is what has another shape.

    Args:
        colours: how the first convolution of an image network comes to take one channel: the "sum" over colours gives
            on a grey image what it gave (timm's custom), the "mean" a third of it. The paper does not say.

    Returns:
        The names of the tensors that were not filled.

    Raises:
        ValueError: there are no such `colours`.
    """
    if colours not in get_args(Colours):
        raise ValueError(f"colours are {', '.join(get_args(Colours))}, not {colours}.")
    tensors, _, _ = _read(path)
    if tensors[_STEM].shape[1] != 1:
        tensors[_STEM] = getattr(tensors[_STEM], colours)(1, keepdim=True)
        tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("head.")}
    wanted = network.state_dict()
    tables = {name: wanted[name] for name in tensors if _TABLE.fullmatch(name) and name in wanted}
    return fill_fitting(network, tensors | {name: stretched(tensors[name], len(of)) for name, of in tables.items()})


def stretched(table: Tensor, length: int) -> Tensor:
    """Return a table of relative positions [distances, D], interpolated to another number of distances."""
    return table if len(table) == length else F.interpolate(table.T[None], length, mode="linear")[0].T
