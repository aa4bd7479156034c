"""The models that a person brought in, trained or put together: what each is, and how to be rid of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from earmark import checkpoints, ensembles
from earmark.api import Checkpoint
from earmark.checkpoints import folder_of, model_id_of
from earmark.ensembles import Ensemble, is_ensemble


@dataclass(frozen=True, kw_only=True)
class OwnModel:
    """A model that can be removed; those that come with Earmark cannot.

    Attributes:
        origin: where it is from, in words.
        size_bytes: on the disk.
        needed_by: ids of the ensembles that it is a member of.
    """

    model_id: str
    origin: str
    size_bytes: int
    needed_by: tuple[str, ...] = ()


def own_models() -> list[OwnModel]:
    """Return all that can be removed, damaged ones too, in order of their ids."""
    made, odd = ensembles.scan()
    kept, damaged = checkpoints.scan()
    found = {model_id_of(each): _origin(each) for each in kept}
    found |= {each.model_id: f"An ensemble of {' and '.join(each.members)}" for each in made}
    found |= {model_id: str(error) for model_id, error in {**damaged, **odd}.items()}
    needed = _needed(made)
    return [
        OwnModel(model_id=each, origin=found[each], size_bytes=_size(each), needed_by=tuple(needed.get(each, ())))
        for each in sorted(found)
    ]


def remove(model_id: str) -> None:
    """Remove a model; of an ensemble its members stay.

    Raises:
        CheckpointError: there is none of that id that can be removed.
    """
    (ensembles if is_ensemble(model_id) else checkpoints).remove(model_id)


def _origin(checkpoint: Checkpoint) -> str:
    if checkpoint.trained_on and checkpoint.origin.startswith("trained by Earmark"):
        return f"Trained here on {checkpoint.trained_on}"
    return f"Brought in: {checkpoint.origin}" if checkpoint.origin else "Brought in from a file"


def _needed(made: Sequence[Ensemble]) -> Mapping[str, list[str]]:
    needed: dict[str, list[str]] = {}
    for ensemble in made:
        for member in ensemble.members:
            needed.setdefault(member, []).append(ensemble.model_id)
    return needed


def _size(model_id: str) -> int:
    folder = folder_of(model_id)
    return sum(_bytes(path) for path in folder.rglob("*")) if folder.is_dir() else 0


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # it went away meanwhile
        return 0
