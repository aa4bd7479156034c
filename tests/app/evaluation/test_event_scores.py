"""Event scores: the figures published for DESED, and the field's scorers asked directly about random events."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import sed_eval

from earmark.api import StrongLabel
from earmark.evaluation.event_scores import (
    FAST_REACTION,
    FEW_CONFUSIONS,
    Tolerance,
    event_f1,
    false_alarms_an_hour,
    intersection_f1,
    joined,
    psds,
    segment_f1,
)

DATA = Path(__file__).parent / "data"


def timed(label, onset, offset):
    return StrongLabel(label=label, onset=onset, offset=offset)


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"desed_{name}.tsv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def events(name: str) -> dict[str, list[StrongLabel]]:
    listed = defaultdict(list)
    for row in rows(name):
        listed[row["filename"]].append(timed(row["event_label"], float(row["onset"]), float(row["offset"])))
    return dict(listed)


@pytest.fixture(scope="module")
def desed():
    durations = {row["filename"]: float(row["duration"]) for row in rows("durations")}
    return events("ground_truth"), events("predictions_single"), durations


def random_events(seed=0):
    """Return true events of twenty recordings of 10 s, and what three thresholds found of them."""
    random = np.random.default_rng(seed)

    def some(count):
        ends = np.sort(random.uniform(0, 10, (count, 2)), axis=1).round(3)
        return [timed("abc"[random.integers(3)], onset, offset) for onset, offset in ends if offset > onset]

    truth = {f"{number}.wav": some(4) for number in range(20)}
    found = [{name: listed[: 1 + point] + some(point) for name, listed in truth.items()} for point in range(3)]
    return truth, found, dict.fromkeys(truth, 10.0)


@pytest.mark.parametrize(("tolerance", "published"), [(0.5, 0.4842), (0.7, 0.3103)])
def test_intersection_f1_of_the_published_predictions_is_the_published_one(desed, tolerance, published):
    truth, found, durations = desed
    scores = intersection_f1(truth, found, durations, Tolerance(detection=tolerance, truth=tolerance))
    assert scores.macro == pytest.approx(published, abs=5e-5)
    assert len(scores.labels) == 10


def test_collar_f1_of_the_published_predictions_is_the_published_one(desed):
    truth, found, _ = desed
    assert event_f1(truth, found).macro == pytest.approx(0.0676, abs=5e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (segment_f1, lambda sed_eval: sed_eval.SegmentBasedMetrics(["a", "b", "c"], time_resolution=1.0)),
        (
            event_f1,
            lambda sed_eval: sed_eval.EventBasedMetrics(["a", "b", "c"], t_collar=0.2, percentage_of_length=0.2),
        ),
    ],
)
def test_segment_and_event_f1_are_those_of_sed_eval(ours, theirs):
    truth, (_, found, _), durations = random_events()
    scorer = theirs(sed_eval.sound_event)
    for name in durations:
        lists = (
            [{"filename": name, "event_label": e.label, "onset": e.onset, "offset": e.offset} for e in events[name]]
            for events in (truth, found)
        )
        scorer.evaluate(*lists)
    scores = ours(truth, found)
    assert scores.micro == pytest.approx(scorer.results_overall_metrics()["f_measure"]["f_measure"])
    assert scores.scorers == pytest.approx(scorer.results_class_wise_average_metrics()["f_measure"]["f_measure"])


@pytest.mark.parametrize(
    ("seed", "fast_reaction", "few_confusions"),
    [
        (0, 0.28557233813254274, 0.35438607107688497),
        (1, 0.05000003250035732, 0.22504290759481463),
        (5, 0.2653015142962039, 0.5110230092936089),
    ],
)
def test_psds_is_that_of_psds_eval(seed, fast_reaction, few_confusions):
    """The figures are psds_eval 0.5.3's own, with pandas 2.3.3 and numpy 2.2.6, for these very events."""
    truth, found, durations = random_events(seed)
    for tolerance, theirs in ((FAST_REACTION, fast_reaction), (FEW_CONFUSIONS, few_confusions)):
        assert psds(truth, found, durations, tolerance) == pytest.approx(theirs, abs=1e-12)


def test_intersection_f1_has_psds_evals_own_mean_beside_ours():
    truth, (found, *_), durations = random_events()
    only_a = {name: [event for event in listed if event.label == "a"] for name, listed in found.items()}
    scores = intersection_f1(truth, only_a, durations)
    assert scores.labels["b"] == scores.labels["c"] == 0
    assert scores.scorers == pytest.approx(scores.labels["a"])  # it leaves out what was never found
    assert scores.macro == pytest.approx(scores.labels["a"] / 3)


def test_events_of_one_label_that_overlap_are_scored_as_one():
    truth = {"a": [timed("rain", 1.0, 3.0), timed("rain", 2.0, 4.0), timed("rain", 4.0, 5.0), timed("dog", 2.0, 3.0)]}
    assert joined(truth["a"]) == [("dog", 2.0, 3.0), ("rain", 1.0, 4.0), ("rain", 4.0, 5.0)]
    assert intersection_f1(truth, truth, {"a": 10.0}).macro == 1.0


def test_the_same_event_found_twice_is_a_false_alarm_twice_as_psds_eval_has_it():
    truth = {"a": [timed("rain", 1.0, 3.0), timed("dog", 2.0, 3.0)]}
    found = {"a": [timed("rain", 1.0, 3.0), *[timed("rain", 5.0, 6.0)] * 2, timed("dog", 2.0, 3.0)]}
    assert joined(found["a"]).count(("rain", 5.0, 6.0)) == 2
    assert intersection_f1(truth, found, {"a": 10.0}).labels["rain"] == pytest.approx(2 / 4)  # and two too many


def test_psds_of_one_label_cannot_be_said():
    truth = {"a": [timed("rain", 1.0, 3.0)]}
    assert psds(truth, [truth], {"a": 10.0}, FAST_REACTION) is None


def test_events_found_as_they_are_score_one_and_none_found_score_nought():
    truth = {"a": [timed("rain", 1.0, 3.0), timed("speech", 5.0, 7.0)], "b": []}
    durations = {"a": 10.0, "b": 10.0}
    for found, score in ((truth, 1.0), ({}, 0.0)):
        assert event_f1(truth, found).macro == score
        assert segment_f1(truth, found).macro == score
        assert intersection_f1(truth, found, durations).macro == score
        assert psds(truth, [found], durations, FAST_REACTION) == pytest.approx(score, abs=1e-9)


def test_an_onset_beyond_the_collar_is_a_miss():
    truth = {"a": [timed("rain", 1.0, 3.0)]}
    assert event_f1(truth, {"a": [timed("rain", 1.19, 3.0)]}).macro == 1.0
    assert event_f1(truth, {"a": [timed("rain", 1.21, 3.0)]}).macro == 0.0


def test_a_label_that_the_reference_lacks_does_not_count():
    truth = {"a": [timed("rain", 1.0, 3.0)]}
    found = {"a": [timed("rain", 1.0, 3.0), timed("speech", 1.0, 3.0)]}
    assert event_f1(truth, found).micro == 1.0
    assert intersection_f1(truth, found, {"a": 10.0}).macro == 1.0


def test_false_alarms_are_counted_by_the_hour_and_by_label():
    found = {"a": [timed("rain", 1.0, 3.0), timed("speech", 2.0, 4.0)], "b": []}
    assert false_alarms_an_hour(found, {"a": 600.0, "b": 1200.0}) == {"": 4.0, "rain": 2.0, "speech": 2.0}
