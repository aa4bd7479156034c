"""MAST made ready for inference on the CPU: the same arithmetic, laid out for it.

Channels stay last throughout, so that pooling, norms and heads move nothing; what follows a matrix product (GELU, the
sum beside the identity) is done with it. Attention goes over its scores in pieces that stay in the processor's cache:
written out whole, they and what relative positions add to them take 67 MB in block 2 alone. In bf16 everything between
the patches and the last norm is bf16; the front end and the logits stay fp32.

In shapes, B is clips, N tokens, C channels, D channels of a head, Q queries, K keys.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_mast.arguments import Grid
from earmark_mast.network import MAST, Block, PatchEmbed, PoolingAttention, over_map
from earmark_torch.packed import Cast, PackedConvolution, PackedLinear

CACHED = 2**19  # scores that are in work at once: 2 MB in fp32, what a core has for itself


@torch.no_grad()
def pack(network: MAST, dtype: torch.dtype) -> MAST:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    sides = network.arguments.bands, network.arguments.frames
    network.add_module("patch_embed", PackedPatches(network.patch_embed, sides, dtype))
    blocks = [PackedBlock(block, dtype) for block in network.blocks if isinstance(block, Block)]
    network.blocks = nn.Sequential(Cast(dtype), *blocks, Cast(torch.float32))
    network.add_module("head", PackedLinear(network.head, rows=1, dtype=torch.float32))
    return network


class PackedPatches(nn.Module):
    """Overlapping patches of the spectrogram: [B, frames, bands] → [B, N, C]."""

    def __init__(self, patches: PatchEmbed, sides: Grid, dtype: torch.dtype) -> None:
        super().__init__()
        self.proj = PackedConvolution(patches.proj, shape=(1, 1, *sides), dtype=dtype)

    def forward(self, spectrogram: Tensor) -> Tensor:
        return self.proj(spectrogram.transpose(1, 2)[:, None]).flatten(2).transpose(1, 2)


class PackedBlock(nn.Module):
    """A block: [B, N, C before] → [B, Q, C]."""

    def __init__(self, block: Block, dtype: torch.dtype) -> None:
        super().__init__()
        attention, self.grid = block.attn, block.grid
        before, after = (rows * columns for rows, columns in (attention.grid, attention.queries))
        self.halved = [axis for axis in (0, 1) if attention.queries[axis] < attention.grid[axis]]
        self.norm1, self.norm2 = block.norm1.to(dtype), block.norm2.to(dtype)
        self.shortcut = None if block.shortcut is None else PackedLinear(block.shortcut, rows=before, dtype=dtype)
        self.attend = PackedAttention(attention, dtype)
        self.proj = PackedLinear(attention.proj, rows=after, dtype=dtype)
        self.widen = PackedLinear(block.mlp.fc1, rows=after, dtype=dtype, activation="gelu")
        self.narrow = PackedLinear(block.mlp.fc2, rows=after, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.norm1(x)
        x = x if self.shortcut is None else self.shortcut(inner)
        x = over_map(x, self.grid, self._pool) if self.halved else x
        x = self.proj(self.attend(inner), beside=x)
        return self.narrow(self.widen(self.norm2(x)), beside=x)

    def _pool(self, x: Tensor) -> Tensor:
        """Return the map [B, C, H, W] pooled as `Block.pool` does it, an axis at a time."""
        for axis in self.halved:
            x = largest_of_three(x, axis + 2)
        return x


class Piece(NamedTuple):
    """Which heads, rows of queries, and queries are in work at once."""

    heads: slice
    rows: slice
    queries: slice


class PackedAttention(nn.Module):
    """Pooled queries, and what each finds added to it: [B, N, C before] → [B, Q, C]."""

    def __init__(self, attention: PoolingAttention, dtype: torch.dtype) -> None:
        super().__init__()
        self.queries, self.first = attention.queries, attention.first
        self.keys = attention.rows.shape[1], attention.columns.shape[1]
        linears = zip(attention.qkv.weight.chunk(3), attention.qkv.bias.chunk(3), strict=True)
        linear_q, linear_k, linear_v = (_linear(*each) for each in linears)
        self.q = PackedPooling(linear_q, attention.pool_q, attention.norm_q, attention.grid, dtype)
        self.k = PackedPooling(linear_k, attention.pool_k, attention.norm_k, attention.grid, dtype)
        self.v = PackedPooling(linear_v, attention.pool_v, attention.norm_v, attention.grid, dtype)
        self.down = attention.rel_pos_h[attention.rows].to(dtype).transpose(1, 2).contiguous()  # [rows, D, key rows]
        self.across = attention.rel_pos_w[attention.columns].to(dtype).transpose(1, 2).contiguous()
        self.scale, self.pieces = self.down.shape[1] ** -0.5, self._pieces(attention.heads)

    def _pieces(self, heads: int) -> list[Piece]:
        (rows, columns), keys = self.queries, self.first + self.keys[0] * self.keys[1]
        step = max(1, min(rows, CACHED // (columns * keys)))
        together = max(1, min(heads, CACHED // (rows * columns * keys)))
        starts = product(range(0, heads, together), range(0, rows, step))
        spans = ((slice(head, head + together), row, min(row + step, rows)) for head, row in starts)
        return [
            Piece(heads, slice(row, end), slice(self.first + row * columns, self.first + end * columns))
            for heads, row, end in spans
        ]

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (each(x).transpose(1, 2) for each in (self.q, self.k, self.v))  # [B, heads, Q or K, D]
        found = [self._attend(*clip).transpose(0, 1).flatten(1) for clip in zip(q, k, v, strict=True)]
        return torch.stack(found)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return queries, and what they find added [heads, Q, D], among keys and values [heads, K, D]."""
        down, across = self._positions(q[:, self.first :])
        rows: dict[int, list[Tensor]] = defaultdict(list)  # by their first head
        for heads, of, queries in self.pieces:
            found = self._find(q[heads, queries], k[heads], v[heads], self._bias(down[heads, of], across[heads, of]))
            rows[heads.start].append(found)
        found = torch.cat([torch.cat(parts, 1) for parts in rows.values()])
        if not self.first:
            return found
        first = q[:, :1]
        return torch.cat((first + F.scaled_dot_product_attention(first, k, v), found), 1)

    def _find(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        if torch.compiler.is_exporting():  # a compiler does all that is between two products in one pass
            return q + torch.bmm(torch.softmax(torch.bmm(q, k.transpose(1, 2)) * self.scale + bias, -1), v)
        scores = bias.baddbmm_(q, k.transpose(1, 2), alpha=self.scale)
        return torch.baddbmm(q, torch.softmax(scores, -1, out=scores), v)

    def _bias(self, down: Tensor, across: Tensor) -> Tensor:
        """Return the sum of both axes' shares [heads, Q, K]; 0 for the class token's key."""
        bias = (down[..., None] + across[..., None, :]).flatten(-2).flatten(1, 2)
        return F.pad(bias, (1, 0)) if self.first else bias

    def _positions(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Return what each axis's distances add to the scores of patches' queries [heads, Q, D].

        Returns:
            [heads, rows, columns, key rows] and [heads, rows, columns, key columns].
        """
        heads, (rows, columns) = len(q), self.queries
        q = q.transpose(0, 1).unflatten(0, self.queries)  # [rows, columns, heads, D]
        down = torch.bmm(q.flatten(1, 2), self.down).view(rows, columns, heads, -1)
        across = torch.bmm(q.transpose(0, 1).flatten(1, 2), self.across).view(columns, rows, heads, -1)
        return down.permute(2, 0, 1, 3).contiguous(), across.permute(2, 1, 0, 3).contiguous()


class PackedPooling(nn.Module):
    """Queries, keys or values: [B, N, C before] → [B, Q or K, heads, D]."""

    def __init__(self, linear: nn.Linear, pool: nn.Conv2d, norm: nn.LayerNorm, grid: Grid, dtype: torch.dtype) -> None:
        super().__init__()
        self.grid, self.heads = grid, linear.out_features // pool.out_channels
        self.linear = PackedLinear(linear, rows=grid[0] * grid[1], dtype=dtype)
        self.pool = PackedConvolution(_of_all(pool, self.heads), shape=(1, linear.out_features, *grid), dtype=dtype)
        self.norm = norm.to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        pooled = over_map(self.linear(x), self.grid, self.pool)
        return self.norm(pooled.unflatten(-1, (self.heads, -1)))


def largest_of_three(x: Tensor, axis: int) -> Tensor:
    """Return the largest of every second element and its two neighbours along an axis of even length."""
    even, odd = x.unflatten(axis, (-1, 2)).unbind(axis + 1)
    largest = torch.maximum(even, odd)
    later, before = largest.narrow(axis, 1, largest.shape[axis] - 1), odd.narrow(axis, 0, odd.shape[axis] - 1)
    torch.maximum(later, before, out=later)
    return largest


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.weight, linear.bias = nn.Parameter(weight), nn.Parameter(bias)
    return linear


def _of_all(pool: nn.Conv2d, heads: int) -> nn.Conv2d:
    """Return the convolution that pools all heads at once, each as `pool` does."""
    channels = heads * pool.out_channels
    whole = nn.Conv2d(channels, channels, 3, stride=pool.stride, padding=1, groups=channels, bias=False)  # pyright: ignore[reportArgumentType]
    whole.weight.copy_(pool.weight.repeat(heads, 1, 1, 1))
    return whole
