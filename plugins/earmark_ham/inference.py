"""HAM made ready for inference on the CPU: AST's blocks as `earmark_torch.ast_inference` has them, Conformers alike.

What follows a matrix product (SiLU, the sum beside the identity) is done with it, and the half weight of a network is
in its matrix. The convolution over tokens has its norm folded in and takes the tokens as they lie in memory, channels
last: it is more than ten times as fast as over tokens that were transposed.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from earmark_ham.network import HAM, Conformer
from earmark_torch.ast import Encoder
from earmark_torch.ast_arguments import SPECIAL
from earmark_torch.ast_inference import PackedAttention, PackedEncoder
from earmark_torch.packed import Cast, PackedConvolution, PackedLinear


@torch.no_grad()
def pack(network: HAM, dtype: torch.dtype) -> HAM:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    arguments = network.arguments
    alone = not arguments.conformers and not arguments.channel_attention and arguments.reads == "class"
    if isinstance(network.encoder, Encoder):
        network.encoder = PackedEncoder(network.encoder, dtype, read=SPECIAL if alone else None)
    blocks = (block for block in network.conformers if isinstance(block, Conformer))
    packed = [PackedConformer(block, arguments.heads, arguments.tokens, dtype) for block in blocks]
    network.conformers = nn.Sequential(Cast(dtype), *packed, Cast(torch.float32))
    return network


class PackedConformer(nn.Module):
    """A Conformer block, in evaluation: [B, N, D] → [B, N, D]."""

    def __init__(self, block: Conformer, heads: int, rows: int, dtype: torch.dtype) -> None:
        super().__init__()
        layer: Any = block.layer  # its attributes have no types
        attention: nn.MultiheadAttention = layer.self_attn
        self.residual = block.residual
        self.before = PackedNetwork(layer.ffn1.sequential, rows, dtype)
        self.norm1 = layer.self_attn_layer_norm.to(dtype)
        together = nn.Linear(attention.embed_dim, 3 * attention.embed_dim)
        together.weight, together.bias = attention.in_proj_weight, attention.in_proj_bias
        self.attend = PackedAttention(together, heads, rows, dtype)
        self.proj = PackedLinear(attention.out_proj, rows=rows, dtype=dtype)
        self.convolve = PackedConvolutions(layer.conv_module, rows, dtype)
        self.after = PackedNetwork(layer.ffn2.sequential, rows, dtype)
        self.norm2 = layer.final_layer_norm.to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        said = self.before(x)
        said = self.proj(self.attend(self.norm1(said)), beside=said)
        said = self.norm2(self.after(self.convolve(said)))
        return x + said if self.residual else said


class PackedNetwork(nn.Module):
    """A half-weighted two-layer network beside the identity: [B, N, D] → [B, N, D]."""

    def __init__(self, sequential: Any, rows: int, dtype: torch.dtype) -> None:
        super().__init__()
        norm, wide, _, _, narrow, _ = sequential
        narrow.weight.mul_(0.5)
        narrow.bias.mul_(0.5)
        self.norm = norm.to(dtype)
        self.widen = PackedLinear(wide, rows=rows, dtype=dtype, activation="silu")
        self.narrow = PackedLinear(narrow, rows=rows, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.narrow(self.widen(self.norm(x)), beside=x)


class PackedConvolutions(nn.Module):
    """A Conformer's convolution over tokens, between two over channels, beside the identity: [B, N, D] → [B, N, D]."""

    def __init__(self, module: Any, rows: int, dtype: torch.dtype) -> None:
        super().__init__()
        first, _, over_tokens, norm, _, last, _ = module.sequential
        self.norm = module.layer_norm.to(dtype)
        self.first = PackedLinear(over_channels(first), rows=rows, dtype=dtype)
        shape = (1, over_tokens.in_channels, rows, 1)
        self.over_tokens = PackedConvolution(folded(over_tokens, norm), shape=shape, dtype=dtype, activation="silu")
        self.last = PackedLinear(over_channels(last), rows=rows, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.glu(self.first(self.norm(x)))  # [B, N, D]
        inner = self.over_tokens(inner.transpose(1, 2)[..., None])  # [B, D, N, 1], channels last in memory
        return self.last(inner[..., 0].transpose(1, 2), beside=x)


def over_channels(convolution: Any) -> nn.Linear:
    """Return a convolution of one token as the linear layer that it is."""
    linear = nn.Linear(convolution.in_channels, convolution.out_channels)
    linear.weight.copy_(convolution.weight[..., 0])
    linear.bias.copy_(convolution.bias)
    return linear


def folded(convolution: Any, norm: Any) -> nn.Conv2d:
    """Return a convolution over tokens with the batch norm after it folded in, as one of two dimensions."""
    fused: Any = fuse_conv_bn_eval(convolution, norm)
    channels, kernel = fused.in_channels, fused.kernel_size[0]
    flat: Any = nn.Conv2d(channels, channels, (kernel, 1), padding=(kernel // 2, 0), groups=channels)
    flat.weight.copy_(fused.weight[..., None])
    flat.bias.copy_(fused.bias)
    return flat
