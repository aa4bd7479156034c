"""MAST: a multiscale audio spectrogram transformer, from the waveform to clip scores.

Paper: Zhu and Omar, "Multiscale Audio Spectrogram Transformer for Efficient Audio Classification", ICASSP 2023, arXiv
2303.10757. No code was published. The blocks are MViTv2's (Li et al., CVPR 2022, arXiv 2112.01526), constants and
layout as in facebookresearch/mvit; what differs is the oblong map, whose axes have tables of their own, and pooling of
time alone.

In shapes, B is clips, N tokens (a class token, where there is one, then patches), C channels, D channels of a head, Q
queries, K keys; a grid is rows of patches (frequency) by columns (time).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_mast.arguments import PATCH, Arguments, BlockShape, Grid
from earmark_torch.blocks import DropPath
from earmark_torch.fbank import Fbank
from earmark_torch.model import Output

__all__ = ["MAST", "Arguments"]

EPSILON = 1e-6  # of every LayerNorm; mvit/models/mvit_model.py


class MAST(nn.Module):
    """The network. Training augments between `normalise` and `features`: there, 0 is the mean of the training data."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.arguments = arguments
        self.front_end = Fbank(
            sample_rate=arguments.sample_rate,
            bands=arguments.bands,
            centred=True,
            frames=arguments.frames,
            mean=arguments.mean,
            deviation=arguments.deviation,
        )
        shapes = arguments.blocks
        self.patch_embed = PatchEmbed(arguments.width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, arguments.width)) if arguments.class_token else None
        rising = (arguments.drop_path * block / max(1, len(shapes) - 1) for block in range(len(shapes)))
        self.blocks = nn.Sequential(*(Block(arguments, *each) for each in zip(shapes, rising, strict=True)))
        self.norm = nn.LayerNorm(shapes[-1].channels, EPSILON)
        self.dropout = nn.Dropout(arguments.dropout)
        self.head = nn.Linear(shapes[-1].channels, arguments.labels)
        self.apply(_initialise)

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Output:
        """Return the output for the waveform [clips, samples] at the network's sample rate.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands], where 0 is the training data's mean.
        """
        normalised = self.normalise(self.log_mel(waveform))
        return self.features(augment(normalised) if augment else normalised)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] of the waveform [clips, samples]."""
        return self.front_end.log_mel(waveform)

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Return the spectrogram [clips, frames, bands] with mean 0 and deviation ½, as AST has it."""
        return self.front_end.normalise(log_mel)

    def features(self, normalised: Tensor) -> Output:
        """Return the output for the normalised spectrogram [clips, frames, bands]."""
        x = self.patch_embed(normalised)  # [B, N, C]
        if self.cls_token is not None:
            x = torch.cat((self.cls_token.expand(len(x), -1, -1), x), 1)  # [B, 1 + N, C]
        x = self.norm(self.blocks(x))
        embedding = x.mean(1) if self.cls_token is None else x[:, 0]  # [B, C]
        return Output(self.head(self.dropout(embedding)).float(), embedding)


