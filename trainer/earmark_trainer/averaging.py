"""Weight averaging: the plain mean of the weights over the last part of a run, BatchNorm's statistics taken anew."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class WeightAverage:
    """The running mean of a network's weights."""

    def __init__(self, network: nn.Module) -> None:
        self.network = copy.deepcopy(network)
        self.count = 0

    @torch.no_grad()
    def add(self, network: nn.Module) -> None:
        """Take one more set of weights into the mean."""
        self.count += 1
        mine, theirs = self.network.state_dict(), network.state_dict()
        for name, mean in mine.items():
            if mean.is_floating_point():
                mean.lerp_(theirs[name].to(mean), 1 / self.count)
            else:
                mean.copy_(theirs[name])

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"network": self.network.state_dict(), "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what a checkpoint kept."""
        self.network.load_state_dict(state["network"])
        self.count = state["count"]


@torch.no_grad()
def retake_statistics(network: nn.Module, inputs: Iterable[Tensor]) -> None:
    """Set BatchNorm's statistics to the plain mean over `inputs`, one batch [clips, samples] after the other.

    An average of weights has activations that none of its parts had; their statistics do not average.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean
    network.train()
    for batch in inputs:
        network(batch)
    network.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
