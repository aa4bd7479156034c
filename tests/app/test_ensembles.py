"""Several models as one: their scores on a common time axis, their file, and the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from earmark import ensembles
from earmark.analysis import Analysis
from earmark.api import CheckpointError, Clip, Heard
from earmark.engine.shifts import hear_shifted, offsets
from earmark.ensemble_scores import heard_together, mean_thresholds, together
from earmark.ensembles import Ensemble, read, remove, scan, write


def analysis(labels, scores, *, window=2.0, hop=1.0, frames=None, frame_hop=None, **more):
    """Return what a model heard: one row of scores a window."""
    return Analysis(
        path=Path("a.wav"),
        model_id="toy/model",
        weights="",
        labels=tuple(labels),
        duration=hop * (len(scores) - 1) + window,
        window=window,
        hop=hop,
        starts=np.arange(len(scores), dtype=np.float32) * hop,
        window_scores=np.array(scores, np.float32),
        frames=None if frames is None else np.array(frames, np.float32),
        frame_hop=frame_hop,
        **more,
    )


def test_scores_are_averaged_by_the_name_of_the_label():
    one, other = analysis("ab", [[0.2, 0.4], [0.6, 0.8]]), analysis("ba", [[0.0, 1.0], [0.4, 0.2]])
    np.testing.assert_allclose(together([one, other], ("a", "b")).window_scores, [[0.6, 0.2], [0.4, 0.6]])


def test_a_label_that_not_all_have_is_left_out():
    one, other = analysis("abc", [[0.2, 0.4, 0.9]]), analysis("db", [[0.9, 0.2]])
    assert ensembles.common_labels([one.labels, other.labels]) == ("b",)
    np.testing.assert_allclose(together([one, other], ("b",)).window_scores, [[0.3]])


def test_of_other_windows_the_one_that_lies_closest_is_taken():
    """Windows of 2 s every second, and of 6 s every three: 0–6, 3–9."""
    short = analysis("a", [[0.0]] * 8)
    long = analysis("a", [[0.2], [1.0]], window=6.0, hop=3.0)
    whole = together([long, short], ("a",))
    assert (whole.window, whole.hop, len(whole.starts)) == (2.0, 1.0, 8)
    np.testing.assert_allclose(whole.window_scores[:, 0], [0.1] * 4 + [0.5] * 4)


def test_frames_are_averaged_on_the_finer_axis_and_coarse_ones_interpolated():
    fine = analysis("a", [[0]], frames=[[0], [0], [0], [0]], frame_hop=0.5)
    coarse = analysis("a", [[0]], frames=[[0.0], [1.0]], frame_hop=1.0)
    whole = together([coarse, fine], ("a",))
    assert whole.frame_hop == 0.5
    np.testing.assert_allclose(whole.frames[:, 0], [0, 0.125, 0.375, 0.5])


def test_a_member_without_frames_counts_in_the_tags_and_leaves_the_frames_as_they_are():
    drawn = analysis("a", [[0.8]], frames=[[0.1], [0.9]], frame_hop=1.0)
    whole = together([drawn, analysis("a", [[0.2]])], ("a",))
    np.testing.assert_allclose(whole.window_scores, [[0.5]])
    np.testing.assert_allclose(whole.frames, [[0.1], [0.9]])


def test_where_no_member_has_frames_the_windows_are_the_timeline():
    whole = together([analysis("a", [[0.2], [0.6]]), analysis("a", [[0.4], [0.8]])], ("a",))
    assert whole.frames is None
    frames, hop = whole.timeline()
    assert hop == 1.0
    np.testing.assert_allclose(frames[:, 0], [0.3, 0.5, 0.7])


def test_warnings_are_said_once_and_times_are_added():
    parts = [analysis("a", [[0.2]], warnings=("It is short.",), seconds_taken=2.0, device="CPU") for _ in range(2)]
    whole = together(parts, ("a",))
    assert (whole.warnings, whole.seconds_taken, whole.device) == (("It is short.",), 4.0, "CPU")


def test_live_frames_end_together_and_reach_back_as_far_as_each_does():
    long = Heard(scores=np.array([0.2]), frames=np.full((4, 1), 0.2, np.float32), hop=1.0)
    short = Heard(scores=np.array([0.8]), frames=np.full((4, 1), 0.8, np.float32), hop=0.5)
    heard = heard_together([(long, ("a",)), (short, ("a",))], ("a",))
    assert heard.scores.tolist() == pytest.approx([0.5])
    assert heard.hop == 0.5
    np.testing.assert_allclose(heard.frames[:, 0], [0.2] * 4 + [0.5] * 4)


def test_live_without_frames_there_are_scores_only():
    heard = heard_together(
        [(Heard(scores=np.array([0.2, 0.6])), ("a", "b")), (Heard(scores=np.array([1.0])), ("b",))], ("b",)
    )
    assert heard.frames is None
    np.testing.assert_allclose(heard.scores, [0.8])


def test_a_threshold_is_the_mean_of_those_that_members_have():
    assert mean_thresholds([{"a": 0.2, "b": 0.5}, {"a": 0.6}], ("a", "b", "c")) == {"a": pytest.approx(0.4), "b": 0.5}


def test_a_clip_is_rolled_to_the_left_by_100_samples_more_each_time():
    """As HTS-AT's test_step does: it rolls what it rolled before."""
    assert offsets(5) == [0, 100, 300, 600, 1000]
    samples, rolled = np.arange(4000, dtype=np.float32), []
    again = samples
    for times in range(10):
        rolled.append(again)
        again = np.concatenate([again[100 * (times + 1) :], again[: 100 * (times + 1)]])
    for offset, expected in zip(offsets(10), rolled, strict=True):
        np.testing.assert_array_equal(np.roll(samples, -offset), expected)


