"""Files of audio spectrogram transformers, and of the image networks that they start from.

Sources of names and shapes: YuanGongND/ast, src/models/ast_models.py (`module.v.*`, `module.mlp_head.*`); timm's and
Facebook's DeiT, whose names the trunk bears; transformers' ASTForAudioClassification, in the names that are on disk
and in those that its version 5 has in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from earmark.api import CheckpointError
from earmark_torch.ast_hub import check_files, configured, extracted, hub_labels
from earmark_torch.ast_shapes import guessed_arguments
from earmark_torch.checkpoint import TENSORS, read_tensors, require_fit
from earmark_torch.hugging_face import Saved, read_json, read_saved
from earmark_torch.reading import why

_STEM = "patch_embed.proj.weight"
_HUB_STEM = "embeddings.patch_embeddings.projection.weight"
_HEAD = re.compile(r"(?:.*\.)?(?:mlp_head|head)\.(\d\.(?:weight|bias))")
_UNUSED = re.compile(r"(?:head|head_dist)\.(?:weight|bias)")  # ImageNet's, kept beside AST's own `mlp_head`
_HUB_NAMES = (
    (r"^embeddings\.distillation_token$", "dist_token"),
    (r"^embeddings\.cls_token$", "cls_token"),
    (r"^embeddings\.position_embeddings$", "pos_embed"),
    (r"^embeddings\.patch_embeddings\.projection\.", "patch_embed.proj."),
    (r"^(?:encoder\.layer|layers)\.", "blocks."),
    (r"\.layernorm_before\.", ".norm1."),
    (r"\.layernorm_after\.", ".norm2."),
    (r"\.attention\.attention\.([qkv])(?:uery|ey|alue)\.", r".attn.\1."),
    (r"\.attention\.([qkv])_proj\.", r".attn.\1."),
    (r"\.attention\.(?:output\.dense|o_proj)\.", ".attn.proj."),
    (r"\.intermediate\.dense\.", ".mlp.fc1."),
    (r"^(blocks\.\d+)\.output\.dense\.", r"\1.mlp.fc2."),
    (r"^layernorm\.", "norm."),
)
_QUERIES = re.compile(r"(.*\.attn\.)q\.weight")


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a file or folder holds.

    Attributes:
        name: of the file or folder.
        tensors: `encoder.*` and `head.*`, under our names; what else is there keeps its own.
        arguments: of the network, as the file and what lies beside it tell; none of a network of images.
        labels: where they are told.
    """

    name: str
    tensors: dict[str, Tensor]
    arguments: dict[str, Any]
    labels: tuple[str, ...] | None = None

    def require_scores(self) -> None:
        """Refuse a network without a head for sounds, as one of images is.

        Raises:
            CheckpointError: it is one.
        """
        if self.arguments and "head.1.weight" in self.tensors:
            return
        what = "a network of sounds without its head" if self.arguments else "an image network, not a model of sounds"
        hint = "It can be a start for training: earmark train FOLDER --start FILE"
        raise CheckpointError(f"{self.name} is {what}.", hint=hint)


def read_published(path: Path) -> Published:
    """Return what a checkpoint file, or a folder as transformers or Earmark writes it, holds.

    Raises:
        CheckpointError: it is damaged, or holds no such network.
    """
    ours = path / TENSORS
    saved = Saved(tensors=read_tensors(path)) if ours.is_file() else read_saved(path)
    stored = read_json(path / "checkpoint.json") if ours.is_file() else {}
    if stored:
        return _ours(path.name, dict(saved.tensors), stored)
    found = {name.removeprefix("module."): _exact(tensor) for name, tensor in saved.tensors.items()}
    try:
        if (prefix := _prefix(found, _HUB_STEM)) is not None:
            return _from_hub(path.name, _joined({_hub_name(n, prefix): t for n, t in found.items()}), saved)
        if (prefix := _prefix(found, _STEM)) is not None:
            named = {known: tensor for name, tensor in found.items() if (known := _our_name(name, prefix))}
            return Published(name=path.name, tensors=named, arguments=guessed_arguments(named))
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise _unknown(path.name, error) from error
    hint = "Earmark reads AST's .pth files, transformers' folders and files, and DeiT as a start for training."
    raise CheckpointError(f"{path.name} does not hold an audio spectrogram transformer.", hint=hint)


def _unknown(name: str, error: Exception) -> CheckpointError:
    return CheckpointError(f"{name} is no audio spectrogram transformer that Earmark knows: {why(error)}.")


def _exact(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor  # files in half precision; counters stay whole


def _prefix(found: Mapping[str, Tensor], stem: str) -> str | None:
    return next((name.removesuffix(stem) for name in found if name.endswith(stem)), None)


def _ours(name: str, tensors: dict[str, Tensor], stored: Mapping[str, Any]) -> Published:
    """Return what Earmark wrote, with what is `stored` beside it.

    Raises:
        CheckpointError: it is of no audio spectrogram transformer.
    """
    try:
        labels, arguments = tuple(map(str, stored["labels"])), dict(stored["network"])
    except (LookupError, TypeError, ValueError) as error:
        raise _unknown(name, error) from error
    if "encoder.pos_embed" not in tensors:
        raise CheckpointError(f"{name} does not hold an audio spectrogram transformer.")
    return Published(name=name, tensors=tensors, arguments=arguments, labels=labels)


def _from_hub(name: str, tensors: dict[str, Tensor], saved: Saved) -> Published:
    config, features = saved.config, saved.front_end
    if config.get("model_type") != "audio-spectrogram-transformer":
        config, features = {}, {}  # of another model, which happens to lie in the same folder
    arguments = guessed_arguments(tensors, configured(config)) | extracted(features)
    check_files(config, features, arguments)
    return Published(name=name, tensors=tensors, arguments=arguments, labels=hub_labels(config))


def _our_name(name: str, prefix: str) -> str:
    """Return our name of a tensor of AST's own code, of DeiT or of ours; nothing where it is never used."""
    if head := _HEAD.fullmatch(name):
        return f"head.{head[1]}"
    if not name.startswith(prefix):
        return name
    name = name.removeprefix(prefix)
    return "" if _UNUSED.fullmatch(name) else f"encoder.{name}"


def _hub_name(name: str, prefix: str) -> str:
    """Return our name of a tensor of transformers; queries, keys and values are still apart."""
    if name.startswith("classifier."):
        return name.replace("classifier.layernorm.", "head.0.").replace("classifier.dense.", "head.1.")
    name = name.removeprefix(prefix)
    for pattern, ours in _HUB_NAMES:
        name = re.sub(pattern, ours, name)
    return f"encoder.{name}"


def _joined(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors with queries, keys and values as one matrix; where they have no biases, these are 0."""
    for stem in [found[1] for name in tensors if (found := _QUERIES.fullmatch(name))]:
        weight = torch.cat([tensors.pop(f"{stem}{part}.weight") for part in "qkv"])
        biases = [tensors.pop(f"{stem}{part}.bias", torch.zeros(len(weight) // 3)) for part in "qkv"]
        tensors |= {f"{stem}qkv.weight": weight, f"{stem}qkv.bias": torch.cat(biases)}
    return tensors


def check_fits(network: Callable[[Any], nn.Module], arguments: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse tensors that are not those of a network, without the memory that the network would take.

    Raises:
        CheckpointError: names or shapes differ.
    """
    try:
        with torch.device("meta"):
            require_fit(network(arguments), tensors)
    except (RuntimeError, OverflowError) as error:
        raise CheckpointError("These weights are for a network of impossible size.") from error
