"""Models without labels: they give embeddings, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.api import ModelCard, PluginError
from earmark.commands.hearing import usable
from earmark.contract import Breach, check_cards
from earmark.errors import CheckpointError
from earmark.gui.listening import Listening

EMBEDS = """
@hookimpl
def models():
    return [card(labels=(), embeds=True, short="repeat_pad")]

@hookimpl
def infer(model, clips, want):
    return [Heard(scores=np.zeros(0), embedding=clip.samples[:3] if want.embedding else None) for clip in clips]
"""


def card(**changed):
    known = {"model_id": "toy/model", "title": "A toy", "sample_rate": 1000, "window_seconds": 2.0, "labels": ()}
    return ModelCard(**known | changed)


def test_a_card_without_labels_must_embed():
    assert check_cards("toy", [card(embeds=True)])
    with pytest.raises(Breach, match="must have a tuple of labels"):
        check_cards("toy", [card()])


def test_each_window_is_embedded_and_nothing_is_scored(install, engines, recording):
    install(EMBEDS)
    analysis = engines.analyse(recording, "toy/model", embeddings=True)
    assert analysis.embeddings.shape == (6, 3)
    assert (analysis.window_scores.shape, analysis.tags()) == ((6, 0), [])
    np.testing.assert_allclose(analysis.embeddings[3], 0.5)  # from 3 s on


def test_it_is_neither_a_choice_in_the_window_nor_for_tags(install, engines):
    install(EMBEDS)
    install(name="other")
    assert engines.heading("toy/model").only_embeds
    with pytest.raises(CheckpointError, match="toy/model gives embeddings only"):
        usable(engines, "toy/model")
    listening = Listening(engines, None, model_id="other/model")
    listening.learn(engines.headings())
    offered = [heading.model_id for heading in listening.headings]
    assert "other/model" in offered
    assert "toy/model" not in offered


def test_one_that_forgets_the_embedding_is_named(install, engines, recording):
    install(EMBEDS.replace("clip.samples[:3] if want.embedding else None", "None"))
    with pytest.raises(PluginError, match="says that it embeds, but it gave no embedding"):
        engines.analyse(recording, "toy/model", embeddings=True)
