"""Small parts that several networks are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DropPath(nn.Module):
    """Stochastic depth: drops the whole branch for a share of the clips while training."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.rate:
            return x
        keep = torch.rand(x.shape[0], *[1] * (x.dim() - 1), device=x.device) >= self.rate
        return x * keep / (1 - self.rate)


def relative_positions(window: tuple[int, int]) -> Tensor:
    """Return the row of a table of (2 · rows − 1) · (2 · columns − 1) biases for each pair of tokens in a map [N, N].

    Source: Swin's relative_position_index; timm's CoAtNet has the same.
    """
    rows, columns = torch.meshgrid(torch.arange(window[0]), torch.arange(window[1]), indexing="ij")
    down = rows.flatten()[:, None] - rows.flatten() + window[0] - 1
    across = columns.flatten()[:, None] - columns.flatten() + window[1] - 1
    return down * (2 * window[1] - 1) + across
