"""What is compiled in the background says what the packed network says, whatever its weights, or is not used."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from filelock import FileLock
from torch import nn

from earmark.api import Clip, Want
from earmark_mast.arguments import Arguments
from earmark_mast.model import FAMILY
from earmark_mast.network import MAST
from earmark_torch import compiled, compiling
from earmark_torch.compiled import ABOUT, LIBRARY, Compiled, Job, Stage, about_of, compiler, folder, open_tensors, state
from earmark_torch.compiling import ABANDONED, BUSY, as_buffers
from earmark_torch.model import Model, prepare
from earmark_torch.packed import can_pack

TINY = Arguments(labels=3, bands=16, frames=16, width=8, depths=(1,), pooling=("none",))
SAMPLES = 2880
pytestmark = [
    pytest.mark.skipif(not can_pack(torch.float32), reason="this PyTorch is built without oneDNN"),
    pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler"),
]


def network(seed):
    torch.manual_seed(seed)
    made = MAST(TINY).eval().requires_grad_(False)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.5)
    return made


def model(seed, *, worth=0.0):
    """Return a model with weights of its own that is compiled after so many seconds of work."""
    ready = prepare(FAMILY, network(seed), "cpu", "fp32")
    return replace(ready, stage=Stage(FAMILY, ready.network, torch.float32, worth=worth))


def hear(ready: Model, clips=1):
    """Return the scores of noise, and wait for what that set off."""
    noise = np.random.default_rng(0).normal(size=(clips, SAMPLES)).astype(np.float32) * 0.1
    heard = ready.hear([Clip(samples=samples, sample_rate=16000) for samples in noise], Want())
    if ready.stage.thread:
        ready.stage.thread.join()
    return np.stack([each.scores for each in heard])


def is_compiled(ready: Model):
    return isinstance(ready.network.features, Compiled)


def compile_here(job):
    """Do what the process of its own does, which on a busy machine would wait for the tests to end."""
    folder().mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "make_way", lambda: None)
        for name in ("TORCHINDUCTOR_CACHE_DIR", "TORCHINDUCTOR_COMPILE_THREADS"):
            patch.setenv(name, "1")  # which it sets for itself
        compiling.main([json.dumps(asdict(job)), str(job.folder)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Compile the tiny network once, as a model's first work does; return the home in which that was."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("compiled")
        patch.setenv("EARMARK_HOME", str(home))
        patch.setattr(compiled, "compile_apart", compile_here)
        torch.set_num_threads(1)
        first = model(1)
        before, after = hear(first), hear(first)
        assert is_compiled(first), [about_of(each) for each in folder().glob("*")]
        np.testing.assert_allclose(after, before, atol=1e-5)
        return home


@pytest.fixture
def at_home(made, monkeypatch, tmp_path):
    """Return a home of the test's own, in which the tiny network is compiled."""
    shutil.copytree(made, tmp_path / "home")
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.timeout(1200)
def test_other_weights_of_the_same_architecture_run_what_is_on_disk(at_home, monkeypatch):
    monkeypatch.setattr(compiled, "compile_apart", lambda job: pytest.fail("it was compiled again"))
    second = model(2, worth=1e9)
    packed = hear(second)
    assert is_compiled(second)
    np.testing.assert_allclose(hear(second), packed, atol=1e-5)
    assert np.abs(packed - hear(model(1, worth=1e9))).max() > 0.01  # other weights, other scores


def test_several_clips_and_clips_of_another_length_are_heard_as_before(at_home):
    ready, expected = model(1), hear(model(1), clips=3)
    hear(ready)
    assert is_compiled(ready)
    np.testing.assert_allclose(hear(ready, clips=3), expected, atol=1e-5)
    other = torch.randn(2, 16, 12)  # another number of bands: the packed network refuses it in its own words
    with pytest.raises(RuntimeError):
        ready.network.features(other)


