"""MAST as a plugin and as a network: what it promises, small configurations included."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from dataclasses import asdict, replace

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import earmark_mast
from earmark.api import CheckpointError, ModelCard
from earmark.testing import check_plugin
from earmark_mast.arguments import ABLATIONS
from earmark_mast.inference import largest_of_three, pack
from earmark_mast.network import MAST, Arguments, distances
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.packed import can_pack

SMALL = Arguments(labels=5, bands=64, frames=64, width=16, depths=(1, 1, 1, 1))
FORMS = {
    "paper": SMALL,
    "class token": replace(SMALL, class_token=True),
    "one frequency axis": replace(SMALL, pooling=("none", "frequency", "both", "time")),
    "no pooling, coarse keys": replace(SMALL, pooling=ABLATIONS["no pooling"], key_stride=8),
    "two stages, heads": replace(SMALL, depths=(1, 2), pooling=("time", "both"), heads=2, width=32, key_stride=2),
}
fp32 = pytest.mark.skipif(not can_pack(torch.float32), reason="this PyTorch is built without oneDNN")
bf16 = pytest.mark.skipif(not can_pack(torch.bfloat16), reason="this processor has no bf16")


def drawn(arguments):
    """Return a network whose weights move the scores."""
    network = MAST(arguments).eval().requires_grad_(False)
    for name, tensor in network.named_parameters():
        if tensor.dim() > 1:
            nn.init.normal_(tensor, std=0.3 if "rel_pos" in name or "cls" in name else tensor[0].numel() ** -0.5)
    nn.init.normal_(network.head.weight, std=3 * network.head.in_features**-0.5)
    return network


def test_every_card_keeps_the_contract(tmp_path):
    """With random weights: on silence, a tone and noise, alone and together, in any order."""
    folders = {}
    for card in earmark_mast.models():
        network = MAST(replace(SMALL, labels=len(card.labels), sample_rate=card.sample_rate))
        known = {"model_id": card.model_id, "labels": card.labels, "network": asdict(network.arguments)}
        folders[card.model_id] = tmp_path / card.model_id.replace("/", "-")
        write_checkpoint(folders[card.model_id], network.state_dict(), **known)
    assert check_plugin("mast", checkpoints=folders) == []


def test_without_weights_it_does_not_score():
    with pytest.raises(CheckpointError, match="does not score without"):
        earmark_mast.load("mast/audioset", None, "cpu", "fp32")


@pytest.mark.parametrize(
    ("network", "what"),
    [
        ({"labels": 2, "colour": "red"}, "not a network of MAST that this version knows"),
        ({"labels": 2, "pooling": ["none"]}, "not a network of MAST that this version knows"),
        ({"labels": 3}, "for 3 labels, not 2"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path, network, what):
    checkpoint = write_checkpoint(tmp_path, {}, model_id="mast/audioset", labels=("a", "b"), network=network)
    with pytest.raises(CheckpointError, match=what):
        earmark_mast.load("mast/audioset", checkpoint, "cpu", "fp32")


def test_listing_the_models_imports_no_torch():
    program = "import sys, earmark_mast; earmark_mast.models(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert all(isinstance(card, ModelCard) for card in earmark_mast.models())


PAPER = Arguments(labels=527)
MEASURED = {
    "the paper's": (PAPER, 51_379_919, 34.310),
    "with a class token": (replace(PAPER, class_token=True), 51_380_015, 34.383),
    "both axes at block 21": (replace(PAPER, pooling=ABLATIONS["both axes at block 21"]), 51_378_383, 31.545),
    "two poolings": (replace(PAPER, pooling=ABLATIONS["two poolings"]), 51_392_207, 40.165),
    "the first pooling only": (replace(PAPER, pooling=ABLATIONS["the first pooling only"]), 51_641_039, 128.391),
    "no pooling": (replace(PAPER, pooling=ABLATIONS["no pooling"]), 52_249_295, 495.765),
}


@pytest.mark.parametrize(("arguments", "parameters", "macs"), MEASURED.values(), ids=MEASURED.keys())
def test_parameters_and_macs_are_those_of_the_table_in_the_documents(arguments, parameters, macs):
    with torch.device("meta"):
        network, spectrogram = MAST(arguments).eval(), torch.empty(1, 1024, 128)
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        network.features(spectrogram)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert counter.get_total_flops() / 2e9 == pytest.approx(macs, abs=0.0006)


def test_every_map_is_that_of_table_1():
    maps = [shape.queries for shape in PAPER.blocks]
    assert maps == [(32, 256)] * 2 + [(16, 128)] * 3 + [(8, 64)] * 16 + [(8, 32)] * 3
    assert [shape.channels for shape in PAPER.blocks] == [96] * 2 + [192] * 3 + [384] * 16 + [768] * 3
    assert [shape.keys for shape in PAPER.blocks[:6]] == [(8, 64)] * 2 + [(16, 128)] + [(8, 64)] * 2 + [(16, 128)]


def test_distances_count_on_the_finer_axis():
    assert distances(4, 2).tolist() == [[2, 0], [3, 1], [4, 2], [5, 3]]  # two queries to a key
    assert distances(2, 4).tolist() == [[3, 2, 1, 0], [5, 4, 3, 2]]


def test_every_parameter_of_every_form_learns():
    for arguments in (*FORMS.values(), replace(SMALL, dropout=0.3)):
        network = MAST(replace(arguments, drop_path=0.0)).train()
        output = network(torch.randn(2, 6400) * 0.1)
        output.logits.square().sum().backward()
        assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_augmentation_acts_on_the_normalised_spectrogram():
    network, shapes = MAST(SMALL), []
    network(torch.randn(2, 6400), augment=lambda normalised: shapes.append(tuple(normalised.shape)) or normalised)
    assert shapes == [(2, 64, 64)]


def test_a_small_network_for_little_data_is_small():
    small = Arguments(labels=10, bands=64, frames=512, width=24, depths=(1, 1, 2, 1))
    assert 0.5e6 < sum(parameter.numel() for parameter in MAST(small).parameters()) < 0.8e6
    assert small.seconds == 5.0


@pytest.mark.parametrize(
    "contradiction",
    [
        {"labels": 0},
        {"depths": (1, 1)},
        {"depths": (1, 1, 1, 0)},
        {"pooling": ("none", "both", "both", "glue")},
        {"heads": 3, "width": 16},
        {"deviation": 0.0},
        {"bands": 30},
        {"frames": 0},
        {"bands": 8},  # two rows cannot be halved twice
        {"key_stride": 3},
    ],
)
def test_contradictions_are_refused(contradiction):
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        replace(SMALL, **contradiction)


@pytest.mark.parametrize("length", [2, 8])
def test_the_largest_of_three_is_what_pooling_finds(length):
    x = torch.randn(2, 3, length, 5)
    expected = nn.functional.max_pool2d(x, (3, 1), (2, 1), (1, 0))
    torch.testing.assert_close(largest_of_three(x, 2), expected)


@fp32
@pytest.mark.parametrize("cached", [2**19, 300])  # whole heads at once; a row of one head at a time
@pytest.mark.parametrize("arguments", FORMS.values(), ids=FORMS.keys())
@torch.inference_mode()
def test_every_form_packed_in_fp32_equals_itself(monkeypatch, arguments, cached):
    monkeypatch.setattr("earmark_mast.inference.CACHED", cached)
    network, waveform = drawn(arguments), torch.randn(3, 9600) * 0.1
    expected = network(waveform)
    found = pack(deepcopy(network), torch.float32)(waveform)
    torch.testing.assert_close(found.logits, expected.logits, atol=2e-5, rtol=1e-4)
    torch.testing.assert_close(found.embedding, expected.embedding, atol=2e-5, rtol=1e-4)


@bf16
@pytest.mark.parametrize("arguments", FORMS.values(), ids=FORMS.keys())
@torch.inference_mode()
def test_every_form_packed_in_bf16_has_scores_within_a_hundredth(arguments):
    network, waveform = drawn(arguments), torch.randn(2, 9600) * 0.1
    expected = network(waveform).logits.sigmoid()
    found = pack(deepcopy(network), torch.bfloat16)(waveform).logits
    assert (found.dtype, expected.std() > 0.02) == (torch.float32, True)
    torch.testing.assert_close(found.sigmoid(), expected, atol=0.01, rtol=0)
