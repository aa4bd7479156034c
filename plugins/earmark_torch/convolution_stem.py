"""Convolution stages in place of patches: what small networks that learn from little need to begin with."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.gelu(self.norm1(self.conv1(x)))
        return F.gelu(x + self.norm2(self.conv2(inner)))


def convolution_stage(fewer: int, more: int, stride: tuple[int, int]) -> nn.Sequential:
    """Return a strided convolution and a residual: [B, fewer, H, W] → [B, more, H / rows, W / columns]."""
    conv = nn.Conv2d(fewer, more, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(more), nn.GELU(), Residual(more))
