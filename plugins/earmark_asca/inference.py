"""ASCA made ready for inference on the CPU: the same arithmetic, laid out for it.

Channels lie last; every norm that is linear is in the weights of the convolution beside it; activations, and the sum
beside the identity, are done with the convolution before them; squeeze-and-excitation is two small products in fp32. In
bf16 everything between the first convolution and the last norm is bf16; these, the front end and the logits stay fp32.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from earmark_asca.arguments import Arguments
from earmark_asca.blocks import Attending, Attention, Halving, MBConv, SqueezeExcite
from earmark_asca.network import ASCA, Stage, Stem
from earmark_torch.packed import Cast, PackedConvolution

Grid = tuple[int, int]


@torch.no_grad()
def pack(network: ASCA, dtype: torch.dtype) -> ASCA:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    blocks = list(_packed_blocks(network, dtype))
    network.stages = nn.Sequential(*blocks, Cast(torch.float32))
    if isinstance(network.stem, Stem):
        network.stem = PackedStem(network.stem, network.arguments.image, network.arguments.activation, dtype)
    return network


def _packed_blocks(network: ASCA, dtype: torch.dtype) -> Iterator[nn.Module]:
    arguments = network.arguments
    before = (arguments.image[0] // 2, arguments.image[1] // 2)
    stages = (stage for stage in network.stages if isinstance(stage, Stage))
    for stage, grid in zip(stages, arguments.grids, strict=True):
        for block in stage.blocks:
            if isinstance(block, MBConv):
                yield PackedMBConv(block, arguments, (before, grid), dtype)
            if isinstance(block, Attending):
                yield PackedAttending(block, (before, grid), dtype)
            before = grid


class PackedStem(nn.Module):
    """The two convolutions: [B, 1, rows, columns] → [B, C, rows / 2, columns / 2].

    The first is always fp32: it is next to nothing to compute, and its nine weights to a channel are what everything
    hangs on. In bf16 they alone would cost more of the scores' exactness than all other layers together.
    """

    def __init__(self, stem: Stem, image: Grid, activation: str, dtype: torch.dtype) -> None:
        super().__init__()
        self.first = packed(fuse_conv_bn_eval(stem.conv1, stem.norm1), image, torch.float32, activation)
        self.second = packed(stem.conv2, (image[0] // 2, image[1] // 2), dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


class PackedMBConv(nn.Module):
    """C: [B, C, H, W] → [B, C', H', W']."""

    def __init__(self, block: MBConv, arguments: Arguments, grids: tuple[Grid, Grid], dtype: torch.dtype) -> None:
        super().__init__()
        before, after = grids
        grid = after if isinstance(block.down, nn.AvgPool2d) else before
        widen, act = fuse_conv_bn_eval(block.conv1_1x1, block.norm1), arguments.activation
        self.shortcut = PackedHalving(block.shortcut, before, dtype)
        self.before = nn.Sequential(block.pre_norm, block.pre_act, block.down)
        if not arguments.pre_activation:
            widen, self.before = after_norm(block.pre_norm, widen), block.down  # the mean of a norm is its norm
        self.widen = packed(widen, grid, dtype, act)
        if isinstance(block.se_early, SqueezeExcite):
            self.depthwise = packed(block.conv2_kxk, grid, dtype)
            self.excite = EarlyExcite(block.se_early, block.norm2, block.act2, dtype)
        elif isinstance(block.se, SqueezeExcite):
            self.depthwise = packed(fuse_conv_bn_eval(block.conv2_kxk, block.norm2), grid, dtype, act)
            self.excite = Excite(block.se)
        self.narrow = packed(block.conv3_1x1, after, dtype)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.depthwise(self.widen(self.before(x)))  # [B, 4 C', H', W']
        return self.narrow(self.excite(inner), beside=self.shortcut(x))


class Excite(nn.Module):
    """Squeeze-and-excitation after the norm, as two products: [B, C, H, W] → [B, C, H, W]."""

    def __init__(self, excite: SqueezeExcite) -> None:
        super().__init__()
        self.act = excite.act
        self.fc1, self.fc2 = linear(excite.fc1), linear(excite.fc2)

    def weigh(self, x: Tensor) -> Tensor:
        """Return the weight of each channel [B, C, 1, 1], in fp32."""
        return self.fc2(self.act(self.fc1(x.mean((2, 3)).float()))).sigmoid()[:, :, None, None]

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weigh(x).to(x.dtype)


class EarlyExcite(Excite):
    """Squeeze-and-excitation, then the norm and the activation: the first two are one scale and shift."""

    def __init__(self, excite: SqueezeExcite, norm: nn.BatchNorm2d, act: nn.Module, dtype: torch.dtype) -> None:
        super().__init__(excite)
        self.last = act
        scale, shift = scale_and_shift(norm)
        self.scale, self.shift = scale[:, None, None], shift.to(dtype)[:, None, None]

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.addcmul(self.shift, x, (self.weigh(x) * self.scale).to(x.dtype)))


