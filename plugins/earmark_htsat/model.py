"""HTS-AT, loaded: from clips to what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from earmark.api import Checkpoint, CheckpointError, Clip, Heard, Want
from earmark_htsat.inference import pack
from earmark_htsat.network import HTSAT, Arguments
from earmark_torch.checkpoint import fill, read_tensors
from earmark_torch.packed import can_pack


def load_model(model_id: str, checkpoint: Checkpoint | None, device: str, precision: str) -> Model:
    """Return the network of a checkpoint, on the device.

    Raises:
        CheckpointError: there is none, or it is for another network.
    """
    if checkpoint is None:
        raise CheckpointError(f"{model_id} has no weights here, and does not score without.")
    network = HTSAT(_arguments(checkpoint))
    fill(network, read_tensors(checkpoint.path))
    return prepare(network.eval().requires_grad_(False), device, precision)


def prepare(network: HTSAT, device: str, precision: str) -> Model:
    """Return a network in evaluation mode as a model on the device; the network is changed.

    On the CPU reduced precision is bf16, and fp32 where the processor would only emulate bf16.
    """
    if torch.device(device).type != "cpu":
        return Model(network.to(device), torch.device(device), _TYPES[precision])
    dtype = torch.bfloat16 if precision != "fp32" and can_pack(torch.bfloat16) else torch.float32
    return Model(pack(network, dtype) if can_pack(dtype) else network, torch.device(device), torch.float32)


def _arguments(checkpoint: Checkpoint) -> Arguments:
    try:
        arguments = Arguments.of(checkpoint.network)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{checkpoint.path.name} is not an HTS-AT that this version knows: {error}") from error
    if arguments.labels != len(checkpoint.labels):
        raise CheckpointError(f"These weights are for {arguments.labels} labels, not {len(checkpoint.labels)}.")
    return arguments


@dataclass(frozen=True)
class Model:
    """A network on its device, and the type that PyTorch is to compute in where the network leaves it to that."""

    network: HTSAT
    device: torch.device
    dtype: torch.dtype

    @torch.inference_mode()
    def hear(self, clips: Sequence[Clip], want: Want) -> list[Heard]:
        """Return one Heard per clip, from one forward pass over all; they must be of one length."""
        waveform = torch.from_numpy(np.stack([clip.samples for clip in clips])).to(self.device)
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype is not torch.float32):
            output = self.network(waveform)
        scores = self._scores(output.logits)
        frames = self._scores(output.frame_logits) if want.frames else [None] * len(clips)
        embeddings = output.embedding.float().cpu().numpy() if want.embedding else [None] * len(clips)
        hop = waveform.shape[1] / self.network.arguments.sample_rate / self.network.steps
        heard = zip(scores, frames, embeddings, strict=True)
        return [Heard(scores=s, frames=f, hop=None if f is None else hop, embedding=e) for s, f, e in heard]

    def _scores(self, logits: Tensor) -> np.ndarray:
        """Return scores in 0..1 of logits [.., labels]."""
        logits = logits.float()
        scores = logits.softmax(-1) if self.network.arguments.single_label else logits.sigmoid()
        return scores.cpu().numpy()


_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
