"""A library, a recording, and what was heard in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from earmark.analysis import Analysis
from earmark.annotations import Annotation, new_id
from earmark.library import Library

LABELS = ("dog", "Sprache, männlich", '"quoted"')


def heard(path, *, seconds=200.0, seed=0, **changes):
    """Return an analysis with random scores."""
    random = np.random.default_rng(seed)
    starts = np.arange(0, seconds - 5, 5, dtype=np.float32)
    analysis = Analysis(
        path=path,
        model_id="htsat/everyday",
        weights="ab" * 32,
        labels=LABELS,
        duration=seconds,
        window=10.0,
        hop=5.0,
        starts=starts,
        window_scores=random.random((len(starts), len(LABELS)), np.float32),
        frames=random.random((round(seconds / 0.32), len(LABELS)), np.float32),
        frame_hop=0.32,
        device="CPU",
        seconds_taken=1.5,
        warnings=("It is short.",),
        thresholds={"dog": 0.4},
    )
    return replace(analysis, **changes)


@pytest.fixture(name="heard")
def heard_fixture():
    """Return the function that makes an analysis with random scores."""
    return heard


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "home" / "library.sqlite")


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"not read by the library")
    return path


@pytest.fixture
def analysis(recording):
    return heard(recording)


@pytest.fixture
def find(library):
    """Return a function that looks an analysis up again."""

    def look_up(analysis, **changes):
        return library.find(analysis.path, analysis.model_id, **{"weights": analysis.weights, **changes})

    return look_up


@pytest.fixture
def said():
    """Return a function that makes an annotation."""

    def make(label="dog", onset=1.0, offset=2.0, **facts):
        return Annotation(annotation_id=new_id(), label=label, onset=onset, offset=offset, author="anna", **facts)

    return make
