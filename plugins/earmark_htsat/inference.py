"""HTS-AT made ready for inference on the CPU: the same arithmetic, laid out for it.

Patches stand in the order of their windows throughout a stage, so that only shifting and merging move them; biases and
masks are computed once; what follows a matrix product (GELU, the sum beside the identity) is done with it. In bf16
everything between the stem and the last norm is bf16; the front end and the logits stay fp32.
"""

# ruff: noqa: N806 - in shapes, B is clips, L patches, N patches to a window, C channels

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_htsat.network import HTSAT
from earmark_htsat.stems import ConvolutionStem
from earmark_htsat.swin import Block, Merge, Stage, WindowAttention
from earmark_torch.packed import Cast, PackedLinear, fold_norms, pack_linears

Grid = tuple[int, int]


@torch.no_grad()
def pack(network: HTSAT, dtype: torch.dtype) -> HTSAT:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    if isinstance(network.stem, ConvolutionStem):
        fold_norms(network.stem, dtype=dtype)
        network.stem.stages = nn.Sequential(Cast(dtype), network.stem.stages, Cast(torch.float32))
    stages = [stage for stage in network.stages if isinstance(stage, Stage)]
    network.stages = nn.Sequential(PackedStages(stages, network.arguments.grids, dtype))
    if isinstance(network.head, nn.Conv2d):
        network.head = UnfoldedHead(network.head)
    head = nn.Sequential(network.head)
    pack_linears(head, rows=network.steps, dtype=dtype)
    network.head = head
    return network


