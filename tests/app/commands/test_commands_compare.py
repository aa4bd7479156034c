"""`earmark compare`: tags of several models side by side, and where one hears what another does not."""

import json

import pytest

PICKY = '''
"""Knows "Low" and "noise"; hears low tones only where they are low enough for it: here, never quite."""
import numpy as np
from earmark.api import Heard, ModelCard, hookimpl

@hookimpl
def models():
    of = dict(sample_rate=8000, window_seconds=2.0, draws_timeline=True)
    return [ModelCard(model_id="picky/frames", title="Picky", labels=("Low", "noise"), **of)]

@hookimpl
def infer(model, clips, want):
    frames = np.tile(np.float32([[0.2, 0.9]]), (40, 1))
    return [Heard(scores=frames.max(axis=0), frames=frames, hop=0.05) for clip in clips]
'''
BOTH = ("--model", "tone/frames", "--model", "picky/frames")


@pytest.fixture
def two(tone):
    tone.install("picky", PICKY)
    return tone


def test_the_document_says_who_heard_what_the_other_did_not(two, sound):
    ended = two("compare", sound(), *BOTH, "--format", "json")
    assert ended.returncode == 0, ended.stderr
    (document,) = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [model["model"] for model in document["models"]] == ["tone/frames", "picky/frames"]
    (found,) = document["disagreements"]
    assert (found["label"], found["heard_by"], found["missed_by"]) == ("low", ["tone/frames"], ["picky/frames"])
    assert (found["onset"], found["offset"]) == (pytest.approx(1, abs=0.06), pytest.approx(2, abs=0.06))
    assert found["scores"] == {
        "tone/frames": pytest.approx(0.9, abs=0.02),
        "picky/frames": pytest.approx(0.2, abs=0.001),
    }
    assert all(model["times_real_time"] > 0 for model in document["models"])


def test_what_only_one_model_knows_is_shown_but_is_no_disagreement(two, sound):
    ended = two("compare", sound(), *BOTH, "--format", "json")
    document = json.loads(ended.stdout)
    scores = {tag["label"]: tag["scores"] for tag in document["tags"]}
    assert set(scores) == {"noise", "high", "low"}
    assert scores["noise"] == {"tone/frames": None, "picky/frames": pytest.approx(0.9)}
    assert {each["label"] for each in document["disagreements"]} == {"low"}


def test_people_read_tags_disagreements_and_speed(two, sound):
    ended = two("compare", sound(), *BOTH)
    said = ended.stdout
    assert "A  Low or high (tone/frames), " in said
    assert " × real time on " in said
    assert "noise     –  0.90" in said
    assert "They disagree once:" in said
    assert "A hears it" in said


def test_one_threshold_for_all_makes_them_agree(two, sound):
    ended = two("compare", sound(), *BOTH, "--threshold", "0.15")
    assert ended.returncode == 0
    assert "They agree." not in ended.stdout  # the picky one now hears low everywhere
    assert "B hears it" in ended.stdout
    assert "They agree." in two("compare", sound(), *BOTH, "--threshold", "0.95").stdout


def test_a_file_that_fails_is_named_and_the_rest_goes_on(two, sound):
    (two.folder / "broken.wav").write_bytes(b"RIFF")
    ended = two("compare", "broken.wav", sound(), *BOTH)
    assert ended.returncode == 3
    assert "broken.wav: " in ended.stderr
    assert "They disagree once:" in ended.stdout


def test_one_model_is_no_comparison(two, sound):
    ended = two("compare", sound(), "--model", "tone/frames")
    assert ended.returncode == 2
    assert "name --model twice" in ended.stderr
    unknown = two("compare", sound(), "--model", "tone/frames", "--model", "tone/nothing")
    assert unknown.returncode == 2
    assert "tone/nothing" in unknown.stderr
