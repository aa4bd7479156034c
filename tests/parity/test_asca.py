"""ASCA at full size against timm behind Kaldi, twenty clips of 1, 5, 10 and 30 s, window by window."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from timm.models.maxxvit import MaxxVit, MaxxVitCfg, model_cfgs
from torch import nn
from torchaudio.compliance.kaldi import fbank

import earmark_asca
from earmark.api import Clip, Want

pytestmark = pytest.mark.parity

LABELS = [f"sound {number}" for number in range(527)]
RATE = 16000
PAPERS = {blocks: MaxxVitCfg(block_type=tuple(blocks), stem_width=64) for blocks in ("CCCT", "CCTT", "CCCC")}
TIMMS = {form: model_cfgs[form] for form in ("coatnet_nano_rw", "coatnet_0_rw", "coatnet_bn_0_rw", "coatnet_1_rw")}
FORMS = PAPERS | TIMMS


@pytest.fixture(params=FORMS.keys())
def form(request):
    """Return the name of a form of the network."""
    return request.param


@pytest.fixture
def original(form, clip, windows):
    """Return timm's network, drawn so that every part of it moves the scores; its batch norms settled on sounds."""
    *_, card = earmark_asca.models()
    lengths = (1.0, 5.0, 10.0, 30.0) * 5
    heard = [windows(clip(n, seconds=each, sample_rate=RATE), card)[0] for n, each in enumerate(lengths, 100)]
    torch.manual_seed(7)
    network = MaxxVit(FORMS[form], img_size=224, in_chans=1, num_classes=len(LABELS)).eval()
    for name, tensor in network.named_parameters():
        if tensor.dim() > 1:
            nn.init.normal_(tensor, std=0.5 if "bias_table" in name else tensor[0].numel() ** -0.5)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0  # one look settles them
    with torch.no_grad():
        network.train()(torch.cat([seen(window) for window in heard]))
    for norm in norms:  # nor is a channel that was nearly still turned up so far that rounding is heard
        norm.running_var.clamp_(min=norm.running_var.mean())
    return network.eval().requires_grad_(False)


@pytest.fixture
def ours(original, tmp_path):
    """Return the same network, imported from the file that timm's training writes."""
    torch.save({"state_dict": original.state_dict()}, tmp_path / "timm.pth.tar")
    checkpoint = earmark_asca.convert(tmp_path / "timm.pth.tar", LABELS, tmp_path / "ours")
    return earmark_asca.load(checkpoint.model_id, checkpoint, "cpu", "fp32")


def seen(samples):
    """Return what the paper's front end shows the network [1, 1, 224, 224], in Kaldi's own arithmetic."""
    how = {"window_type": "hamming", "num_mel_bins": 128, "dither": 0.0, "use_energy": False, "htk_compat": True}
    energies = fbank(torch.from_numpy(samples)[None], frame_shift=10, **how)
    normalised = ((energies + 4.2677393) / (2 * 4.5689974)).T[None, None]
    return nn.functional.interpolate(normalised, (224, 224), mode="bilinear")


@torch.inference_mode()
@pytest.mark.timeout(1200)
def test_every_window_of_every_clip_scores_as_in_timm(form, original, ours, clip, windows):
    (*_, card), clips = earmark_asca.models(), 20 if form == "CCCT" else 3
    print(f"\n{form}: largest differences, and windows")
    for seconds in (1.0, 5.0, 10.0, 30.0):
        cut = [
            window
            for number in range(clips)
            for window in windows(clip(number, seconds=seconds, sample_rate=RATE), card)
        ]
        expected = np.stack([original(seen(window))[0].sigmoid().numpy() for window in cut])
        heard = [earmark_asca.infer(ours, [Clip(samples=window, sample_rate=RATE)], Want())[0].scores for window in cut]
        apart = np.abs(np.stack(heard) - expected).max()
        print(f"{seconds:4g} s  scores {apart:.1e}  {len(cut)}")
        assert expected.std() > 0.02
        assert apart < 1e-4
