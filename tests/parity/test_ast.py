"""AST at full size against transformers and its own code: twenty clips of 1, 5, 10 and 30 s, window by window."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch

import earmark_ast
from earmark.api import Clip, Want
from earmark_torch.labels import labels_of

pytestmark = [pytest.mark.parity, pytest.mark.timeout(7200)]

_spec = spec_from_file_location("fast_ast_parity", Path(__file__).parents[1] / "plugins" / "test_ast_parity.py")
assert _spec
assert _spec.loader
fast = module_from_spec(_spec)
_spec.loader.exec_module(fast)

hub = fast.hub
CLIPS, SECONDS, CLOSE = 20, (1.0, 5.0, 10.0, 30.0), 1e-4
FULL = {"width": 768, "depth": 12}


@pytest.fixture(autouse=True)
def both_threads():
    torch.set_num_threads(2)


def hearing(path, folder):
    """Return the card of an imported file, and what hears a waveform with it: scores, and the embedding of length 1."""
    checkpoint = earmark_ast.convert(path, None, folder)
    card = next(card for card in earmark_ast.models() if card.model_id == checkpoint.model_id)
    model = earmark_ast.load(checkpoint.model_id, checkpoint, "cpu", "fp32")

    def hear(waveform):
        (heard,) = earmark_ast.infer(model, [Clip(samples=waveform, sample_rate=16000)], Want(embedding=True))
        return heard.scores, heard.embedding / np.linalg.norm(heard.embedding)

    return card, hear


def assert_table_is_close(name, expect, card, hear, clip, windows):
    """Print and hold the largest differences of scores and embeddings, of clips of each length."""
    print(f"\n{name}: largest differences (of embeddings of length 1), and windows")
    for seconds in SECONDS:
        worst, count = np.zeros(2), 0
        for number in range(CLIPS):
            for waveform in windows(clip(number, seconds=seconds, sample_rate=16000), card):
                (scores, embedding), (logits, read) = hear(waveform), expect(waveform[None])
                count += 1
                differences = scores - fast.sigmoid(logits[0]), embedding - read[0] / np.linalg.norm(read[0])
                worst = np.maximum(worst, [np.abs(each).max() for each in differences])
        print(f"{seconds:4g} s  scores {worst[0]:.1e}  embedding {worst[1]:.1e}  {count}", flush=True)
        assert worst.max() < CLOSE, (seconds, worst)


def test_every_window_of_every_clip_is_scored_as_by_transformers(hub, clip, windows, tmp_path):
    labels = labels_of("audioset_527.csv")
    network, front_end, folder = hub(**FULL, id2label=dict(enumerate(labels)))
    card, hear = hearing(folder, tmp_path / "ours")
    expect = lambda waveform: fast.expected_of(network, front_end, waveform)  # noqa: E731
    assert_table_is_close("AST, transformers", expect, card, hear, clip, windows)


def test_every_window_of_every_clip_is_scored_as_by_asts_own_code(clip, windows, tmp_path):
    network = fast.OfficialAST(527, **FULL)
    card, hear = hearing(network.save(tmp_path / "official.pth"), tmp_path / "ours")
    expect = lambda waveform: network(torch.from_numpy(waveform))  # noqa: E731
    assert_table_is_close("AST, its own code", expect, card, hear, clip, windows)
