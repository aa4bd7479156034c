"""The audio spectrogram transformer made ready for inference on the CPU: the same arithmetic, laid out for it.

What follows a matrix product (GELU, the sum beside the identity) is done with it; patches are one product; of the last
block only those tokens are computed that are read. In bf16 everything between the patches and the last norm is bf16;
the front end, the patches and the logits stay fp32.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_torch.ast import Block, Encoder, Patches
from earmark_torch.packed import PackedLinear


class PackedEncoder(nn.Module):
    """An encoder, in evaluation: waveform [clips, samples] → the first R normed tokens [B, R, D], in fp32.

    Args:
        read: how many tokens are read of what the encoder says; None reads all.
    """

    def __init__(self, encoder: Encoder, dtype: torch.dtype, *, read: int | None) -> None:
        super().__init__()
        self.dtype, rows = dtype, encoder.pos_embed.shape[1]
        self.front_end = encoder.front_end
        stem = encoder.patch_embed
        self.patches = PackedPatches(stem.proj, rows) if isinstance(stem, Patches) else stem
        special = torch.cat((encoder.cls_token, encoder.dist_token), 1).detach()
        positions = encoder.pos_embed.detach()
        self.special = special + positions[:, : special.shape[1]]  # [1, 2, D]
        self.positions = positions[:, special.shape[1] :].contiguous()  # [1, N − 2, D]
        blocks = [block for block in encoder.blocks if isinstance(block, Block)]
        self.blocks = nn.Sequential(*(PackedBlock(block, rows, dtype) for block in blocks[:-1]))
        self.blocks.append(PackedBlock(blocks[-1], rows, dtype, read=read))
        self.norm = encoder.norm

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        spectrogram = self.front_end(waveform)
        patches = self.patches(augment(spectrogram) if augment else spectrogram)
        x = torch.cat((self.special.expand(len(patches), -1, -1), patches + self.positions), 1)  # [B, N, D]
        return self.norm(self.blocks(x.to(self.dtype)).float())


class PackedPatches(nn.Module):
    """The patches' convolution as one matrix product: [clips, frames, bands] → [B, N − 2, D]."""

    def __init__(self, convolution: nn.Conv2d, rows: int) -> None:
        super().__init__()
        self.patch, self.stride = convolution.kernel_size, convolution.stride
        linear = nn.Linear(convolution.weight[0].numel(), convolution.out_channels)
        linear.weight = nn.Parameter(convolution.weight.flatten(1))
        linear.bias.copy_(convolution.bias if convolution.bias is not None else torch.zeros(()))
        self.proj = PackedLinear(linear, rows=rows, dtype=torch.float32)

    def forward(self, spectrogram: Tensor) -> Tensor:
        image = spectrogram.transpose(1, 2)  # [B, bands, frames]
        for axis, (side, step) in enumerate(zip(self.patch, self.stride, strict=True), start=1):
            image = image.unfold(axis, side, step)  # [B, rows, columns, bands of a patch, frames of a patch]
        return self.proj(image.flatten(3).flatten(1, 2))


class PackedBlock(nn.Module):
    """A transformer block: [B, N, D] → [B, R, D]."""

    def __init__(self, block: Block, rows: int, dtype: torch.dtype, *, read: int | None = None) -> None:
        super().__init__()
        self.read, few = read, read or rows
        self.norm1, self.norm2 = block.norm1.to(dtype), block.norm2.to(dtype)
        self.attend = PackedAttention(block.attn.qkv, block.attn.heads, rows, dtype, read=read)
        self.proj = PackedLinear(block.attn.proj, rows=few, dtype=dtype)
        self.widen = PackedLinear(block.mlp.fc1, rows=few, dtype=dtype, activation="gelu")
        self.narrow = PackedLinear(block.mlp.fc2, rows=few, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.attend(self.norm1(x))
        x = self.proj(inner, beside=x[:, : self.read].contiguous())
        return self.narrow(self.widen(self.norm2(x)), beside=x)


class PackedAttention(nn.Module):
    """What each of the first R tokens attends to in all of them: [B, N, D] → [B, R, D], before the projection."""

    def __init__(self, qkv: nn.Linear, heads: int, rows: int, dtype: torch.dtype, *, read: int | None = None) -> None:
        super().__init__()
        self.heads, self.read, width = heads, read, qkv.in_features
        self.queries = PackedLinear(part_of(qkv, 0, width), rows=read or rows, dtype=dtype)
        self.keys_and_values = PackedLinear(part_of(qkv, width, 3 * width), rows=rows, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        q = self.queries(x[:, : self.read].contiguous()).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        kv = self.keys_and_values(x).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)  # [2, B, H, N, D / H]
        return F.scaled_dot_product_attention(q, *kv.unbind(0)).transpose(1, 2).flatten(2)


def part_of(linear: nn.Linear, first: int, end: int) -> nn.Linear:
    """Return the linear layer of the outputs from `first` to `end` of one with a bias."""
    part = nn.Linear(linear.in_features, end - first)
    part.weight, part.bias = nn.Parameter(linear.weight[first:end]), nn.Parameter(linear.bias[first:end])
    return part
