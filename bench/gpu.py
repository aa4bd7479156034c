"""The five networks on a GPU, where there is one: clips a second, alone and 64 at a time, and how near that comes to
what the GPU multiplies at best. Weights are drawn; from the waveform in memory to the scores in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from bench import asca, ast, ham, htsat, mast
from bench.in_turns import make_sounds
from earmark.api import Clip, Want
from earmark.device import choose
from earmark_torch.model import TYPES, Family, Model, prepare

BATCHES, ROUNDS, BUSY = (1, 64), 10, 2.0  # BUSY: seconds that a side is timed at most, beyond its first round
SIDE = 8192  # of the square matrices whose product is the ceiling


@dataclass(frozen=True)
class Network:
    """A family at its paper's size.

    Attributes:
        arguments: of the network, by their names.
        macs: multiply-accumulates of one clip.
    """

    family: Family
    arguments: dict[str, Any]
    macs: float

    def load(self, device: str, precision: str) -> Model:
        """Return the network with drawn weights, as the engine loads it."""
        torch.manual_seed(0)
        network = self.family.network(self.family.arguments(**self.arguments))
        return prepare(self.family, network.eval().requires_grad_(False), device, precision)


NETWORKS = {
    "AST": Network(ast.FAMILY, {"labels": ast.LABELS}, ast.MACS),
    "HTS-AT": Network(htsat.FAMILY, {"labels": htsat.LABELS}, htsat.MACS),
    "MAST": Network(mast.FAMILY, {"labels": mast.LABELS}, mast.MACS),
    "ASCA": Network(asca.FAMILY, {"labels": asca.LABELS}, asca.MACS),
    "HAM": Network(ham.FAMILY, {"labels": ham.LABELS, "frames": ham.FRAMES, "seconds": 5.0}, ham.MACS),
}


def measure() -> dict[str, Any]:
    """Return what each network reaches, and the ceilings; nothing but the reason where there is no GPU."""
    device = choose("auto")
    if not device.name.startswith("cuda"):
        print(f"    nothing to measure: {device.line}")
        return {"device": device.line}
    ceiling = {precision: ceiling_of(device.name, precision) for precision in ("fp32", "bf16")}
    networks = {
        f"{name}, {precision}": dict(rows(network, device.name, precision, ceiling[precision]))
        for name, network in NETWORKS.items()
        for precision in ceiling
    }
    return {"device": device.line, "ceiling_gflops": ceiling, "networks": networks}


def rows(network: Network, device: str, precision: str, ceiling: float) -> Iterator[tuple[str, Any]]:
    """Yield for each size of batch the clips a second and their part of the ceiling, or why there are none."""
    model = network.load(device, precision)
    for clips in BATCHES:
        try:
            seconds = median(times(model, clips))
        except torch.OutOfMemoryError:
            yield f"batch {clips}", "too large for this GPU's memory"
            continue
        reached = 2 * network.macs * clips / seconds / 1e9
        yield f"batch {clips}", {"clips_a_second": clips / seconds, "fraction_of_ceiling": reached / ceiling}


def times(model: Model, clips: int) -> Iterator[float]:
    """Yield the seconds that so many clips take, each time until their scores are here."""
    rate = model.arguments.sample_rate
    sounds = make_sounds(rate, model.network.arguments.seconds)  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
    batch = [Clip(samples=sounds[number % len(sounds)], sample_rate=rate) for number in range(clips)]
    yield from _times(lambda: model.hear(batch, Want()))


def ceiling_of(device: str, precision: str, side: int = SIDE) -> float:
    """Return the GFLOP/s of the product of two large square matrices, the best of some."""
    left, right = (torch.randn(side, side, device=device, dtype=TYPES[precision]) for _ in range(2))

    def product() -> Tensor:
        return (left @ right)[0, 0].cpu()  # here: it is done

    return 2 * side**3 / min(_times(product)) / 1e9


@torch.inference_mode()
def _times(work: Callable[[], object]) -> Iterator[float]:
    """Yield the seconds of some rounds, after one that does not count."""
    work()
    ends = time.perf_counter() + BUSY
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        yield time.perf_counter() - started
        if time.perf_counter() > ends:
            return
