"""HTS-AT as a plugin and as a network: what it promises, small configurations included."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

import earmark_htsat
from earmark.api import CheckpointError, Clip, Want
from earmark.host import Host
from earmark.testing import check_plugin
from earmark_htsat.network import HTSAT, Arguments, pool
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.model import restore

PATCHES = Arguments(labels=5, width=24, depths=(2, 2), heads=(2, 4))
SMALL = Arguments(labels=5, stem="convolution", segments=1, frames=512, width=24, depths=(2, 2), heads=(2, 4))
FINE = replace(SMALL, merge="frequency")


@pytest.fixture
def host():
    host = Host()
    host.register("htsat", earmark_htsat)
    assert not host.faults
    return host


@pytest.fixture
def stored(host, tmp_path):
    """Write a small network with random weights for the card of a model."""

    def store(model_id, arguments):
        card = next(card for card in host.cards() if card.model_id == model_id)
        rate = card.sample_rate
        sizes = {"labels": len(card.labels), "sample_rate": rate, "hop": rate // 100}
        network = HTSAT(
            replace(arguments, **sizes, token_semantic=bool(card.labels), single_label=not card.multi_label)
        )
        folder = tmp_path / model_id.replace("/", "-")
        known = {"model_id": model_id, "labels": card.labels, "network": asdict(network.arguments)}
        return write_checkpoint(folder, network.state_dict(), **known)

    return store


CARDS = {card.model_id: SMALL if card.model_id == "htsat/everyday" else PATCHES for card in earmark_htsat.models()}


def test_every_card_keeps_the_contract(stored):
    """With random weights: on silence, a tone and noise, alone and together, in any order."""
    folders = {model_id: stored(model_id, arguments).path for model_id, arguments in CARDS.items()}
    assert check_plugin("htsat", checkpoints=folders) == []


def test_what_is_not_wanted_is_left_out(stored):
    model = earmark_htsat.load("htsat/everyday", stored("htsat/everyday", SMALL), "cpu", "fp32")
    clip = Clip(samples=np.zeros(163840, np.float32), sample_rate=32000)
    (heard,) = earmark_htsat.infer(model, [clip], Want(frames=False))
    assert (heard.frames, heard.hop, heard.embedding) == (None, None, None)


def test_without_weights_it_does_not_score(host):
    with pytest.raises(CheckpointError, match="not on this machine"):
        host.load(host.cards("htsat")[1], None, "cpu", "fp32")
    with pytest.raises(CheckpointError, match="does not score without"):
        earmark_htsat.load("htsat/audioset", None, "cpu", "fp32")


@pytest.mark.parametrize(
    ("network", "what"),
    [
        ({"labels": 2, "colour": "red"}, "not a network of HTS-AT that this version knows"),
        ({"labels": 3}, "for 3 labels, not 2"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path, network, what):
    checkpoint = write_checkpoint(tmp_path, {}, model_id="htsat/everyday", labels=("a", "b"), network=network)
    with pytest.raises(CheckpointError, match=what):
        earmark_htsat.load("htsat/everyday", checkpoint, "cpu", "fp32")


def test_listing_the_models_imports_no_torch():
    program = "import sys, earmark_htsat; earmark_htsat.models(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "rows", "steps"), [(PATCHES, 8, 128), (SMALL, 4, 32), (FINE, 4, 64)], ids=["patch", "small", "fine"]
)
def test_steps_cover_the_clip_and_the_head_spans_the_rows(arguments, rows, steps):
    network = HTSAT(arguments).eval()
    with torch.no_grad():
        output = network(torch.randn(2, round(arguments.seconds * 32000)) * 0.1)
    assert output.frame_logits.shape == (2, steps, 5)
    assert network.head.weight.shape[2:] == (rows, 3)
    torch.testing.assert_close(output.logits, output.frame_logits.mean(1))


@pytest.mark.parametrize("arguments", [SMALL, FINE], ids=["small", "fine"])
def test_a_sound_is_found_in_the_step_in_which_it_is(arguments):
    """A click moves the columns where it is: frequency and time are not transposed on the way."""
    network, quiet = HTSAT(arguments).eval(), torch.zeros(1, 163840)
    for second in (0.7, 2.6, 4.4):
        click = quiet.clone()
        click[0, round(second * 32000) + torch.arange(400)] = torch.linspace(1, -1, 400)
        with torch.no_grad():
            stems = [network.stem(network.normalise(network.log_mel(sound))) for sound in (quiet, click)]
        moved = (stems[1] - stems[0]).abs().sum((0, 1, 3))  # of each column; they are centred 0.08 s apart, from 0 on
        assert abs(moved.argmax().item() * 0.08 - second) < 0.1


def test_every_parameter_of_every_form_learns():
    for arguments in (PATCHES, SMALL, FINE, replace(PATCHES, token_semantic=False), replace(SMALL, dropout=0.3)):
        network = HTSAT(replace(arguments, drop_path=0)).train()
        output = network(torch.randn(2, 163840) * 0.1)
        (output.logits.square().sum() + output.frame_logits.square().sum()).backward()
        assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_augmentation_acts_on_the_normalised_spectrogram():
    network, seen = HTSAT(SMALL).train(), []
    network(torch.randn(4, 163840) * 0.1, augment=lambda normalised: seen.append(normalised) or normalised)
    assert seen[0].shape == (4, 513, 64)
    torch.testing.assert_close(seen[0].mean((0, 1)), torch.zeros(64), atol=1e-4, rtol=0)


def test_linear_softmax_of_one_loud_step_is_that_step():
    frame_logits = torch.full((1, 32, 1), -12.0)
    frame_logits[0, 5] = 3.0
    assert pool(frame_logits, "linear_softmax").item() == pytest.approx(3.0, abs=0.01)
    assert pool(frame_logits, "mean").item() == pytest.approx(-11.53, abs=0.01)


@pytest.mark.parametrize(
    "contradiction",
    [
        {"labels": 0},
        {"labels": -1, "token_semantic": False},
        {"projection": 16},
        {"stem": "glue"},
        {"merge": "time"},
        {"pooling": "max"},
        {"depths": (2, 2, 2)},
        {"heads": (5, 5)},
        {"frames": 1000},
        {"window": 5},
        {"stem": "convolution"},
        {"bands": 60},
        {"segments": 3},
        {"depths": (1,) * 8, "heads": (1,) * 8},
    ],
    ids=str,
)
def test_arguments_that_contradict_each_other_are_refused(contradiction):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        replace(PATCHES, **contradiction)


def test_arguments_survive_json():
    import json

    assert restore(Arguments, json.loads(json.dumps(asdict(FINE)))) == FINE


def test_htsats_commands_are_the_words_of_the_data_set_in_an_order_of_their_own():
    from importlib.resources import files

    words = (files("earmark_resources") / "labels" / "speechcommands_v2_35.csv").read_text().split('"')[1::2]
    ours = earmark_htsat.models()[3].labels
    assert sorted(words) == sorted(ours)
    assert ours[:4] == ("bed", "wow", "five", "left")
