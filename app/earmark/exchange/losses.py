"""What a format has no place for, said of what is really about to be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from earmark.document import Document
from earmark.exchange.labelled import Format


class Losses:
    """Counts, document by document, what a format cannot hold."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._counts: Counter[str] = Counter()

    def add(self, document: Document) -> None:
        """Count what is lost of a document."""
        self._counts.update(_counted(document))
        labels = {event["label"] for event in document["events"]}
        self._counts["labels"] += sum(self._form.written(label) != label for label in labels)

    def sentences(self) -> tuple[str, ...]:
        """Return a sentence for each kind of loss; nothing where all is written."""
        holds = self._form.holds if "tags" in self._form.holds else self._form.holds | {"windows"}  # said once
        lost = [name for name in SENTENCES if self._counts[name] and name not in holds]
        return tuple(SENTENCES[name](self._form.noun, self._counts) for name in lost)


def losses(form: Format, documents: Iterable[Document]) -> tuple[str, ...]:
    """Return what a format cannot hold of these documents, in sentences."""
    counted = Losses(form)
    for document in documents:
        counted.add(document)
    return counted.sentences()


def _counted(document: Document) -> Counter[str]:
    events = document["events"]
    statuses = Counter(event["status"] for event in events)
    return Counter(
        scores=sum(event["score"] is not None for event in events),
        people=sum(event["score"] is None for event in events),
        statuses=statuses["accepted"] + statuses["rejected"],
        rejected=statuses["rejected"],
        reviewers=len({event["reviewer"] for event in events} - {""}),
        frequencies=sum(event.get("low") is not None or event.get("high") is not None for event in events),
        tags=len(document["tags"]),
        windows=len(document["windows"]),
        silence=not events,
    )


def _statuses(noun: str, counts: Mapping[str, int]) -> str:
    judged = f"{noun} do not tell accepted from rejected: "
    if counts["rejected"]:
        return f"{judged}{_number(counts['rejected'], 'rejected event')} will look like the others."
    return f"{judged}{_number(counts['statuses'], 'accepted event')} will look like the others."


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _are(count: int, thing: str) -> str:
    return f"{_number(count, thing)} {'is' if count == 1 else 'are'}"


SENTENCES: Mapping[str, Callable[[str, Mapping[str, int]], str]] = {
    "scores": lambda noun, n: f"{noun} have no scores: {_are(n['scores'], 'score')} not written.",
    "people": lambda noun, n: f"{noun} need a score: {_are(n['people'], 'event')} without one, and written with 1.",
    "statuses": _statuses,
    "reviewers": lambda noun, n: f"{noun} do not say who judged: {_are(n['reviewers'], 'name')} not written.",
    "frequencies": lambda noun, n: (
        f"{noun} have no frequencies: those of {_number(n['frequencies'], 'event')} are not written."
    ),
    "tags": lambda noun, n: f"{noun} have no tags of the whole recording: {_are(n['tags'], 'tag')} not written.",
    "windows": lambda noun, n: (
        f"{noun} have no tags of single windows: those of {_number(n['windows'], 'window')} are not written."
    ),
    "silence": lambda noun, n: (
        f"{noun} do not name a recording without events: {_are(n['silence'], 'recording')} not named."
    ),
    "labels": lambda noun, n: f"{noun} cannot hold every sign: {_are(n['labels'], 'label')} written without some.",
}
