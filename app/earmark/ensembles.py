"""Ensembles: several models that are offered as one, `ensemble/NAME`; each a small file in the folder of models.

A file names the members; they are looked up when the ensemble is used, so that a member may be imported anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earmark.api import CheckpointError
from earmark.checkpoints import folder_of
from earmark.contract import ENSEMBLES
from earmark.folders import models_folder

VERSION = 1
PREFIX = ENSEMBLES
MOST_SHIFTS = 100
NOTHING_IN_COMMON = "These models have no label in common: there is nothing to average."


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Models whose scores are averaged.

    Attributes:
        members: model ids.
        shifts: how often each clip is heard, every time rolled a little further; 1 is once, as it is.
    """

    name: str
    members: tuple[str, ...]
    shifts: int = 1

    @property
    def model_id(self) -> str:
        """The id under which it is offered."""
        return f"{PREFIX}/{self.name}"


def is_ensemble(model_id: str) -> bool:
    """Say whether this is the id of an ensemble, be there one of that name or not."""
    return model_id.startswith(f"{PREFIX}/")


def write(ensemble: Ensemble) -> Path:
    """Write an ensemble's file and return its path; one of that name is replaced.

    Raises:
        CheckpointError: its name cannot name a model, or it has no members that can be averaged.
    """
    _require_members(ensemble.members, ensemble.shifts)
    path = _path(ensemble.model_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {"version": VERSION, "members": list(ensemble.members), "shifts": ensemble.shifts}
    beside = path.with_name(f".{path.name}")
    beside.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(path)
    return path


def put_together(ensemble: Ensemble, labels: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Write the file of an ensemble whose members have these labels, and return the labels that all have.

    Raises:
        CheckpointError: its name cannot name a model, or its members cannot be averaged.
    """
    shared = common_labels(labels) if labels else ()
    if labels and not shared:
        raise CheckpointError(NOTHING_IN_COMMON)
    write(ensemble)
    return shared


def trouble_with(ensemble: Ensemble, labels: Sequence[tuple[str, ...]]) -> str:
    """Return why a person cannot have a new ensemble of members with these labels; "" where they can."""
    try:
        _require_members(ensemble.members, ensemble.shifts)
        taken = _path(ensemble.model_id).exists()
    except CheckpointError as error:
        return error.sentence
    if not common_labels(labels):
        return NOTHING_IN_COMMON
    return f"There is {ensemble.model_id} already." if taken else ""


def scan() -> tuple[list[Ensemble], dict[str, CheckpointError]]:
    """Return the ensembles that are here, and model id → error for files that are damaged."""
    found, damaged = [], {}
    for path in sorted((models_folder() / PREFIX).glob("[!.]*.json")):
        try:
            found.append(read(f"{PREFIX}/{path.stem}"))
        except CheckpointError as error:
            damaged[f"{PREFIX}/{path.stem}"] = error
    return found, damaged


def read(model_id: str) -> Ensemble:
    """Return the ensemble of an id.

    Raises:
        CheckpointError: there is none, or its file is damaged or of a newer Earmark.
    """
    path = _path(model_id)
    plain = _plain(path, model_id)
    if plain.get("version", VERSION) > VERSION:
        raise CheckpointError(f"{model_id} was written by a newer Earmark.", hint="Update Earmark.")
    members, shifts = plain.get("members"), plain.get("shifts", 1)
    if not isinstance(members, list) or not isinstance(shifts, int):
        raise _damaged(model_id)
    ensemble = Ensemble(name=path.stem, members=tuple(map(str, members)), shifts=shifts)
    _require_members(ensemble.members, ensemble.shifts)
    return ensemble


def members_of(model_id: str) -> tuple[str, ...]:
    """Return the members' ids; none where this is no ensemble that can be read."""
    try:
        return read(model_id).members if is_ensemble(model_id) else ()
    except CheckpointError:
        return ()


def remove(model_id: str) -> None:
    """Remove an ensemble; its members stay.

    Raises:
        CheckpointError: there is none of that id.
    """
    try:
        _path(model_id).unlink()
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no {model_id}.", hint="See: earmark models list") from error


def common_labels(labels: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the labels that all have, in the order of the first."""
    return tuple(label for label in labels[0] if all(label in other for other in labels[1:]))


def _require_members(members: Sequence[str], shifts: int) -> None:
    if not 1 <= shifts <= MOST_SHIFTS:
        raise CheckpointError(f"A clip can be heard 1 to {MOST_SHIFTS} times, not {shifts}.")
    if len(members) < 2 and (not members or shifts == 1):
        sentence = "An ensemble needs two models, or one that hears each clip several times."
        raise CheckpointError(sentence, hint="That is --shifts.")
    if twice := next((member for member in members if list(members).count(member) > 1), None):
        raise CheckpointError(f"{twice} is named twice.")
    if inner := next((member for member in members if is_ensemble(member)), None):
        raise CheckpointError(f"{inner} is an ensemble itself.", hint="Name its members instead.")


def _path(model_id: str) -> Path:
    folder = folder_of(model_id)
    return folder.with_name(f"{folder.name}.json")


def _plain(path: Path, model_id: str) -> dict[str, Any]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no {model_id}.", hint="See: earmark models list") from error
    except (OSError, ValueError) as error:
        raise _damaged(model_id) from error
    if not isinstance(plain, dict) or not isinstance(plain.get("version", VERSION), int):
        raise _damaged(model_id)
    return plain


def _damaged(model_id: str) -> CheckpointError:
    return CheckpointError(
        f"The file of {model_id} is damaged.", hint=f"Remove it and make it again: earmark models remove {model_id}"
    )
