"""What a model makes of each window, where somebody asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.api import PluginError
from earmark.library import Library

EMBEDS = """
@hookimpl
def models():
    return [card(embeds=True), card("draws", embeds=True, draws_timeline=True), card("mute")]

@hookimpl
def infer(model, clips, want):
    return [whole(clip, want) for clip in clips]

def whole(clip, want):
    loud = min(1.0, loudness(clip))
    scores = np.array([1 - loud, loud], np.float32)
    embedding = np.array([clip.start, loud, 7.0], np.float32) if want.embedding else None
    return Heard(scores=scores, frames=np.tile(scores, (4, 1)), hop=0.5, embedding=embedding)
"""


@pytest.mark.parametrize("model", ["toy/model", "toy/draws"])
def test_each_window_has_its_embedding_where_they_are_wanted(install, engines, recording, model):
    install(EMBEDS)
    analysis = engines.analyse(recording, model, embeddings=True)
    assert analysis.embeddings.shape == (len(analysis.starts), 3)
    np.testing.assert_array_equal(analysis.embeddings[:, 0], analysis.starts)
    np.testing.assert_array_equal(analysis.embeddings[:, 1], analysis.window_scores[:, 1])
    assert (analysis.embeddings[:, 2] == 7).all()


def test_scores_and_frames_are_the_same_with_and_without(install, engines, recording):
    install(EMBEDS)
    plain, whole = (engines.analyse(recording, "toy/draws", embeddings=wanted) for wanted in (False, True))
    assert plain.embeddings is None
    np.testing.assert_array_equal(plain.window_scores, whole.window_scores)
    np.testing.assert_array_equal(plain.frames, whole.frames)


def test_a_model_that_does_not_embed_says_so_before_anything_is_heard(install, engines, recording):
    install(EMBEDS)
    with pytest.raises(PluginError, match="toy/mute gives no embeddings"):
        engines.analyse(recording, "toy/mute", embeddings=True)


def test_the_library_keeps_the_scores_and_not_the_embeddings(install, engines, recording, tmp_path):
    install(EMBEDS)
    library = Library(tmp_path / "library.sqlite")
    heard = engines.analyse(recording, "toy/model", embeddings=True)
    library.store(heard)
    found = library.find(recording, "toy/model")
    assert found is not None
    assert found.embeddings is None
    np.testing.assert_array_equal(found.window_scores, heard.window_scores)
