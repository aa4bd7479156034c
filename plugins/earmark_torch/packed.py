"""Networks laid out once for the CPU's matrix kernels, for inference.

PyTorch's own path takes fp32 to MKL, and in bf16 lays the weights out anew in every call. These are the oneDNN
operators that torch.compile emits for a CPU, without the minute that compiling takes: 1.2 × as fast in fp32, more where
a GELU is fused. They are private to PyTorch, whose version is pinned; where they are missing, `can_pack` says so.
"""

from __future__ import annotations

import time
from functools import cache
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def can_pack(dtype: torch.dtype) -> bool:
    """Return whether this processor and this PyTorch can run packed layers in fp32 or bf16."""
    known = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    if dtype is torch.bfloat16:
        return known and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return known and dtype is torch.float32


@cache
def is_faster_in_bf16() -> bool:
    """Say whether this processor multiplies packed matrices faster in bf16 than in fp32.

    Timed once, in a few hundredths of a second: processors that have bf16 instructions, but no matrix unit (AMX), can
    be half as fast with them.
    """
    if not can_pack(torch.bfloat16):
        return False
    rows, linear = torch.randn(256, 512), nn.Linear(512, 2048, bias=False)
    layers = [PackedLinear(linear, rows=len(rows), dtype=dtype) for dtype in (torch.float32, torch.bfloat16)]
    fp32, bf16 = (
        min(each) for each in zip(*([_seconds(layer, rows) for layer in layers] for _ in range(5)), strict=True)
    )
    return bf16 < fp32


def _seconds(layer: nn.Module, rows: Tensor) -> float:
    started = time.perf_counter()
    with torch.inference_mode():
        layer(rows)
    return time.perf_counter() - started


class PackedLinear(nn.Module):
    """A linear layer, and what follows it: [.., in] → [.., out] in `dtype`.

    Args:
        rows: how many vectors a call usually brings; the layout is chosen for it, any number is right.
        activation: what follows it, done with it: "gelu", "silu", "relu" or nothing.
    """

    def __init__(self, linear: nn.Linear, *, rows: int, dtype: torch.dtype, activation: str = "") -> None:
        super().__init__()
        self.dtype = dtype
        self._weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach().to(dtype).contiguous(), rows)
        self._bias = None if linear.bias is None else linear.bias.detach().to(dtype)
        self._activation = _FUSED[activation]

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """Return the product; with what is `beside` it [.., out] added, where there is no activation."""
        if beside is not None:
            return torch.ops.mkldnn._linear_pointwise.binary(x.to(self.dtype), beside, self._weight, self._bias, "add")
        return torch.ops.mkldnn._linear_pointwise(x.to(self.dtype), self._weight, self._bias, *self._activation)

    def made_of(self, x: Tensor) -> Tensor:
        """Return an empty tensor like the one that `forward` returns: all that compiling needs to know."""
        return x.new_empty(*x.shape[:-1], self._weight.shape[0], dtype=self.dtype)


class PackedConvolution(nn.Module):
    """A convolution of a map whose channels lie last in memory: [B, in, H, W] → [B, out, H', W'] in `dtype`, alike.

    Args:
        shape: of the map that a call usually brings; the layout is chosen for it, any size is right.
        activation: what follows it, done with it: "gelu", "silu", "relu" or nothing.
    """

    def __init__(
        self, convolution: nn.Conv2d, *, shape: tuple[int, int, int, int], dtype: torch.dtype, activation: str = ""
    ) -> None:
        super().__init__()
        self.dtype = dtype
        how = (convolution.padding, convolution.stride, convolution.dilation)
        self._how = (*(list(each) for each in how), convolution.groups)
        weight = convolution.weight.detach().to(dtype).contiguous()
        self._weight = torch.ops.mkldnn._reorder_convolution_weight(weight, *self._how, list(shape))
        self._bias = None if convolution.bias is None else convolution.bias.detach().to(dtype)
        self._activation = _FUSED[activation]

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """Return the map; with what is `beside` it [B, out, H', W'] added, where there is no activation."""
        x = x.to(self.dtype).contiguous(memory_format=torch.channels_last)
        if beside is not None:
            with_it = (*self._how, "add", 1.0, None, [], None)
            return torch.ops.mkldnn._convolution_pointwise.binary(x, beside, self._weight, self._bias, *with_it)
        return torch.ops.mkldnn._convolution_pointwise(x, self._weight, self._bias, *self._how, *self._activation)

    def made_of(self, x: Tensor) -> Tensor:
        """Return an empty tensor like the one that `forward` returns: all that compiling needs to know."""
        how: Any = self._how
        made = nn.functional.conv2d(x, x.new_empty(self._weight.shape), None, how[1], how[0], *how[2:])
        return made.to(self.dtype, memory_format=torch.channels_last)


_FUSED = {"": ("none", [], ""), "gelu": ("gelu", [], "none"), "silu": ("swish", [], ""), "relu": ("relu", [], "")}
"""What oneDNN calls the activations that it does with a convolution, and how."""


class Cast(nn.Module):
    """Brings what passes to a type."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, x: Tensor) -> Tensor:
        return x.to(self.dtype)


def pack_linears(module: nn.Module, *, rows: int, dtype: torch.dtype) -> None:
    """Pack every linear layer below a module, each with the GELU that is defined directly after it."""
    children = [*module.named_children(), ("", None)]
    for (name, child), (after, following) in pairwise(children):
        if isinstance(child, nn.Linear):
            gelu = isinstance(following, nn.GELU) and following.approximate == "none"
            setattr(module, name, PackedLinear(child, rows=rows, dtype=dtype, activation="gelu" if gelu else ""))
            if gelu:
                setattr(module, after, nn.Identity())
        elif child is not None:
            pack_linears(child, rows=rows, dtype=dtype)


def fold_norms(module: nn.Module, *, dtype: torch.dtype) -> None:
    """Fold every batch norm below a module into the convolution that is defined directly before it."""
    for (name, child), (after, following) in pairwise(list(module.named_children())):
        if isinstance(child, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
            folded = fuse_conv_bn_eval(child, following)
            setattr(module, name, folded.to(dtype).to(memory_format=torch.channels_last))  # pyright: ignore[reportCallIssue]
            setattr(module, after, nn.Identity())
    for child in module.children():
        fold_norms(child, dtype=dtype)
