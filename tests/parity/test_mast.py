"""MAST at full size against timm's blocks on its map: twenty clips of 1, 5, 10 and 30 s, window by window."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch
from timm.models import create_model

import earmark_mast
from earmark.api import Clip, Want

pytestmark = [pytest.mark.parity, pytest.mark.timeout(7200)]

_spec = spec_from_file_location("fast_mast_parity", Path(__file__).parents[1] / "plugins" / "test_mast_parity.py")
assert _spec
assert _spec.loader
fast = module_from_spec(_spec)
_spec.loader.exec_module(fast)

FULL = {"depths": (2, 3, 16, 3), "embed_dim": 96, "num_heads": 1}
CLIPS, SECONDS, CLOSE = 20, (1.0, 5.0, 10.0, 30.0), 1e-4
LABELS = [f"sound {number}" for number in range(527)]
FORMS = {  # name: how it is built, its map, and of how many clips a length
    "paper": ({}, (128, 1024), CLIPS),
    "class token": ({"class_token": True}, (128, 1024), 2),
    "both axes at block 21": ({"pooling": ("none", "both", "both", "both")}, (128, 1024), 2),
    "two poolings": ({"pooling": ("none", "both", "both", "none")}, (128, 1024), 2),
}


@pytest.fixture(autouse=True)
def both_threads():
    torch.set_num_threads(2)


def assert_table_is_close(path, expect, *, sides, clips, folder, clip, windows):
    """Print and hold the largest differences of scores, of so many clips of each length."""
    checkpoint = earmark_mast.convert(path, LABELS, folder)
    *_, card = earmark_mast.models()
    model = earmark_mast.load(checkpoint.model_id, checkpoint, "cpu", "fp32")
    for seconds in SECONDS:
        worst, count = 0.0, 0
        for number in range(clips):
            for waveform in windows(clip(number, seconds=seconds, sample_rate=16000), card):
                (heard,) = earmark_mast.infer(model, [Clip(samples=waveform, sample_rate=16000)], Want())
                expected = expect(fast.seen(waveform[None], sides))[0].sigmoid().numpy()
                worst, count = max(worst, float(np.abs(heard.scores - expected).max())), count + 1
                assert expected.std() > 0.02
        print(f"{seconds:4g} s  scores {worst:.1e}  {count} windows", flush=True)
        assert worst < CLOSE


@pytest.mark.parametrize("form", FORMS)
def test_every_window_scores_as_timms_blocks(form, tmp_path, clip, windows):
    how, sides, clips = FORMS[form]
    network = fast.original(sides=sides, labels=len(LABELS), **FULL, **how)
    torch.save({"model_state": fast.in_facebooks_names(network)}, tmp_path / "facebook.pyth")
    table = {"sides": sides, "clips": clips, "folder": tmp_path / "ours", "clip": clip, "windows": windows}
    assert_table_is_close(tmp_path / "facebook.pyth", network, **table)


def test_timms_own_mvitv2_b_is_a_configuration(tmp_path, clip, windows):
    network = create_model("mvitv2_base", in_chans=1, num_classes=len(LABELS)).eval()
    fast.draw(network)
    torch.save({"state_dict": network.requires_grad_(False).state_dict()}, tmp_path / "timm.pth.tar")
    table = {"sides": (224, 224), "clips": 5, "folder": tmp_path / "ours", "clip": clip, "windows": windows}
    assert_table_is_close(tmp_path / "timm.pth.tar", network, **table)
