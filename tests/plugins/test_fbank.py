"""Kaldi's filter banks of a batch: equal to torchaudio's one clip at a time, then padded or cut as AST does."""

from __future__ import annotations

import pytest
import torch
from torchaudio.compliance import kaldi

from earmark_torch.fbank import Fbank


def kaldis(waveform, *, sample_rate=16000, bands=128, window="hanning", **options):
    """Return torchaudio's filter banks of each clip, with AST's options."""
    options = {"window_type": window, "num_mel_bins": bands, "dither": 0.0, "htk_compat": True} | options
    return torch.stack(
        [kaldi.fbank(clip[None], sample_frequency=sample_rate, use_energy=False, **options) for clip in waveform]
    )


@pytest.fixture
def waveform():
    """Return three clips of two seconds: noise, a tone beside an offset, and next to silence."""
    time = torch.arange(32000) / 16000
    noise = torch.randn(2, 32000, generator=torch.Generator().manual_seed(3))
    return torch.stack((0.1 * noise[0], 0.2 * torch.sin(2 * torch.pi * 440 * time) + 0.05, 1e-3 * noise[1]))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"window": "hamming"},
        {"bands": 64},
        {"sample_rate": 32000, "window": "hamming"},
        {"sample_rate": 22050},
    ],
    ids=str,
)
def test_it_equals_kaldis(waveform, options):
    torch.testing.assert_close(Fbank(**options)(waveform), kaldis(waveform, **options), atol=1e-4, rtol=0)


def test_other_limits_equal_kaldis(waveform):
    ours = Fbank(lowest=50.0, highest=7000.0)(waveform)
    torch.testing.assert_close(ours, kaldis(waveform, low_freq=50.0, high_freq=7000.0), atol=1e-4, rtol=0)


def test_a_centred_clip_is_freed_of_its_mean_first(waveform):
    centred = waveform - waveform.mean(1, keepdim=True)
    torch.testing.assert_close(Fbank(centred=True)(waveform), kaldis(centred), atol=1e-4, rtol=0)


def test_it_is_padded_with_0_after_the_logarithm_and_before_it_is_normalised(waveform):
    ours = Fbank(frames=256, mean=-4.2677393, deviation=4.5689974)(waveform)
    assert ours.shape == (3, 256, 128)
    expected = (kaldis(waveform) + 4.2677393) / (2 * 4.5689974)
    torch.testing.assert_close(ours[:, :198], expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(ours[:, 198:], torch.full((3, 58, 128), 0.46703), atol=1e-4, rtol=0)


def test_what_is_too_long_keeps_its_first_frames(waveform):
    torch.testing.assert_close(Fbank(frames=100)(waveform), kaldis(waveform)[:, :100], atol=1e-4, rtol=0)


def test_a_clip_shorter_than_a_frame_is_one_frame():
    assert Fbank()(torch.zeros(1, 30)).shape == (1, 1, 128)


def test_gradients_reach_the_waveform(waveform):
    waveform.requires_grad_()
    Fbank(frames=64)(waveform).square().sum().backward()
    assert waveform.grad is not None
    assert torch.isfinite(waveform.grad).all()
