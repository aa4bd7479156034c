"""What the tensors of an audio spectrogram transformer tell of the network, and what its number of labels does.

AST's own files hold tensors only: strides and frames are found by the number of position embeddings, the spectrogram's
mean and deviation by which of the published label sets it scores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from typing import Any

from torch import Tensor

from earmark_torch.ast_arguments import SPECIAL

BANDS = 128
MEANS_AND_DEVIATIONS = {527: (-4.2677393, 4.5689974), 50: (-6.6268077, 5.358466), 35: (-6.845978, 5.5654526)}
"""Of the spectrograms of AudioSet, ESC-50 and Speech Commands v2: egs/*/run*.sh."""
_FRAMES = {527: 1024, 50: 512, 35: 128}  # the same files
_BLOCK = re.compile(r"encoder\.blocks\.(\d+)\.")
_STRIDES = (10, 12, 14, 16)  # of the published models


def guessed_arguments(tensors: Mapping[str, Tensor], told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the arguments of a network, by its tensors; nothing for a network of coloured images.

    Args:
        told: what is known from elsewhere; it counts.

    Raises:
        KeyError, ValueError: the tensors are of another network.
    """
    width, colours, *patch = tensors["encoder.patch_embed.proj.weight"].shape
    _, positions, _ = tensors["encoder.pos_embed"].shape
    if colours != 1:
        return {}
    labels = len(tensors["head.1.weight"]) if "head.1.weight" in tensors else 527
    mean, deviation = MEANS_AND_DEVIATIONS.get(labels, MEANS_AND_DEVIATIONS[527])
    told = dict(told or {})
    if "stride" not in told:
        told |= geometry(positions - SPECIAL, (patch[0], patch[1]), _FRAMES.get(labels, 1024))
    return {
        "labels": labels,
        "width": width,
        "depth": len({found[1] for name in tensors if (found := _BLOCK.match(name))}),
        "heads": max(1, width // 64),  # of every DeiT
        "mlp_ratio": len(tensors["encoder.blocks.0.mlp.fc1.weight"]) / width,
        "mean": mean,
        "deviation": deviation,
        "patch": tuple(patch),
        "single_label": labels == 50,  # of the published sets, ESC-50 alone was trained by cross entropy
        **told,
    }


def geometry(patches: int, patch: tuple[int, int], frames: int) -> dict[str, Any]:
    """Return stride, frames and seconds of a network of 128 bands that has so many patches.

    Args:
        frames: to be tried first, before those of the other published models.

    Raises:
        ValueError: no published stride gives that many.
    """
    strides = [(each, each) for each in _STRIDES if each <= min(patch)] + [patch]
    for length, stride in product((frames, *_FRAMES.values()), strides):
        if patches == _steps(BANDS, patch[0], stride[0]) * _steps(length, patch[1], stride[1]):
            return {"stride": stride, "frames": length, "seconds": seconds_of(length)}
    for stride in strides:
        columns, left = divmod(patches, _steps(BANDS, patch[0], stride[0]))
        if columns and not left:
            length = patch[1] + columns * stride[1] - 1  # frames after the last patch are not looked at
            return {"stride": stride, "frames": length, "seconds": seconds_of(length)}
    raise ValueError(f"{patches} patches of {patch[0]} × {patch[1]} are of no spectrogram of {BANDS} bands.")


def _steps(size: int, patch: int, stride: int) -> int:
    return (size - patch) // stride + 1


def seconds_of(frames: int) -> float:
    """Return the length of the clips of a network that takes so many frames: whole seconds, as all published have."""
    return float(frames // 100) or frames / 100