def test_the_scores_of_shifted_clips_are_averaged_and_the_frames_are_of_the_clip_itself():
    heard = []

    def infer(clips, only_scores):
        heard.append([float(clip.samples[0]) for clip in clips])
        frames = None if only_scores else np.array([[0.25]], np.float32)
        return [Heard(scores=clip.samples[:1] / 1000, frames=frames, hop=1.0) for clip in clips]

    clips = [Clip(samples=np.arange(first, first + 1000, dtype=np.float32), sample_rate=1000) for first in (0, 100)]
    first, second = hear_shifted(infer, clips, 3)
    assert heard == [[0, 100], [100, 200], [300, 400]]
    assert (first.scores[0], second.scores[0]) == (pytest.approx(0.4 / 3), pytest.approx(0.7 / 3))
    assert first.frames.tolist() == [[0.25]]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_an_ensemble_is_read_as_it_was_written_and_gone_when_it_is_removed(home):
    made = Ensemble(name="both.v2", members=("a/one", "b/two"), shifts=10)
    path = write(made)
    assert json.loads(path.read_text()) == {"version": 1, "members": ["a/one", "b/two"], "shifts": 10}
    assert scan() == ([made], {})
    assert read("ensemble/both.v2") == made
    remove("ensemble/both.v2")
    assert scan() == ([], {})
    with pytest.raises(CheckpointError, match="no ensemble/both"):
        remove("ensemble/both.v2")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"members": ("a/one",)}, "needs two models"),
        ({"members": ()}, "needs two models"),
        ({"members": ("a/one", "a/one")}, "named twice"),
        ({"members": ("a/one", "ensemble/x")}, "is an ensemble itself"),
        ({"shifts": 0}, "heard 1 to 100 times, not 0"),
        ({"name": "../x"}, "cannot name a model"),
    ],
    ids=str,
)
def test_what_cannot_be_averaged_is_refused(home, changed, what):
    with pytest.raises(CheckpointError, match=what):
        write(Ensemble(**{"name": "x", "members": ("a/one", "b/two")} | changed))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"members": "a"}', '{"members": ["a/b"], "shifts": "x"}'])
def test_a_damaged_file_is_named_and_hides_no_other(home, text):
    write(Ensemble(name="good", members=("a/one", "b/two")))
    (home / "models" / "ensemble" / "bad.json").write_text(text)
    found, damaged = scan()
    assert [each.name for each in found] == ["good"]
    assert "ensemble/bad" in damaged


def test_a_file_of_a_newer_earmark_is_not_guessed_at(home):
    path = write(Ensemble(name="x", members=("a/one", "b/two")))
    path.write_text(json.dumps({"version": 2, "members": ["a/one", "b/two"]}))
    with pytest.raises(CheckpointError, match="newer Earmark"):
        read("ensemble/x")


def test_a_plugin_cannot_take_the_name_of_ensembles():
    from earmark.contract import Breach, check_cards

    with pytest.raises(Breach, match="kept for ensembles"):
        check_cards("ensemble", ())
