"""What a person judged turns scores into probabilities, and says how sure that is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from earmark import calibration
from earmark.annotations import Annotation, Answered
from earmark.calibration import Judgement, calibrate, judgement_of, logit, sigmoid, why_not
from earmark.errors import EarmarkError
from earmark.reliability import brier, reliability, study, threshold_for, wilson


def judged(count: int, *, slope: float = 1.5, intercept: float = -1.0, seed: int = 0) -> list[Judgement]:
    """Return judgements over all scores of a model whose events are right as often as this curve says."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.02, 0.98, count)
    right = rng.random(count) < sigmoid(slope * logit(scores) + intercept)
    return [Judgement("dog", score, is_right) for score, is_right in zip(scores.tolist(), right.tolist(), strict=True)]


def parted(count: int) -> list[Judgement]:
    return [Judgement("dog", place / count, place > count / 2) for place in range(1, count)]


def test_the_curve_that_scores_were_judged_by_is_found_again():
    found = calibrate(judged(5000))
    assert (found.slope, found.intercept) == (pytest.approx(1.5, abs=0.1), pytest.approx(-1.0, abs=0.1))
    assert found.probability(0.9) == pytest.approx(float(sigmoid(1.5 * logit(0.9) - 1.0)), abs=0.02)


def test_the_curve_is_the_likeliest_one():
    from scipy.optimize import minimize

    judgements = judged(60)
    scores, right = calibration.arrays(judgements)
    positive, negative = right.sum(), len(right) - right.sum()
    wanted = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(curve):
        heights = curve[0] * logit(scores) + curve[1]
        return np.sum(np.logaddexp(0, heights) - wanted * heights)

    found = calibrate(judgements)
    assert [found.slope, found.intercept] == pytest.approx(minimize(loss, [0, 0], tol=1e-10).x.tolist(), abs=1e-4)


def test_judgements_that_a_threshold_parts_without_error_have_a_finite_curve():
    found = calibrate(parted(100))
    assert 0 < found.slope < 50
    assert 0.0 < found.probability(0.3) < 0.5 < found.probability(0.7) < 1.0


def test_scores_of_zero_and_one_have_a_probability():
    assert np.isfinite(calibrate(judged(50)).probabilities([0.0, 1.0])).all()


def test_a_calibration_knows_the_scores_it_was_made_from():
    found = calibrate(parted(100))
    assert (found.label, found.judged, found.right) == ("dog", 99, 49)
    assert found.covers(0.5)
    assert not found.covers(0.995)


def test_a_calibration_survives_as_json_and_what_a_newer_earmark_adds_is_left_out():
    found = calibrate(judged(40))
    plain = json.loads(json.dumps(calibration.as_plain(found))) | {"mood": "fine"}
    assert calibration.from_plain(plain) == found


@pytest.mark.parametrize(
    ("judgements", "sentence"),
    [
        ([], "0 of 30 judgements: accept or reject 30 more to calibrate."),
        (judged(29), "29 of 30 judgements: accept or reject 1 more to calibrate."),
        ([Judgement("dog_bark", 0.5, True)] * 30, "All 30 judged events of Dog bark are right"),
        ([Judgement("dog_bark", 0.5, False)] * 30, "All 30 judged events of Dog bark are wrong"),
    ],
)
def test_what_does_not_suffice_is_said(judgements, sentence):
    assert why_not(judgements).startswith(sentence)
    with pytest.raises(EarmarkError, match=sentence):
        calibrate(judgements)


def test_thirty_judgements_suffice():
    assert why_not(judged(30)) == ""


def test_labels_are_not_mixed():
    with pytest.raises(ValueError, match="by itself"):
        calibrate([*judged(30), Judgement("cat", 0.5, True)])


def test_a_score_that_says_nothing_is_called_so():
    upside_down = [Judgement("dog", each.score, not each.is_right) for each in judged(200)]
    assert "the score says nothing" in calibration.caution(calibrate(upside_down))
    assert calibration.caution(calibrate(judged(200))) == ""


def test_few_mistakes_make_a_rough_curve():
    assert "Fewer than five judged events were wrong" in calibration.caution(
        calibrate([*parted(60)[28:], *parted(60)[:2]])
    )


def answer(**changes) -> Annotation:
    heard = Answered(label="dog", onset=1.0, offset=2.0)
    plain = {"annotation_id": "a", "label": "dog", "onset": 1.0, "offset": 2.0, "score": 0.7, "answers": heard}
    return Annotation(**plain | changes)


