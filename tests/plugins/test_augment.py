"""Augmentation: what is mixed carries its labels along, what is masked is the mean, what is filtered is smooth."""

from __future__ import annotations

import pytest
import torch

from earmark_torch.augment import filter_bands, mask_spans, mix_clips


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(5)


def batch(size=256):
    waveforms = torch.randn(size, 400)
    clips = torch.nn.functional.one_hot(torch.arange(size) % 4, 4).float()
    return waveforms, clips[:, None].expand(-1, 8, -1), clips


def test_the_asked_share_of_clips_is_mixed_with_their_labels():
    waveforms, frames, clips = batch()
    _, mixed_frames, mixed_clips = mix_clips(waveforms, frames, clips, share=0.5)
    changed = (mixed_clips != clips).any(1)
    assert 0.25 < changed.float().mean() < 0.5  # a quarter of the partners have the same label
    assert torch.allclose(mixed_clips.sum(1), torch.ones(len(clips)))
    assert torch.allclose(mixed_frames[:, 3], mixed_clips)


def test_a_mixed_clip_stays_the_louder_one_and_keeps_its_power():
    waveforms, frames, clips = batch()
    mixed, _, labels = mix_clips(waveforms, frames, clips, share=1.0)
    assert (labels.gather(1, clips.argmax(1, keepdim=True)) >= 0.5 - 1e-6).all()
    assert mixed.square().mean().item() == pytest.approx(1.0, abs=0.05)


def test_nothing_is_mixed_without_a_share():
    waveforms, frames, clips = batch(8)
    assert torch.equal(mix_clips(waveforms, frames, clips, share=0.0)[0], waveforms)


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
