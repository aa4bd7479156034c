"""ASCA as a plugin and as a network: what it promises, small configurations included."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import nn

import earmark_asca
from earmark.api import CheckpointError, Clip, Want
from earmark.host import Host
from earmark.testing import check_plugin
from earmark_asca.arguments import FORMS
from earmark_asca.inference import pack
from earmark_asca.network import ASCA, Arguments
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.model import restore
from earmark_torch.packed import can_pack

SIZES = {"image": (64, 96), "depths": (2, 1, 1, 2), "widths": (32, 32, 64, 64), "stem": (8, 16)}
SMALL = Arguments(labels=5, **SIZES)
FORMED = {form: Arguments(**{**said, "labels": 5, **SIZES}) for form, said in FORMS.items()}
FORMED |= {
    "C-C-C-C": replace(SMALL, blocks="CCCC"),
    "C-C-T-T, batch norm": replace(SMALL, blocks="CCTT", norm="batch"),
    "pooled before the norm": replace(SMALL, stride="pool", pre_activation=True, squeeze="before"),
}
fp32 = pytest.mark.skipif(not can_pack(torch.float32), reason="this PyTorch is built without oneDNN")
bf16 = pytest.mark.skipif(not can_pack(torch.bfloat16), reason="this processor has no bf16")


def settled(arguments):
    """Return a network whose batch norms have seen something, and whose weights move the scores."""
    network = ASCA(arguments)
    for name, tensor in network.named_parameters():
        if tensor.dim() > 1:
            nn.init.normal_(tensor, std=0.5 if "bias_table" in name else tensor[0].numel() ** -0.5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    nn.init.normal_(network.head.fc.weight, std=2 * network.head.fc.in_features**-0.5)
    return network.eval().requires_grad_(False)


def test_every_card_keeps_the_contract(tmp_path):
    """With random weights: on silence, a tone and noise, alone and together, in any order."""
    folders = {}
    for card in earmark_asca.models():
        network = settled(replace(SMALL, labels=len(card.labels)))
        known = {"model_id": card.model_id, "labels": card.labels, "network": asdict(network.arguments)}
        folders[card.model_id] = tmp_path / card.model_id.replace("/", "-")
        write_checkpoint(folders[card.model_id], network.state_dict(), **known)
    assert check_plugin("asca", checkpoints=folders) == []


def test_without_weights_it_does_not_score():
    host = Host()
    host.register("asca", earmark_asca)
    with pytest.raises(CheckpointError, match="not on this machine"):
        host.load(host.cards("asca")[0], None, "cpu", "fp32")


def test_the_cards_are_listed_without_torch():
    program = "import sys, earmark_asca; earmark_asca.models(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"


def test_there_are_no_frames_but_an_embedding(tmp_path):
    network = settled(SMALL)
    labels = tuple("abcde")
    stored = write_checkpoint(
        tmp_path / "ours", network.state_dict(), model_id="asca/audioset", labels=labels, network=asdict(SMALL)
    )
    model = earmark_asca.load("asca/audioset", stored, "cpu", "fp32")
    clip = Clip(samples=np.zeros(160000, np.float32), sample_rate=16000)
    (heard,) = earmark_asca.infer(model, [clip], Want(frames=True, embedding=True))
    assert (heard.frames, heard.embedding.shape) == (None, (64,))


@fp32
@pytest.mark.parametrize("clips", [1, 3])
@pytest.mark.parametrize("arguments", FORMED.values(), ids=FORMED.keys())
@torch.inference_mode()
def test_every_form_packed_in_fp32_equals_itself(arguments, clips):
    network, waveform = settled(arguments), torch.randn(clips, 32000) * 0.1
    expected = network(waveform)
    for found, wanted in zip(pack(deepcopy(network), torch.float32)(waveform)[:2], expected[:2], strict=True):
        torch.testing.assert_close(found, wanted, atol=2e-5, rtol=1e-4)


@bf16
@pytest.mark.parametrize("arguments", FORMED.values(), ids=FORMED.keys())
@torch.inference_mode()
def test_every_form_packed_in_bf16_has_scores_within_a_hundredth(arguments):
    network, waveform = settled(arguments), torch.randn(2, 32000) * 0.1
    expected = network(waveform).logits.sigmoid()
    found = pack(deepcopy(network), torch.bfloat16)(waveform)
    assert found.logits.dtype == found.embedding.dtype == torch.float32
    assert expected.std() > 0.02
    torch.testing.assert_close(found.logits.sigmoid(), expected, atol=0.01, rtol=0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"labels": 0}, "at least one label"),
        ({"fit": "stretch"}, "fit is one of resize, smooth, crop"),
        ({"window": "hann"}, "window is one of hamming, hanning"),
        ({"depths": (2, 3, 5)}, "do not go together"),
        ({"depths": (2, 3, 0, 2)}, "do not go together"),
        ({"blocks": "CCXT"}, "Blocks are C or T"),
        ({"image": (224, 100)}, "cannot be halved 5 times"),
        ({"image": (64,)}, "cannot be halved 5 times"),
        ({"widths": (96, 192, 384, 700)}, "do not divide into heads of 32"),
        ({"blocks": "TTTT", "image": (512, 1024)}, "Attention over 32768 places"),
        ({"deviation": 0.0}, "more than 0"),
    ],
)
def test_arguments_that_contradict_themselves_are_refused(changed, sentence):
    with pytest.raises(ValueError, match=sentence):
        Arguments(**{"labels": 5, **changed})


def test_arguments_go_through_json():
    assert restore(Arguments, {n: list(v) if isinstance(v, tuple) else v for n, v in asdict(SMALL).items()}) == SMALL


def test_a_spectrogram_is_resized_or_cut_and_padded():
    spectrogram = torch.randn(1, 120, 48)  # frames, bands: less than the 96, more than the 64 of the image
    images = {fit: ASCA(replace(SMALL, fit=fit)).image(spectrogram)[0, 0] for fit in ("resize", "smooth", "crop")}
    assert {image.shape for image in images.values()} == {(64, 96)}
    torch.testing.assert_close(images["crop"][:48], spectrogram[0, :96].T)
    assert not images["crop"][48:].any()
    assert not torch.allclose(images["resize"], images["smooth"])


def test_each_normalisation_brings_a_spectrogram_about_0():
    log_mel = torch.randn(2, 100, 128) * 4.5689974 - 4.2677393
    for normalisation in ("fixed", "clip"):
        normalised = ASCA(replace(SMALL, normalisation=normalisation)).normalise(log_mel)
        assert abs(normalised.mean()) < 0.05
        assert normalised.std() == pytest.approx(0.5, abs=0.02)  # AST divides by twice the deviation
    bands = ASCA(replace(SMALL, normalisation="bands")).train().normalise(log_mel)
    assert bands.detach().std() == pytest.approx(1, abs=0.02)
    silence = ASCA(replace(SMALL, normalisation="clip")).normalise(torch.full((1, 100, 128), -15.9))
    assert not silence.any()


def test_a_small_network_learns_from_short_windows_and_its_augmented_spectrogram():
    arguments = Arguments(
        **FORMS["asca"],
        labels=3,
        sample_rate=32000,
        seconds=5.12,
        bands=64,
        image=(64, 128),
        widths=(24, 48, 96, 128),
        depths=(1, 1, 2, 1),
        stem=(16, 16),
        normalisation="bands",
        drop_path=0.0,
    )
    network, targets = ASCA(arguments).train(), torch.eye(3)
    assert 300_000 < sum(parameter.numel() for parameter in network.parameters()) < 700_000
    time = torch.arange(163840) / 32000
    waveform = torch.stack([torch.sin(2 * torch.pi * pitch * time) for pitch in (200, 1000, 5000)]) * 0.3
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3)
    losses = []
    for _ in range(6):
        logits = network(waveform, augment=lambda normalised: normalised * 0.9).logits
        losses.append(nn.functional.binary_cross_entropy_with_logits(logits, targets))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.5 * losses[0]


def test_stochastic_depth_grows_from_the_first_block_to_the_last():
    rates = [SMALL.drop_rate(stage, block) for stage, depth in enumerate(SMALL.depths) for block in range(depth)]
    assert rates == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])
