"""Published HTS-AT and CLAP checkpoints → our folders; published Swin-T weights → a start for training.

Source of names and shapes: RetroCirce/HTS-Audio-Transformer, model/htsat.py and main.py; microsoft/Swin-Transformer;
for CLAP see `clap`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from earmark.api import Checkpoint, CheckpointError
from earmark_htsat import clap
from earmark_htsat.cards import CLAP, PUBLISHED
from earmark_htsat.network import HTSAT, Arguments
from earmark_torch.checkpoint import require_fit, write_checkpoint
from earmark_torch.front_end import mel_filters
from earmark_torch.hugging_face import Saved, read_saved
from earmark_torch.labels import labels_for
from earmark_torch.reading import why

_STEM = "patch_embed.proj.weight"
_RENAMED = (
    (r"^bn0\.", "band_norm."),
    (r"^patch_embed\.", "stem."),
    (r"^layers\.(\d+)\.downsample\.", r"stages.\1.merge."),
    (r"^layers\.", "stages."),
    (r"^tscam_conv\.", "head."),
)
_COMPUTED = re.compile(r"^(spectrogram_extractor|logmel_extractor)\.|\.(attn_mask|relative_position_index)$")
_PUBLISHED = {527: "htsat/audioset", 50: "htsat/esc50", 35: "htsat/speech-commands"}
_LABELS = {count: PUBLISHED[model_id] for count, model_id in _PUBLISHED.items()}


def convert_published(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Write a published HTS-AT checkpoint, or CLAP's audio tower, into `folder`, as `load` reads it.

    Args:
        path: a file, or a folder that transformers saved.
        labels: in the order of the outputs; None takes the published set of that size.

    Raises:
        CheckpointError: the file is damaged, is no HTS-AT, or its labels are not known.
    """
    saved = read_saved(path)
    published = published_tensors(saved, path.name)
    if published[_STEM].shape[1] != 1:
        hint = "It can be a start for training: earmark train FOLDER --start FILE"
        raise CheckpointError(f"{path.name} is a Swin image network, not a model of sounds.", hint=hint)
    if is_clap(saved.tensors):
        return _convert_clap(saved, published, folder, path.name)
    tensors = renamed(published)
    arguments = _arguments(published, tensors, path.name)
    with torch.device("meta"):  # whatever the file claims takes no memory
        require_fit(HTSAT(arguments), tensors)
    return write_checkpoint(
        folder,
        tensors,
        model_id=_model_id(arguments),
        labels=labels_for(arguments.labels, labels, _LABELS, file=path.name),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds},
        origin=f"{path.name}, a published HTS-AT checkpoint",
    )


def _convert_clap(saved: Saved, published: Mapping[str, Tensor], folder: Path, file: str) -> Checkpoint:
    """Write CLAP's audio tower, with the projection where the file has one."""
    clap.require_known(saved.config, file)
    projection = clap.projection_of(saved.tensors)
    tensors = renamed(published) | projection
    width = len(projection["head.0.bias"]) if "head.0.bias" in projection else 0
    arguments = _clap_arguments(tensors, saved.front_end, width, file)
    with _known(file, "a CLAP"):
        short = clap.short(saved.front_end)
    with torch.device("meta"):
        require_fit(HTSAT(arguments), tensors)
    return write_checkpoint(
        folder,
        tensors,
        model_id=CLAP,
        labels=(),
        network=asdict(arguments),
        front_end={"sample_rate": arguments.sample_rate, "window_seconds": arguments.seconds, "short": short},
        origin=f"{file}, the audio tower of a CLAP" + (" and its projection" if width else ""),
    )


def is_clap(tensors: Mapping[str, Tensor]) -> bool:
    """Say whether the tensors are named as transformers names those of a CLAP with its audio tower."""
    return any(name.endswith("audio_encoder.batch_norm.weight") for name in tensors)


def published_tensors(saved: Saved, file: str) -> dict[str, Tensor]:
    """Return the tensors of an HTS-AT, CLAP or Swin under the names of HTS-AT's published code, without any prefix.

    Raises:
        CheckpointError: the file is damaged, or holds none of them.
    """
    tensors = saved.tensors
    prefix = next((name.removesuffix(_STEM) for name in tensors if name.endswith(_STEM)), None)
    if prefix is None:
        hint = "Earmark reads HTS-AT's .ckpt files of Lightning, bare state dicts, and CLAP as transformers saves it."
        raise CheckpointError(f"{file} does not hold an HTS-AT network.", hint=hint)
    own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    return clap.published_names(own, file) if is_clap(tensors) else own


