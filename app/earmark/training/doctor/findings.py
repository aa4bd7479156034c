"""What the doctor finds, and what can be done about it: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from earmark.api import Example

VERSION = 1
Key = tuple[Path, float, float | None]


class Kind(StrEnum):
    """What is wrong; its value is how it is called in JSON."""

    LEAK = "leak"
    CONFLICT = "conflicting labels"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    SILENT = "silent"
    SHORT = "too short"
    CLIPPED = "clipped"
    EXACT = "exact duplicate"
    NEAR = "near duplicate"
    SUSPECT = "suspected label"
    SPELLING = "label spelling"
    FEW = "few clips"
    IMBALANCE = "imbalance"
    RATES = "mixed sample rates"
    CHANNELS = "mixed channels"
    ALIKE = "one source by name"


class Severity(StrEnum):
    """How bad it is: an error spoils training or its figures, a warning harms them, a note is to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Remedy(StrEnum):
    """What can be done by itself."""

    LEAVE_OUT = "leave out"
    JOIN = "join into one group"
    RELABEL = "relabel"
    SPLIT = "use the honest split"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An example, and where in it something is.

    Attributes:
        start, end: the example's, in seconds of the file; `end` None is the file's end.
        heard: the stretch that is meant, in seconds of the file; None is all of it.
    """

    path: Path
    start: float = 0.0
    end: float | None = None
    heard: tuple[float, float] | None = None

    @classmethod
    def of(cls, example: Example, heard: tuple[float, float] | None = None) -> Place:
        """Return the place of an example; `heard` is counted from the example's start."""
        if heard:
            heard = (example.start + heard[0], example.start + heard[1])
        return cls(path=example.path, start=example.start, end=example.end, heard=heard)

    @property
    def key(self) -> Key:
        """What tells one example from all others."""
        return self.path, self.start, self.end


@dataclass(frozen=True, kw_only=True)
class Action:
    """What `apply` does.

    Attributes:
        places: the examples that change.
        old, label: for `RELABEL`: which label becomes which.
    """

    remedy: Remedy
    places: tuple[Place, ...] = ()
    old: str = ""
    label: str = ""

    def __str__(self) -> str:
        return f"relabel to “{self.label}”" if self.remedy is Remedy.RELABEL else str(self.remedy)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        places: the examples that are concerned.
        sentence: what it is; advice: what to do.
        action: None where only a person can do something.
        certainty: 0..1; below 1 it is an opinion.
    """

    kind: Kind
    severity: Severity
    places: tuple[Place, ...] = ()
    sentence: str
    advice: str
    action: Action | None = None
    certainty: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All that the doctor found in a data set.

    Attributes:
        seconds: of sound in all clips that can be read.
        rates, channels: how many clips have which.
        findings: the most severe first, those of one kind together.
        notes: sentences on what could not be looked at.
    """

    folder: Path
    title: str
    clips: int
    sources: int
    seconds: float
    labels: Mapping[str, int] = field(default_factory=dict)
    rates: Mapping[int, int] = field(default_factory=dict)
    channels: Mapping[int, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, *kinds: Kind) -> tuple[Finding, ...]:
        """Return the findings of some kinds."""
        return tuple(finding for finding in self.findings if finding.kind in kinds)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return {
            "version": VERSION,
            "folder": str(self.folder),
            "title": self.title,
            "clips": self.clips,
            "sources": self.sources,
            "seconds": round(self.seconds, 3),
            "labels": dict(self.labels),
            "sample_rates": {str(rate): count for rate, count in self.rates.items()},
            "channels": {str(channels): count for channels, count in self.channels.items()},
            "findings": [_finding(each) for each in self.findings],
            "notes": list(self.notes),
        }


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings by severity, then by kind; within a kind the most certain first."""
    severities, kinds = list(Severity), list(Kind)
    return tuple(
        sorted(findings, key=lambda each: (severities.index(each.severity), kinds.index(each.kind), -each.certainty))
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "sentence": finding.sentence,
        "advice": finding.advice,
        "certainty": round(finding.certainty, 4),
        "places": [_place(place) for place in finding.places],
        "action": _action(finding.action) if finding.action else None,
    }


def _place(place: Place) -> dict[str, Any]:
    plain: dict[str, Any] = {"file": str(place.path), "start": place.start, "end": place.end}
    return plain | ({"heard": [round(seconds, 3) for seconds in place.heard]} if place.heard else {})


def _action(action: Action) -> dict[str, Any]:
    named = {"old": action.old, "label": action.label} if action.remedy is Remedy.RELABEL else {}
    return {"remedy": str(action.remedy), **named, "places": [_place(place) for place in action.places]}
