"""Augmentation on the device, a batch at a time; random numbers come from torch's generator of that device."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor


def mix_clips(waveforms: Tensor, frames: Tensor, clips: Tensor, *, share: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch of which `share` is mixed with a partner, and its labels with it.

    Powers are mixed by λ ~ Beta(0.5, 0.5), mirrored to λ ≥ 0.5, so that a clip stays the louder one.

    Args:
        waveforms: [clips, samples].
        frames: strong labels [clips, steps, labels] in 0..1.
        clips: weak labels [clips, labels] in 0..1.

    Source: Zhang et al., "mixup", ICLR 2018; labels are mixed as clips are (HTS-AT's code leaves them).
    """
    B = len(waveforms)  # noqa: N806
    weight = torch.distributions.Beta(0.5, 0.5).sample((B,)).to(waveforms.device)
    weight = torch.maximum(weight, 1 - weight)
    weight = torch.where(torch.rand(B, device=waveforms.device) < share, weight, torch.ones_like(weight))
    partner = torch.randperm(B, device=waveforms.device)

    def mixed(values: Tensor, power: float) -> Tensor:
        mine = weight.view(-1, *[1] * (values.dim() - 1))
        return values * mine**power + values[partner] * (1 - mine) ** power

    return mixed(waveforms, 0.5), mixed(frames, 1.0), mixed(clips, 1.0)


def filter_bands(log_mel: Tensor, *, decibels: float, points: int = 5) -> Tensor:
    """Return the log-mel spectrogram [clips, frames, bands] in dB as through a random smooth filter of ± `decibels`.

    Source: Nam et al., "FilterAugment", ICASSP 2022 (linear kind).
    """
    gains = (torch.rand(len(log_mel), 1, points, device=log_mel.device) * 2 - 1) * decibels
    return log_mel + F.interpolate(gains, log_mel.shape[2], mode="linear", align_corners=True)


def mask_spans(spectrogram: Tensor, *, axis: int, longest: int, count: int = 2) -> Tensor:
    """Return the normalised spectrogram [clips, frames, bands] with `count` random spans along `axis` set to 0.

    Source: Park et al., "SpecAugment", Interspeech 2019.
    """
    length = spectrogram.shape[axis]
    place = torch.arange(length, device=spectrogram.device).view(1, -1, 1) if axis == 1 else None
    place = torch.arange(length, device=spectrogram.device).view(1, 1, -1) if place is None else place
    for _ in range(count):
        width = torch.rand(len(spectrogram), 1, 1, device=spectrogram.device) * longest
        start = torch.rand(len(spectrogram), 1, 1, device=spectrogram.device) * (length - width)
        spectrogram = spectrogram.masked_fill((place >= start) & (place < start + width), 0.0)
    return spectrogram
