"""HTS-AT: a hierarchical token-semantic audio transformer, from the waveform to clip scores and frame scores.

Paper: Chen et al., "HTS-AT: A Hierarchical Token-Semantic Audio Transformer for Sound Classification and Detection",
ICASSP 2022, arXiv 2202.00874. Constants and layout as in RetroCirce/HTS-Audio-Transformer; the backbone is Swin
(Liu et al., ICCV 2021). The convolution stem and the merging of frequency only are ours, for small models.

In shapes, B is clips, H rows of patches (frequency), W columns of patches (time), C channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from earmark_torch.front_end import LogMel


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What defines a network; the defaults are the published AudioSet model but for the number of labels.

    Attributes:
        labels: number of labels.
        sample_rate, fft, hop, bands, lowest, highest: of the log-mel front end; samples and Hz.
        frames: spectrogram frames the backbone takes; other counts are resized to it by the patch stem (bicubic, as
            published: 1001 → 1024) and cropped or padded at the end by the convolution stem.
        segments: pieces of time stacked on the frequency axis; 1 leaves time in one piece.
        stem: "patch" (one strided projection) or "convolution" (three strided stages, for little data).
        patch: side of a patch of the patch stem.
        width: channels of the first stage; doubled by each merging.
        depths, heads: blocks and attention heads of each stage.
        window: side of an attention window; an axis that is shorter is one window, and is not shifted.
        drop_path: rate of stochastic depth in the last block, growing linearly from 0.
        dropout: on the final map, before the head.
        merge: what the merging between stages halves: "both" axes, or "frequency" only, which keeps the time step.
        token_semantic: a convolution over the final map that scores each time step; else a pooled linear head.
    """

    labels: int
    sample_rate: int = 32000
    fft: int = 1024
    hop: int = 320
    bands: int = 64
    lowest: float = 50
    highest: float = 14000
    frames: int = 1024
    segments: int = 4
    stem: Literal["patch", "convolution"] = "patch"
    patch: int = 4
    width: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    window: int = 8
    mlp_ratio: float = 4
    drop_path: float = 0.1
    dropout: float = 0.0
    merge: Literal["both", "frequency"] = "both"
    token_semantic: bool = True

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Arguments:
        """Return the arguments from a mapping that has been through JSON."""
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()})

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_stages()

    def _check_choices(self) -> None:
        if self.labels < 1:
            raise ValueError("A network needs at least one label.")
        if self.stem not in ("patch", "convolution") or self.merge not in ("both", "frequency"):
            raise ValueError(f"There is no stem {self.stem!r} with merging of {self.merge!r}.")
        if len(self.depths) != len(self.heads) or not self.depths:
            raise ValueError(f"depths {self.depths} and heads {self.heads} must be of one length.")
        if self.stem == "convolution" and self.segments != 1:
            raise ValueError("The convolution stem takes time in one piece: segments must be 1.")
        if self.stem == "convolution" and self.width % 4:
            raise ValueError("The convolution stem needs a width that is divisible by 4.")

    def _check_stages(self) -> None:
        if self.frames % (self.segments * self.stride) or self.bands % self.stride:
            raise ValueError(f"{self.frames} frames × {self.bands} bands do not divide into patches of {self.stride}.")
        for channels, heads in zip(self.channels, self.heads, strict=True):
            if channels % heads:
                raise ValueError(f"{channels} channels do not divide among {heads} heads.")
        for (rows, columns), (fewer_rows, fewer_columns) in pairwise(self.grids):
            if rows != 2 * fewer_rows or columns not in (fewer_columns, 2 * fewer_columns):
                raise ValueError(f"A map of {rows} × {columns} patches cannot be merged.")
        for side in (side for grid in self.grids for side in grid):
            if side % min(self.window, side or 1) or not side:
                raise ValueError(f"{side} patches do not divide into windows of {self.window}.")
        if self.grids[-1][0] % self.segments:
            raise ValueError(f"{self.grids[-1][0]} rows do not divide among {self.segments} segments.")

    @property
    def stride(self) -> int:
        """Spectrogram frames, and bands, to a patch."""
        return self.patch if self.stem == "patch" else 8

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each stage."""
        return tuple(self.width * 2**stage for stage in range(len(self.depths)))

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of patches in each stage."""
        rows, columns = self.segments * self.bands // self.stride, self.frames // self.segments // self.stride
        both = self.merge == "both"
        return tuple((rows >> stage, columns >> stage if both else columns) for stage in range(len(self.depths)))

    @property
    def steps(self) -> int:
        """Time steps of the frame scores."""
        return self.segments * self.grids[-1][1]


class Output(NamedTuple):
    """What the network says of each clip: logits [B, labels], frame logits [B, steps, labels], embedding [B, C]."""

    logits: Tensor
    frame_logits: Tensor | None
    embedding: Tensor


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


