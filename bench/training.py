"""How sound reaches a network in training: waveforms kept on disk and mel in batches, against all of it per item."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench import target

CLIPS, SECONDS, BATCH = 96, 5.0, 16
ROUNDS = 3  # of which the best counts, on both sides: other programs disturb
RATIO, WAITING = 3.0, 0.05


def measure() -> dict[str, Any]:
    """Return what an epoch's input costs both ways, and how long the loop waits for it."""
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        job = _job(Path(folder))
        ours, published = _ours(job), _published(job)
        loop = _loop(job)
    epochs = (published["epoch"] + loop["compute"]) / loop["epoch"]
    return {
        "clips": CLIPS,
        "published": published,
        "ours": ours,
        "loop": loop,
        "whole_epoch_ratio_without_overlap": epochs,
        "targets": [
            target(
                "input alone, against decoding, resampling and mel per item",
                published["epoch"] / ours["epoch"],
                "×",
                at_least=RATIO,
            ),
            target(
                "share of an epoch that the loop waits for sound", loop["waited"] / loop["epoch"], "", at_most=WAITING
            ),
        ],
    }


def _job(folder: Path) -> Any:
    """Return a job by the recipe from scratch on clips as ESC-50 has them: Ogg at 44.1 kHz, 5 s each."""
    import soundfile

    from earmark import audio_file
    from earmark.api import Example, TrainJob
    from earmark_htsat.recipes import SMALL
    from earmark_resources import __file__ as resources

    demo = audio_file.read(Path(resources).with_name("demo.flac"), sample_rate=44100)
    length, examples = round(SECONDS * 44100), []
    for number in range(CLIPS):
        start = number * 7919 % (len(demo) - length)
        path = folder / f"{number}.ogg"
        soundfile.write(path, demo[start : start + length], 44100)
        examples.append(Example(path=path, labels=(f"label {number % 10}",), group=str(number)))
    settings = dict(SMALL["from scratch"]["settings"])
    settings["network"] = {**settings["network"], "single_label": True}
    return TrainJob(
        job_id="bench",
        model_id="htsat/everyday",
        folder=folder,
        labels=tuple(f"label {number}" for number in range(10)),
        examples=tuple(examples),
        epochs=2,
        batch_size=BATCH,
        learning_rate=1e-3,
        settings={
            **settings,
            "waveforms": str(folder / "kept"),
            "loaders": 1,
            "precision": "32-true",
            "average_from": 1.0,
        },
    )


def _network(job: Any) -> Any:
    from earmark_htsat.model import FAMILY
    from earmark_torch.tagger import network_for

    return network_for(FAMILY, job, lambda network, path: [])


def _published(job: Any) -> dict[str, float]:
    """Return the processor's seconds of an epoch whose items are decoded, resampled and made mel each in turn."""
    import torch

    from earmark import audio_file
    from earmark.windows import fit_clip

    network = _network(job)
    samples = round(network.arguments.seconds * network.arguments.sample_rate)

    def item(path: Path) -> torch.Tensor:
        sound = audio_file.read(path, sample_rate=network.arguments.sample_rate)
        return network.front_end(torch.from_numpy(fit_clip(sound, samples, "pad"))[None])[0]

    def epoch() -> None:
        for first in range(0, CLIPS, BATCH):
            torch.stack([item(each.path) for each in job.examples[first : first + BATCH]])

    return {"epoch": _best(epoch)}


def _best(epoch: Callable[[], object]) -> float:
    """Return the processor's seconds of an epoch, the best of some."""
    import torch

    times = [time.process_time()]
    with torch.inference_mode():
        for _ in range(ROUNDS):
            epoch()
            times.append(time.process_time())
    return min(after - before for before, after in pairwise(times))


def _source(job: Any, network: Any) -> Any:
    from earmark_trainer.examples import ExampleSource
    from earmark_trainer.run import JobRun

    return ExampleSource(job, network.arguments, JobRun(job.folder, stream=(job.folder / "out").open("a")))


def _ours(job: Any) -> dict[str, float]:
    """Return the processor's seconds of filling the cache, once, and of an epoch from it, made mel in batches.

    `epoch` is of the sounds as they are, as the published way has them; `varied_epoch` with the recipe's speeds too.
    """
    network = _network(job)
    began = time.process_time()
    source = _source(job, network)
    filling = time.process_time() - began

    def epoch() -> None:
        for step in range(source.steps):
            network.front_end(source.batch(0, step)[0])

    varied = _best(epoch)
    source.clips = replace(source.clips, handling=replace(source.clips.handling, speeds=(1.0,)))
    return {"filling": filling, "epoch": _best(epoch), "varied_epoch": varied}


def _loop(job: Any) -> dict[str, float]:
    """Return the seconds of two epochs of training with every augmentation, and how many of them the loop waited."""
    from earmark_torch.tagger import Tagger
    from earmark_trainer import fit as module
    from earmark_trainer.recipe import Recipe
    from earmark_trainer.run import JobRun

    network = _network(job)
    source, waited, times = _source(job, network), [], []
    plain = module.batches

    def timed(*own: Any, **named: Any) -> Iterator[Any]:
        found = plain(*own, **named)
        while True:
            began = time.perf_counter()
            try:
                batch = next(found)
            except StopIteration:
                return
            waited.append(time.perf_counter() - began)
            times.append(time.perf_counter())
            yield batch

    module.batches = timed  # the seam of this bench: nothing else needs to know how long the loop waits
    try:
        run = JobRun(job.folder, device="cpu", stream=(job.folder / "out").open("a"))
        module.fit(Tagger(job, network, source), source, Recipe.of(job, source.steps), run)
    finally:
        module.batches = plain
    steady = waited[2:]  # the first are made while the loader starts
    whole = times[-1] - times[1]
    return {"epoch": whole, "waited": sum(steady), "compute": whole - sum(steady), "steps": float(len(steady))}


if __name__ == "__main__":
    print(measure())
