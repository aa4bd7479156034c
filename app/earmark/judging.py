"""What is shown of a recording: a model's events, with what a person says about them; and the ways to say it.
In which order events are reviewed, and how many are left, is in `earmark.review`.

Every edit returns one `Change`, which is shown, journalled and undone as a whole; it is empty where nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from earmark.annotations import Annotation, Answered, Change, Status, new_id, now
from earmark.errors import EarmarkError
from earmark.events import Event
from earmark.label_names import label_text
from earmark.stretches import Stretch, covered

ENOUGH = 0.5  # of a model's event: what annotations must cover of it to answer it


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event as all views show it, in seconds; a model's own, or an annotation.

    Attributes:
        score: the model's highest; None where a person drew it.
        status: "unreviewed" is a model's event that nobody has answered.
        annotation: what a person said; None while unreviewed.
    """

    label: str
    onset: float
    offset: float
    score: float | None
    status: Status = "unreviewed"
    low: float | None = None
    high: float | None = None
    model_id: str = ""
    weights: str = ""
    annotation: Annotation | None = None


def judged(
    events: Sequence[Event], annotations: Iterable[Annotation], model_id: str = "", weights: str = ""
) -> list[JudgedEvent]:
    """Return a model's unanswered events and all annotations, in order of onset, offset and label.

    An event is answered where annotations, as they are or as what they answer was, have its label and cover at least
    half of it together. It does not matter which model they answered: what is there is there for all.
    """
    annotations = list(annotations)
    stretches = [(each.label, each.onset, each.offset) for each in events]
    seconds = covered(stretches, _spoken_for(annotations)).tolist()
    shown = [
        JudgedEvent(each.label, each.onset, each.offset, each.score, model_id=model_id, weights=weights)
        for each, answered in zip(events, seconds, strict=True)
        if answered < ENOUGH * (each.offset - each.onset)
    ]
    shown += map(shown_as, annotations)
    return sorted(shown, key=lambda event: (event.onset, event.offset, event.label))


def _spoken_for(annotations: Iterable[Annotation]) -> Iterable[Stretch]:
    for each in annotations:
        yield each.label, each.onset, each.offset
        if each.answers:
            yield each.answers.label, each.answers.onset, each.answers.offset


def shown_as(annotation: Annotation) -> JudgedEvent:
    """Return an annotation as the views show it."""
    return JudgedEvent(
        annotation.label,
        annotation.onset,
        annotation.offset,
        annotation.score,
        annotation.status,
        annotation.low,
        annotation.high,
        annotation.model_id,
        annotation.weights,
        annotation,
    )


def answers_of(event: JudgedEvent) -> Answered | None:
    """Return what a model heard there, as it heard it; None where a person drew it."""
    if event.annotation:
        return event.annotation.answers
    return Answered(label=event.label, onset=event.onset, offset=event.offset)


def accept(events: Sequence[JudgedEvent], author: str) -> Change:
    """Say that these are there, with the edges and labels they have now."""
    return _changed("Accept", events, lambda event: (_said(event, author),))


def reject(events: Sequence[JudgedEvent], author: str) -> Change:
    """Say that these are not there; an edited one keeps its edits, should it be accepted again."""
    return _changed("Reject", events, lambda event: (_said(event, author, status="rejected"),))


def draw(
    label: str,
    onset: float,
    offset: float,
    author: str,
    *,
    low: float | None = None,
    high: float | None = None,
    duration: float = math.inf,
) -> Change:
    """Say that something is there that no model heard; of equal times it is a moment.

    Raises:
        EarmarkError: the label is empty.
    """
    onset, offset = _within(onset, offset, duration)
    drawn = Annotation(
        annotation_id=new_id(),
        label=_named(label),
        onset=onset,
        offset=offset,
        low=low,
        high=high,
        author=author,
        made=now(),
    )
    return Change(name=f"Draw {label_text(drawn.label)}", after=(drawn,))


def move(
    event: JudgedEvent,
    onset: float,
    offset: float,
    author: str,
    *,
    low: float | None = None,
    high: float | None = None,
    duration: float = math.inf,
) -> Change:
    """Say that this is there, but at these times and frequencies; None leaves a frequency as it is."""
    onset, offset = _within(onset, offset, duration)
    low, high = event.low if low is None else low, event.high if high is None else high
    moved = _said(event, author, onset=onset, offset=offset, low=low, high=high)
    return _changed("Move", [event], lambda _: (moved,))


def relabel(events: Sequence[JudgedEvent], label: str, author: str) -> Change:
    """Say that these are there, but are something else: what a model called them counts as wrong.

    Raises:
        EarmarkError: the label is empty.
    """
    label = _named(label)
    change = _changed("Relabel", events, lambda event: (_said(event, author, label=label),))
    return replace(change, name=f"{change.name} as {label_text(label)}")


