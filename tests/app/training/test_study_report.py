"""The report of a model, with what the jobs beside it say: made again as soon as they have said it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.api import Example, TrainJob
from earmark.training.report import write_json
from earmark.training.study import Member, write_study
from earmark.training.study_report import kept_report, make_report

LABELS = ("dog", "cat")
SIDES = {
    "leaky": Member(place="leaky", role="leaky"),
    "half": Member(place="share-50", role="share", share=0.5),
    "most": Member(place="share-75", role="share", share=0.75),
}


class NoEngines:
    """Nothing was started from, so that no engine is asked."""


@pytest.fixture
def study(tmp_path) -> Path:
    """A model's job that has judged eight clips, and three beside it that have not begun."""
    folder = tmp_path / "garden"
    clips = [
        Example(path=Path(f"{number}.wav"), labels=(LABELS[number % 2],), split="test" if number < 8 else "train")
        for number in range(20)
    ]
    main = TrainJob(job_id="garden", model_id="toy/frames", folder=folder, labels=LABELS, examples=tuple(clips))
    sides = [(each, replace(main, folder=each.folder(folder))) for each in SIDES.values()]
    write_study(folder, [(Member(place="."), main), *sides])
    judge(folder, right=6)
    return folder


def judge(folder: Path, right: int) -> None:
    """Have a job end with so many of its eight clips told rightly."""
    truth = np.eye(2)[[number % 2 for number in range(8)]]
    scores = np.where(np.arange(8)[:, None] < right, truth, 1 - truth) * 0.8 + 0.1
    np.savez(folder / "judged.npz", numbers=np.arange(8), scores=scores, truth=truth)
    (folder / "events.jsonl").write_text(json.dumps({"event": "ended", "how": "done", "time": 1.0}) + "\n")


def test_a_report_is_kept_until_a_job_beside_the_model_ends(study):
    assert kept_report(study) is None
    assert make_report(study, NoEngines())["leaky"] is None
    assert kept_report(study) is not None
    judge(study / "leaky", right=8)
    assert kept_report(study) is None
    assert make_report(study, NoEngines())["leaky"]["accuracy"] == 1.0
    assert kept_report(study)["leaky"]["accuracy"] == 1.0
    assert "on a split that ignores sources" in (study / "report.html").read_text()


def test_whether_more_clips_would_help_is_told_by_what_the_last_quarter_changed(study):
    judge(study / "share-50", right=4)
    assert make_report(study, NoEngines())["learning_curve"] is None
    judge(study / "share-75", right=5)
    curve = make_report(study, NoEngines())["learning_curve"]
    assert [each["score"] for each in curve["points"]] == [0.5, 0.625, 0.75]
    assert "+0.125" in curve["sentence"]


def test_what_the_model_was_before_is_heard_once(study):
    found = make_report(study, NoEngines())
    start = {"model": "toy/base", "clips": 3, "accuracy": 0.5, "mean_average_precision": 0.4, "warnings": []}
    write_json(study, {**found, "start": start})
    judge(study / "leaky", right=8)
    assert make_report(study, NoEngines())["start"] == start
