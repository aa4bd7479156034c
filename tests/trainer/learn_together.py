"""A small task for `torchrun`: the same global batch, whoever hears it; leaves its losses in the folder it is given."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from earmark_trainer.fit import fit
from earmark_trainer.recipe import Recipe
from earmark_trainer.run import JobRun

torch.set_num_threads(1)


class Points:
    steps = 6

    def batch(self, epoch, step):
        generator = torch.Generator().manual_seed(1000 * epoch + step)
        kinds = torch.randint(3, (16,), generator=generator)
        return torch.randn(16, 4, generator=generator) + 3 * torch.eye(4)[kinds], kinds

    def evaluate(self, network):
        points, kinds = self.batch(999, 0)
        return {"score": float((network(points).argmax(1) == kinds).float().mean())}

    def finish(self, network, folder):
        pass


class Task:
    def __init__(self):
        torch.manual_seed(3)
        self.network = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3))

    def loss(self, network, batch):
        return nn.functional.cross_entropy(network(batch[0]), batch[1])

    def evaluate(self, network):
        return Points().evaluate(network)

    def write(self, folder, network, metrics):
        save_file(network.state_dict(), folder / "network.safetensors")


if __name__ == "__main__":
    recipe = Recipe(epochs=3, steps=6, learning_rate=0.05, warmup=2, loaders=0, precision="32-true")
    fit(Task(), Points(), recipe, JobRun(Path(sys.argv[1]), device="cpu"))
