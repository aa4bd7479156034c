"""`earmark plugins` and `earmark models` with plugins that are good, broken and deadly."""

import re

import pytest

CRASHING = """
import ctypes
from earmark.api import Heard, ModelCard, hookimpl

@hookimpl
def models():
    return [ModelCard(model_id="crash/now", title="Crash", sample_rate=8000, window_seconds=1.0, labels=("a",))]

@hookimpl
def infer(model, clips, want):
    ctypes.string_at(0)
"""

WITHOUT_WEIGHTS = """
from earmark.api import Heard, ModelCard, Weights, hookimpl

@hookimpl
def models():
    paper = Weights(name="paper", url="https://example.org/w.ckpt", licence="MIT", source="the paper's page")
    return [ModelCard(model_id="far/away", title="Far away", sample_rate=8000, window_seconds=1.0, labels=("a",),
                      weights=(paper,), paper="A paper, 2022")]

@hookimpl
def load(model_id, checkpoint, device, precision):
    return checkpoint

@hookimpl
def infer(model, clips, want):
    raise AssertionError("never without weights")
"""


def test_plugins_are_listed_with_their_distribution_and_models(tone):
    ended = tone("plugins", "list")
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"^htsat +earmark [\d.]+: .*htsat/everyday", ended.stdout, flags=re.MULTILINE)
    assert re.search(r"^tone +earmark_tone 1.0: tone/frames, tone/steps$", ended.stdout, flags=re.MULTILINE)


def test_a_plugin_that_was_refused_is_named_with_its_reason_and_the_rest_is_listed(tone):
    tone.install("bad", "import no_such_module_anywhere")
    ended = tone("plugins", "list")
    assert ended.returncode == 3
    assert "bad" in ended.stderr
    assert "no_such_module_anywhere" in ended.stderr
    assert "tone/frames" in ended.stdout


def test_a_plugin_that_keeps_its_promises_passes(tone):
    ended = tone("plugins", "check", "tone_plugin")
    assert (ended.returncode, ended.stdout) == (0, "tone_plugin keeps its promises.\n"), ended.stderr


def test_a_plugin_that_crashes_while_it_is_checked_is_a_sentence(earmark):
    earmark.install("crash", CRASHING)
    ended = earmark("plugins", "check", "crash_plugin")
    assert ended.returncode == 3
    assert "crash_plugin ended the process that checked it (signal 11)." in ended.stderr


def test_models_are_listed_with_whether_they_are_ready(tone):
    tone.install("far", WITHOUT_WEIGHTS)
    lines = {line.split()[0]: line for line in tone("models", "list").stdout.splitlines()}
    assert re.search(r"ready +2 labels, 2 s at 8 kHz +Low or high$", lines["tone/frames"])
    assert "no weights" in lines["far/away"]


def test_a_model_shows_its_labels_thresholds_paper_and_published_weights(tone):
    tone.install("far", WITHOUT_WEIGHTS)
    shown = tone("models", "show", "far/away").stdout
    for words in ("far/away: Far away", "A paper, 2022", "the paper's page", "MIT", "score of 0.35", "Not ready:"):
        assert words in shown
    assert "Draws events: frame by frame" in tone("models", "show", "tone/frames").stdout


@pytest.mark.parametrize("arguments", [("models", "show", "tone/fames"), ("tag", "x.wav", "--model", "tone/fames")])
def test_a_model_that_does_not_exist_is_2_and_names_those_that_do(tone, arguments):
    ended = tone(*arguments)
    assert ended.returncode == 2
    assert "There is no model “tone/fames”." in ended.stderr
    assert "tone/frames" in ended.stderr


def test_what_is_not_there_cannot_be_removed(earmark):
    ended = earmark("models", "remove", "htsat/nothing")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "htsat/nothing" in ended.stderr


def test_weights_that_are_none_are_refused_and_leave_nothing_behind(earmark):
    path = earmark.folder / "weights.ckpt"
    path.write_bytes(b"not a checkpoint at all")
    ended = earmark("models", "import", path, "--as", "mine", "--plugin", "htsat")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert not list((earmark.home / "models").rglob("*.json"))
    assert "htsat/mine" not in earmark("models", "list").stdout


def test_weights_for_a_plugin_that_does_not_exist_are_refused(earmark):
    path = earmark.folder / "weights.ckpt"
    path.write_bytes(b"not a checkpoint at all")
    ended = earmark("models", "import", path, "--as", "mine", "--plugin", "nobody")
    assert ended.returncode == 2
    assert "nobody" in ended.stderr
