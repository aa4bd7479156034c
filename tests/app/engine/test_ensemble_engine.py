"""Ensembles with real engines: members of one plugin and of several, with windows and rates of their own."""

from __future__ import annotations

import numpy as np
import pytest

from earmark import ensembles
from earmark.api import Cancelled, CheckpointError, PluginError
from earmark.ensembles import Ensemble

SLOW = """
@hookimpl
def models():
    return [card(labels=("loud", "else"))]

@hookimpl
def infer(model, clips, want):
    return [Heard(scores=np.array([0.5, 0.1], np.float32)) for clip in clips]
"""

FRAMES = """
@hookimpl
def models():
    return [card(sample_rate=500, window_seconds=4.0, labels=("loud", "quiet"), draws_timeline=True)]

@hookimpl
def infer(model, clips, want):
    return [hear(clip) for clip in clips]

def hear(clip):
    loud = np.abs(clip.samples).reshape(-1, 50).max(axis=1)
    frames = np.stack([loud, 1 - loud], axis=1).clip(0, 1).astype(np.float32)
    return Heard(scores=frames.max(axis=0), frames=frames, hop=0.1)
"""


@pytest.fixture
def both(install):
    """Two models of two distributions: other windows, rates, and orders of labels; one draws frames."""
    install()
    install(FRAMES, name="frames")
    ensembles.write(Ensemble(name="both", members=("toy/model", "frames/model")))


def test_an_ensemble_hears_a_file_as_the_mean_of_its_members(both, engines, recording):
    parts = [engines.analyse(recording, name) for name in ("toy/model", "frames/model")]
    whole = engines.analyse(recording, "ensemble/both")
    assert (whole.model_id, whole.labels) == ("ensemble/both", ("quiet", "loud"))
    assert (whole.window, whole.frame_hop) == (2.0, 0.1)
    expected = (parts[0].window_scores[0] + parts[1].window_scores[0][::-1]) / 2
    np.testing.assert_allclose(whole.window_scores[0], expected, atol=1e-6)
    np.testing.assert_allclose(whole.frames, parts[1].frames[:, ::-1], atol=1e-6)


def test_it_is_offered_among_the_models_with_what_its_members_need(both, engines):
    heading = engines.heading("ensemble/both")
    assert heading in engines.headings()
    assert (heading.title, heading.plugin) == ("both (ensemble of 2)", "ensemble")
    assert (heading.sample_rate, heading.window_seconds, heading.draws_timeline) == (1000, 4.0, True)
    assert heading.has_weights
    assert heading.weights_sha256 == ""  # its models are rules: nothing tells whether they changed


def test_progress_runs_once_over_all_members_and_every_window_is_told(both, engines, recording):
    done, told = [], []
    whole = engines.analyse(
        recording,
        "ensemble/both",
        on_progress=lambda seconds, total, speed: done.append(seconds / total),
        on_scores=lambda start, scores, frames: told.append((start, len(frames))),
    )
    assert done == sorted(done)
    assert (done[0] < 0.5, done[-1]) == (True, 1.0)
    assert [start for start, _ in told] == whole.starts.tolist()
    assert sum(count for _, count in told) == len(whole.frames)


def test_it_hears_live_sound(both, engines):
    engines.prepare("ensemble/both")
    samples = np.concatenate([np.zeros(6000), np.full(2000, 0.6)]).astype(np.float32)
    heard = engines.hear(samples, 1000, "ensemble/both")
    np.testing.assert_allclose(heard.scores, [0.7, 0.6], atol=0.05)  # quiet: 0.4 and 1.0
    assert heard.frames.shape == (40, 2)
    assert heard.frames[-5:, 1].mean() > 0.5 > heard.frames[:15, 1].mean()


def test_each_clip_is_heard_as_often_as_it_says(install, engines, recording):
    """A model that hears only how loud the first 10 ms are."""
    install(
        """
        @hookimpl
        def models():
            return [card()]

        @hookimpl
        def infer(model, clips, want):
            return [Heard(scores=np.full(2, np.abs(clip.samples[:10]).max(), np.float32)) for clip in clips]
        """
    )
    ensembles.write(Ensemble(name="shifted", members=("toy/model",), shifts=4))
    once, often = (engines.analyse(recording, name) for name in ("toy/model", "ensemble/shifted"))
    at = {start: (a[0], b[0]) for start, a, b in zip(once.starts, once.window_scores, often.window_scores, strict=True)}
    assert at[2.0] == (0.0, 0.0)  # rolled by at most 0.6 s: the knock at 3 s is not reached
    assert at[3.0] == (0.5, 0.5)
    assert at[4.0] == (0.0, 0.0)


def test_cancelling_ends_all_members(both, engines, recording):
    with pytest.raises(Cancelled):
        engines.analyse(recording, "ensemble/both", cancelled=lambda: True)


def test_a_member_that_is_gone_is_named(install, engines, recording):
    install()
    ensembles.write(Ensemble(name="both", members=("toy/model", "gone/model")))
    with pytest.raises(CheckpointError, match=r"ensemble/both needs gone/model, which is not here"):
        engines.analyse(recording, "ensemble/both")
    assert not engines.heading("ensemble/both").has_weights


def test_a_member_that_cannot_be_used_says_why(install, engines):
    install()
    install(
        """
        @hookimpl
        def models():
            return [card(weights=(Weights(name="w", url="https://example.org/w"),))]

        @hookimpl
        def load(model_id, checkpoint, device, precision):
            return 1

        @hookimpl
        def infer(model, clips, want):
            return [answer(clip) for clip in clips]
        """,
        name="heavy",
    )
    ensembles.write(Ensemble(name="both", members=("toy/model", "heavy/model")))
    heading = engines.heading("ensemble/both")
    assert "ensemble/both needs heavy/model: The weights of heavy/model are not on this machine" in heading.error


def test_labels_that_all_have_are_kept_and_none_in_common_is_an_error(install, engines, recording):
    install()
    install(SLOW, name="other")
    install(SLOW.replace('"loud"', '"nothing"'), name="strange")
    ensembles.write(Ensemble(name="loud", members=("toy/model", "other/model")))
    ensembles.write(Ensemble(name="odd", members=("toy/model", "strange/model")))
    assert engines.analyse(recording, "ensemble/loud").labels == ("loud",)
    with pytest.raises(CheckpointError, match="no label in common"):
        engines.analyse(recording, "ensemble/odd")


def test_an_ensemble_that_nobody_made_is_no_model(install, engines, recording):
    install()
    with pytest.raises(PluginError, match="no model “ensemble/none”"):
        engines.analyse(recording, "ensemble/none")