class PackedStages(nn.Module):
    """All stages: [B, H, W, C] → [B, H, W, C]."""

    def __init__(self, stages: list[Stage], grids: tuple[Grid, ...], dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype, self.grid = dtype, grids[-1]
        blocks = [[block for block in stage.blocks if isinstance(block, Block)] for stage in stages]
        orders = [window_order(grid, own[0].attn.window) for grid, own in zip(grids, blocks, strict=True)]
        self.first, self.last = orders[0], orders[-1].argsort()
        self.steps = nn.Sequential()
        for number, stage in enumerate(stages):
            self.steps.extend(PackedBlock(block, grids[number], dtype) for block in blocks[number])
            if isinstance(stage.merge, Merge):
                moved = merge_order(grids[number], stage.merge.across, orders[number], orders[number + 1])
                self.steps.append(PackedMerge(stage.merge, moved, dtype))

    def forward(self, x: Tensor) -> Tensor:
        x = x.to(self.dtype).flatten(1, 2).index_select(1, self.first)  # [B, L, C]
        x = self.steps(x).index_select(1, self.last)
        return x.unflatten(1, self.grid).float()


class PackedBlock(nn.Module):
    """A Swin block on patches in the order of its windows: [B, L, C] → [B, L, C]."""

    def __init__(self, block: Block, grid: Grid, dtype: torch.dtype) -> None:
        super().__init__()
        attention, rows = block.attn, grid[0] * grid[1]
        self.norm1, self.norm2 = block.norm1.to(dtype), block.norm2.to(dtype)
        self.qkv = PackedLinear(attention.qkv, rows=rows, dtype=dtype)
        self.attend = Attention(attention, rows, dtype)
        self.proj = PackedLinear(attention.proj, rows=rows, dtype=dtype)
        self.widen = PackedLinear(block.mlp.fc1, rows=rows, dtype=dtype, activation="gelu")
        self.narrow = PackedLinear(block.mlp.fc2, rows=rows, dtype=dtype)
        self.shifted = self.back = None
        if any(attention.shift):
            shifted = window_order(grid, attention.window, attention.shift)
            self.shifted = window_order(grid, attention.window).argsort()[shifted]
            self.back = self.shifted.argsort()

    def forward(self, x: Tensor) -> Tensor:
        inner = self.norm1(x)
        inner = inner if self.shifted is None else inner.index_select(1, self.shifted)
        inner = self.attend(self.qkv(inner))
        inner = inner if self.back is None else inner.index_select(1, self.back)
        x = self.proj(inner, beside=x)
        return self.narrow(self.widen(self.norm2(x)), beside=x)


class Attention(nn.Module):
    """What each patch attends to in its window: queries, keys and values [B, L, 3 C] → [B, L, C].

    PyTorch's fused kernel is the fastest in fp32; in bf16 two batched products are, for windows this small.
    """

    def __init__(self, attention: WindowAttention, patches: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.heads, self.tokens = attention.heads, attention.window[0] * attention.window[1]
        self.fused = dtype is torch.float32
        bias = attention.bias().to(dtype).view(-1, self.heads, self.tokens, self.tokens)  # [windows or 1, heads, N, N]
        windows = len(bias) if self.fused else patches // self.tokens
        self.bias = bias.expand(windows, -1, -1, -1).contiguous()

    def forward(self, qkv: Tensor) -> Tensor:
        B, L, channels = qkv.shape
        broadcast = B == 1 or (self.fused and len(self.bias) == 1)
        bias = self.bias if broadcast else self.bias.repeat(B, 1, 1, 1)
        qkv = qkv.view(-1, self.tokens, 3, self.heads, channels // 3 // self.heads).permute(2, 0, 3, 1, 4)
        if self.fused:
            x = F.scaled_dot_product_attention(*qkv.unbind(0), attn_mask=bias)  # [windows, heads, N, C / heads]
        else:
            x = self._products(qkv.flatten(1, 2), bias.flatten(0, 1)).view(qkv.shape[1:])
        return x.transpose(1, 2).reshape(B, L, channels // 3)

    @staticmethod
    def _products(qkv: Tensor, bias: Tensor) -> Tensor:
        q, k, v = qkv.unbind(0)  # [windows · heads, N, C / heads]
        scores = torch.baddbmm(bias, q, k.transpose(1, 2), alpha=q.shape[-1] ** -0.5)  # [windows · heads, N, N]
        return torch.bmm(torch.softmax(scores, -1, out=scores), v)


class PackedMerge(nn.Module):
    """The merging of neighbours between stages: [B, L, C] → [B, L / 4 or L / 2, 2 C]."""

    def __init__(self, merge: Merge, order: Tensor, dtype: torch.dtype) -> None:
        super().__init__()
        self.order, self.merged = order, 2 * merge.across
        self.norm = merge.norm.to(dtype)
        self.reduction = PackedLinear(merge.reduction, rows=len(order) // self.merged, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        B, L, C = x.shape
        x = x.index_select(1, self.order).view(B, L // self.merged, self.merged * C)
        return self.reduction(self.norm(x))


def window_order(grid: Grid, window: Grid, shift: Grid = (0, 0)) -> Tensor:
    """Return the places of a grid's patches [L], window after window, once the grid was rolled by −shift."""
    place = torch.arange(grid[0] * grid[1]).view(grid).roll([-side for side in shift], (0, 1))
    place = place.view(grid[0] // window[0], window[0], grid[1] // window[1], window[1])
    return place.transpose(1, 2).flatten()


def merge_order(grid: Grid, across: int, order: Tensor, following: Tensor) -> Tensor:
    """Return where the patches to be merged stand [L], in groups, in the order of the next stage's windows.

    Args:
        across: columns to a group; a group is two rows high.
        order, following: the window orders of this grid and of the next.
    """
    place = torch.arange(grid[0] * grid[1]).view(grid[0] // 2, 2, grid[1] // across, across)
    groups = place.permute(0, 2, 3, 1).reshape(-1, 2 * across)
    return order.argsort()[groups[following]].flatten()


class UnfoldedHead(nn.Module):
    """The token-semantic convolution as one matrix product: [B, C, rows, steps] → [B, labels, 1, steps]."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        weight = convolution.weight.permute(0, 3, 2, 1).flatten(1)  # [labels, 3 · rows · C]
        self.linear = nn.Linear(weight.shape[1], weight.shape[0])
        self.linear.weight.copy_(weight)
        self.linear.bias.copy_(convolution.bias if convolution.bias is not None else torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x.permute(0, 3, 2, 1).flatten(2), (0, 0, 1, 1))  # [B, steps + 2, rows · C]
        three = torch.cat((x[:, :-2], x[:, 1:-1], x[:, 2:]), -1)
        return self.linear(three).transpose(1, 2)[:, :, None]
