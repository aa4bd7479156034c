"""Parameters and multiply-accumulates of every network in docs/models.md, counted again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from earmark_asca.arguments import FORMS
from earmark_asca.model import FAMILY as ASCA
from earmark_ast.model import FAMILY as AST
from earmark_ham.model import FAMILY as HAM
from earmark_htsat.model import FAMILY as HTSAT
from earmark_mast.arguments import ABLATIONS
from earmark_mast.model import FAMILY as MAST
from earmark_torch.fbank import Fbank
from earmark_torch.front_end import LogMel

DOCUMENT = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
FAMILIES = {"HTS-AT": HTSAT, "AST": AST, "MAST": MAST, "ASCA": ASCA, "HAM": HAM}
PLAIN = {"token_semantic": False}
ARGUMENTS = {
    "HTS-AT": {
        "AudioSet, 527 labels": {},
        "AudioSet, variant H (no token-semantic module)": PLAIN,
        "ESC-50, 50 labels": {"labels": 50},
        "Speech Commands, 35 labels, 16 kHz": {"labels": 35, "sample_rate": 16000, "hop": 160},
        "CLAP's audio tower": {"labels": 0, **PLAIN},
        "CLAP's audio tower with its projection": {"labels": 0, "projection": 512, **PLAIN},
    },
    "AST": {
        "AudioSet, 527 labels, 10 s": {},
        "ESC-50, 50 labels, 5 s": {"labels": 50, "frames": 512, "seconds": 5},
        "Speech Commands, 35 labels, 1 s": {"labels": 35, "frames": 128, "seconds": 1},
    },
    "MAST": {
        "both at 2 and 5, time at 21": {},
        "the same, with a class token": {"class_token": True},
        "both axes at 21 too": {"pooling": ABLATIONS["both axes at block 21"]},
        "two poolings, none at 21": {"pooling": ABLATIONS["two poolings"]},
        "the first pooling only": {"pooling": ABLATIONS["the first pooling only"]},
        "no pooling": {"pooling": ABLATIONS["no pooling"]},
    },
    "ASCA": {
        "C-C-C-T, 527 labels": {},
        "C-C-C-T, 264 labels": {"labels": 264},
        "C-C-T-T": {"blocks": "CCTT"},
        "C-C-C-C": {"blocks": "CCCC"},
        **{f"timm's `{form}`": said for form, said in FORMS.items() if form != "asca"},
    },
    "HAM": {
        **{
            f"5 s, 50 labels, {word} Conformers": {"labels": 50, "frames": 512, "seconds": 5, "conformers": count}
            for word, count in (("no", 0), ("3", 3), ("6", 6))
        },
        "1 s, 35 labels, 6 Conformers": {"labels": 35, "frames": 128, "seconds": 1, "conformers": 6},
    },
}


def stated():
    """Return what the document states: family, network → parameters, and billions of multiply-accumulates."""
    found = {}
    for family, section in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL):
        for name, cells in re.findall(r"^\| ([^|]+?) \|(.*)\|$", section, re.MULTILINE):
            numbers = re.match(r" ([\d,]{7,}) \|.*? ([\d.]+) G", cells)
            if numbers:
                found[family, name] = int(numbers[1].replace(",", "")), float(numbers[2])
    return found


@pytest.fixture
def count(monkeypatch):
    """Count the parameters of a network, and its billions of multiply-accumulates from the spectrogram on.

    Everything is on the device "meta", where nothing takes memory and nothing is computed.
    """
    monkeypatch.setattr(Fbank, "log_mel", lambda front, waveform: spectrogram(front, front.frames or 998))
    monkeypatch.setattr(LogMel, "forward", lambda front, waveform: spectrogram(front, 1001))

    def numbers(family, arguments):
        with torch.device("meta"):
            network, waveform = family.network(family.arguments(**{"labels": 527, **arguments})), torch.empty(1, 1)
        # While training, and so, attention is two products, which are counted; fused kernels are not.
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
            network.train()(waveform)
        return sum(each.numel() for each in network.parameters()), counter.get_total_flops() / 2e9

    return numbers


def spectrogram(front_end, frames):
    return torch.empty(1, frames, front_end.filters.shape[1], device="meta")


def test_every_network_is_stated_and_every_statement_is_of_a_known_one():
    known = {(family, name) for family, networks in ARGUMENTS.items() for name in networks}
    assert stated().keys() == known


@pytest.mark.parametrize(("family", "name"), stated().keys())
def test_a_network_has_the_parameters_and_macs_that_the_document_states(count, family, name):
    parameters, macs = count(FAMILIES[family], ARGUMENTS[family][name])
    assert (parameters, macs) == (stated()[family, name][0], pytest.approx(stated()[family, name][1], abs=0.0051))
