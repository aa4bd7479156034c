"""A network, loaded and ready to hear: what is the same for every family.

A family's network takes the waveform [clips, samples] and returns an `Output`; a plugin's `load` is `load_model` with
its `Family`, and its `infer` is `Model.hear`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from earmark.api import Checkpoint, CheckpointError, Clip, Heard, Want
from earmark_torch.checkpoint import read_tensors, require_fit
from earmark_torch.compiled import Stage
from earmark_torch.packed import can_pack, is_faster_in_bf16


class Output(NamedTuple):
    """What a network says of each clip.

    Attributes:
        logits: [clips, labels].
        embedding: [clips, width].
        frame_logits: [clips, steps, labels] over the whole clip; None where the network has no frames.
    """

    logits: Tensor
    embedding: Tensor
    frame_logits: Tensor | None = None


class Arguments(Protocol):
    """What every family's arguments tell."""

    @property
    def labels(self) -> int:
        """Number of labels."""
        ...

    @property
    def sample_rate(self) -> int:
        """Of the waveform, in Hz."""
        ...

    @property
    def single_label(self) -> bool:
        """Scores are a softmax over labels, else a sigmoid of each."""
        ...


@dataclass(frozen=True, kw_only=True)
class Family:
    """What differs between families of networks.

    Attributes:
        title: as sentences name it.
        arguments: the dataclass that defines a network; it refuses contradictions with a ValueError.
        network: builds the untrained network; its `arguments` attribute is what it was built of.
        pack: rebuilds a network in place for inference on the CPU in fp32 or bf16.
        compiles: compiling gains something on the CPU over packing: the packed network's `features` are, in time.
    """

    title: str
    arguments: type[Any]
    network: Callable[[Any], nn.Module]
    pack: Callable[[Any, torch.dtype], nn.Module]
    compiles: bool = False


def restore(arguments: type[Any], stored: Mapping[str, Any]) -> Any:
    """Return a family's arguments from a mapping that has been through JSON, where tuples became lists."""
    return arguments(**{name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()})


def load_model(family: Family, model_id: str, checkpoint: Checkpoint | None, device: str, precision: str) -> Model:
    """Return the network of a checkpoint, on the device.

    Raises:
        CheckpointError: there is none, or it is for another network.
    """
    if checkpoint is None:
        raise CheckpointError(f"{model_id} has no weights here, and does not score without.")
    arguments, tensors = _arguments(family, checkpoint), read_tensors(checkpoint.path)
    with torch.device("meta"):  # whatever its description claims takes no memory
        require_fit(family.network(arguments), tensors)
    network = family.network(arguments)
    network.load_state_dict(tensors)
    return prepare(family, network.eval().requires_grad_(False), device, precision)


def prepare(family: Family, network: Any, device: str, precision: str) -> Model:
    """Return a network in evaluation mode as a model on the device; the network is changed.

    On the CPU reduced precision is bf16 where that is faster than fp32, and fp32 elsewhere.
    """
    where, arguments = torch.device(device), network.arguments
    if where.type != "cpu":
        return Model(in_type(network, TYPES[precision]).to(where), arguments, where, TYPES[precision])
    dtype = torch.bfloat16 if precision != "fp32" and is_faster_in_bf16() else torch.float32
    if not can_pack(dtype):
        return Model(network, arguments, where, torch.float32)
    packed = family.pack(network, dtype)
    return Model(packed, arguments, where, torch.float32, Stage(family, packed, dtype) if family.compiles else None)


def in_type(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Return the network with the weights of its products in the type that they are multiplied in.

    Autocast gives the same scores without that, but rounds them anew for every batch.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d):
            module.to(dtype)
    return network


def _arguments(family: Family, checkpoint: Checkpoint) -> Any:
    try:
        arguments = restore(family.arguments, checkpoint.network)
    except (TypeError, ValueError) as error:
        sentence = f"{checkpoint.path.name} is not a network of {family.title} that this version knows: {error}"
        raise CheckpointError(sentence) from error
    if arguments.labels != len(checkpoint.labels):
        raise CheckpointError(f"These weights are for {arguments.labels} labels, not {len(checkpoint.labels)}.")
    return arguments


@dataclass(frozen=True)
class Model:
    """A network on its device, and the type that PyTorch is to compute in where the network leaves it to that.

    Attributes:
        stage: is told of the network's work, and has it compiled in time.
    """

    network: nn.Module
    arguments: Arguments
    device: torch.device
    dtype: torch.dtype
    stage: Stage | None = None

    @torch.inference_mode()
    def hear(self, clips: Sequence[Clip], want: Want) -> list[Heard]:
        """Return one Heard per clip, from one forward pass over all; they must be of one length."""
        waveform = torch.from_numpy(np.stack([clip.samples for clip in clips])).to(self.device)  # [clips, samples]
        began = time.perf_counter()
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype is not torch.float32):
            output = self.network(waveform)
        if self.stage is not None:
            self.stage.heard(waveform.shape[1], time.perf_counter() - began)
        scores = self._scores(output.logits)
        embeddings = output.embedding.float().cpu().numpy() if want.embedding else [None] * len(clips)
        if not want.frames or output.frame_logits is None:
            return [Heard(scores=s, embedding=e) for s, e in zip(scores, embeddings, strict=True)]
        frames = self._scores(output.frame_logits)
        hop = waveform.shape[1] / self.arguments.sample_rate / frames.shape[1]
        heard = zip(scores, frames, embeddings, strict=True)
        return [Heard(scores=s, frames=f, hop=hop, embedding=e) for s, f, e in heard]

    def _scores(self, logits: Tensor) -> np.ndarray:
        """Return scores in 0..1 of logits [.., labels]."""
        logits = logits.float()
        return (logits.softmax(-1) if self.arguments.single_label else logits.sigmoid()).cpu().numpy()


TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