def renamed(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors that are learnt, under our names; averaged counters become whole numbers again.

    The `head` beside a token-semantic convolution is never used: it is left out.
    """
    unused = "head." if "tscam_conv.weight" in published else "\0"
    kept = {n: t for n, t in published.items() if not _COMPUTED.search(n) and not n.startswith(unused)}
    return {_our_name(name): _whole(name, tensor) for name, tensor in kept.items()}


def _our_name(name: str) -> str:
    for pattern, ours in _RENAMED:
        name = re.sub(pattern, ours, name)
    return name


def _whole(name: str, tensor: Tensor) -> Tensor:
    return tensor.long() if name.endswith("num_batches_tracked") else tensor.float()


def _arguments(published: Mapping[str, Tensor], tensors: Mapping[str, Tensor], file: str) -> Arguments:
    """Return the arguments that the shapes of the tensors, and the contents of the mel filters, tell."""
    with _known(file, "an HTS-AT network"):
        head, bands = tensors["head.weight"], len(tensors["band_norm.weight"])
        return Arguments(
            labels=len(head),
            **_front_end(published.get("logmel_extractor.melW"), len(head), bands),
            **_sizes(tensors),
            token_semantic="tscam_conv.weight" in published,
            single_label=len(head) == 50,  # of the three, the ESC-50 models alone were trained by cross entropy
        )


def _clap_arguments(tensors: Mapping[str, Tensor], said: Mapping[str, Any], projection: int, file: str) -> Arguments:
    with _known(file, "a CLAP"):
        front_end = clap.front_end(said)
        if len(tensors["band_norm.weight"]) != front_end["bands"]:
            raise ValueError(f"its feature extractor makes {front_end['bands']} bands")
        return Arguments(labels=0, **front_end, **_sizes(tensors), token_semantic=False, projection=projection)


@contextmanager
def _known(file: str, what: str) -> Iterator[None]:
    """Turn what shapes lack, or contradict, into the error of a file that Earmark does not know."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CheckpointError(f"{file} is not {what} that Earmark knows: {why(error)}.") from error


def _sizes(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return what the shapes of the tensors tell of the backbone."""
    stem, depths = tensors["stem.proj.weight"], _depths(tensors)
    table, fc1 = "stages.0.blocks.0.attn.relative_position_bias_table", "stages.0.blocks.0.mlp.fc1.weight"
    return {
        "frames": 16 * len(tensors["band_norm.weight"]),  # a square image of four segments: 4 · 4 · bands
        "patch": stem.shape[-1],
        "width": len(stem),
        "depths": depths,
        "heads": tuple(tensors[table.replace("0", str(stage), 1)].shape[1] for stage in range(len(depths))),
        "window": (round(len(tensors[table]) ** 0.5) + 1) // 2,
        "mlp_ratio": len(tensors[fc1]) / len(stem),
    }


def _depths(tensors: Mapping[str, Tensor]) -> tuple[int, ...]:
    def blocks(stage: int) -> int:
        found = (f"stages.{stage}.blocks.{block}.norm1.weight" in tensors for block in range(64))
        return sum(takewhile(bool, found))

    return tuple(takewhile(bool, (blocks(stage) for stage in range(16))))


def _front_end(filters: Tensor | None, labels: int, bands: int) -> dict[str, Any]:
    """Return the front end of the checkpoint: at 32 kHz, or at 16 kHz with half the hop (Speech Commands).

    Both have the same shapes; the mel filters [bins, bands] in the file tell which. Without them, the labels do.
    """
    known = {rate: {"sample_rate": rate, "fft": 1024, "hop": rate // 100, "bands": bands} for rate in (32000, 16000)}
    if filters is None:
        return known[16000 if labels == 35 else 32000]
    for rate, front_end in known.items():
        ours = mel_filters(sample_rate=rate, fft=1024, bands=bands, lowest=50, highest=14000)
        if ours.shape == filters.shape and torch.allclose(ours, filters.float(), atol=1e-5):
            return front_end
    raise ValueError("its mel filters are neither the 32 kHz nor the 16 kHz ones")


def _model_id(arguments: Arguments) -> str:
    """Return the card whose rate and scores the network has."""
    if arguments.sample_rate == 16000:
        return _PUBLISHED[35]
    return _PUBLISHED[50 if arguments.single_label else 527]


def start_from(network: nn.Module, path: Path) -> list[str]:
    """Fill a network with what fits of a published HTS-AT, CLAP or Swin-T/C24 checkpoint.

    The image network's patch projection is averaged over colours. A head for other labels is left as it was drawn.

    Returns:
        The names of the tensors that were not filled.
    """
    published = published_tensors(read_saved(path), path.name)
    published[_STEM] = published[_STEM].mean(1, keepdim=True)
    found, wanted = renamed(published), network.state_dict()
    fitting = {name: t for name, t in found.items() if name in wanted and t.shape == wanted[name].shape}
    network.load_state_dict(fitting, strict=False)
    return sorted(wanted.keys() - fitting.keys())
