"""HTS-AT made ready for inference on the CPU: the same arithmetic, laid out for it.

In bf16 the matrix products, attention and convolutions are bf16; the front end, the norms, the sums beside the
identity and the logits stay fp32.
"""

# ruff: noqa: N806 - in shapes, B is clips, H rows of patches (frequency), W columns of patches (time), C channels

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_htsat.network import HTSAT
from earmark_htsat.stems import ConvolutionStem
from earmark_htsat.swin import WindowAttention
from earmark_torch.packed import Cast, fold_norms, pack_linears


@torch.no_grad()
def pack(network: HTSAT, dtype: torch.dtype) -> HTSAT:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    if isinstance(network.stem, ConvolutionStem):
        fold_norms(network.stem, dtype=dtype)
        network.stem.stages = nn.Sequential(Cast(dtype), network.stem.stages, Cast(torch.float32))
    for stage, grid in zip(network.stages, network.arguments.grids, strict=True):
        for parent in list(stage.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, WindowAttention):
                    setattr(parent, name, PackedAttention(child, grid, dtype))
        pack_linears(stage, rows=grid[0] * grid[1], dtype=dtype)
    if isinstance(network.head, nn.Conv2d):
        network.head = UnfoldedHead(network.head)
    pack_linears(network.head, rows=network.steps, dtype=dtype)
    return network


class PackedAttention(nn.Module):
    """Attention inside windows, its bias and mask computed once: [B, H, W, C] → [B, H, W, C]."""

    def __init__(self, attention: WindowAttention, grid: tuple[int, int], dtype: torch.dtype) -> None:
        super().__init__()
        self.heads, self.dtype = attention.heads, dtype
        self.qkv, self.proj = attention.qkv, attention.proj
        self.order = window_order(grid, attention.window, attention.shift)  # [H · W]
        self.inverse = self.order.argsort()
        N = attention.window[0] * attention.window[1]  # tokens to a window
        self.bias = attention.bias().to(dtype).view(-1, self.heads, N, N)  # [windows or 1, heads, N, N]

    def forward(self, x: Tensor) -> Tensor:
        B, H, W, C = x.shape
        N = self.bias.shape[-1]
        x = x.to(self.dtype).reshape(B, H * W, C).index_select(1, self.order)
        qkv = self.qkv(x).view(-1, N, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        x = self._attend(qkv, B).transpose(1, 2).reshape(B, H * W, C)
        return self.proj(x).index_select(1, self.inverse).view(B, H, W, C)

    def _attend(self, qkv: Tensor, clips: int) -> Tensor:
        """Return the values that each token attends to [windows, heads, N, C / heads].

        PyTorch's fused kernel is the fastest in fp32; in bf16 two batched products are, for windows this small.
        """
        if self.dtype is torch.float32:
            bias = self.bias if len(self.bias) == 1 else self.bias.repeat(clips, 1, 1, 1)
            return F.scaled_dot_product_attention(*qkv.unbind(0), attn_mask=bias)
        q, k, v = qkv.flatten(1, 2).unbind(0)  # [windows · heads, N, C / heads]
        scores = self.bias.repeat(qkv.shape[1] // len(self.bias), 1, 1, 1).flatten(0, 1)  # [windows · heads, N, N]
        scores.baddbmm_(q, k.transpose(1, 2), alpha=q.shape[-1] ** -0.5)
        return torch.bmm(scores.softmax(-1), v).view(qkv.shape[1:])


def window_order(grid: tuple[int, int], window: tuple[int, int], shift: tuple[int, ...]) -> Tensor:
    """Return the places of a grid's patches [H · W], window after window, once the grid was rolled by −shift."""
    place = torch.arange(grid[0] * grid[1]).view(grid).roll([-side for side in shift], (0, 1))
    place = place.view(grid[0] // window[0], window[0], grid[1] // window[1], window[1])
    return place.transpose(1, 2).flatten()


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
