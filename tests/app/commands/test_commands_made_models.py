"""`earmark models ensemble` and `average`: models that are made of others."""

from __future__ import annotations

import json

NETWORK = """
import numpy as np
from earmark.api import Checkpoint, Heard, ModelCard, Weights, hookimpl
from safetensors.numpy import load_file, save_file

@hookimpl
def models():
    weights = (Weights(name="w", url="https://example.org/w"),)
    return [ModelCard(model_id="scale/model", title="A scale", sample_rate=8000, window_seconds=2.0,
                      labels=("loud", "quiet"), weights=weights)]

@hookimpl
def convert(path, labels, folder):
    save_file({"factor": np.array([float(path.read_text())], np.float32)}, folder / "network.safetensors")
    return Checkpoint(path=folder, model_id="scale/model", labels=tuple(labels or ("loud", "quiet")))

@hookimpl
def load(model_id, checkpoint, device, precision):
    return load_file(checkpoint.path / "network.safetensors")["factor"][0]

@hookimpl
def infer(model, clips, want):
    loud = [np.minimum(1, model * np.abs(clip.samples).max()) for clip in clips]
    return [Heard(scores=np.array([each, 1 - each], np.float32)) for each in loud]
"""


def tags(earmark, sound, *models):
    """Return what each model makes of the sound: label → score."""
    words = [word for model in models for word in ("--model", model)]
    ended = earmark("tag", sound(), *words, "--format", "json", "--top", "all")
    assert ended.returncode == 0, ended.stderr
    documents = [json.loads(line) for line in ended.stdout.splitlines()]
    return [{tag["label"]: tag["score"] for tag in document["tags"]} for document in documents]


def test_an_ensemble_is_made_heard_shown_and_removed(tone, sound):
    made = tone("models", "ensemble", "both", "--of", "tone/frames", "--of", "tone/steps")
    assert made.stdout == "ensemble/both is ready: 2 models, 2 labels.\n"
    both, one = tags(tone, sound, "ensemble/both", "tone/frames")
    assert both == one  # the other member hears the same
    shown = tone("models", "show", "ensemble/both").stdout
    assert "both (ensemble of 2)" in shown
    assert "tone/frames, tone/steps" in shown
    assert tone("models", "remove", "ensemble/both").stdout == "ensemble/both was removed.\n"
    assert "ensemble/both" not in tone("models", "list").stdout


def test_what_cannot_be_an_ensemble_is_a_sentence_and_nothing_is_started(tone):
    for words, what in (
        (["--of", "tone/frames"], "needs two models"),
        (["--of", "tone/frames", "--of", "tone/none"], "no model “tone/none”"),
        (["--of", "tone/frames", "--of", "htsat/everyday"], "no label in common"),
        (["--of", "tone/frames", "--of", "htsat/audioset"], "not on this machine"),
    ):
        ended = tone("models", "ensemble", "both", *words)
        assert (ended.returncode, ended.stdout) == (2, ""), words
        assert what in ended.stderr


def test_labels_that_are_left_out_are_named(earmark, tone):
    tone.install(
        "other", (tone.plugins / "tone_plugin.py").read_text().replace('"high"', '"shrill"').replace("tone/", "other/")
    )
    made = tone("models", "ensemble", "low", "--of", "tone/steps", "--of", "other/steps")
    assert "2 models, 1 label." in made.stdout
    assert "2 labels left out: high, shrill." in made.stderr


def test_weights_are_averaged_into_a_new_model(earmark, sound):
    earmark.install("scale", NETWORK)
    for name, factor in (("one", "0.2"), ("two", "0.6")):
        (earmark.folder / name).write_text(factor)
        assert earmark("models", "import", name, "--as", name, "--plugin", "scale").returncode == 0
    made = earmark("models", "average", "scale/one", "scale/two", "--as", "mean")
    assert made.stdout == "scale/mean is ready: the mean of the weights of scale/one, scale/two.\n"
    one, two, mean = (each["loud"] for each in tags(earmark, sound, "scale/one", "scale/two", "scale/mean"))
    assert abs(mean - (one + two) / 2) < 1e-3


def test_what_has_no_weights_cannot_be_averaged(tone):
    ended = tone("models", "average", "tone/frames", "tone/steps", "--as", "mean")
    assert ended.returncode == 2
    assert "tone/frames has no weights of its own" in ended.stderr
