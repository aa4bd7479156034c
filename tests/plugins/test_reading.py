"""Checkpoint files as people are given them: whole ones are read, hostile and damaged ones do nothing but say so."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
import zipfile
from argparse import Namespace
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from earmark.api import CheckpointError
from earmark_torch.inert_pickle import AsksToRun, StandIn, read_legacy, read_zip
from earmark_torch.reading import read_file, tensors_of


class Hostile:
    """Runs a command when it is unpickled."""

    def __init__(self, marker):
        self.command = f"touch {marker}"

    def __reduce__(self):
        return os.system, (self.command,)


class Writes:
    """Writes a file when it is unpickled, through builtins only."""

    def __init__(self, marker):
        self.source = f"open({str(marker)!r}, 'w').close()"

    def __reduce__(self):
        return eval, (self.source,)


class Touches:
    """Writes a file when it is unpickled, through a method of a harmless class."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


class Restored:
    """Runs a command from its state."""

    def __init__(self, marker):
        self.inner = Hostile(marker)

    def __setstate__(self, state):
        os.system(state["inner"].command)


@pytest.fixture
def tensors():
    shared = torch.arange(12.0).view(3, 4)
    return OrderedDict(
        weight=shared,
        column=shared[:, 1],
        half=torch.tensor([1.5, -2]).half(),
        bf16=torch.tensor([3.0]).bfloat16(),
        counter=torch.tensor(7),
        flags=torch.tensor([True, False]),
        empty=torch.zeros(0, 3),
        learnt=torch.nn.Parameter(torch.ones(2)),
    )


FORMS = {"zip": True, "legacy": False}


def save(content, path, zipped):
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    return path


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert torch.equal(found[name], tensor.detach())
        assert found[name].dtype == tensor.dtype


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
def test_tensors_of_every_kind_come_back(tensors, tmp_path, zipped):
    path = save({"state_dict": tensors, "epoch": 3}, tmp_path / "plain.ckpt", zipped)
    assert_same(tensors_of(read_file(path)), tensors)
    assert_same(tensors_of((read_zip if zipped else read_legacy)(path)), tensors)


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
def test_foreign_objects_become_inert_and_the_tensors_come_back(tensors, tmp_path, zipped):
    foreign = {"hyper_parameters": Namespace(rate=0.1, nested=[Namespace()]), "path": tmp_path, "error": ValueError(1)}
    content = read_file(save({"state_dict": tensors, **foreign}, tmp_path / "lightning.ckpt", zipped))
    assert_same(tensors_of(content), tensors)
    assert isinstance(content["hyper_parameters"], StandIn)
    assert not hasattr(content["hyper_parameters"], "rate")


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("attack", [Hostile, Writes, Restored])
def test_nothing_in_a_hostile_checkpoint_runs(tensors, tmp_path, zipped, attack):
    marker = tmp_path / "it ran".replace(" ", "-")
    path = save({"state_dict": tensors, "config": attack(marker)}, tmp_path / "hostile.ckpt", zipped)
    with pytest.raises(CheckpointError, match=r"hostile\.ckpt asks to run (posix\.sys|builtins\.ev)"):
        read_file(path)
    with pytest.raises(AsksToRun):
        (read_zip if zipped else read_legacy)(path)
    assert not marker.exists()


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
def test_a_function_that_is_merely_foreign_is_not_called(tensors, tmp_path, zipped):
    marker = tmp_path / "it-ran"
    path = save({"state_dict": tensors, "config": Touches(marker)}, tmp_path / "foreign.ckpt", zipped)
    assert_same(tensors_of(read_file(path)), tensors)
    assert not marker.exists()


@pytest.mark.parametrize("attack", [Hostile, Writes, Restored])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_in_a_hostile_pickle_runs(tmp_path, attack, protocol):
    marker, path = tmp_path / "it-ran", tmp_path / "hostile.pth"
    path.write_bytes(pickle.dumps({"weight": attack(marker)}, protocol=protocol))
    with pytest.raises(CheckpointError, match=r"hostile\.pth asks to run .* nothing of it was run"):
        read_file(path)
    assert not marker.exists()


