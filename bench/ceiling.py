"""How fast this machine multiplies matrices at best: what a network's speed is measured against.

The best of PyTorch's own product and of oneDNN's packed one, of large matrices that a cache suits, in billions of
operations a second; a multiply-accumulate is two.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from earmark_torch.packed import PackedLinear, can_pack

ROWS, WIDTHS, ROUNDS = 1024, ((1024, 1024), (768, 3072), (2048, 2048)), 12
TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@torch.inference_mode()
def ceilings() -> dict[str, float]:
    """Return GFLOP/s in fp32 and bf16 with the threads that PyTorch has; the best of some rounds, in turns."""
    best = dict.fromkeys(TYPES, 0.0)
    products = [(name, *each) for name, dtype in TYPES.items() for each in _products(dtype)]
    for _ in range(ROUNDS):
        for name, operations, product in products:
            started = time.perf_counter()
            product()
            best[name] = max(best[name], operations / (time.perf_counter() - started) / 1e9)
    return best


def _products(dtype: torch.dtype) -> list[tuple[float, Callable[[], Tensor]]]:
    """Return products, each with its number of operations."""
    products: list[tuple[float, Callable[[], Tensor]]] = []
    for inner, outer in WIDTHS:
        rows, linear = torch.randn(ROWS, inner).to(dtype), nn.Linear(inner, outer, bias=False)
        layers = [linear.to(dtype)] + [PackedLinear(linear, rows=ROWS, dtype=dtype)] * can_pack(dtype)
        products += [(2.0 * ROWS * inner * outer, lambda layer=layer, rows=rows: layer(rows)) for layer in layers]
    return products


def fractions(macs: float, seconds: dict[str, float], ceiling: dict[str, float]) -> dict[str, float]:
    """Return which part of its ceiling each side reaches, that does so many MACs in `seconds`.

    What runs in reduced precision runs in the type that is faster here: its ceiling is the higher one.
    """
    known = ceiling | {"bf16": max(ceiling.values())}
    return {name: 2 * macs / seconds[name] / 1e9 / known[name] for name in known if name in seconds}
