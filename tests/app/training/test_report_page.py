"""The page of a report: round figures beside its charts, clips to listen to, and nothing where nothing is known."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.api import Example, TrainJob
from earmark.training.job_file import write_job
from earmark.training.report import report
from earmark.training.report_charts import axis
from earmark.training.report_page import page

SCORES = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.05, 0.95]]
TRUTH = [[1, 0], [1, 0], [0, 1], [0, 1]]  # the second is a bark that is taken for a cat


@pytest.fixture
def job(tmp_path) -> TrainJob:
    """A job whose network heard four clips of a recording."""
    labels = ("dog_bark", "cat")
    clips = [
        Example(
            path=tmp_path / "a garden.wav", start=place, end=place + 0.5, labels=(labels[own.index(1)],), split="test"
        )
        for place, own in enumerate(TRUTH)
    ]
    job = TrainJob(job_id="j", model_id="toy/frames", folder=tmp_path / "j", labels=labels, examples=tuple(clips))
    write_job(job)
    np.savez(
        job.folder / "judged.npz", numbers=np.arange(4), scores=np.array(SCORES, np.float32), truth=np.array(TRUTH)
    )
    return job


def cells(page: str, title: str) -> list[list[str]]:
    """Return the table under a heading as text."""
    section = page.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", section)
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)] for row in rows
    ]


@pytest.mark.parametrize(
    ("values", "options", "ticks"),
    [
        ([1, 8], {"is_whole": True}, ["0", "2", "4", "6", "8"]),
        ([1, 3], {"is_whole": True}, ["1", "2", "3"]),
        ([5, 5], {"is_whole": True}, ["4", "5", "6"]),
        ([], {"is_share": True}, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ([0.03, 1.1], {}, ["0.00", "0.25", "0.50", "0.75", "1.00", "1.25"]),
        ([0.912, 0.927], {}, ["0.910", "0.915", "0.920", "0.925", "0.930"]),
        ([0.4, 0.4], {}, ["0.2", "0.3", "0.4", "0.5", "0.6"]),
    ],
)
def test_ticks_are_round_and_enclose_what_is_shown(values, options, ticks):
    found = axis("loss", values, **options)
    assert [found.text(tick) for tick in found.ticks] == ticks


def test_labels_are_written_as_they_are_read_with_their_figures(job):
    head, dog, _ = cells(page(report(job.folder)), "Each label")
    assert head[:6] == ["label", "trained on", "judged on", "precision", "recall", "AP"]
    assert dog[:6] == ["Dog bark", "0", "2", "100 %", "50 %", "0.833"]


def test_a_mistake_can_be_listened_to_where_it_is(job):
    found = page(report(job.folder))
    [_, [name, start, said, own, _]] = cells(found, "Its worst mistakes")
    assert (name, start, said, own) == ("a garden.wav", "0:01.0", "Cat 0.80", "Dog bark 0.20")
    assert f'src="{Path(job.examples[1].path).as_uri()}#t=1.000,1.500"' in found


def test_names_cannot_break_out_of_the_page(job):
    odd = replace(job, settings={"name": "<script>alert(1)</script>"})
    write_job(odd)
    assert "<script>" not in page(report(odd.folder))


def test_the_models_before_and_of_a_careless_split_stand_beside_it(job):
    start = {"model": "toy/base", "clips": 3, "accuracy": 0.5, "mean_average_precision": 0.4, "warnings": ["Odd."]}
    leaky = {"test_clips": 4, "accuracy": 1.0, "mean_average_precision": 1.0}
    found = page(report(job.folder, start=start, leaky=leaky))
    assert cells(found, "Compared") == [
        ["", "clips", "accuracy", "mAP"],
        ["this model", "4", "75.0 %", "0.833"],
        ["toy/base, from which it started", "3", "50.0 %", "0.400"],
        ["on a split that ignores sources", "4", "100.0 %", "1.000"],
    ]
    assert "Odd." in found


def test_a_job_that_has_judged_nothing_says_so(job):
    (job.folder / "judged.npz").unlink()
    found = page(report(job.folder))
    assert "No clips were held out" in found
    assert "Its worst mistakes" not in found