def change(at_home, **changed):
    (path,) = at_home.glob(f"cache/compiled/*/{ABOUT}")
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    return path


def test_what_was_not_faster_is_not_used_and_not_tried_again(at_home, monkeypatch):
    change(at_home, is_kept=False)
    monkeypatch.setattr(compiled, "compile_apart", lambda job: pytest.fail("it was compiled again"))
    ready = model(1)
    hear(ready)
    assert not is_compiled(ready)
    assert "0 of 1 networks run compiled" in state()


def test_what_says_something_else_is_not_used(at_home, monkeypatch, caplog):
    monkeypatch.setitem(compiled.CLOSE, torch.float32, -1.0)
    ready = model(1)
    hear(ready)
    assert not is_compiled(ready)
    assert "it is not used" in caplog.text


def test_a_damaged_library_leaves_the_packed_network_at_work(at_home, caplog):
    change(at_home).with_name(LIBRARY).write_bytes(b"no library")
    ready, expected = model(1), hear(model(1))
    hear(ready)
    assert not is_compiled(ready)
    np.testing.assert_array_equal(hear(ready), expected)
    assert "could not be compiled" in caplog.text


@pytest.mark.parametrize(("name", "value", "line"), [("CXX", "no-such", "No C++"), ("EARMARK_COMPILE", "0", "off")])
def test_without_a_compiler_or_switched_off_nothing_happens_and_nothing_is_said(
    monkeypatch, caplog, tmp_path, name, value, line
):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    caplog.set_level(logging.INFO)
    ready = model(1)
    hear(ready)
    assert not is_compiled(ready)
    assert not folder().exists()
    assert not caplog.text
    assert line in state()


def test_switched_off_what_is_on_disk_is_not_used(at_home, monkeypatch):
    monkeypatch.setenv("EARMARK_COMPILE", "0")
    ready = model(1)
    hear(ready)
    assert not is_compiled(ready)


def test_little_work_is_not_worth_it(monkeypatch):
    monkeypatch.setattr(compiled, "compile_apart", lambda job: pytest.fail("it was compiled"))
    ready = model(1, worth=1e9)
    hear(ready)
    assert ready.stage.thread is None


def test_without_memory_for_a_compiler_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(compiled, "MEMORY", 2**60)
    ready = model(1)
    hear(ready)
    assert not is_compiled(ready)


def test_an_architecture_has_one_place_whatever_its_weights():
    one, other = (Job.of(FAMILY, network(seed), torch.float32, SAMPLES) for seed in (1, 2))
    assert one.folder == other.folder
    changed = ({"dtype": "bfloat16"}, {"samples": 1}, {"threads": 64}, {"values": asdict(replace(TINY, labels=4))})
    assert len({one.folder, *(replace(one, **each).folder for each in changed)}) == 5


def test_all_tensors_can_be_put_in_from_outside():
    packed = FAMILY.pack(network(1), torch.float32)
    before = open_tensors(packed)
    as_buffers(packed)
    assert any(".attend.down" in name for name in before)  # a plain attribute
    named = {**dict(packed.named_parameters()), **dict(packed.named_buffers())}
    assert before.keys() == open_tensors(packed).keys() == {f".{n}" if "." not in n else n for n in named}


def start_child(tmp_path):
    job = json.dumps(asdict(Job.of(FAMILY, network(1), torch.float32, SAMPLES)))
    command = [sys.executable, "-P", "-m", "earmark_torch.compiling", job, str(tmp_path / "place")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_one_compiles_at_a_time(tmp_path):
    with FileLock(tmp_path / "lock"), start_child(tmp_path) as child:
        assert child.wait(170) == BUSY
    assert not (tmp_path / "place").exists()


def test_it_ends_with_the_process_that_asked_for_it(tmp_path):
    with start_child(tmp_path) as child:
        child.stdin.close()
        assert child.wait(170) == ABANDONED
    assert not (tmp_path / "place").exists()
