"""Toy plugins, installed the way a third party's are: a module and a *.dist-info beside it, on the path."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.engine_client import Engines

HEADER = """
import ctypes, os, sys, time
import numpy as np
from earmark.api import Checkpoint, Clip, Heard, ModelCard, Want, Weights, hookimpl

def card(variant="model", **changed):
    plain = dict(model_id=PLUGIN + "/" + variant, title="A toy", sample_rate=1000, window_seconds=2.0,
                 labels=("quiet", "loud"))
    return ModelCard(**plain | changed)

def loudness(clip):
    return float(np.abs(clip.samples).max())

def answer(clip):
    loud = min(1.0, loudness(clip))
    return Heard(scores=np.array([1 - loud, loud], np.float32))
"""

GOOD = """
@hookimpl
def models():
    return [card()]

@hookimpl
def infer(model, clips, want):
    return [answer(clip) for clip in clips]
"""

Install = Callable[..., str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an Earmark of its own."""
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a plugin of its own distribution from source text, and returns its name."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")])))

    def write(source: str = GOOD, *, name: str = "toy", distribution: str = "", first: str = "") -> str:
        distribution = distribution or name
        module = f"{distribution}_{name}_module"
        (site / f"{module}.py").write_text(f"PLUGIN = {name!r}\n{HEADER}\n{first}\n{textwrap.dedent(source)}")
        information = site / f"{distribution}-1.0.dist-info"
        information.mkdir(exist_ok=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        points = information / "entry_points.txt"
        before = points.read_text() if points.exists() else "[earmark]\n"
        points.write_text(f"{before}{name} = {module}\n")
        return name

    return write


@pytest.fixture
def engines() -> Iterator[Engines]:
    """Return engines on the CPU."""
    patient = Engines(device="cpu")
    yield patient
    patient.close()


@pytest.fixture
def impatient(engines: Engines) -> Iterator[Callable[[], Engines]]:
    """Return a function that gives engines with a short deadline, which know the plugins installed by then."""
    made: list[Engines] = []

    def make() -> Engines:
        engines.cards()
        made.append(Engines(device="cpu", deadline=2.0))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return 7 s at 1 kHz: silence, but half of full scale from 3 to 4 s."""
    samples = np.zeros(7000, np.float32)
    samples[3000:4000] = 0.5
    path = tmp_path / "knock at the door.wav"
    soundfile.write(path, samples, 1000, subtype="FLOAT")
    return path


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """Return 7 s of silence at 1 kHz."""
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(7000, np.float32), 1000, subtype="FLOAT")
    return path
