"""Checkpoint folders, as plugins write and read them."""

from __future__ import annotations

import hashlib
import json

import pytest
import torch
from torch import nn

from earmark.api import CheckpointError
from earmark.checkpoints import read_checkpoint
from earmark_torch.checkpoint import read_tensors, require_fit, write_checkpoint


@pytest.fixture
def written(tmp_path):
    linear = nn.Linear(3, 2)
    checkpoint = write_checkpoint(
        tmp_path / "folder",
        linear.state_dict(),
        model_id="toy/one",
        labels=("dog", "Käuzchen"),
        network={"depths": (2, 2)},
        thresholds={"dog": 0.4},
    )
    return checkpoint, linear


def test_the_tensors_come_back(written):
    checkpoint, linear = written
    other = nn.Linear(3, 2)
    other.load_state_dict(read_tensors(checkpoint.path))
    assert torch.equal(other.weight, linear.weight)


def test_what_belongs_to_them_stands_beside_them_with_a_version_and_the_hash(written):
    checkpoint, _ = written
    stored = json.loads((checkpoint.path / "checkpoint.json").read_text(encoding="utf-8"))
    assert stored["sha256"] == hashlib.sha256((checkpoint.path / "network.safetensors").read_bytes()).hexdigest()
    assert (stored["version"], stored["labels"], stored["network"]) == (1, ["dog", "Käuzchen"], {"depths": [2, 2]})
    assert stored["thresholds"] == {"dog": 0.4}
    assert "path" not in stored


def test_the_core_reads_it(written):
    checkpoint, _ = written
    read = read_checkpoint(checkpoint.path)
    assert (read.model_id, read.labels, read.sha256) == (checkpoint.model_id, checkpoint.labels, checkpoint.sha256)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_weights_that_are_no_numbers_are_refused_by_name_and_nothing_is_written(tmp_path, value):
    tensors = {"weight": torch.ones(2), "bias": torch.tensor([1.0, value])}
    with pytest.raises(CheckpointError, match="Weights in bias are infinite or no numbers"):
        write_checkpoint(tmp_path / "folder", tensors, model_id="toy/one", labels=("dog",))
    assert not (tmp_path / "folder").exists()


def test_weights_that_are_cut_or_gone_are_a_sentence(written):
    folder = written[0].path
    whole = (folder / "network.safetensors").read_bytes()
    for content in (b"", whole[:10], whole[:-1]):
        (folder / "network.safetensors").write_bytes(content)
        with pytest.raises(CheckpointError, match="are damaged"):
            read_tensors(folder)
    (folder / "network.safetensors").unlink()
    with pytest.raises(CheckpointError, match="no weights"):
        read_tensors(folder)


@pytest.mark.parametrize(
    ("network", "what"),
    [
        (nn.Linear(3, 2, bias=False), "bias is unknown"),
        (nn.Sequential(nn.Linear(3, 2)), "0.bias is missing"),
        (nn.Linear(4, 2), r"weight is \(2, 3\), not \(2, 4\)"),
    ],
)
def test_weights_for_another_network_are_refused(written, network, what):
    with pytest.raises(CheckpointError, match=what):
        require_fit(network, read_tensors(written[0].path))
