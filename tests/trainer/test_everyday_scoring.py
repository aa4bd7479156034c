"""Event scores, against the figures published for DESED."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest

from earmark_everyday.placing import Placed
from earmark_everyday.scoring import event_f1, false_alarms_an_hour, intersection_f1

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"desed_{name}.tsv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def events(name: str) -> dict[str, list[Placed]]:
    listed = defaultdict(list)
    for row in rows(name):
        listed[row["filename"]].append(Placed(row["event_label"], float(row["onset"]), float(row["offset"])))
    return dict(listed)


@pytest.fixture(scope="module")
def desed():
    durations = {row["filename"]: float(row["duration"]) for row in rows("durations")}
    return events("ground_truth"), events("predictions_single"), durations


@pytest.mark.parametrize(("tolerance", "published"), [(0.5, 0.4842), (0.7, 0.3103)])
def test_intersection_f1_of_the_published_predictions_is_the_published_one(desed, tolerance, published):
    truth, found, durations = desed
    scores = intersection_f1(truth, found, durations, detection=tolerance, truth=tolerance)
    assert scores.macro == pytest.approx(published, abs=5e-5)
    assert len(scores.labels) == 10


def test_collar_f1_of_the_published_predictions_is_the_published_one(desed):
    truth, found, _ = desed
    assert event_f1(truth, found).macro == pytest.approx(0.0676, abs=5e-5)


def test_events_found_as_they_are_score_one_and_none_found_score_nought():
    truth = {"a": [Placed("rain", 1.0, 3.0), Placed("speech", 2.0, 4.0)], "b": []}
    durations = {"a": 10.0, "b": 10.0}
    assert event_f1(truth, truth).macro == 1.0
    assert intersection_f1(truth, truth, durations).macro == 1.0
    assert event_f1(truth, {}).macro == 0.0
    assert intersection_f1(truth, {}, durations).macro == 0.0


def test_an_onset_beyond_the_collar_is_a_miss():
    truth = {"a": [Placed("rain", 1.0, 3.0)]}
    assert event_f1(truth, {"a": [Placed("rain", 1.19, 3.0)]}).macro == 1.0
    assert event_f1(truth, {"a": [Placed("rain", 1.21, 3.0)]}).macro == 0.0


def test_false_alarms_are_counted_by_the_hour_and_by_label():
    found = {"a": [Placed("rain", 1.0, 3.0), Placed("speech", 2.0, 4.0)], "b": []}
    assert false_alarms_an_hour(found, {"a": 600.0, "b": 1200.0}) == {"": 4.0, "rain": 2.0, "speech": 2.0}
