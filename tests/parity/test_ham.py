"""HAM at full size against AST with torchaudio's Conformer after it: twenty clips of 1, 5, 10 and 30 s, by windows."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch

import earmark_ham
from earmark.api import Clip, Want

pytestmark = [pytest.mark.parity, pytest.mark.timeout(7200)]

_spec = spec_from_file_location("fast_ham", Path(__file__).parents[1] / "plugins" / "test_ham.py")
assert _spec
assert _spec.loader
fast = module_from_spec(_spec)
_spec.loader.exec_module(fast)

CLIPS, SECONDS, CLOSE = 20, (1.0, 5.0, 10.0, 30.0), 1e-4
PAPERS = fast.Arguments(
    labels=50, frames=512, seconds=5.0, mean=-6.6268077, deviation=5.358466, single_label=True, start="plain"
)


def test_every_window_of_every_clip_is_scored_as_by_torchaudios_conformer_after_ast(clip, windows, tmp_path):
    torch.set_num_threads(2)
    original = fast.Original(PAPERS)
    checkpoint = earmark_ham.convert(original.save(tmp_path / "ham.pth"), None, tmp_path / "ours")
    model = earmark_ham.load(checkpoint.model_id, checkpoint, "cpu", "fp32")
    card = fast.replace(earmark_ham.models()[1], window_seconds=checkpoint.front_end["window_seconds"])
    print("\nHAM, ESC-50's form: largest differences (of embeddings of length 1), and windows")
    for seconds in SECONDS:
        worst, count = np.zeros(2), 0
        for number in range(CLIPS):
            for waveform in windows(clip(number, seconds=seconds, sample_rate=16000), card):
                with torch.no_grad():
                    logits, read = original(torch.from_numpy(waveform[None]))
                (heard,) = earmark_ham.infer(model, [Clip(samples=waveform, sample_rate=16000)], Want(embedding=True))
                count += 1
                scores = np.abs(heard.scores - logits[0].softmax(-1).numpy()).max()
                embedding = np.abs(heard.embedding - read[0].numpy()).max() / np.linalg.norm(read[0])
                worst = np.maximum(worst, [scores, embedding])
        print(f"{seconds:4g} s  scores {worst[0]:.1e}  embedding {worst[1]:.1e}  {count}", flush=True)
        assert worst.max() < CLOSE, (seconds, worst)