class PackedHalving(nn.Module):
    """What stands beside a block that halves; the identity elsewhere."""

    def __init__(self, shortcut: nn.Module, grid: Grid, dtype: torch.dtype) -> None:
        super().__init__()
        self.pool = self.expand = nn.Identity()
        if isinstance(shortcut, Halving):
            self.pool = shortcut.pool
            if isinstance(shortcut.expand, nn.Conv2d):
                self.expand = packed(shortcut.expand, (grid[0] // 2, grid[1] // 2), dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.expand(self.pool(x))


class PackedAttending(nn.Module):
    """T: [B, C, H, W] → [B, C', H', W']."""

    def __init__(self, block: Attending, grids: tuple[Grid, Grid], dtype: torch.dtype) -> None:
        super().__init__()
        before, grid = grids
        first = isinstance(block.norm1, nn.Sequential)
        norm1, norm2 = block.norm1.get_submodule("norm") if first else block.norm1, block.norm2
        qkv, widen = block.attn.qkv, block.mlp.fc1
        if isinstance(norm1, nn.BatchNorm2d) and isinstance(norm2, nn.BatchNorm2d):
            qkv, widen = after_norm(norm1, qkv), after_norm(norm2, widen)
            norm1 = norm2 = nn.Identity()
        self.norm1, self.norm2 = norm1.to(dtype), norm2.to(dtype)
        self.down = nn.AvgPool2d(2) if first else nn.Identity()
        self.shortcut = PackedHalving(block.shortcut, before, dtype)
        self.qkv = packed(qkv, grid, dtype)
        self.attend = PackedAttention(block.attn, dtype)
        self.proj = packed(block.attn.proj, grid, dtype)
        self.widen = packed(widen, grid, dtype, "gelu")
        self.narrow = packed(block.mlp.fc2, grid, dtype)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.attend(self.qkv(self.down(self.norm1(x))))
        x = self.proj(inner, beside=self.shortcut(x))
        return self.narrow(self.widen(self.norm2(x)), beside=x)


class PackedAttention(nn.Module):
    """Attention over the map: queries, keys and values [B, 3 C, H, W] → [B, C, H, W]."""

    def __init__(self, attention: Attention, dtype: torch.dtype) -> None:
        super().__init__()
        self.heads = attention.heads
        self.bias = attention.bias()[None].to(dtype).contiguous()  # [1, heads, H · W, H · W]

    def forward(self, qkv: Tensor) -> Tensor:
        grid = qkv.shape[2:]
        qkv = qkv.permute(0, 2, 3, 1).flatten(1, 2).unflatten(-1, (self.heads, 3, -1))
        q, k, v = qkv.permute(3, 0, 2, 1, 4).unbind(0)  # [B, heads, H · W, C / heads]
        inner = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias)
        return inner.transpose(1, 2).flatten(2).unflatten(1, grid).permute(0, 3, 1, 2)


def packed(convolution: nn.Conv2d, grid: Grid, dtype: torch.dtype, activation: str = "") -> PackedConvolution:
    """Return a convolution laid out for one map of this size."""
    shape = (1, convolution.in_channels, *grid)
    return PackedConvolution(convolution, shape=shape, dtype=dtype, activation=activation)


def linear(convolution: nn.Conv2d) -> nn.Linear:
    """Return the product that a 1 × 1 convolution is at each place."""
    product = nn.Linear(convolution.in_channels, convolution.out_channels)
    product.weight.copy_(convolution.weight.flatten(1))
    if convolution.bias is not None:
        product.bias.copy_(convolution.bias)
    return product


def after_norm(norm: nn.BatchNorm2d, convolution: nn.Conv2d) -> nn.Conv2d:
    """Return the 1 × 1 convolution that gives what this one gives after a batch norm."""
    scale, shift = scale_and_shift(norm)
    folded = deepcopy(convolution)
    folded.weight.mul_(scale[:, None, None])
    shifted = convolution.weight.flatten(1) @ shift
    folded.bias = nn.Parameter(shifted if convolution.bias is None else convolution.bias + shifted, requires_grad=False)
    return folded


def scale_and_shift(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return what a batch norm multiplies each channel by, and what it adds."""
    mean, variance = norm.get_buffer("running_mean"), norm.get_buffer("running_var")
    scale = norm.weight / (variance + norm.eps).sqrt()
    return scale, norm.bias - mean * scale
