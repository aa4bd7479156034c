"""Tables of clips' scores from elsewhere, against a labelled folder; the figures are scikit-learn's."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from sklearn import metrics

from earmark.commands import run

LABELS = ("dog", "heavy rain", "cat", "owl", "bee", "fox")


@pytest.fixture
def folder(tmp_path):
    """Write four clips of each label, those of every label under the same names."""
    for label in LABELS:
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in range(4):
            soundfile.write(tmp_path / "set" / label / f"{number}.wav", np.zeros(80), 8000)
    return tmp_path / "set"


@pytest.fixture
def scored(tmp_path):
    """Write a table of random scores; return it with what is in it and the true labels."""

    def write(delimiter=",", extra=()):
        random = np.random.default_rng(1)
        own = np.repeat(np.arange(len(LABELS)), 4)
        scores = random.random((len(own), len(LABELS))).round(3) + 0.2 * np.eye(len(LABELS))[own]
        quoted = [f'"{label}"' for label in LABELS]
        lines = [delimiter.join(["filename", *quoted])]
        for row, label in enumerate(own):
            lines.append(delimiter.join([f'"{LABELS[label]}/{row % 4}.wav"', *(f"{each:.4f}" for each in scores[row])]))
        (tmp_path / "scores.csv").write_text("\n".join([*lines, *extra]) + "\n")
        return tmp_path / "scores.csv", scores, own

    return write


def evaluated(folder, path, capsys, *words):
    assert run(["evaluate", str(folder), "--predictions", str(path), "--format", "json", *words]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_scores_of_clips_are_judged_as_scikit_learn_does(folder, scored, capsys, delimiter):
    path, scores, own = scored(delimiter)
    document = evaluated(folder, path, capsys)
    tags, one_hot = document["tags"], np.eye(len(LABELS))[own]
    assert tags["accuracy"] == pytest.approx(metrics.accuracy_score(own, scores.argmax(1)))
    assert tags["top_5"] == pytest.approx(metrics.top_k_accuracy_score(own, scores, k=5))
    assert tags["mean_average_precision"] == pytest.approx(metrics.average_precision_score(one_hot, scores))
    assert tags["auc"] == pytest.approx(metrics.roc_auc_score(one_hot, scores))
    assert document["warnings"] == []


def test_what_is_left_out_is_said(folder, scored, capsys):
    path, _, _ = scored()
    kept = path.read_text().splitlines()[:-1]
    path.write_text("\n".join(line.replace("fox", "wolf") for line in [*kept, "nowhere.wav,1,1,1,1,1,1"]) + "\n")
    document = evaluated(folder, path, capsys)
    assert document["tags"]["clips"] == 20
    assert document["warnings"] == [
        "The label “fox”: has no column.",
        "4 clips without scores left out.",
        "4 rows of no such clip, the first is wolf/0.wav.",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dog/0.wav,1,1,1,1,1,1", "it scores dog/0.wav twice"),
        ("nowhere.wav,nan,1,1,1,1,1", "“nan” is no number that can be used"),
        ("nowhere.wav,1,1", "“” is no number"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(folder, scored, capsys, line, said):
    path, _, _ = scored(extra=[line])
    assert run(["evaluate", str(folder), "--predictions", str(path)]) == 2
    assert f"Line 26: {said}" in capsys.readouterr().err
