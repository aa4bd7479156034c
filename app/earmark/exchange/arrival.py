"""Labels of another program, as annotations: whose recording they are of, and what is new among them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from earmark.annotations import Annotation, Answered, Status, new_id, now
from earmark.audio_file import AudioInfo
from earmark.exchange.labelled import Labelled, LabelledEvent
from earmark.exchange.report import Remark
from earmark.judging import JudgedEvent, answers_of
from earmark.label_names import label_text

UNNAMED = "unnamed"  # a label without text: somebody marked this, so it is kept
SAME_SECONDS = 0.0015  # formats round to a millisecond
SAME_HERTZ = 1.0
NEAR = 100  # of a second: neighbours in which an equal event is looked for
END_SECONDS = 0.05  # a label may outlast its recording by so little without a word


def annotations_of(labelled: Labelled, *, author: str = "") -> list[Annotation]:
    """Return the events of a file as annotations.

    What has no score a person says: it is accepted. What has one is a model's, and unreviewed unless the file tells.

    Args:
        author: of what the file does not name a reviewer for.
    """
    return [_annotation(event, labelled, author) for event in labelled.events]


def _annotation(event: LabelledEvent, labelled: Labelled, author: str) -> Annotation:
    is_heard = event.score is not None
    status: Status = event.status or ("unreviewed" if is_heard else "accepted")
    return Annotation(
        annotation_id=new_id(),
        label=event.label.strip() or UNNAMED,
        onset=event.onset,
        offset=event.offset,
        low=event.low,
        high=event.high,
        status=status,
        author=event.reviewer or ("" if status == "unreviewed" else author),
        made=now(),
        model_id=labelled.model if is_heard else "",
        weights=labelled.weights if is_heard else "",
        score=event.score,
        answers=Answered(label=event.label, onset=event.onset, offset=event.offset) if is_heard else None,
    )


@dataclass(kw_only=True)
class Arrival:
    """What of a file's labels is to be added to a recording.

    Attributes:
        annotations: what is new; known: how many were there already.
        skipped, remarks: by line, as in `Reading`.
    """

    annotations: list[Annotation] = field(default_factory=list)
    known: int = 0
    skipped: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def arrive(
    labelled: Labelled,
    *,
    there: Iterable[JudgedEvent] = (),
    info: AudioInfo | None = None,
    labels: Iterable[str] = (),
    author: str = "",
) -> Arrival:
    """Return what is new among the labels of a recording; a model's event that they agree on is answered.

    Args:
        there: what is shown of the recording now.
        info: the recording; None where it is not known how long it is.
        labels: of the model: "Dog bark" in a file is its `dog_bark`.
    """
    there = list(there)
    arrival, places = Arrival(), _Places(there)
    known = {label_text(label).casefold(): label for label in (*labels, *(event.label for event in there))}
    for event, annotation in zip(labelled.events, annotations_of(labelled, author=author), strict=True):
        annotation = replace(annotation, label=known.get(label_text(annotation.label).casefold(), annotation.label))
        if info and event.onset > info.duration + END_SECONDS:
            arrival.skipped.append(Remark(event.line, "It begins after the recording's end."))
            continue
        if not event.label.strip():
            arrival.remarks.append(Remark(event.line, f"It has no text and was named “{UNNAMED}”."))
        annotation = _fitted(annotation, info, event.line, arrival) if info else annotation
        _add(arrival, places, annotation, event)
    return arrival


def _fitted(annotation: Annotation, info: AudioInfo, line: int, arrival: Arrival) -> Annotation:
    """End with the recording; a box over all of its frequencies is none."""
    if annotation.offset > info.duration + END_SECONDS:
        arrival.remarks.append(Remark(line, "It ended after the recording, and now ends with it."))
    if (
        annotation.low is not None
        and annotation.low <= 0
        and (annotation.high or 0) >= info.sample_rate / 2 - SAME_HERTZ
    ):
        annotation = replace(annotation, low=None, high=None)
    onset, offset = min(annotation.onset, info.duration), min(annotation.offset, info.duration)
    return replace(annotation, onset=onset, offset=offset)


def _add(arrival: Arrival, places: _Places, annotation: Annotation, event: LabelledEvent) -> None:
    same = places.find(annotation)
    if same is None:
        arrival.annotations.append(annotation)
        places.add(_shown(annotation))
    elif same.annotation is None and annotation.status != "unreviewed":
        answer = _answering(same, annotation)
        arrival.annotations.append(answer)
        places.replace(same, _shown(answer))
    else:
        arrival.known += 1
        if event.status and event.status != same.status and same.annotation is not None:
            sentence = f"It is {event.status} in the file and {same.status} here; what is here was kept."
            arrival.remarks.append(Remark(event.line, sentence))


def _answering(heard: JudgedEvent, annotation: Annotation) -> Annotation:
    """Return the annotation as an answer to what a model heard, with that one's exact edges."""
    return replace(
        annotation,
        onset=heard.onset,
        offset=heard.offset,
        model_id=heard.model_id,
        weights=heard.weights,
        score=heard.score,
        answers=answers_of(heard),
    )