class PatchEmbed(nn.Module):
    """Overlapping patches of the spectrogram: [B, frames, bands] → [B, N, C]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(1, channels, 7, stride=PATCH, padding=3)  # table 1: 96 × 7 × 7 × 1

    def forward(self, spectrogram: Tensor) -> Tensor:
        return self.proj(spectrogram.transpose(1, 2)[:, None]).flatten(2).transpose(1, 2)


class Block(nn.Module):
    """Pooling attention and a small network, each beside the identity, which is pooled alike (equation 1)."""

    def __init__(self, arguments: Arguments, shape: BlockShape, drop_path: float) -> None:
        super().__init__()
        self.grid, channels = shape.grid, shape.channels
        self.norm1 = nn.LayerNorm(shape.before, EPSILON)
        self.attn = PoolingAttention(shape, has_class=arguments.class_token)
        # Where the channels change, so does the identity, and then from the *normalised* input (mvit's attention.py).
        self.shortcut = nn.Linear(shape.before, channels) if shape.before != channels else None
        kernel = tuple(stride + 1 if stride > 1 else 1 for stride in shape.stride)
        padding = tuple(side // 2 for side in kernel)
        self.pool = nn.MaxPool2d(kernel, shape.stride, padding) if shape.queries != shape.grid else None
        self.norm2 = nn.LayerNorm(channels, EPSILON)
        self.mlp = Mlp(channels, int(channels * arguments.mlp_ratio))
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.norm1(x)
        x = x if self.shortcut is None else self.shortcut(inner)
        x = x if self.pool is None else over_map(x, self.grid, self.pool)  # [B, Q, C]
        x = x + self.drop_path(self.attn(inner))
        return x + self.drop_path(self.mlp(self.norm2(x)))


class PoolingAttention(nn.Module):
    """Attention of pooled queries to pooled keys and values, the queries added to what they find (equation 2).

    Scores are q · k / √D plus q · (the distance's row of each axis's table); unlike equation 2, MViTv2's code, and so
    what was trained, scales the first summand only. [B, N, C before] → [B, Q, C].
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, shape: BlockShape, *, has_class: bool) -> None:
        super().__init__()
        self.heads, self.grid, self.queries, self.first = shape.heads, shape.grid, shape.queries, int(has_class)
        channels = shape.channels // shape.heads
        self.qkv = nn.Linear(shape.before, 3 * shape.channels)
        self.pool_q, self.norm_q = _pooling(channels, shape.stride), nn.LayerNorm(channels, EPSILON)
        self.pool_k, self.norm_k = _pooling(channels, shape.key_stride), nn.LayerNorm(channels, EPSILON)
        self.pool_v, self.norm_v = _pooling(channels, shape.key_stride), nn.LayerNorm(channels, EPSILON)
        self.rel_pos_h, self.rel_pos_w = (nn.Parameter(torch.empty(length, channels)) for length in shape.tables)
        nn.init.trunc_normal_(self.rel_pos_h, std=0.02)
        nn.init.trunc_normal_(self.rel_pos_w, std=0.02)
        axes = zip(("rows", "columns"), shape.queries, shape.keys, strict=True)
        for axis, queries, keys in axes:
            self.register_buffer(axis, distances(queries, keys), persistent=False)
        self.proj = nn.Linear(shape.channels, shape.channels)

    def forward(self, x: Tensor) -> Tensor:
        qkv = (
            self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).flatten(1, 2)
        )  # [3, B · heads, N, D]
        pools = ((self.pool_q, self.norm_q), (self.pool_k, self.norm_k), (self.pool_v, self.norm_v))
        pooled = (norm(over_map(each, self.grid, pool)) for each, (pool, norm) in zip(qkv, pools, strict=True))
        q, k, v = (each.unflatten(0, (-1, self.heads)) for each in pooled)  # [B, heads, Q or K, D]
        return self.proj(self.attend(q, k, v).transpose(1, 2).flatten(2))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return the queries [B, heads, Q, D], each with what it finds among keys and values [B, heads, K, D] added."""
        return F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias(q).to(q.dtype)) + q

    def bias(self, q: Tensor) -> Tensor:
        """Return what relative positions add to the scores [B, heads, Q, K] of queries [B, heads, Q, D]."""
        q = q[:, :, self.first :].unflatten(2, self.queries)  # [B, heads, rows, columns, D]
        down = torch.einsum("bhrcd, rkd -> bhrck", q, self.rel_pos_h[self.rows])[..., None]
        across = torch.einsum("bhrcd, ckd -> bhrck", q, self.rel_pos_w[self.columns])[..., None, :]
        bias = (down + across).flatten(4).flatten(2, 3)  # [B, heads, patches of Q, patches of K]
        return F.pad(bias, (self.first, 0, self.first, 0))


class Mlp(nn.Module):
    """The two-layer network of a block."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, hidden)
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.gelu(self.fc1(x)))


def over_map(x: Tensor, grid: Grid, change: Callable[[Tensor], Tensor]) -> Tensor:
    """Return tokens [B, N, C] after `change` of their map [B, C, rows, columns]; a class token passes unchanged."""
    first = x.shape[1] - grid[0] * grid[1]
    changed = change(x[:, first:].transpose(1, 2).unflatten(2, grid)).flatten(2).transpose(1, 2)
    return torch.cat((x[:, :first], changed), 1) if first else changed


def distances(queries: int, keys: int) -> Tensor:
    """Return which row of an axis's table belongs to a query and a key [queries, keys]; the finer axis counts."""
    query = torch.arange(queries)[:, None] * max(keys // queries, 1)
    key = torch.arange(keys) * max(queries // keys, 1)
    return query - key + key.max()


def _pooling(channels: int, stride: Grid) -> nn.Conv2d:
    """Return a convolution of each channel by itself; the heads share it."""
    return nn.Conv2d(channels, channels, 3, stride=stride, padding=1, groups=channels, bias=False)


def _initialise(module: nn.Module) -> None:
    """Draw a linear layer's weights, and the class token, as MViTv2 does."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
    if isinstance(module, MAST) and module.cls_token is not None:
        nn.init.trunc_normal_(module.cls_token, std=0.02)
