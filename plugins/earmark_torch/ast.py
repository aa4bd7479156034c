"""The audio spectrogram transformer up to its head: what AST and HAM share.

Paper: Gong et al., "AST: Audio Spectrogram Transformer", Interspeech 2021, arXiv 2104.01778. Constants and layout as in
YuanGongND/ast, src/models/ast_models.py; its trunk is DeiT-B distilled, and tensors bear the names it has in timm.

In shapes, B is clips, N tokens, D width, H heads.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_torch.ast_arguments import SPECIAL, TOKEN, ASTArguments
from earmark_torch.blocks import DropPath
from earmark_torch.convolution_stem import convolution_stage
from earmark_torch.fbank import Fbank


class Encoder(nn.Module):
    """From the waveform to tokens. Training augments the normalised spectrogram, before it is cut into patches."""

    def __init__(self, arguments: ASTArguments) -> None:
        super().__init__()
        width = arguments.width
        self.front_end = Fbank(
            sample_rate=arguments.sample_rate,
            bands=arguments.bands,
            centred=arguments.centred,
            frames=arguments.frames,
            mean=arguments.mean,
            deviation=arguments.deviation,
        )
        self.patch_embed = Patches(arguments) if arguments.stem == "patch" else Convolutions(arguments)
        self.cls_token, self.dist_token = (nn.Parameter(torch.zeros(1, 1, width)) for _ in range(SPECIAL))
        self.pos_embed = nn.Parameter(torch.zeros(1, arguments.tokens, width))
        rates = (arguments.drop_path * number / max(1, arguments.depth - 1) for number in range(arguments.depth))
        self.blocks = nn.Sequential(*(Block(arguments, rate) for rate in rates))
        self.norm = nn.LayerNorm(width, eps=arguments.norm_eps)
        self.apply(initialise)
        for learnt in (self.cls_token, self.dist_token, self.pos_embed):
            nn.init.trunc_normal_(learnt, std=0.02)

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """Return the tokens [B, N, D] of the waveform [clips, samples]: class, distillation, then row after row.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands].
        """
        spectrogram = self.front_end(waveform)
        x = self.embed(augment(spectrogram) if augment else spectrogram)  # [B, N, D]
        return self.norm(self.blocks(x))

    def embed(self, spectrogram: Tensor) -> Tensor:
        """Return the tokens [B, N, D] of the normalised spectrogram [clips, frames, bands], before the blocks."""
        patches = self.patch_embed(spectrogram)
        special = torch.cat((self.cls_token, self.dist_token), 1).expand(len(patches), -1, -1)
        return torch.cat((special, patches), 1) + self.pos_embed


class Patches(nn.Module):
    """Overlapping patches of the spectrogram: [clips, frames, bands] → [B, N − 2, D], row after row."""

    def __init__(self, arguments: ASTArguments) -> None:
        super().__init__()
        self.proj = nn.Conv2d(1, arguments.width, arguments.patch, stride=arguments.stride)

    def forward(self, spectrogram: Tensor) -> Tensor:
        image = spectrogram.transpose(1, 2)[:, None]  # [B, 1, bands, frames]
        return self.proj(image).flatten(2).transpose(1, 2)


class Convolutions(nn.Module):
    """Three convolution stages in place of patches: [clips, frames, bands] → [B, N − 2, D], row after row."""

    def __init__(self, arguments: ASTArguments) -> None:
        super().__init__()
        sizes = (1, arguments.width // 4, arguments.width // 2, arguments.width)
        strides = ((2, 2), (2, 2), (TOKEN[0] // 4, TOKEN[1] // 4))
        pairs = zip(pairwise(sizes), strides, strict=True)
        self.stages = nn.Sequential(*(convolution_stage(*pair, stride=stride) for pair, stride in pairs))
        self.norm = nn.LayerNorm(arguments.width, eps=arguments.norm_eps)
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def forward(self, spectrogram: Tensor) -> Tensor:
        image = spectrogram.transpose(1, 2)[:, None].contiguous(memory_format=torch.channels_last)
        return self.norm(self.stages(image).flatten(2).transpose(1, 2))


class Attention(nn.Module):
    """Self-attention of all tokens: [B, N, D] → [B, N, D]."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # [3, B, H, N, D / H]
        x = F.scaled_dot_product_attention(*qkv.unbind(0))
        return self.proj(x.transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    """The two-layer network of a block."""

    def __init__(self, width: int, ratio: float) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, int(width * ratio))
        self.gelu = nn.GELU()
        self.fc2 = nn.Linear(int(width * ratio), width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.gelu(self.fc1(x)))


class Block(nn.Module):
    """A transformer block, norms first: attention and a small network, each beside the identity."""

    def __init__(self, arguments: ASTArguments, drop_path: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(arguments.width, eps=arguments.norm_eps)
        self.attn = Attention(arguments.width, arguments.heads)
        self.norm2 = nn.LayerNorm(arguments.width, eps=arguments.norm_eps)
        self.mlp = Mlp(arguments.width, arguments.mlp_ratio)
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))


def make_head(arguments: ASTArguments) -> nn.Sequential:
    """Return the head: embedding [B, D] → logits [B, labels]."""
    norm, linear = nn.LayerNorm(arguments.width, eps=arguments.head_eps), nn.Linear(arguments.width, arguments.labels)
    return nn.Sequential(norm, linear).apply(initialise)


def initialise(module: nn.Module) -> None:
    """Draw a linear layer's weights as DeiT does."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
