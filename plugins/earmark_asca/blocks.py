"""CoAtNet's two blocks: C, an inverted bottleneck of convolutions, and T, attention over the whole map.

Source: Sandler et al., "MobileNetV2", CVPR 2018; Dai et al., "CoAtNet", NeurIPS 2021, section 2 and appendix A.1; order
of layers, names and constants as in timm, models/maxxvit.py.

In shapes, B is clips, H rows (frequency), W columns (time), C channels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_asca.arguments import Arguments
from earmark_torch.blocks import DropPath, relative_positions

EXPANSION = 4
"""Times as many channels inside a block (ASCA, section 3; CoAtNet, appendix A.1)."""

ACTIVATIONS = {"gelu": nn.GELU, "silu": nn.SiLU, "relu": nn.ReLU}


class MBConv(nn.Module):
    """C: an inverted bottleneck with squeeze-and-excitation, beside the identity: [B, C, H, W] → [B, C', H', W']."""

    def __init__(self, arguments: Arguments, stage: int, block: int) -> None:
        super().__init__()
        first = block == 0
        before, width = channels(arguments, stage, block)
        wide = EXPANSION * (width if arguments.expand == "output" else before)
        squeezed = int(arguments.squeeze_ratio * (width if arguments.expand == "output" else wide))
        act = ACTIVATIONS[arguments.activation]
        pooled, strided = first and arguments.stride == "pool", first and arguments.stride == "depthwise"
        self.shortcut = Halving(before, width, bias=arguments.output_bias) if first else nn.Identity()
        self.pre_norm = nn.BatchNorm2d(before)
        self.pre_act = act() if arguments.pre_activation else nn.Identity()
        self.down = nn.AvgPool2d(2) if pooled else nn.Identity()
        self.conv1_1x1 = nn.Conv2d(before, wide, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(wide)
        self.act1 = act()
        self.conv2_kxk = nn.Conv2d(wide, wide, 3, stride=2 if strided else 1, padding=1, groups=wide, bias=False)
        gate = SqueezeExcite(wide, squeezed, ACTIVATIONS[arguments.squeeze_activation]())
        self.se_early = gate if arguments.squeeze == "before" else nn.Identity()
        self.norm2 = nn.BatchNorm2d(wide)
        self.act2 = act()
        self.se = gate if arguments.squeeze == "after" else nn.Identity()
        self.conv3_1x1 = nn.Conv2d(wide, width, 1, bias=arguments.output_bias)
        self.drop_path = DropPath(arguments.drop_rate(stage, block))
        self.apply(draw_convolution)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.down(self.pre_act(self.pre_norm(x)))
        inner = self.act1(self.norm1(self.conv1_1x1(inner)))  # [B, 4 C', H, W]
        inner = self.se_early(self.conv2_kxk(inner))  # [B, 4 C', H', W']
        inner = self.se(self.act2(self.norm2(inner)))
        return self.drop_path(self.conv3_1x1(inner)) + self.shortcut(x)


class SqueezeExcite(nn.Module):
    """Each channel weighed by what all of them are on average: [B, C, H, W] → [B, C, H, W]."""

    def __init__(self, wide: int, squeezed: int, act: nn.Module) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(wide, squeezed, 1)
        self.act = act
        self.fc2 = nn.Conv2d(squeezed, wide, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True)))).sigmoid()


class Halving(nn.Module):
    """The mean of 2 × 2, brought to another width where it differs: [B, C, H, W] → [B, C', H / 2, W / 2]."""

    def __init__(self, before: int, width: int, *, bias: bool = True) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(2)
        self.expand = nn.Conv2d(before, width, 1, bias=bias) if before != width else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.expand(self.pool(x))


