"""The loop: resuming, stopping, averaging; on a toy task that runs in milliseconds."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from earmark.api import Cancelled, Stopped
from earmark_trainer.averaging import WeightAverage, retake_statistics
from earmark_trainer.fit import fit
from earmark_trainer.recipe import Recipe
from earmark_trainer.run import Control, JobRun

torch.set_num_threads(1)


class ToySource:
    """Points in three clouds: batches are a function of (epoch, step)."""

    steps = 5

    def batch(self, epoch, step):
        generator = torch.Generator().manual_seed(1000 * epoch + step)
        kinds = torch.randint(3, (16,), generator=generator)
        points = torch.randn(16, 4, generator=generator) + 3 * torch.eye(4)[kinds]
        return points, kinds

    def evaluate(self, network):
        points, kinds = self.batch(999, 0)
        return {"score": float((network(points).argmax(1) == kinds).float().mean())}

    def finish(self, network, folder):
        torch.save(network.state_dict(), folder / "finished.pt")


class ToyTask:
    def __init__(self, source=None) -> None:
        torch.manual_seed(3)
        self.network = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))
        self.source = source or ToySource()
        self.losses: list[float] = []

    def loss(self, network, batch):
        points, kinds = batch
        loss = nn.functional.cross_entropy(network(points), kinds)
        self.losses.append(loss.item())
        return loss

    def evaluate(self, network):
        return self.source.evaluate(network)

    def write(self, folder, network, metrics):
        save_file(network.state_dict(), folder / "network.safetensors")


RECIPE = Recipe(epochs=4, steps=5, learning_rate=0.05, warmup=2, evaluate_every=2, loaders=0, precision="32-true")


class Interrupted(Exception):  # noqa: N818 - a kill, not an error
    pass


class Run(JobRun):
    """A job's run whose process dies at a given step."""

    def __init__(self, folder: Path, *, dies_at: tuple[int, int] | None = None, control: Control | None = None) -> None:
        super().__init__(folder, device="cpu", stream=(folder / "out").open("a"), control=control)
        self.dies_at = dies_at

    def progress(self, epoch, step, loss):
        super().progress(epoch, step, loss)
        if (epoch, step) == self.dies_at:
            raise Interrupted


def network_of(run: JobRun) -> dict:
    return load_file(run.latest() / "network.safetensors")


def test_a_toy_set_is_learnt(tmp_path):
    task = ToyTask()
    fit(task, task.source, RECIPE, run := Run(tmp_path))
    assert sum(task.losses[-5:]) < 0.7 * sum(task.losses[:5])
    assert json.loads((run.latest() / "score.json").read_text())["score"] > 0.9


@pytest.mark.parametrize("dies_at", [(0, 3), (2, 0), (3, 4)])
def test_a_run_that_died_and_went_on_ends_as_the_uninterrupted_one(tmp_path, dies_at):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir(), broken.mkdir()
    fit(ToyTask(), ToySource(), RECIPE, Run(whole))
    with pytest.raises(Interrupted):
        fit(ToyTask(), ToySource(), RECIPE, Run(broken, dies_at=dies_at))
    fit(ToyTask(), ToySource(), RECIPE, Run(broken))
    expected, found = network_of(Run(whole)), network_of(Run(broken))
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_the_best_network_is_judged_at_the_end_not_the_last(tmp_path):
    class Peaked(ToySource):
        def evaluate(self, network):
            self.peak = not hasattr(self, "peak")  # the first evaluation is the best
            return {"score": float(self.peak)}

    fit(ToyTask(Peaked()), Peaked(), RECIPE, run := Run(tmp_path))
    finished, best, last = (
        torch.load(tmp_path / "finished.pt"),
        load_file(run.best() / "network.safetensors"),
        network_of(run),
    )
    assert all(torch.equal(finished[name], best[name]) for name in best)
    assert any(not torch.equal(finished[name], last[name]) for name in last)