@pytest.mark.parametrize(
    ("annotation", "is_right"),
    [
        (answer(), True),
        (answer(onset=1.4), True),
        (answer(status="rejected"), False),
        (answer(label="wolf"), False),
    ],
)
def test_a_model_is_right_where_its_event_is_accepted_under_its_own_label(annotation, is_right):
    assert judgement_of(annotation) == Judgement("dog", 0.7, is_right)


def test_what_a_person_drew_judges_no_model():
    assert judgement_of(answer(answers=None, score=None)) is None


def test_bins_hold_as_many_judgements_each_in_order_of_score():
    bins = reliability(judged(75))
    assert [each.count for each in bins] == [7, 8, 7, 8, 7, 8, 7, 8, 7, 8]
    assert [each.score for each in bins] == sorted(each.score for each in bins)
    assert all(each.low <= each.right <= each.high for each in bins)


def test_few_judgements_make_few_bins_and_none_make_none():
    assert len(reliability(judged(30))) == 5
    assert reliability([]) == []


@pytest.mark.parametrize(
    ("right", "count", "interval"), [(8, 10, (0.490, 0.943)), (0, 10, (0.0, 0.278)), (10, 10, (0.722, 1.0))]
)
def test_intervals_are_those_of_wilson(right, count, interval):
    assert wilson(right, count) == pytest.approx(interval, abs=1e-3)


def test_calibrated_probabilities_err_less_than_scores_that_are_too_sure():
    before, after = brier(judged(400, slope=1.0, intercept=-2.5))
    assert after < before - 0.05


def test_the_error_after_is_of_judgements_that_the_curve_has_not_seen():
    scores = np.random.default_rng(1).random(40).tolist()
    guessed = [Judgement("dog", score, index % 2 == 0) for index, score in enumerate(scores)]
    assert brier(guessed)[1] > 0.245  # a curve that had seen them would do better than a coin


def test_the_threshold_gives_the_wanted_precision_on_events_never_judged():
    aim = threshold_for(0.9, judged(3000))
    fresh = [each for each in judged(20_000, seed=7) if each.score >= aim.threshold]
    assert sum(each.is_right for each in fresh) / len(fresh) == pytest.approx(0.9, abs=0.02)
    assert aim.low < aim.threshold < aim.high


def test_the_interval_holds_the_true_threshold_about_as_often_as_it_says():
    true = threshold_for(0.8, judged(50_000, seed=99)).threshold
    aims = [threshold_for(0.8, judged(80, seed=seed)) for seed in range(100)]
    held = [aim.low <= true <= (aim.high or 1.0) for aim in aims if aim.low]
    assert len(held) > 90
    assert np.mean(held) > 0.88


def test_the_interval_is_the_same_each_time_and_narrower_with_more_judgements():
    few, many = threshold_for(0.8, judged(60)), threshold_for(0.8, judged(2000))
    assert few == threshold_for(0.8, judged(60))
    assert many.high - many.low < few.high - few.low


def test_the_precision_is_that_of_the_events_there_are():
    mostly_sure = [0.95] * 900 + [0.3] * 100
    assert threshold_for(0.8, judged(2000), scores=mostly_sure).threshold < threshold_for(0.8, judged(2000)).threshold


def test_what_a_threshold_keeps_of_the_judged_events_is_counted():
    aim = threshold_for(0.95, parted(101))
    kept = [each for each in parted(101) if each.score >= aim.threshold]
    assert (aim.kept, aim.kept_right) == (len(kept), sum(each.is_right for each in kept))
    assert aim.recall == pytest.approx(aim.kept_right / 50)
    assert f"it keeps {aim.kept}, {aim.kept_right} of them right" in aim.sentence


def test_a_precision_out_of_reach_is_said_to_be_so():
    aim = threshold_for(0.99, judged(300, slope=0.3, intercept=0.0))
    assert aim.threshold is None
    assert aim.sentence.startswith("No threshold reaches 99 %: of the surest judged events about ")


def test_a_precision_that_is_barely_reached_has_no_upper_end():
    judgements = judged(60)
    aim = threshold_for(threshold_for(0.5, judgements).best - 0.01, judgements)
    assert aim.threshold
    assert aim.high is None
    assert "out of reach" in aim.sentence


def test_a_study_says_all_that_is_known_of_a_label():
    found = study("dog", judged(200), 0.8)
    assert (found.judged, len(found.bins), found.why_not) == (200, 10, "")
    assert found.calibration
    assert found.aim == threshold_for(0.8, judged(200))
    assert found.after < found.before


def test_a_study_of_few_judgements_says_what_is_missing_and_shows_them_all_the_same():
    found = study("dog", judged(12), 0.8)
    assert (found.judged, len(found.bins), found.calibration, found.aim) == (12, 2, None, None)
    assert found.why_not.startswith("12 of 30 judgements")
    assert study("dog", [], 0.8).bins == []