def merge(events: Sequence[JudgedEvent], author: str) -> Change:
    """Say that these are one, from the first onset to the last offset.

    Raises:
        EarmarkError: there are not two of one label.
    """
    if len(events) < 2:
        raise EarmarkError("One event cannot be merged.", hint="Select two or more of the same label.")
    if len({event.label for event in events}) > 1:
        raise EarmarkError("Events of different labels cannot be merged.", hint="Give them the same label first.")
    heard = [event for event in events if answers_of(event)]
    first = max(heard, key=lambda event: event.score or 0.0) if heard else events[0]
    onset, offset = min(event.onset for event in events), max(event.offset for event in events)
    low = min((event.low for event in events if event.low is not None), default=None)
    high = max((event.high for event in events if event.high is not None), default=None)
    whole = Event(first.label, onset, offset, 0.0)
    answers, beside = _joined_answers(whole, events)
    merged = replace(
        _said(first, author, onset=onset, offset=offset, low=low, high=high), annotation_id=new_id(), answers=answers
    )
    left = tuple(_refused(event, author) for event in beside)
    return Change(name=f"Merge {len(events)} events", before=_annotations(events), after=(merged, *left))


def _joined_answers(whole: Event, events: Sequence[JudgedEvent]) -> tuple[Answered | None, list[JudgedEvent]]:
    """Return what a merged event answers, and those whose answers lie elsewhere or under another label."""
    answers = [(event, answers_of(event)) for event in events]
    within = [
        each
        for _, each in answers
        if each and each.label == whole.label and each.onset <= whole.offset and each.offset >= whole.onset
    ]
    beside = [event for event, each in answers if each and each not in within]
    if not within:
        return None, beside
    onset, offset = min(each.onset for each in within), max(each.offset for each in within)
    return Answered(label=whole.label, onset=onset, offset=offset), beside


def split(event: JudgedEvent, at: float, author: str) -> Change:
    """Say that this is two, one until and one from a time, in seconds.

    Raises:
        EarmarkError: the time lies outside it.
    """
    if not event.onset < at < event.offset:
        raise EarmarkError("That time is not inside the event.", hint="Move the playhead into the event first.")
    status: Status = "rejected" if event.status == "rejected" else "accepted"
    halves = []
    for onset, offset in ((event.onset, at), (at, event.offset)):
        half = _said(event, author, status=status, onset=onset, offset=offset)
        halves.append(replace(half, annotation_id=new_id(), answers=_part(half.answers, at, until=onset < at)))
    return Change(name=f"Split {label_text(event.label)}", before=_annotations([event]), after=tuple(halves))


def _part(answers: Answered | None, at: float, *, until: bool) -> Answered | None:
    """Return what one half of a split event answers: its own side, or all where the other side has none of it."""
    if answers is None or not answers.onset < at < answers.offset:
        return answers
    return replace(answers, offset=at) if until else replace(answers, onset=at)


def delete(events: Sequence[JudgedEvent], author: str) -> Change:
    """Take away what was drawn; a model's event is rejected where and as what the model heard it."""
    return _changed("Delete", events, lambda event: (_refused(event, author),) if answers_of(event) else ())


def unjudge(events: Sequence[JudgedEvent]) -> Change:
    """Take back what was said about a model's events, so that they are unreviewed; what was drawn stays."""
    return _changed("Take back", events, lambda event: () if answers_of(event) else _annotations([event]))


def _changed(
    verb: str, events: Sequence[JudgedEvent], after: Callable[[JudgedEvent], tuple[Annotation, ...]]
) -> Change:
    """Return the change of those events that do change."""
    pairs = [(event, _annotations([event]), after(event)) for event in events]
    pairs = [pair for pair in pairs if not _same(pair[1], pair[2])]
    before = tuple(each for _, old, _ in pairs for each in old)
    new = tuple(each for _, _, after in pairs for each in after)
    return Change(name=f"{verb} {_called([event for event, _, _ in pairs] or events)}", before=before, after=new)


def _same(before: Sequence[Annotation], after: Sequence[Annotation]) -> bool:
    """Return whether the two say the same, whoever says it."""
    return [replace(each, author="", made="") for each in before] == [
        replace(each, author="", made="") for each in after
    ]


def _called(events: Sequence[JudgedEvent]) -> str:
    return label_text(events[0].label) if len(events) == 1 else f"{len(events)} events"


def _annotations(events: Iterable[JudgedEvent]) -> tuple[Annotation, ...]:
    return tuple(event.annotation for event in events if event.annotation)


def _said(event: JudgedEvent, author: str, **changes) -> Annotation:
    """Return what a person says of an event: that it is there as it is now, but for the changes."""
    said = event.annotation or Annotation(
        annotation_id=new_id(),
        label=event.label,
        onset=event.onset,
        offset=event.offset,
        low=event.low,
        high=event.high,
        model_id=event.model_id,
        weights=event.weights,
        score=event.score,
        answers=answers_of(event),
    )
    return replace(said, **{"status": "accepted", "author": author, "made": now()} | changes)


def _refused(event: JudgedEvent, author: str) -> Annotation:
    """Return that what the model heard is not there."""
    heard = answers_of(event) or event
    place = {"label": heard.label, "onset": heard.onset, "offset": heard.offset, "low": None, "high": None}
    return _said(event, author, status="rejected", **place)


def _named(label: str) -> str:
    if not label.strip():
        raise EarmarkError("An event needs a label.")
    return label.strip()


def _within(onset: float, offset: float, duration: float) -> tuple[float, float]:
    begin, end = sorted(min(max(each, 0.0), duration) for each in (onset, offset))
    return begin, end
