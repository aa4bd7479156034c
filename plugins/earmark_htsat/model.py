"""HTS-AT, loaded: from clips to what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from earmark.api import Checkpoint, CheckpointError, Clip, Heard, Want
from earmark_htsat.network import HTSAT, Arguments
from earmark_torch.checkpoint import fill, read_tensors


def load_model(model_id: str, checkpoint: Checkpoint | None, device: str, precision: str) -> Model:
    """Return the network of a checkpoint, on the device.

    Raises:
        CheckpointError: there is none, or it is for another network.
    """
    if checkpoint is None:
        raise CheckpointError(f"{model_id} has no weights here, and does not score without.")
    network = HTSAT(_arguments(checkpoint))
    fill(network, read_tensors(checkpoint.path))
    return Model(network.to(device).eval().requires_grad_(False), torch.device(device), precision)


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
    """A network on its device; precision is "fp32", "bf16" or "fp16"."""

    network: HTSAT
    device: torch.device
    precision: str = "fp32"

    @torch.inference_mode()
    def hear(self, clips: Sequence[Clip], want: Want) -> list[Heard]:
        """Return one Heard per clip, from one forward pass over all; they must be of one length."""
        waveform = torch.from_numpy(np.stack([clip.samples for clip in clips])).to(self.device)
        with torch.autocast(self.device.type, _TYPES.get(self.precision), enabled=self.precision in _TYPES):
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


_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
