"""Augmentation: what is mixed carries its labels along, what is masked is the mean, what is filtered is smooth."""

from __future__ import annotations

import pytest
import torch

from earmark.api import DatasetError
from earmark_torch.augment import Augmentation, add_noise, draw_mixing, filter_bands, mask_spans


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(5)


def batch(size=256):
    return torch.randn(size, 400), torch.nn.functional.one_hot(torch.arange(size) % 4, 4).float()


def drawn(size=256, *, share=1.0, alpha=0.5, mirrored=True):
    return draw_mixing(size, share=share, alpha=alpha, mirrored=mirrored, device=torch.device("cpu"))


def test_the_asked_share_of_clips_is_mixed_with_their_labels():
    _, clips = batch()
    mixed = drawn(share=0.5).mixed(clips)
    changed = (mixed != clips).any(1)
    assert 0.25 < changed.float().mean() < 0.5  # a quarter of the partners have the same label
    assert torch.allclose(mixed.sum(1), torch.ones(len(clips)))


def test_a_mixed_clip_stays_the_louder_one_and_keeps_its_power():
    waveforms, clips = batch()
    mixing = drawn()
    assert (mixing.mixed(clips).gather(1, clips.argmax(1, keepdim=True)) >= 0.5 - 1e-6).all()
    assert mixing.mixed(waveforms, 0.5).square().mean().item() == pytest.approx(1.0, abs=0.05)


def test_nothing_is_mixed_without_a_share():
    waveforms, _ = batch(8)
    assert torch.equal(drawn(8, share=0.0).mixed(waveforms, 0.5), waveforms)


def test_weights_are_drawn_from_the_published_distribution():
    weight = drawn(4096, alpha=10.0, mirrored=False).weight
    inner = weight.sort().values[[204, 3891]]  # the 5th and 95th percentile of Beta(10, 10)
    assert inner.tolist() == pytest.approx([0.32, 0.68], abs=0.02)


def test_noise_is_up_to_a_tenth_and_the_share_that_was_asked_for():
    clean = torch.arange(50.0).view(1, 50, 1).expand(400, -1, 8)
    noisy = add_noise(clean, share=0.25)
    changed = (noisy != clean).flatten(1).any(1)
    assert 0.15 < changed.float().mean() < 0.35
    assert (
        (noisy - clean).round() == (noisy - clean).floor()
    ).float().mean() > 0.9  # shifts are whole frames, noise is small


def test_a_kind_of_mixing_that_there_is_not_is_refused():
    assert Augmentation.of({"mix_of": "waveform", "unknown": 3}).mix_of == "waveform"
    with pytest.raises(DatasetError, match="cannot be mixed by 'colours'"):
        Augmentation.of({"mix_of": "colours"})


@pytest.mark.parametrize(("axis", "longest"), [(1, 20), (2, 8)])
def test_masks_are_spans_of_zeros_no_longer_than_asked(axis, longest):
    masked = mask_spans(torch.ones(64, 100, 32), axis=axis, longest=longest, count=1)
    hidden = (masked == 0).all(3 - axis)  # [clips, places along the axis]
    assert hidden.any()
    assert hidden.sum(1).max() <= longest + 1
    edges = hidden.int().diff(dim=1).abs().sum(1)
    assert edges.max() <= 2  # one span each


def test_a_filter_is_the_same_in_every_frame_and_within_its_decibels():
    filtered = filter_bands(torch.zeros(16, 50, 64), decibels=6.0)
    assert torch.equal(filtered[:, 0], filtered[:, 49])
    assert 3 < filtered.abs().max() <= 6
    assert filtered.diff(dim=2).abs().max() < 1.0  # smooth over the bands
