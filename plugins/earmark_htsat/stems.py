"""Stems: from the normalised spectrogram to the first map of patches."""

# ruff: noqa: N806 - in shapes, B is clips, H rows of patches (frequency), W columns of patches (time), C channels

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_htsat.arguments import Arguments
from earmark_torch.convolution_stem import convolution_stage


class PatchStem(nn.Module):
    """Square patches of the log-mel spectrogram, time folded onto frequency: [B, frames, bands] → [B, H, W, C]."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.segments, self.patch, self.frames = arguments.segments, arguments.patch, arguments.frames
        self.proj = nn.Conv2d(1, arguments.width, arguments.patch, stride=arguments.patch)
        self.norm = nn.LayerNorm(arguments.width)

    def forward(self, spectrogram: Tensor) -> Tensor:
        if spectrogram.shape[1] != self.frames:
            size = (self.frames, spectrogram.shape[2])
            spectrogram = F.interpolate(spectrogram[:, None], size, mode="bicubic", align_corners=True)[:, 0]
        B, T, M = spectrogram.shape  # clips, frames, bands
        S, P = self.segments, self.patch
        patches = spectrogram.view(B, S, T // S // P, P, M // P, P).permute(0, 1, 4, 2, 5, 3)  # [B, S, rows, W, P, P]
        patches = patches.reshape(B, S * M // P, T // S // P, P * P)  # [B, H, W, pixels of a patch]
        return self.norm(F.linear(patches, self.proj.weight.flatten(1), self.proj.bias))


class ConvolutionStem(nn.Module):
    """Three strided convolution stages instead of patches: [B, frames, bands] → [B, bands / 8, columns, C]."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.frames = arguments.frames
        sizes = (1, arguments.width // 4, arguments.width // 2, arguments.width)
        across = (2, 2, arguments.column // 4)
        stages = zip(pairwise(sizes), across, strict=True)
        self.stages = nn.Sequential(*(convolution_stage(*pair, stride=(2, stride)) for pair, stride in stages))
        self.norm = nn.LayerNorm(arguments.width)
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def forward(self, spectrogram: Tensor) -> Tensor:
        missing = self.frames - spectrogram.shape[1]
        spectrogram = F.pad(spectrogram, (0, 0, 0, missing)) if missing else spectrogram  # negative padding crops
        image = spectrogram.transpose(1, 2)[:, None].contiguous(
            memory_format=torch.channels_last
        )  # [B, 1, bands, frames]
        return self.norm(self.stages(image).permute(0, 2, 3, 1))  # [B, H, W, C]