def _shown(annotation: Annotation) -> JudgedEvent:
    place = (annotation.label, annotation.onset, annotation.offset, annotation.score, annotation.status)
    return JudgedEvent(*place, low=annotation.low, high=annotation.high, annotation=annotation)


class _Places:
    """Events by label and onset, so that equal ones are found among thousands."""

    def __init__(self, events: Iterable[JudgedEvent]) -> None:
        self._at: dict[tuple[str, int], list[JudgedEvent]] = {}
        for event in events:
            self.add(event)

    def add(self, event: JudgedEvent) -> None:
        self._at.setdefault((event.label, round(event.onset * NEAR)), []).append(event)

    def replace(self, old: JudgedEvent, new: JudgedEvent) -> None:
        self._at[(old.label, round(old.onset * NEAR))].remove(old)
        self.add(new)

    def find(self, annotation: Annotation) -> JudgedEvent | None:
        """Return the event that is the same as far as files can tell, or None."""
        place = round(annotation.onset * NEAR)
        near = (self._at.get((annotation.label, place + step), ()) for step in (-1, 0, 1))
        return next((event for events in near for event in events if _is_same(event, annotation)), None)


def _is_same(event: JudgedEvent, annotation: Annotation) -> bool:
    edges = ((event.onset, annotation.onset), (event.offset, annotation.offset))
    bands = ((event.low, annotation.low), (event.high, annotation.high))
    in_time = all(abs(one - other) <= SAME_SECONDS for one, other in edges)
    return in_time and all(one is None or other is None or abs(one - other) <= SAME_HERTZ for one, other in bands)


def matched(
    recordings: Sequence[Labelled], paths: Sequence[Path], *, label_file: Path, shown: Path | None = None
) -> tuple[dict[Path, Labelled], list[Labelled]]:
    """Return the labels by the recordings they are of, and those that are of none of these.

    Args:
        paths: the recordings to choose from.
        label_file: begins with the recording's name, as most programs do it.
        shown: gets the labels that name no recording.
    """
    found: dict[Path, Labelled] = {}
    strangers: list[Labelled] = []
    for labelled in recordings:
        path = _named(labelled.file, paths) if labelled.file else _beside(label_file, paths) or shown
        if path is None:
            strangers.append(labelled)
        else:
            found[path] = joined(found.get(path), labelled)
    return found, strangers


def _named(file: str, paths: Sequence[Path]) -> Path | None:
    """Return the recording of this path; else the only one of this name, with or without its suffix."""
    whole = os.path.abspath(file)  # noqa: PTH100 - no links followed
    same = [path for path in paths if os.path.abspath(path) == whole]  # noqa: PTH100
    name = PureWindowsPath(file).name if "\\" in file else PurePosixPath(file).name
    same = same or [path for path in paths if path.name.casefold() == name.casefold()]
    same = same or [path for path in paths if path.stem.casefold() == Path(name).stem.casefold()]
    same = same or [path for path in paths if path.stem.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else None


def _beside(label_file: Path, paths: Sequence[Path]) -> Path | None:
    """Return the recording whose name the label file's begins with: the longest, should there be several."""
    name = label_file.name.casefold()
    fitting = [path for path in paths if name.startswith(f"{path.stem.casefold()}.")]
    return max(fitting, key=lambda path: len(path.stem), default=None)


def joined(known: Labelled | None, more: Labelled) -> Labelled:
    """Return the labels of both, which are of one recording."""
    return more if known is None else replace(more, events=known.events + more.events, tags=known.tags + more.tags)
