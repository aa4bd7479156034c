"""HTS-AT in the arithmetic of its published code, eagerly: the other side of `bench/htsat.py`.

As RetroCirce/HTS-Audio-Transformer evaluates: the STFT as two convolutions (torchlibrosa), attention written out with
its bias and mask, and the attention maps of every block kept, stacked and averaged per layer, though nobody asks.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchlibrosa.stft import LogmelFilterBank, Spectrogram

WINDOW = 8


class Attention(nn.Module):
    """Attention inside windows; returns its maps too."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (channels // heads) ** -0.5
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, heads))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        place = torch.stack(torch.meshgrid(torch.arange(WINDOW), torch.arange(WINDOW), indexing="ij")).flatten(1)
        between = (place[:, :, None] - place[:, None]).permute(1, 2, 0) + WINDOW - 1
        self.register_buffer("relative_position_index", between[..., 0] * (2 * WINDOW - 1) + between[..., 1])

    def forward(self, x: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        windows, tokens, channels = x.shape
        q, k, v = self.qkv(x).reshape(windows, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        maps = (q * self.scale) @ k.transpose(-2, -1)
        bias = self.relative_position_bias_table[self.relative_position_index.view(-1)].view(tokens, tokens, -1)
        maps = maps + bias.permute(2, 0, 1).contiguous().unsqueeze(0)
        if mask is not None:
            maps = maps.view(-1, len(mask), self.heads, tokens, tokens) + mask.unsqueeze(1).unsqueeze(0)
            maps = maps.view(-1, self.heads, tokens, tokens)
        maps = maps.softmax(-1)
        return self.proj((maps @ v).transpose(1, 2).reshape(windows, tokens, channels)), maps


class Block(nn.Module):
    """A Swin block on a square grid of patches [clips, patches, channels]."""

    def __init__(self, channels: int, heads: int, side: int, shift: int) -> None:
        super().__init__()
        self.side, self.shift = side, shift
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attn = Attention(channels, heads)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(channels, 4 * channels), "fc2": nn.Linear(4 * channels, channels)})
        self.register_buffer("attn_mask", self._mask() if shift else None)

    def _mask(self) -> Tensor:
        regions = torch.zeros(1, self.side, self.side, 1)
        cuts = (slice(0, -WINDOW), slice(-WINDOW, -self.shift), slice(-self.shift, None))
        for number, (down, across) in enumerate((down, across) for down in cuts for across in cuts):
            regions[:, down, across] = number
        regions = partition(regions).view(-1, WINDOW * WINDOW)
        return (regions[:, None] != regions[:, :, None]).float() * -100.0

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        clips, patches, channels = x.shape
        inner = self.norm1(x).view(clips, self.side, self.side, channels)
        if self.shift:
            inner = torch.roll(inner, (-self.shift, -self.shift), (1, 2))
        inner, maps = self.attn(partition(inner), self.attn_mask)
        inner = together(inner, self.side)
        if self.shift:
            inner = torch.roll(inner, (self.shift, self.shift), (1, 2))
        x = x + inner.view(clips, patches, channels)
        return x + self.mlp["fc2"](functional.gelu(self.mlp["fc1"](self.norm2(x)))), maps


def partition(x: Tensor) -> Tensor:
    """Return the windows [clips · windows, tokens, channels] of a grid [clips, side, side, channels]."""
    clips, side, _, channels = x.shape
    x = x.view(clips, side // WINDOW, WINDOW, side // WINDOW, WINDOW, channels)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, WINDOW * WINDOW, channels)


def together(x: Tensor, side: int) -> Tensor:
    """Return the grid [clips, side, side, channels] of windows [clips · windows, tokens, channels]."""
    x = x.view(-1, side // WINDOW, side // WINDOW, WINDOW, WINDOW, x.shape[-1])
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(len(x), side, side, -1)


class Merging(nn.Module):
    """Four patches become one of twice the channels; in the published order of the four."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.norm = nn.LayerNorm(4 * channels)
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        clips, _, channels = x.shape
        x = x.view(clips, self.side, self.side, channels)
        four = [x[:, down::2, across::2] for across in (0, 1) for down in (0, 1)]
        return self.reduction(self.norm(torch.cat(four, -1).view(clips, -1, 4 * channels)))


class Layer(nn.Module):
    """Blocks of one grid; in evaluation their attention maps are stacked and averaged."""

    def __init__(self, channels: int, heads: int, side: int, depth: int, *, last: bool) -> None:
        super().__init__()
        shifts = (WINDOW // 2 if side > WINDOW and block % 2 else 0 for block in range(depth))
        self.blocks = nn.ModuleList(Block(channels, heads, side, shift) for shift in shifts)
        self.downsample = None if last else Merging(channels, side)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        kept = []
        for block in self.blocks:
            x, maps = block(x)
            kept.append(maps.unsqueeze(0))
        x = self.downsample(x) if self.downsample else x
        return x, torch.cat(kept, dim=0).mean(dim=0)


class PublishedHTSAT(nn.Module):
    """The whole network: waveform [clips, samples] → (clip scores, frame scores)."""

    def __init__(self, labels: int = 527) -> None:
        super().__init__()
        self.spectrogram_extractor = Spectrogram(n_fft=1024, hop_length=320, win_length=1024, freeze_parameters=True)
        self.logmel_extractor = LogmelFilterBank(
            sr=32000, n_fft=1024, n_mels=64, fmin=50, fmax=14000, amin=1e-10, top_db=None, freeze_parameters=True
        )
        self.bn0 = nn.BatchNorm2d(64)
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(1, 96, 4, stride=4), "norm": nn.LayerNorm(96)})
        sizes = enumerate(zip((2, 2, 6, 2), (4, 8, 16, 32), strict=True))
        self.layers = nn.ModuleList(
            Layer(96 << stage, heads, 64 >> stage, depth, last=stage == 3) for stage, (depth, heads) in sizes
        )
        self.norm = nn.LayerNorm(768)
        self.tscam_conv = nn.Conv2d(768, labels, (2, 3), padding=(0, 1))
        self.eval()

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        x = self.logmel_extractor(self.spectrogram_extractor(waveform))  # [B, 1, 1001, 64]
        x = self.bn0(x.transpose(1, 3)).transpose(1, 3)
        x = functional.interpolate(x, (1024, 64), mode="bicubic", align_corners=True)
        x = x.permute(0, 1, 3, 2).contiguous().reshape(len(x), 1, 64, 4, 256)
        x = x.permute(0, 1, 3, 2, 4).contiguous().reshape(len(x), 1, 256, 256)
        x = self.patch_embed["norm"](self.patch_embed["proj"](x).flatten(2).transpose(1, 2))
        for layer in self.layers:
            x, _ = layer(x)
        x = self.norm(x).permute(0, 2, 1).contiguous().reshape(len(x), 768, 4, 2, 8)
        x = x.permute(0, 1, 3, 2, 4).contiguous().reshape(len(x), 768, 2, 32)
        steps = self.tscam_conv(x).flatten(2)  # [B, labels, 32]
        return steps.mean(2).sigmoid(), steps.sigmoid().transpose(1, 2).repeat_interleave(32, dim=1)
