"""Swin's stages: attention in shifted windows, and the merging of patches between them.

Source: Liu et al., "Swin Transformer", ICCV 2021; arXiv 2103.14030. Merging of frequency only is ours.
"""

# ruff: noqa: N806 - in shapes, B is clips, H rows of patches (frequency), W columns of patches (time), C channels

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_htsat.arguments import Arguments
from earmark_torch.blocks import DropPath, relative_positions


class WindowAttention(nn.Module):
    """Self-attention inside windows, with learned relative positions: [B, H, W, C] → [B, H, W, C]."""

    index: Tensor
    mask: Tensor | None

    def __init__(self, channels: int, heads: int, *, grid: tuple[int, int], window: int, shifted: bool) -> None:
        super().__init__()
        self.heads = heads
        self.window = (min(window, grid[0]), min(window, grid[1]))
        down, across = (side // 2 if side < length else 0 for side, length in zip(self.window, grid, strict=True))
        self.shift = (down, across) if shifted else (0, 0)
        tables = (2 * self.window[0] - 1) * (2 * self.window[1] - 1)
        self.relative_position_bias_table = nn.Parameter(torch.zeros(tables, heads))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
        self.register_buffer("index", relative_positions(self.window), persistent=False)
        mask = shift_mask(grid, self.window, self.shift) if any(self.shift) else None
        self.register_buffer("mask", mask, persistent=False)

    def bias(self) -> Tensor:
        """Return what is added to the attention scores [1, windows · heads or heads, N, N], N tokens to a window."""
        bias = self.relative_position_bias_table[self.index].permute(2, 0, 1)[None]  # [1, heads, N, N]
        return bias if self.mask is None else (bias + self.mask[:, None]).flatten(0, 1)[None]

    def forward(self, x: Tensor) -> Tensor:
        B, H, W, C = x.shape
        rows, columns = self.window
        shifted = any(self.shift)
        x = x.roll((-self.shift[0], -self.shift[1]), (1, 2)) if shifted else x
        x = x.view(B, H // rows, rows, W // columns, columns, C).transpose(2, 3)  # [B, down, across, rows, columns, C]
        q, k, v = self._heads(self.qkv(x.reshape(-1, rows * columns, C)), B).unbind(0)
        x = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias().to(q.dtype))
        windows_and_heads = (-1, self.heads) if shifted else (self.heads,)
        x = x.unflatten(1, windows_and_heads).transpose(-3, -2)  # [.., N, heads, C / heads]
        x = self.proj(x.reshape(B, H // rows, W // columns, rows, columns, C))
        x = x.transpose(2, 3).reshape(B, H, W, C)
        return x.roll(self.shift, (1, 2)) if shifted else x

    def _heads(self, qkv: Tensor, clips: int) -> Tensor:
        """Return q, k, v of [windows, N, 3 C]: [3, windows, heads, N, C / heads], or [3, B, windows · heads, …].

        The second form lets a mask that differs between windows be broadcast over clips.
        """
        qkv = qkv.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # [3, windows, heads, N, C / heads]
        return qkv if self.mask is None else qkv.reshape(3, clips, -1, *qkv.shape[-2:])


def shift_mask(grid: tuple[int, int], window: tuple[int, int], shift: tuple[int, int]) -> Tensor:
    """Return −100 where two tokens of a rolled window [windows, N, N] were not neighbours before rolling, else 0."""
    regions = []
    for length, side, moved in zip(grid, window, shift, strict=True):
        position = torch.arange(length)
        regions.append((position >= length - side).long() + (position >= length - moved).long() * (moved > 0))
    region = regions[0][:, None] * 3 + regions[1]  # [H, W]
    region = region.view(grid[0] // window[0], window[0], grid[1] // window[1], window[1]).transpose(1, 2).flatten(2)
    region = region.flatten(0, 1)  # [windows, N]
    return torch.where(region[:, :, None] == region[:, None], 0.0, -100.0)


class Mlp(nn.Module):
    """The two-layer network of a block."""

    def __init__(self, channels: int, ratio: float) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, int(channels * ratio))
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(int(channels * ratio), channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.gelu(self.fc1(x)))


class Block(nn.Module):
    """A Swin block: attention in windows and a small network, each beside the identity."""

    def __init__(self, arguments: Arguments, stage: int, block: int, drop_path: float) -> None:
        super().__init__()
        channels, heads = arguments.channels[stage], arguments.heads[stage]
        grid, shifted = arguments.grids[stage], block % 2 == 1
        self.norm1 = nn.LayerNorm(channels)
        self.attn = WindowAttention(channels, heads, grid=grid, window=arguments.window, shifted=shifted)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = Mlp(channels, arguments.mlp_ratio)
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))


class Merge(nn.Module):
    """Neighbouring patches become one of twice the channels: [B, H, W, C] → [B, H / 2, W / 2 or W, 2 C]."""

    def __init__(self, channels: int, axes: str) -> None:
        super().__init__()
        self.across = 2 if axes == "both" else 1
        self.norm = nn.LayerNorm(2 * self.across * channels)
        self.reduction = nn.Linear(2 * self.across * channels, 2 * channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        B, H, W, C = x.shape
        x = x.view(B, H // 2, 2, W // self.across, self.across, C).permute(0, 1, 3, 4, 2, 5)
        return self.reduction(self.norm(x.reshape(B, H // 2, W // self.across, -1))).to(x.dtype)


class Stage(nn.Module):
    """Blocks on one grid, then the merging that leads to the next."""

    def __init__(self, arguments: Arguments, stage: int, drop_paths: list[float]) -> None:
        super().__init__()
        blocks = (Block(arguments, stage, block, rate) for block, rate in enumerate(drop_paths))
        self.blocks = nn.Sequential(*blocks)
        last = stage == len(arguments.depths) - 1
        self.merge = nn.Identity() if last else Merge(arguments.channels[stage], arguments.merge)

    def forward(self, x: Tensor) -> Tensor:
        return self.merge(self.blocks(x))


def initialise(module: nn.Module) -> None:
    """Draw a linear layer's weights as Swin does."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
