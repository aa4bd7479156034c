"""Augmentation on the device, a batch at a time; random numbers come from torch's generator of that device."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

from earmark.api import DatasetError


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How training sounds are changed on the device.

    Attributes:
        mix: share of clips that are mixed with a partner, λ ~ Beta(`mix_alpha`, `mix_alpha`).
        mix_of: what is mixed: "power" (λ of powers, mirrored so that a clip stays the louder one), "waveform" (AST's
            dataloader.py) or "spectrogram" (HTS-AT's sed_model.py).
        mix_labels: labels are mixed as clips are; HTS-AT's code leaves them.
        filter_db: ± of a random smooth filter.
        mask_bands, mask_frames, masks: the longest masks along each axis, and how many of each.
        mask_with: what stands in a mask, in normalised units; 0 is the mean.
        noise: share of clips that get uniform noise of a random strength up to a tenth, and are shifted a little.
        label_smoothing: share of a label that is spread over all.
        frame_weight: of the strong labels' loss beside the weak ones'.
    """

    mix: float = 0.5
    mix_alpha: float = 0.5
    mix_of: Literal["power", "waveform", "spectrogram"] = "power"
    mix_labels: bool = True
    filter_db: float = 6.0
    mask_bands: float = 10
    mask_frames: float = 16
    masks: int = 2
    mask_with: float = 0.0
    noise: float = 0.0
    label_smoothing: float = 0.0
    frame_weight: float = 1.0

    @classmethod
    def of(cls, settings: Any) -> Augmentation:
        """Return the augmentation in a job's settings; what is not of it is left out.

        Raises:
            DatasetError: a value is none that it can have.
        """
        augmentation = cls(**{each.name: settings[each.name] for each in fields(cls) if each.name in settings})
        if augmentation.mix_of not in ("power", "waveform", "spectrogram"):
            raise DatasetError(f"Clips cannot be mixed by {augmentation.mix_of!r}.")
        return augmentation

    def spectrogram(self, normalised: Tensor) -> Tensor:
        """Return the normalised spectrogram [clips, frames, bands] filtered, with noise, and masked."""
        filtered = filter_bands(normalised, decibels=self.filter_db / DECIBELS) if self.filter_db else normalised
        noisy = add_noise(filtered, share=self.noise) if self.noise else filtered
        masked = mask_spans(noisy, axis=2, longest=self.mask_bands, count=self.masks, value=self.mask_with)
        return mask_spans(masked, axis=1, longest=self.mask_frames, count=self.masks, value=self.mask_with)


DECIBELS = 15.0
"""Of one deviation of a band in everyday sounds, about: what `filter_db` is in normalised units."""


class Mixing(NamedTuple):
    """Who is mixed with whom, and how much of each clip's own is left: weight [clips] in 0..1, partner [clips]."""

    weight: Tensor
    partner: Tensor

    def mixed(self, values: Tensor, power: float = 1.0) -> Tensor:
        """Return values [clips, ..] with their partners' mixed in, the shares to the given power."""
        mine = self.weight.view(-1, *[1] * (values.dim() - 1))
        return values * mine**power + values[self.partner] * (1 - mine) ** power


def draw_mixing(clips: int, *, share: float, alpha: float, mirrored: bool, device: torch.device) -> Mixing:
    """Draw partners and weights λ ~ Beta(alpha, alpha) for a batch, of which `share` is mixed at all.

    Args:
        mirrored: λ ≥ 0.5, so that a clip stays the louder one.

    Source: Zhang et al., "mixup", ICLR 2018.
    """
    weight = torch.distributions.Beta(alpha, alpha).sample((clips,)).to(device)
    weight = torch.maximum(weight, 1 - weight) if mirrored else weight
    weight = torch.where(torch.rand(clips, device=device) < share, weight, torch.ones_like(weight))
    return Mixing(weight, torch.randperm(clips, device=device))


def filter_bands(log_mel: Tensor, *, decibels: float, points: int = 5) -> Tensor:
    """Return the log-mel spectrogram [clips, frames, bands] in dB as through a random smooth filter of ± `decibels`.

    Source: Nam et al., "FilterAugment", ICASSP 2022 (linear kind).
    """
    gains = (torch.rand(len(log_mel), 1, points, device=log_mel.device) * 2 - 1) * decibels
    return log_mel + F.interpolate(gains, log_mel.shape[2], mode="linear", align_corners=True)


def add_noise(normalised: Tensor, *, share: float, frames: int = 10) -> Tensor:
    """Return the spectrogram [clips, frames, bands], `share` of it with noise U·U / 10 and shifted in a circle.

    Source: YuanGongND/ast, src/dataloader.py (where all clips are).
    """
    B, device = len(normalised), normalised.device  # noqa: N806
    chosen = torch.rand(B, 1, 1, device=device) < share
    strength = torch.rand(B, 1, 1, device=device) / 10
    noisy = normalised + torch.rand_like(normalised) * strength
    shift = torch.randint(-frames, frames, (B, 1), device=device)
    place = (torch.arange(normalised.shape[1], device=device) - shift) % normalised.shape[1]  # [clips, frames]
    return torch.where(chosen, noisy.gather(1, place[:, :, None].expand_as(noisy)), normalised)


def mask_spans(spectrogram: Tensor, *, axis: int, longest: float, count: int = 2, value: float = 0.0) -> Tensor:
    """Return the spectrogram [clips, frames, bands] with `count` random spans along `axis` set to `value`.

    Source: Park et al., "SpecAugment", Interspeech 2019.
    """
    length = spectrogram.shape[axis]
    place = torch.arange(length, device=spectrogram.device).view((1, -1, 1) if axis == 1 else (1, 1, -1))
    for _ in range(count if longest else 0):
        width = torch.rand(len(spectrogram), 1, 1, device=spectrogram.device) * longest
        start = torch.rand(len(spectrogram), 1, 1, device=spectrogram.device) * (length - width)
        spectrogram = spectrogram.masked_fill((place >= start) & (place < start + width), value)
    return spectrogram