def test_a_run_without_progress_ends_early(tmp_path):
    class Flat(ToySource):
        def evaluate(self, network):
            return {"score": 0.5}

    recipe = replace(RECIPE, epochs=9, evaluate_every=1, patience=2)
    fit(ToyTask(Flat()), Flat(), recipe, run := Run(tmp_path))
    assert run.latest().name.startswith("00002")


def test_a_checkpoint_within_an_epoch_is_gone_on_from(tmp_path):
    recipe = replace(RECIPE, keep_minutes=0)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir(), broken.mkdir()
    fit(ToyTask(), ToySource(), recipe, Run(whole))
    with pytest.raises(Interrupted):
        fit(ToyTask(), ToySource(), recipe, run := Run(broken, dies_at=(2, 3)))
    assert run.latest().name == "00002-000003"
    fit(task := ToyTask(), ToySource(), recipe, Run(broken))
    assert len(task.losses) == 7
    expected, found = network_of(Run(whole)), network_of(Run(broken))
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_where_memory_does_not_suffice_a_batch_is_heard_in_pieces(tmp_path):
    class Hungry(ToyTask):
        def loss(self, network, batch):
            if len(batch[0]) > 4:
                raise torch.OutOfMemoryError
            return super().loss(network, batch)

    fit(task := Hungry(), ToySource(), RECIPE, Run(tmp_path))
    assert len(task.losses) == 4 * RECIPE.epochs * RECIPE.steps
    assert sum(task.losses[-20:]) < 0.9 * sum(task.losses[:20])


def test_stop_keeps_a_usable_model_and_says_so(tmp_path):
    control = Control()
    control.wish = "stop"
    with pytest.raises(Stopped):
        fit(ToyTask(), ToySource(), RECIPE, run := Run(tmp_path, control=control))
    assert (run.latest() / "network.safetensors").exists()


def test_cancel_stops_between_steps_and_keeps_the_checkpoint(tmp_path):
    with pytest.raises(Interrupted):
        fit(ToyTask(), ToySource(), RECIPE, Run(tmp_path, dies_at=(1, 0)))
    control = Control()
    control.wish = "cancel"
    with pytest.raises(Cancelled):
        fit(ToyTask(), ToySource(), RECIPE, run := Run(tmp_path, control=control))
    assert run.latest().name.startswith("00000")


def test_a_loss_that_is_not_a_number_ends_the_job_and_keeps_the_last_checkpoint(tmp_path):
    class Broken(ToyTask):
        def loss(self, network, batch):
            loss = super().loss(network, batch)
            return loss * math.nan if len(self.losses) > 7 else loss

    with pytest.raises(FloatingPointError):
        fit(Broken(), ToySource(), RECIPE, run := Run(tmp_path))
    assert run.latest().name.startswith("00000")


def test_a_torn_checkpoint_is_swept_away_and_never_gone_on_from(tmp_path):
    torn = tmp_path / "checkpoints" / "00007.part"
    torn.mkdir(parents=True)
    (torn / "state.pt").write_bytes(b"half")
    run = Run(tmp_path)
    assert run.latest() is None
    assert not torn.exists()


def test_the_rate_rises_then_falls_to_zero_on_a_cosine():
    recipe = Recipe(epochs=10, steps=10, learning_rate=1.0, warmup=10)
    rates = [recipe.rate(done) for done in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == pytest.approx(0.5 * (1 + math.cos(math.pi * 0.09)))
    assert rates[-1] < 0.001


def test_the_average_is_the_plain_mean_of_the_weights():
    network = nn.Linear(2, 2)
    average = WeightAverage(network)
    for value in (1.0, 2.0, 6.0):
        nn.init.constant_(network.weight, value)
        average.add(network)
    assert torch.allclose(average.network.weight, torch.full((2, 2), 3.0))


def test_statistics_taken_anew_are_those_of_the_inputs():
    network = nn.Sequential(nn.BatchNorm1d(3))
    inputs = [torch.randn(64, 3) * 2 + 5 for _ in range(4)]
    retake_statistics(network, inputs)
    assert torch.allclose(network[0].running_mean, torch.cat(inputs).mean(0), atol=1e-4)
    assert network[0].momentum == 0.1
    assert not network.training
