"""CoAtNets that timm saved → our folders, where they hear; a start for training, where they see.

Ours has timm's names, so a network is what the shapes of its tensors tell; what they cannot tell is as in the nearest
of the known forms. Source of names and shapes: timm, models/maxxvit.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import count, takewhile
from math import isqrt
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark.api import Checkpoint, CheckpointError
from earmark_asca.arguments import FORMS
from earmark_asca.blocks import EXPANSION, Attending
from earmark_asca.cards import AUDIOSET
from earmark_asca.network import ASCA, Arguments
from earmark_torch.checkpoint import require_fit, write_checkpoint
from earmark_torch.hugging_face import Saved, read_saved
from earmark_torch.labels import labels_for
from earmark_torch.reading import why

_STEM = "stem.conv1.weight"
_TABLE = "attn.rel_pos.relative_position_bias_table"


def convert_published(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Write a network that timm saved into `folder`, as `load` reads it.

    Args:
        path: a checkpoint file, or the folder of a hub repository.
        labels: in the order of the outputs; None takes those that the folder names, or AudioSet's where there are 527.

    Raises:
        CheckpointError: the file is damaged, is no CoAtNet, sees colours, or its labels are not known.
    """
    saved = read_saved(path)
    tensors = published_tensors(saved, path.name)
    if tensors[_STEM].shape[1] != 1:
        hint = "It can be a start for training: earmark train FOLDER --start FILE"
        raise CheckpointError(f"{path.name} is a CoAtNet image network, not a model of sounds.", hint=hint)
    arguments = _arguments(tensors, path.name)
    with torch.device("meta"):  # whatever the file claims takes no memory
        require_fit(ASCA(arguments), tensors)
    given = labels or _names(saved.config)
    return write_checkpoint(
        folder,
        tensors,
        model_id=AUDIOSET.model_id,
        labels=labels_for(arguments.labels, given, {len(AUDIOSET.labels): AUDIOSET.labels}, file=path.name),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds},
        origin=f"{path.name}, a CoAtNet that timm saved",
    )


def _names(config: Mapping[str, Any]) -> list[str] | None:
    """Return the labels that a folder of the hub names, None where it does not."""
    names = config.get("label_names")
    return [str(name) for name in names] if isinstance(names, list) and names else None


def published_tensors(saved: Saved, file: str) -> dict[str, Tensor]:
    """Return the tensors of a CoAtNet under timm's names, without the prefix of wrappers.

    Raises:
        CheckpointError: there is none.
    """
    stems = (name for name, tensor in saved.tensors.items() if name.endswith(_STEM) and tensor.dim() == 4)
    prefix = next((name.removesuffix(_STEM) for name in stems), None)
    if prefix is None:
        hint = "Earmark reads CoAtNets as timm saves them, and its own models."
        raise CheckpointError(f"{file} does not hold an ASCA network or a CoAtNet.", hint=hint)
    return {name.removeprefix(prefix): _whole(name, t) for name, t in saved.tensors.items() if name.startswith(prefix)}


def _whole(name: str, tensor: Tensor) -> Tensor:
    return tensor.long() if name.endswith("num_batches_tracked") else tensor.float()


def _arguments(tensors: Mapping[str, Tensor], file: str) -> Arguments:
    """Return the arguments that the shapes tell, and the nearest known form where they do not."""
    try:
        told = _told(tensors)
        return Arguments(**_nearest_form(told) | told)
    except (LookupError, ValueError, ArithmeticError) as error:
        raise CheckpointError(f"{file} is not a CoAtNet that Earmark knows: {why(error)}.") from error


