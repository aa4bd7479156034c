"""Each family trains: a short run is recorded, and what its recipe says is what happens."""

from __future__ import annotations

import importlib
import json
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from earmark.api import CheckpointError, Example, TrainJob
from earmark.training.plan import SETTINGS
from earmark_torch.augment import Augmentation, draw_mixing, mask_spans
from earmark_torch.model import restore
from earmark_trainer.clips import Handling
from earmark_trainer.examples import ExampleSource
from earmark_trainer.recipe import Recipe
from earmark_trainer.run import JobRun
from earmark_trainer.sampling import Sampler

torch.set_num_threads(1)
LABELS = ("low", "middle", "high")
RATE = 16000
TINY = {
    "ast": {"sample_rate": RATE, "bands": 32, "frames": 64, "seconds": 0.6, "width": 16, "depth": 1, "heads": 2},
    "ham": {"sample_rate": RATE, "bands": 32, "frames": 64, "seconds": 0.6, "width": 16, "depth": 1, "heads": 2}
    | {"conformer_width": 32},
    "asca": {"sample_rate": RATE, "bands": 32, "image": [32, 64], "seconds": 0.6, "widths": [8, 8, 16, 32]}
    | {"depths": [1, 1, 1, 1]},
    "mast": {"sample_rate": RATE, "bands": 32, "frames": 64, "width": 8, "depths": [1, 1], "pooling": ["none", "both"]}
    | {"key_stride": 4},
    "htsat": {"sample_rate": RATE, "hop": 160, "frames": 64, "width": 8, "depths": [1], "heads": [2]},
}
HEADS = {"ast": "head.1", "ham": "head.1", "asca": "head.fc", "mast": "head", "htsat": "head"}
CARDS = {"ast": "ast/audioset", "ham": "ham/audioset", "asca": "asca/audioset", "mast": "mast/audioset"}


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> tuple[Example, ...]:
    folder, at, rng = tmp_path_factory.mktemp("beeps"), np.arange(RATE * 6 // 10) / RATE, np.random.default_rng(0)
    found = []
    for number in range(24):
        label, pitch = LABELS[number % 3], (300, 900, 2500)[number % 3] * rng.uniform(0.9, 1.1)
        soundfile.write(folder / f"{number}.wav", 0.3 * np.sin(2 * np.pi * pitch * at), RATE)
        side = "train" if number < 18 else "validate"
        found.append(Example(path=folder / f"{number}.wav", labels=(label,), group=str(number), split=side))
    return tuple(found)


def recipes(family: str) -> dict:
    module = importlib.import_module(f"earmark_{family}.recipes")
    return {**getattr(module, "RECIPE", {}), **getattr(module, "PUBLISHED", {}), **getattr(module, "SMALL", {})}


def job_of(
    family: str, folder: Path, examples, *, epochs: int = 4, start_from: Path | None = None, **changed
) -> TrainJob:
    """Return a job by the family's recipe from scratch, on a tiny network."""
    recipe = recipes(family)["from scratch"]
    network = {**recipe["settings"]["network"], **TINY[family], "single_label": True, **changed.pop("network", {})}
    more = {"loaders": 0, "precision": "32-true", "warmup": 2, "mask_bands": 2, "mask_frames": 4}
    return TrainJob(
        job_id=family,
        model_id=CARDS.get(family, "htsat/everyday"),
        folder=folder,
        labels=LABELS,
        examples=examples,
        start_from=start_from,
        epochs=epochs,
        batch_size=6,
        learning_rate=3e-3,
        settings={
            **recipe["settings"],
            **more,
            "waveforms": str(folder.parent / "kept"),
            "network": network,
            **changed,
        },
    )


class Ends(Exception):  # noqa: N818 - a kill, not an error
    pass


def train(family: str, job: TrainJob, *, ends_after: int = -1) -> JobRun:
    """Train in this process; die after so many steps."""
    job.folder.mkdir(exist_ok=True)
    run = JobRun(job.folder, device="cpu", stream=(job.folder / "out").open("a"))
    taken = iter(range(10_000))

    def progress(epoch, step, loss):
        JobRun.progress(run, epoch, step, loss)
        if next(taken) + 1 == ends_after:
            raise Ends

    run.progress = progress
    importlib.import_module(f"earmark_{family}.train").train(job, run)
    return run


def losses(folder: Path) -> list[float]:
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    return list({(e["epoch"], e["step"]): e["loss"] for e in events if e["event"] == "progress"}.values())


@pytest.mark.parametrize("family", TINY)
def test_a_toy_set_is_learnt_and_its_model_hears(family, examples, tmp_path):
    run = train(family, job_of(family, tmp_path / "job", examples, epochs=8))
    told = losses(tmp_path / "job")
    assert np.mean(told[-3:]) < 0.9 * np.mean(told[:3])
    best = run.best()
    stored = json.loads((best / "checkpoint.json").read_text())
    assert stored["front_end"] == {"sample_rate": RATE, "window_seconds": pytest.approx(0.64, abs=0.05), "short": "pad"}
    network = importlib.import_module(f"earmark_{family}.model").FAMILY
    hearing = network.network(restore(network.arguments, stored["network"])).eval()
    hearing.load_state_dict(load_file(best / "network.safetensors"))
    kept = np.load(tmp_path / "job" / "judged.npz")
    source = ExampleSource(job_of(family, tmp_path / "job", examples), hearing.arguments, run)
    assert source.judge(hearing).scores == pytest.approx(kept["scores"], abs=1e-4)


@pytest.mark.parametrize("family", TINY)
def test_six_steps_then_two_more_equal_eight(family, examples, tmp_path):
    whole, broken = (job_of(family, tmp_path / name, examples, epochs=2, keep_minutes=0, steps=4) for name in "ab")
    train(family, whole)
    with pytest.raises(Ends):
        train(family, broken, ends_after=7)  # the seventh step is lost: it dies before it is kept
    run = train(family, broken)
    assert losses(broken.folder) == pytest.approx(losses(whole.folder), abs=1e-6)
    expected = load_file(JobRun(whole.folder).latest() / "network.safetensors")
    found = load_file(run.latest() / "network.safetensors")
    assert all(torch.allclose(found[name], expected[name], atol=1e-6) for name in expected)


@pytest.mark.parametrize("family", TINY)
@pytest.mark.parametrize("labels", [("wind", LABELS[1].upper()), ("wind", LABELS[1], "rain")])
def test_a_model_of_ours_is_a_start_and_scores_the_labels_that_it_knows_as_before(family, labels, examples, tmp_path):
    best = train(family, job_of(family, tmp_path / "first", examples, epochs=1)).best()
    module = importlib.import_module(f"earmark_{family}.train")
    start = getattr(module, "start", None) or module.start_from
    job = job_of(family, tmp_path / "second", examples, start_from=best)
    network = module.network_for(module.FAMILY, SimpleNamespace(**vars(job) | {"labels": labels}), start)
    before, now = load_file(best / "network.safetensors"), network.state_dict()
    replaced = {name for name in now if not torch.equal(now[name], before.get(name, torch.empty(0)))}
    assert replaced == {name for name in now if name.startswith(HEADS[family])}
    for name in replaced:
        assert torch.equal(now[name][1], before[name][1])
        assert not torch.equal(now[name][0], before[name][0])


def test_what_fits_nowhere_is_no_start(examples, tmp_path):
    best = train("htsat", job_of("htsat", tmp_path / "first", examples, epochs=1)).best()
    with pytest.raises(CheckpointError, match=r"transformer|fits"):
        train("ast", job_of("ast", tmp_path / "second", examples, start_from=best))


@pytest.mark.parametrize(
    ("family", "name", "epochs", "factors"),
    [
        ("htsat", "published", (0, 1, 2, 11, 21, 31), (0.02, 0.05, 0.1, 0.05, 0.02, 0.03)),
        ("ast", "published", (0, 4, 5, 6), (1, 1, 0.85, 0.85**2)),
        ("ham", "paper", (0, 5), (1, 0.85)),
        ("mast", "paper", (0, 25), (1, 0.5)),
        ("asca", "paper", (0, 15), (1, 0.5)),
    ],
)
def test_the_rate_of_a_recorded_run_follows_the_published_curve(family, name, epochs, factors):
    preset = recipes(family)[name]
    job = SimpleNamespace(
        epochs=preset["epochs"], learning_rate=preset["learning_rate"], seed=0, settings=preset["settings"]
    )
    recipe = Recipe.of(job, steps=10)  # type: ignore[arg-type]
    rates = [recipe.rate(10 * epoch) / preset["learning_rate"] for epoch in epochs]
    assert rates == pytest.approx(factors, rel=1e-6)


@pytest.mark.parametrize("family", TINY)
def test_every_recipe_is_one_that_its_trainer_heeds(family):
    for name, preset in recipes(family).items():
        settings = preset["settings"]
        job = SimpleNamespace(epochs=preset["epochs"], learning_rate=preset["learning_rate"], seed=0, settings=settings)
        Recipe.of(job, steps=10)  # type: ignore[arg-type]
        Augmentation.of(settings), Handling.of(settings)
        assert settings.keys() <= SETTINGS, name
        assert preset["about"]


def test_the_settings_that_a_person_may_change_are_those_that_are_heeded():
    heeded = {each.name for kind in (Recipe, Augmentation, Handling) for each in fields(kind)}
    own = {"epochs", "learning_rate", "seed"}
    assert heeded - own | {"network", "begin", "short", "sampling", "waveforms", "device"} == SETTINGS


@pytest.mark.parametrize("family", TINY)
def test_small_networks_of_all_families_are_of_one_size(family):
    module = importlib.import_module(f"earmark_{family}.model")
    network = recipes(family)["from scratch"]["settings"]["network"]
    built = module.FAMILY.network(restore(module.FAMILY.arguments, {**network, "labels": 10}))
    assert 0.45e6 < sum(each.numel() for each in built.parameters()) < 0.75e6
    assert 4.9 <= built.arguments.seconds <= 5.2


@pytest.mark.parametrize("family", ["htsat", "ast", "asca", "mast", "ham"])
def test_the_head_learns_faster_where_a_trained_network_is_gone_on_from(family):
    preset = recipes(family)["few clips"]
    module = importlib.import_module(f"earmark_{family}.model")
    network = {**recipes(family)["from scratch"]["settings"]["network"], "labels": 3}
    built = module.FAMILY.network(restore(module.FAMILY.arguments, network))
    recipe = Recipe(epochs=1, steps=1, learning_rate=1.0, rates=preset["settings"]["rates"])
    groups = recipe.optimizer_for(built).param_groups
    scale_of = {id(parameter): group["scale"] for group in groups for parameter in group["params"]}
    scales = {name: scale_of[id(parameter)] for name, parameter in built.named_parameters()}
    assert all((scale > 1) == name.startswith(tuple(preset["settings"]["rates"])) for name, scale in scales.items())
    assert {scales[name] for name in scales if name.startswith("head")} == {preset["settings"]["rates"]["head."]}


def test_the_share_of_clips_that_is_mixed_is_the_recipes():
    how = Augmentation.of(recipes("htsat")["from scratch"]["settings"])
    torch.manual_seed(0)
    weights = [
        draw_mixing(64, share=how.mix, alpha=how.mix_alpha, mirrored=True, device=torch.device("cpu")).weight
        for _ in range(60)
    ]
    assert float((torch.cat(weights) < 1).float().mean()) == pytest.approx(0.7, abs=0.03)
    assert float(torch.cat(weights).min()) >= 0.5


@pytest.mark.parametrize(
    ("family", "name"), [("htsat", "published"), ("ast", "published"), ("ast", "published for AudioSet")]
)
def test_masks_are_as_wide_as_published(family, name):
    how = Augmentation.of(recipes(family)[name]["settings"])
    torch.manual_seed(0)
    masked = mask_spans(torch.ones(400, 4, 128), axis=2, longest=how.mask_bands, count=1, value=0.0)
    widths = (masked[:, 0] == 0).sum(1)
    assert int(widths.max()) <= how.mask_bands + 1
    assert float(widths.float().mean()) == pytest.approx(how.mask_bands / 2, rel=0.12)


@pytest.mark.parametrize(
    ("family", "name"), [("htsat", "published"), ("asca", "paper"), ("ast", "published for AudioSet")]
)
def test_rare_labels_are_drawn_as_often_as_common_ones_where_the_recipe_balances(family, name):
    labels = [("rare",)] * 4 + [("common",)] * 60
    sampler = Sampler(labels, batch=16, seed=0, sampling=recipes(family)[name]["settings"]["sampling"])
    drawn = np.concatenate([sampler.numbers(epoch, step) for epoch in range(20) for step in range(4)])
    assert np.mean(drawn < 4) == pytest.approx(0.5, abs=0.05)