def test_nothing_in_pytorchs_oldest_form_runs(tmp_path):
    marker, path = tmp_path / "it-ran", tmp_path / "oldest.pt"
    with tarfile.open(path, "w") as archive:
        for name in ("storages", "tensors", "pickle"):
            content = pickle.dumps(Hostile(marker))
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with pytest.raises(CheckpointError, match="oldest form"):
        read_file(path)
    assert not marker.exists()


def test_the_attacks_are_real(tmp_path):
    """What the tests above prove harmless does run under Python's own reader."""
    for number, attack in enumerate((Hostile, Writes, Touches)):
        pickle.loads(pickle.dumps(attack(tmp_path / str(number))))
        assert (tmp_path / str(number)).exists()


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_a_scripted_module_is_not_run_and_holds_nothing_for_us(tmp_path):
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "scripted.pt")
    assert tensors_of(read_file(tmp_path / "scripted.pt")) == {}


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
def test_a_file_cut_anywhere_is_refused_with_a_sentence(tensors, tmp_path, zipped):
    whole = save({"state_dict": tensors, "config": Namespace(a=1)}, tmp_path / "whole.ckpt", zipped).read_bytes()
    path = tmp_path / "cut.ckpt"
    for length in [*range(0, len(whole), len(whole) // 60), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=r"cut\.ckpt is damaged, cut off"):
            read_file(path)


@pytest.mark.parametrize("zipped", FORMS.values(), ids=FORMS.keys())
def test_a_file_with_a_flipped_byte_is_read_or_refused_but_never_raises_anything_else(tensors, tmp_path, zipped):
    whole = save({"state_dict": tensors, "config": Namespace(a=1)}, tmp_path / "whole.ckpt", zipped).read_bytes()
    path = tmp_path / "flipped.ckpt"
    for position in range(0, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1 :])
        with suppress(CheckpointError):
            assert isinstance(tensors_of(read_file(path)), dict)


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_a_view_that_reaches_beyond_its_storage_is_refused(tmp_path):
    class Beyond:
        def __reduce__(self):
            return torch._utils._rebuild_tensor_v2, (torch.zeros(4).storage(), 0, (400,), (1,), False, OrderedDict())

    save({"weight": Beyond(), "config": Namespace(a=1)}, tmp_path / "beyond.pt", zipped=True)
    with pytest.raises(CheckpointError):
        read_file(tmp_path / "beyond.pt")


def test_a_view_that_would_fill_the_memory_when_copied_is_left_out(tmp_path):
    save({"weight": torch.zeros(1).expand(1 << 40), "real": torch.ones(2)}, tmp_path / "wide.pt", zipped=True)
    assert list(tensors_of(read_file(tmp_path / "wide.pt"))) == ["real"]


@pytest.mark.parametrize(
    "content", [b"", b"\0", bytes(20_000), b"RIFF....WAVE", b"PK\3\4", b"{}", b"<html>not found</html>"]
)
@pytest.mark.parametrize("suffix", ["pt", "ckpt", "safetensors"])
def test_what_is_no_checkpoint_is_refused(tmp_path, content, suffix):
    path = tmp_path / f"wrong.{suffix}"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=f"wrong\\.{suffix} is damaged, cut off, or not a checkpoint"):
        read_file(path)


def test_safetensors_are_known_by_what_they_begin_with(tensors, tmp_path):
    """As the hub's cache names its files by their hashes."""
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, tmp_path / "2f9c")
    assert_same(tensors_of(read_file(tmp_path / "2f9c")), tensors)


def test_a_zip_that_unpacks_to_more_than_it_is_is_refused(tensors, tmp_path):
    """PyTorch's own reader would unpack it."""
    save({"state_dict": tensors}, tmp_path / "whole.pt", zipped=True)
    with zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED) as packed:
        whole = zipfile.ZipFile(tmp_path / "whole.pt")
        for entry in whole.infolist():
            packed.writestr(entry.filename, whole.read(entry) + bytes(100_000))
    with pytest.raises(CheckpointError, match=r"packed\.pt is damaged"):
        read_file(tmp_path / "packed.pt")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.pt")
    with pytest.raises(CheckpointError, match=r"pipe\.pt is no file"):
        read_file(tmp_path / "pipe.pt")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"There is no file .*nowhere\.pt"):
        read_file(tmp_path / "nowhere.pt")