class ConvolutionStem(nn.Module):
    """Three strided convolution stages instead of patches: [B, frames, bands] → [B, bands / 8, frames / 8, C]."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.frames = arguments.frames
        sizes = (1, arguments.width // 4, arguments.width // 2, arguments.width)
        self.stages = nn.Sequential(*(self._stage(fewer, more) for fewer, more in pairwise(sizes)))
        self.norm = nn.LayerNorm(arguments.width)
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    @staticmethod
    def _stage(fewer: int, more: int) -> nn.Sequential:
        conv = nn.Conv2d(fewer, more, 3, stride=2, padding=1, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(more), nn.GELU(), Residual(more))

    def forward(self, spectrogram: Tensor) -> Tensor:
        missing = self.frames - spectrogram.shape[1]
        spectrogram = F.pad(spectrogram, (0, 0, 0, missing)) if missing else spectrogram  # negative padding crops
        image = spectrogram.transpose(1, 2)[:, None].contiguous(
            memory_format=torch.channels_last
        )  # [B, 1, bands, frames]
        return self.norm(self.stages(image).permute(0, 2, 3, 1))  # [B, H, W, C]


class WindowAttention(nn.Module):
    """Self-attention inside windows, with learned relative positions: [B, H, W, C] → [B, H, W, C]."""

    index: Tensor
    mask: Tensor | None

    def __init__(self, channels: int, heads: int, *, grid: tuple[int, int], window: int, shifted: bool) -> None:
        super().__init__()
        self.heads = heads
        self.window = (min(window, grid[0]), min(window, grid[1]))
        sides = tuple(zip(grid, self.window, strict=True))
        self.shift = tuple(side // 2 if shifted and length > side else 0 for length, side in sides)
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
        x = x.unflatten(1, (-1, self.heads) if shifted else (self.heads,)).transpose(
            -3, -2
        )  # [.., N, heads, C / heads]
        x = self.proj(x.reshape(B, H // rows, W // columns, rows, columns, C))
        x = x.transpose(2, 3).reshape(B, H, W, C)
        return x.roll(self.shift, (1, 2)) if shifted else x

    def _heads(self, qkv: Tensor, clips: int) -> Tensor:
        """Return q, k, v of [windows, N, 3 C]: [3, windows, heads, N, C / heads], or [3, B, windows · heads, …].

        The second form lets a mask that differs between windows be broadcast over clips.
        """
        qkv = qkv.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # [3, windows, heads, N, C / heads]
        return qkv if self.mask is None else qkv.reshape(3, clips, -1, *qkv.shape[-2:])


def relative_positions(window: tuple[int, int]) -> Tensor:
    """Return the row of the bias table for each pair of tokens in a window [N, N]."""
    rows, columns = torch.meshgrid(torch.arange(window[0]), torch.arange(window[1]), indexing="ij")
    down = rows.flatten()[:, None] - rows.flatten() + window[0] - 1
    across = columns.flatten()[:, None] - columns.flatten() + window[1] - 1
    return down * (2 * window[1] - 1) + across


def shift_mask(grid: tuple[int, int], window: tuple[int, int], shift: tuple[int, ...]) -> Tensor:
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
        self.fc2 = nn.Linear(int(channels * ratio), channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


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
        return self.reduction(self.norm(x.reshape(B, H // 2, W // self.across, -1)))


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
        rates = iter(torch.linspace(0, arguments.drop_path, sum(arguments.depths)).tolist())
        depths = enumerate(arguments.depths)
        self.stages = nn.Sequential(*(Stage(arguments, stage, [next(rates) for _ in range(d)]) for stage, d in depths))
        self.norm = nn.LayerNorm(arguments.channels[-1])
        self.dropout = nn.Dropout(arguments.dropout)
        self.head = self._head(arguments)
        self.stages.apply(initialise)

    @staticmethod
    def _head(arguments: Arguments) -> nn.Module:
        if not arguments.token_semantic:
            return nn.Linear(arguments.channels[-1], arguments.labels)
        rows = arguments.grids[-1][0] // arguments.segments
        return nn.Conv2d(arguments.channels[-1], arguments.labels, (rows, 3), padding=(0, 1))

    def forward(self, waveform: Tensor) -> Output:
        """Return the output for the waveform [clips, samples] at the network's sample rate."""
        return self.features(self.normalise(self.log_mel(waveform)))

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] in dB of the waveform [clips, samples]."""
        return self.front_end(waveform)

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Return the spectrogram [clips, frames, bands] with every band brought to mean 0 and deviation 1."""
        return self.band_norm(log_mel.transpose(1, 2)[:, :, None])[:, :, 0].transpose(1, 2)

    def features(self, normalised: Tensor) -> Output:
        """Return the output for the normalised spectrogram [clips, frames, bands]."""
        x = self.norm(self.stages(self.stem(normalised)))  # [B, H, W, C]
        embedding = x.mean((1, 2))
        if not self.arguments.token_semantic:
            return Output(self.head(self.dropout(embedding)), None, embedding)
        x = x.unflatten(1, (self.arguments.segments, -1)).permute(0, 4, 2, 1, 3).flatten(3)  # [B, C, rows, steps]
        frame_logits = self.head(self.dropout(x))[:, :, 0].transpose(1, 2)  # [B, steps, labels]
        return Output(frame_logits.mean(1), frame_logits, embedding)


def initialise(module: nn.Module) -> None:
    """Draw a linear layer's weights as Swin does."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
