"""Labelled folders as they come, with recordings that are real and short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Write = Callable[..., Path]


@pytest.fixture
def sound(tmp_path) -> Write:
    """Write recordings of a tenth of a second; return the last."""

    def write(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, np.zeros(800), 8000, format="WAV")
        return path

    return write


@pytest.fixture
def text(tmp_path) -> Write:
    """Write a text file, with any encoding and end of line."""

    def write(name: str, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join(line + end for line in lines).encode(encoding))
        return path

    return write
