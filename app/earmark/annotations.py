"""What a person says about a recording: events drawn, and answers to what a model heard."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Status = Literal["unreviewed", "accepted", "rejected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The event as the model heard it, before a person changed anything; seconds."""

    label: str
    onset: float
    offset: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """One thing that a person says: this is here, or this is not here.

    Attributes:
        annotation_id: made by `new_id`; an undone and redone annotation keeps it.
        onset, offset: seconds from the start of the recording.
        low, high: hertz, or None where no frequencies were given.
        status: "accepted" is here, "rejected" is not.
        author: who said so; made: ISO 8601, UTC.
        model_id, weights, score: of the model whose event this answers; "" and None where a person drew it.
        answers: that event as it was; it stays answered wherever the annotation is moved to.
    """

    annotation_id: str
    label: str
    onset: float
    offset: float
    low: float | None = None
    high: float | None = None
    status: Status = "accepted"
    author: str = ""
    made: str = ""
    model_id: str = ""
    weights: str = ""
    score: float | None = None
    answers: Answered | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One action of a person: annotations as they were and as they are; undone by swapping the two.

    Attributes:
        name: in the imperative, as the menu shows it after "Undo": "Accept Dog bark".
        before: what is taken away or replaced; after: what stands in its place, by `annotation_id`.
    """

    name: str
    before: tuple[Annotation, ...] = ()
    after: tuple[Annotation, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes; such a one is neither journalled nor undone."""
        return not (self.before or self.after)

    def undone(self) -> Change:
        """Return the change that takes this one back."""
        return Change(name=self.name, before=self.after, after=self.before)

    def applied(self, annotations: Mapping[str, Annotation]) -> dict[str, Annotation]:
        """Return the annotations, by their ids, after this change."""
        gone = {each.annotation_id for each in self.before}
        kept = {key: each for key, each in annotations.items() if key not in gone}
        return kept | {each.annotation_id: each for each in self.after}


def new_id() -> str:
    """Return an id that no other annotation has, on any machine."""
    return secrets.token_hex(8)


def now() -> str:
    """Return this moment, UTC, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def as_plain(annotation: Annotation) -> dict[str, Any]:
    """Return an annotation as JSON can hold it."""
    return asdict(annotation)


def from_plain(plain: Mapping[str, Any]) -> Annotation:
    """Return the annotation of `as_plain`; what a newer Earmark may have added is left out."""
    known = {name: plain[name] for name in Annotation.__dataclass_fields__ if name in plain}
    if known.get("answers"):
        known["answers"] = Answered(**known["answers"])
    return Annotation(**known)