class Attending(nn.Module):
    """T: attention over the whole map and a small network, each beside the identity: [B, C, H, W] → [B, C', H', W']."""

    def __init__(self, arguments: Arguments, stage: int, block: int) -> None:
        super().__init__()
        first = block == 0
        before, width = channels(arguments, stage, block)
        self.shortcut = Halving(before, width, bias=arguments.shortcut_bias) if first else nn.Identity()
        self.norm1 = make_norm(arguments, before)
        if first:
            self.norm1 = nn.Sequential()
            self.norm1.add_module("norm", make_norm(arguments, before))
            self.norm1.add_module("down", Halving(before, before))
        inside = width if arguments.widen == "first" else before
        self.attn = Attention(before, inside, width, heads=inside // arguments.head_width, grid=arguments.grids[stage])
        self.norm2 = make_norm(arguments, width)
        self.mlp = Mlp(width)
        self.drop_path = DropPath(arguments.drop_rate(stage, block))
        self.apply(draw_attention)

    def forward(self, x: Tensor) -> Tensor:
        x = self.shortcut(x) + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))


class Attention(nn.Module):
    """Self-attention with a learned bias for each distance on the map, equations 1 and 3: [B, C, H, W] → same.

    The 3 C' outputs of `qkv` are queries, keys and values of the first head, then of the next, as in timm's weights.
    """

    index: Tensor

    def __init__(self, before: int, inside: int, width: int, *, heads: int, grid: tuple[int, int]) -> None:
        super().__init__()
        self.heads, self.grid = heads, grid
        self.qkv = nn.Conv2d(before, 3 * inside, 1)
        self.rel_pos = nn.Module()
        table = torch.empty((2 * grid[0] - 1) * (2 * grid[1] - 1), heads)
        self.rel_pos.relative_position_bias_table = nn.Parameter(nn.init.trunc_normal_(table, std=0.02))
        self.proj = nn.Conv2d(inside, width, 1)
        self.register_buffer("index", relative_positions(grid), persistent=False)

    def bias(self) -> Tensor:
        """Return what is added to the attention scores [heads, H · W, H · W]."""
        return self.rel_pos.get_parameter("relative_position_bias_table")[self.index].permute(2, 0, 1)

    def forward(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x)  # [B, 3 C', H, W]
        qkv = (
            qkv.permute(0, 2, 3, 1).flatten(1, 2).unflatten(-1, (self.heads, 3, -1))
        )  # [B, H · W, heads, 3, C / heads]
        q, k, v = qkv.permute(3, 0, 2, 1, 4).unbind(0)  # [B, heads, H · W, C / heads]
        inner = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias()[None].to(q.dtype))
        inner = inner.permute(0, 1, 3, 2).reshape(x.shape[0], -1, *x.shape[2:])  # [B, C', H, W]
        return self.proj(inner)


class Mlp(nn.Module):
    """The two-layer network of an attention block, at each place of the map."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(width, EXPANSION * width, 1)
        self.act = nn.GELU()
        self.fc2 = nn.Conv2d(EXPANSION * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(x)))


class LayerNorm2d(nn.LayerNorm):
    """A LayerNorm over the channels of each place: [B, C, H, W] → [B, C, H, W]."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def make_norm(arguments: Arguments, width: int) -> nn.Module:
    """Return the norm of an attention block; CoAtNet's epsilon, in both kinds."""
    return LayerNorm2d(width, eps=1e-6) if arguments.norm == "layer" else nn.BatchNorm2d(width, eps=1e-6)


def channels(arguments: Arguments, stage: int, block: int) -> tuple[int, int]:
    """Return how many channels come into a block of a stage, and go out."""
    width = arguments.widths[stage]
    if block:
        return width, width
    return (arguments.widths[stage - 1] if stage else arguments.stem[1]), width


def draw_convolution(module: nn.Module) -> None:
    """Draw a convolution's weights as EfficientNet does: normal, by the values that one input reaches."""
    if isinstance(module, nn.Conv2d):
        reached = module.weight.shape[0] // module.groups * module.weight[0, 0].numel()
        nn.init.normal_(module.weight, std=(2 / reached) ** 0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def draw_attention(module: nn.Module) -> None:
    """Draw a 1 × 1 convolution's weights as ViT does."""
    if isinstance(module, nn.Conv2d):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
