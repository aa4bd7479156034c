"""Many dimensions to two, in a process of its own where that takes long: `python -m earmark.evaluation.flattening`.

UMAP compiles itself when it is first used: the program that asks stays at hand meanwhile, and can change its mind.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from earmark.api import Cancelled, Float
from earmark.errors import EarmarkError
from earmark.evaluation.embeddings import embedding_map, map_method

ASKED_EVERY = 0.1  # seconds
SHOWN = 200  # letters of what went wrong


def flattened(vectors: Float, seed: int = 0, cancelled: Callable[[], bool] = lambda: False) -> Float:
    """Return [clips, 2] of [clips, width], as `embedding_map` does.

    Raises:
        EarmarkError: the process failed.
        Cancelled: `cancelled`, which is asked ten times a second, said so.
    """
    if map_method(len(vectors)) == "PCA":
        return embedding_map(vectors, seed)
    with tempfile.TemporaryDirectory(prefix="earmark-map-") as folder:
        many, two = Path(folder) / "many.npy", Path(folder) / "two.npy"
        np.save(many, vectors)
        _run([sys.executable, "-m", "earmark.evaluation.flattening", str(many), str(two), str(seed)], cancelled)
        return np.load(two)


def _run(words: list[str], cancelled: Callable[[], bool]) -> None:
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while True:
            try:
                _, said = process.communicate(timeout=ASKED_EVERY)
                break
            except subprocess.TimeoutExpired:
                if cancelled():
                    process.kill()
                    raise Cancelled from None
    if process.returncode:
        hint = said.decode(errors="replace").strip()[-SHOWN:]
        raise EarmarkError("The map could not be made.", hint=hint)


if __name__ == "__main__":
    source, target, number = sys.argv[1:]
    np.save(target, embedding_map(np.load(source), int(number)))
