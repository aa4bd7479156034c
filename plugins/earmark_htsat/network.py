"""HTS-AT: a hierarchical token-semantic audio transformer, from the waveform to clip scores and frame scores.

Paper: Chen et al., "HTS-AT: A Hierarchical Token-Semantic Audio Transformer for Sound Classification and Detection",
ICASSP 2022, arXiv 2202.00874. Constants and layout as in RetroCirce/HTS-Audio-Transformer; the backbone is Swin. The
convolution stem and the merging of frequency only are ours, for small models.

In shapes, B is clips, H rows of patches (frequency), W columns of patches (time), C channels.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from earmark_htsat.arguments import Arguments
from earmark_htsat.stems import ConvolutionStem, PatchStem
from earmark_htsat.swin import Stage, initialise
from earmark_torch.front_end import LogMel
from earmark_torch.model import Output

__all__ = ["HTSAT", "Arguments"]


class HTSAT(nn.Module):
    """The network. Training augments between `normalise` and `features`: there, 0 is the mean of a band."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.arguments = arguments
        self.front_end = LogMel(
            sample_rate=arguments.sample_rate,
            fft=arguments.fft,
            hop=arguments.hop,
            bands=arguments.bands,
            lowest=arguments.lowest,
            highest=arguments.highest,
        )
        self.band_norm = nn.BatchNorm2d(arguments.bands)
        self.stem = PatchStem(arguments) if arguments.stem == "patch" else ConvolutionStem(arguments)
        rates = iter(torch.linspace(0, arguments.drop_path, sum(arguments.depths), device="cpu").tolist())
        depths = enumerate(arguments.depths)
        self.stages = nn.Sequential(*(Stage(arguments, stage, [next(rates) for _ in range(d)]) for stage, d in depths))
        self.norm = nn.LayerNorm(arguments.channels[-1])
        self.dropout = nn.Dropout(arguments.dropout)
        self.head = self._head(arguments)
        self.stages.apply(initialise)

    @staticmethod
    def _head(arguments: Arguments) -> nn.Module:
        if not arguments.labels:
            return projection(arguments.channels[-1], arguments.projection) if arguments.projection else nn.Identity()
        if not arguments.token_semantic:
            return nn.Linear(arguments.channels[-1], arguments.labels)
        rows = arguments.grids[-1][0] // arguments.segments
        return nn.Conv2d(arguments.channels[-1], arguments.labels, (rows, 3), padding=(0, 1))

    @property
    def steps(self) -> int:
        """Time steps of the frame scores."""
        return self.arguments.steps

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Output:
        """Return the output for the waveform [clips, samples] at the network's sample rate.

        Without the token-semantic module (variant H) a step's logits are the head's of that step's tokens. The
        published code sums there over frequency what it averages for the clip: its frames are not on the clip's scale.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands], where 0 is the mean of a band.
        """
        normalised = self.normalise(self.log_mel(waveform))
        return self.features(augment(normalised) if augment else normalised)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] in dB of the waveform [clips, samples]."""
        log_mel = self.front_end(waveform)
        return relative(log_mel) if self.arguments.relative else log_mel

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Return the spectrogram [clips, frames, bands] with every band brought to mean 0 and deviation 1."""
        return self.band_norm(log_mel.transpose(1, 2)[:, :, None])[:, :, 0].transpose(1, 2)

    def features(self, normalised: Tensor) -> Output:
        """Return the output for the normalised spectrogram [clips, frames, bands]."""
        x = self.norm(self.stages(self.stem(normalised)))  # [B, H, W, C]
        x = x.unflatten(1, (self.arguments.segments, -1)).permute(0, 4, 2, 1, 3).flatten(3)  # [B, C, rows, steps]
        embedding = x.mean((2, 3))
        if not self.arguments.labels:
            return Output(embedding[:, :0], self.head(embedding))
        if self.arguments.token_semantic:
            frame_logits = self.head(self.dropout(x))[:, :, 0].transpose(1, 2)  # [B, steps, labels]
        else:
            frame_logits = self.head(self.dropout(x.mean(2).transpose(1, 2)))  # [B, steps, labels]
        frame_logits = frame_logits.float()
        return Output(pool(frame_logits, self.arguments.pooling), embedding, frame_logits)


def projection(channels: int, width: int) -> nn.Sequential:
    """Return CLAP's projection [B, channels] → [B, width] into the space in which sounds and texts are compared."""
    return nn.Sequential(nn.Linear(channels, width), nn.ReLU(), nn.Linear(width, width))


QUIET = -40.0
"""Decibels of the loudest band, reached at a peak of about −50 dB: what is quieter is not taken for loud."""

DEPTH = -80.0
"""Decibels below the loudest moment at which nothing counts any more."""


def relative(log_mel: Tensor) -> Tensor:
    """Return the log-mel spectrogram [clips, frames, bands] in dB relative to each clip's loudest moment."""
    loudest = log_mel.amax((1, 2), keepdim=True).clamp(min=QUIET)
    return (log_mel - loudest).clamp(min=DEPTH)


def pool(frame_logits: Tensor, pooling: str) -> Tensor:
    """Return clip logits [B, labels] of frame logits [B, steps, labels]; see `Arguments.pooling`."""
    if pooling == "mean":
        return frame_logits.mean(1)
    scores = frame_logits.float().sigmoid()
    return (scores.square().sum(1) / scores.sum(1).clamp(min=1e-6)).logit(eps=1e-6)
