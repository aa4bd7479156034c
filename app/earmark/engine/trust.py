"""Whether a model that was loaded answers as its weights should; looked at once for each device and precision."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from importlib.metadata import PackageNotFoundError, version

from earmark import __version__, golden
from earmark.api import Checkpoint, EarmarkError, Float, ModelCard, Want
from earmark.folders import cache_folder
from earmark.host import Host

MOST_NOTES = 500
log = logging.getLogger(__name__)


def golden_answers(host: Host, card: ModelCard, model: object) -> Float:
    """Return what a loaded model answers to the golden clips [clips, labels or width]."""
    want = Want(frames=False, embedding=not card.labels)
    return golden.answers_of(card, host.infer(card, model, golden.clips(card), want, what="its golden clips"))


def doubt_of(host: Host, card: ModelCard, model: object, checkpoint: Checkpoint, device: str, precision: str) -> str:
    """Return why a loaded model is not to be trusted here, in a sentence; nothing where it is.

    A model that was found right is not examined again until something that it is computed with changes.
    """
    known = golden.read(checkpoint.path, checkpoint.sha256)
    note = f"{checkpoint.sha256} {device} {precision} {__version__} {_torch()}"
    if known is None or note in _notes():
        return ""
    try:
        apart = golden.difference(known, golden_answers(host, card, model))
    except EarmarkError as error:  # what fails on a real sound fails with its own sentence when it is used
        log.warning("golden clips of %s: %s", card.model_id, error)
        return ""
    if apart > golden.tolerance(device, precision):
        return golden.doubt(card.model_id, device, precision, apart)
    _keep(note)
    return ""


def _torch() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def _notes() -> list[str]:
    try:
        notes = json.loads((cache_folder() / "trusted.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [str(note) for note in notes] if isinstance(notes, list) else []


def _keep(note: str) -> None:
    path = cache_folder() / "trusted.json"
    beside = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):  # where nothing may be written, it is looked at each time
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps([*_notes()[-MOST_NOTES:], note]), encoding="utf-8")
        beside.replace(path)