def _told(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return what the names and shapes of the tensors tell of a network's arguments."""
    depths = _depths(tensors)
    firsts = [f"stages.{stage}.blocks.0." for stage in range(len(depths))]
    attending = [f"{first}attn.qkv.weight" in tensors for first in firsts]
    told: dict[str, Any] = {
        "labels": len(tensors["head.fc.weight"]),
        "hidden": len(tensors.get("head.pre_logits.fc.weight", ())),
        "depths": depths,
        "blocks": "".join("T" if each else "C" for each in attending),
        "widths": tuple(_width(tensors, first, attends) for first, attends in zip(firsts, attending, strict=True)),
        "stem": (len(tensors[_STEM]), len(tensors["stem.conv2.weight"])),
        "norm": "batch" if "norm.running_mean" in tensors or "head.norm.running_mean" in tensors else "layer",
        "normalisation": "bands" if "band_norm.weight" in tensors else "fixed",
    }
    bottlenecks = [first for first, attends in zip(firsts, attending, strict=True) if not attends]
    if bottlenecks:
        told |= _of_convolutions(
            tensors, next((each for each in bottlenecks if _widens(tensors, each)), bottlenecks[0])
        )
    if True in attending:
        told |= _of_attention(tensors, attending.index(True), told["widths"])
    return told


def _depths(tensors: Mapping[str, Tensor]) -> tuple[int, ...]:
    def blocks(stage: int) -> int:
        kinds = ("conv1_1x1.weight", "attn.qkv.weight")
        places = (f"stages.{stage}.blocks.{block}." for block in count())
        return sum(takewhile(bool, (any(place + kind in tensors for kind in kinds) for place in places)))

    return tuple(takewhile(bool, (blocks(stage) for stage in count())))


def _width(tensors: Mapping[str, Tensor], block: str, attends: bool) -> int:
    return len(tensors[block + ("attn.proj.weight" if attends else "conv3_1x1.weight")])


def _widens(tensors: Mapping[str, Tensor], block: str) -> bool:
    return tensors[block + "conv1_1x1.weight"].shape[1] != len(tensors[block + "conv3_1x1.weight"])


def _of_convolutions(tensors: Mapping[str, Tensor], block: str) -> dict[str, Any]:
    """Return what an MBConv block tells; one that does not widen cannot tell what it is four times as wide as."""
    wide, before = tensors[block + "conv1_1x1.weight"].shape[:2]
    width = len(tensors[block + "conv3_1x1.weight"])
    gate = "se_early" if f"{block}se_early.fc1.weight" in tensors else "se"
    if wide not in (EXPANSION * width, EXPANSION * before):
        raise ValueError(f"{wide} channels are {EXPANSION} times neither {before} nor {width}")
    by_output = wide == EXPANSION * width
    return {
        "expand": "output" if by_output else "input",
        "squeeze": "before" if gate == "se_early" else "after",
        "squeeze_ratio": len(tensors[f"{block}{gate}.fc1.weight"]) / (width if by_output else wide),
        "output_bias": f"{block}conv3_1x1.bias" in tensors,
    }


def _of_attention(tensors: Mapping[str, Tensor], stage: int, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return what the first attention block of a stage tells; its table has the size of its map, if that is square."""
    block = f"stages.{stage}.blocks.0."
    distances, heads = tensors[block + _TABLE].shape
    inside, shortcut = tensors[block + "attn.proj.weight"].shape[1], block + "shortcut.expand."
    side = isqrt(distances)
    if side * side != distances:
        raise ValueError(f"{distances} distances are not those of a square map")
    return {
        "widen": "first" if inside == widths[stage] else "last",
        "shortcut_bias": shortcut + "bias" in tensors or shortcut + "weight" not in tensors,
        "head_width": inside // heads,
        "image": ((side + 1) // 2 << stage + 2,) * 2,
    }


_SAME = ("depths", "widths", "stem", "norm", "output_bias", "squeeze", "expand")


def _nearest_form(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form that agrees with most of what was told; ASCA's, where several do."""

    def agreeing(form: str) -> int:
        of_form = asdict(Arguments(labels=1, **FORMS[form]))
        return sum(of_form[name] == told.get(name) for name in _SAME)

    return dict(FORMS[max(FORMS, key=agreeing)])


def start_from(network: nn.Module, path: Path) -> list[str]:
    """Fill a network with what fits of a CoAtNet that timm saved, or of one of ours.

    The first convolution of an image network is summed over colours, so that a grey image gives what it gave. Biases of
    relative positions are interpolated (bicubic) to another map. What has another shape is left as it was drawn.

    Returns:
        The names of the tensors that were not filled.
    """
    found, wanted = published_tensors(read_saved(path), path.name), network.state_dict()
    found[_STEM] = found[_STEM].sum(1, keepdim=True)
    for name, module in network.named_modules():
        table = f"{name}.{_TABLE}"
        if isinstance(module, Attending) and table in found:
            found[table] = _resized(found[table], module.attn.grid)
    fitting = {name: tensor for name, tensor in found.items() if name in wanted and tensor.shape == wanted[name].shape}
    network.load_state_dict(fitting, strict=False)
    return sorted(wanted.keys() - fitting.keys())


def _resized(table: Tensor, grid: tuple[int, int]) -> Tensor:
    """Return the biases of the distances on a square map [distances, heads], for those on another."""
    rows, columns = (2 * length - 1 for length in grid)
    side = isqrt(len(table))
    if len(table) == rows * columns or side * side != len(table):
        return table
    square = table.T.unflatten(1, (side, side))[None]  # [1, heads, side, side]
    return F.interpolate(square, (rows, columns), mode="bicubic", align_corners=False)[0].flatten(1).T
