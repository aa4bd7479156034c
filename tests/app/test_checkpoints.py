"""Checkpoint folders: written whole or not at all, read with a sentence for whatever is wrong."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest

from earmark import checkpoints
from earmark.api import Checkpoint, CheckpointError
from earmark.checkpoints import read_checkpoint, write_checkpoint
from earmark.folders import models_folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path))
    return tmp_path


def written(model_id="toy/mine", *, base="toy/model", labels=("cat", "dog"), factor=1.0):
    folder = checkpoints.folder_of(model_id)
    checkpoint = Checkpoint(
        path=folder, model_id=base, labels=labels, thresholds={"cat": 0.4}, network={"width": 8}, origin="a test"
    )
    return write_checkpoint(folder, {"factor": np.array([factor], np.float32)}, checkpoint)


def test_what_was_written_is_read():
    checkpoint = written()
    again = read_checkpoint(checkpoint.path, verify=True)
    assert again == checkpoint
    assert (again.model_id, again.labels, again.thresholds) == ("toy/model", ("cat", "dog"), {"cat": 0.4})
    assert len(again.sha256) == 64
    assert again.created


def test_a_safetensors_file_is_taken_as_it_is():
    first = written()
    second = write_checkpoint(checkpoints.folder_of("toy/copy"), first.path / checkpoints.TENSORS, first)
    assert second.sha256 == first.sha256
    assert first.path.is_dir()


def test_a_checkpoint_is_replaced_whole():
    assert written(factor=1.0).sha256 != written(factor=2.0).sha256
    assert [path.name for path in (models_folder() / "toy").iterdir()] == ["mine"]


def test_a_write_that_fails_leaves_what_was_there():
    before = written()
    with contextlib.suppress(RuntimeError), checkpoints.written_beside(before.path) as beside:
        (beside / checkpoints.TENSORS).write_bytes(b"half")
        raise RuntimeError
    assert read_checkpoint(before.path, verify=True) == before
    assert [path.name for path in (models_folder() / "toy").iterdir()] == ["mine"]


def test_installed_lists_what_can_be_read_and_scan_names_what_is_damaged():
    written("toy/good")
    (written("toy/bad").path / "checkpoint.json").write_text("{")
    assert [checkpoints.model_id_of(each) for each in checkpoints.installed()] == ["toy/good"]
    assert list(checkpoints.scan()[1]) == ["toy/bad"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"labels": []}', '{"labels": ["a"]}', '{"labels": "a"}'])
def test_a_damaged_description_is_a_sentence(text):
    folder = written().path
    (folder / "checkpoint.json").write_text(text)
    with pytest.raises(CheckpointError, match="is damaged"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"network": [1]}, "its network is no table"),
        ({"labels": ["cat", "cat"]}, "a label is empty, or stands there twice"),
        ({"labels": ["cat", ""]}, "a label is empty"),
        ({"thresholds": {"cat": "high"}}, "a threshold is no number"),
        ({"front_end": {"sample_rate": "16 kHz"}}, "a sample rate of '16 kHz'"),
        ({"front_end": {"sample_rate": 10**9}}, "a sample rate of 1000000000"),
        ({"front_end": {"window_seconds": -1}}, "a window of -1 s"),
        ({"front_end": {"window_seconds": float("nan")}}, "a window of nan s"),
        ({"front_end": {"window_seconds": 1e6}}, r"a window of 1000000\.0 s"),
        ({"front_end": {"short": "guess"}}, "nobody can 'guess'"),
        ({"version": "newest"}, "its version is 'newest'"),
    ],
    ids=str,
)
def test_what_cannot_be_said_of_a_model_is_damage(changed, said):
    folder = written().path
    plain = json.loads((folder / "checkpoint.json").read_text())
    (folder / "checkpoint.json").write_text(json.dumps(plain | changed))
    with pytest.raises(CheckpointError, match=f"is damaged: {said}"):
        read_checkpoint(folder)


def test_missing_tensors_are_a_sentence():
    folder = written().path
    (folder / checkpoints.TENSORS).unlink()
    with pytest.raises(CheckpointError, match=r"no network\.safetensors"):
        read_checkpoint(folder)


def test_tensors_that_were_changed_are_noticed_when_asked():
    folder = written().path
    with (folder / checkpoints.TENSORS).open("ab") as file:
        file.write(b"x")
    read_checkpoint(folder)
    with pytest.raises(CheckpointError, match="not the file that was written"):
        read_checkpoint(folder, verify=True)


def test_a_newer_version_is_refused_and_unknown_keys_are_not():
    folder = written().path
    plain = json.loads((folder / "checkpoint.json").read_text())
    (folder / "checkpoint.json").write_text(json.dumps(plain | {"colour": "red"}))
    assert read_checkpoint(folder)
    (folder / "checkpoint.json").write_text(json.dumps(plain | {"version": 2}))
    with pytest.raises(CheckpointError, match="newer Earmark"):
        read_checkpoint(folder)


def test_a_model_that_is_removed_is_gone():
    written()
    checkpoints.remove("toy/mine")
    assert checkpoints.installed() == []
    with pytest.raises(CheckpointError, match="No imported model"):
        checkpoints.remove("toy/mine")


@pytest.mark.parametrize(
    "model_id", ["toy", "toy/", "/mine", "toy/../mine", "../x/y", "toy/a b", ".toy/x", "toy/.x", "toy/.", "toy/.."]
)
def test_an_id_that_would_leave_the_folder_is_refused(model_id):
    with pytest.raises(CheckpointError, match="cannot name a model"):
        checkpoints.folder_of(model_id)


def test_an_unknown_bundled_model_is_a_sentence():
    with pytest.raises(CheckpointError, match="ships no model"):
        checkpoints.bundled("nothing")
