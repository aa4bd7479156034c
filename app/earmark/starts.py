"""What a network's training can begin with, such as a published image network: fetched once, kept for all trainings.

`starts/PLUGIN/NAME` under Earmark's home holds one: a file, or the files of a repository, as they were published.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.api import CheckpointError, ModelCard
from earmark.folders import home
from earmark.host import plugin_of
from earmark.weights_cache import linked
from earmark.weights_source import source_of

if TYPE_CHECKING:
    from earmark.weights_fetch import Told, WeightsFetch


def kept_start(card: ModelCard, name: str) -> Path | None:
    """Return the file or folder of a start that is here."""
    folder = _folder(card, name)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return (folder if len(files) > 1 else files[0]) if files else None


def fetch_start(
    card: ModelCard, name: str, *, told: Told, again: bool = False, fetch: WeightsFetch | None = None
) -> Path:
    """Return the file or folder of one of a card's starts, fetched where it is not here yet.

    Args:
        again: fetch it although it is here.

    Raises:
        CheckpointError: it cannot be fetched; the hint says how to go on by hand.
        Cancelled: somebody said so.
    """
    from earmark.web import DownloadError  # late: the window only wants to know what is here
    from earmark.weights_fetch import WeightsFetch

    if not again and (here := kept_start(card, name)):
        return here
    weights = card.starts[name]
    try:
        with (fetch or WeightsFetch()).fetched(weights, told, again=again) as path:
            return _keep(card, name, path, linked)
    except DownloadError as error:
        source = source_of(weights.url)
        page = source.page if source else weights.url
        by_hand = f"Or fetch it on another machine from {page}, and give the file instead of its name."
        raise CheckpointError(error.sentence, hint=f"{error.hint} {by_hand}".strip()) from error


def keep_start(card: ModelCard, name: str, path: Path) -> Path:
    """Return where a start is kept from now on, which a person has at a path: a file, or a folder of files."""
    return _keep(card, name, path, shutil.copyfile)


def _keep(card: ModelCard, name: str, path: Path, put: Callable[[Path, Path], object]) -> Path:
    folder = _folder(card, name)
    arriving = folder.with_name(f"{name}.{os.getpid()}.part")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        put(file, arriving / file.name)
    shutil.rmtree(folder, ignore_errors=True)
    arriving.replace(folder)
    kept = kept_start(card, name)
    if kept is None:
        raise CheckpointError(f"{path} holds nothing to begin with.")
    return kept


def _folder(card: ModelCard, name: str) -> Path:
    return home() / "starts" / plugin_of(card.model_id) / name
