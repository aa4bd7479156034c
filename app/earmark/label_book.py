"""The labels a person judges with: their own, those used last, and the nine that have a number key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from earmark.label_names import name_read

NUMBERS = range(1, 10)
MOST_RECENT = 5
LONGEST = 80  # letters


def clean(text: str) -> str:
    """Return a label as typed, without what cannot be seen; "" where nothing is left."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())[:LONGEST].strip()


def same_label(one: str, other: str) -> bool:
    """Return whether two labels are read alike: "dog_bark" and "Dog bark"."""
    return name_read(one) == name_read(other)


@dataclass
class LabelBook:
    """Labels and their number keys.

    Attributes:
        own: labels that the person made, in that order.
        recent: what was assigned last, newest first.
        pinned: number key → label, as the person set them; the other keys follow the lanes.
    """

    own: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    pinned: dict[int, str] = field(default_factory=dict)
    _following: dict[int, str] = field(default_factory=dict)

    def use(self, label: str, known: Iterable[str]) -> str:
        """Return the label that a typed one means, made the newest; where nobody knows it, it is one's own now."""
        label = clean(label)
        meant = next((each for each in (*self.own, *known) if same_label(each, label)), None)
        if meant is None:
            self.own.append(label)
            meant = label
        self.recent = [meant, *(each for each in self.recent if each != meant)][:MOST_RECENT]
        return meant

    def forget(self, label: str) -> None:
        """Take a label of one's own out of the book; annotations keep it."""
        for labels in (self.own, self.recent):
            labels[:] = [each for each in labels if each != label]
        self.pinned = {number: each for number, each in self.pinned.items() if each != label}
        self._following = {number: each for number, each in self._following.items() if each != label}

    def follow(self, labels: Sequence[str]) -> None:
        """Give the keys that are free to these labels, from the top down; a key once given stays until `restart`."""
        taken = self.numbered()
        free = [number for number in NUMBERS if number not in taken]
        new = [label for label in labels if label not in taken.values()]
        self._following |= dict(zip(free, new, strict=False))

    def restart(self) -> None:
        """Free the keys that follow the lanes: another recording is shown."""
        self._following = {}

    def pin(self, number: int, label: str) -> None:
        """Give a label a key; who had it gets the key that the label had."""
        before, old = self.number_of(label), self.numbered().get(number)
        for kept in (self.pinned, self._following):
            for each in [each for each, of in kept.items() if of == label or each == number]:
                del kept[each]
        self.pinned[number] = label
        if before and old and before != number:
            self._following[before] = old

    def numbered(self) -> dict[int, str]:
        """Return number key → label."""
        return dict(sorted((self._following | self.pinned).items()))

    def number_of(self, label: str) -> int | None:
        """Return a label's key."""
        return next((number for number, each in self.numbered().items() if each == label), None)

    def offers(self, of_model: Sequence[str], text: str = "", *, here: Sequence[str] = ()) -> dict[str, list[str]]:
        """Return title → labels to choose from that hold `text`, each label once, empty groups left out.

        Args:
            here: labels of the recording's events.
        """
        groups = {
            "Used last": self.recent,
            "Your own": self.own,
            "The model's": sorted(of_model, key=name_read),
            "In this recording": here,
        }
        offered: dict[str, list[str]] = {}
        seen: set[str] = set()
        for title, labels in groups.items():
            fitting = [each for each in labels if name_read(text) in name_read(each)]
            offered[title] = [each for each in fitting if name_read(each) not in seen]
            seen |= {name_read(each) for each in offered[title]}
        return {title: labels for title, labels in offered.items() if labels}

    def as_plain(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        pinned = {str(number): label for number, label in self.pinned.items()}
        return {"own": list(self.own), "recent": list(self.recent), "numbers": pinned}

    @staticmethod
    def from_plain(plain: object) -> LabelBook:
        """Return the book that was kept; what cannot be read is left out."""
        if not isinstance(plain, Mapping):
            return LabelBook()
        numbers = plain.get("numbers")
        pinned = {
            int(number): label
            for number, label in (numbers.items() if isinstance(numbers, Mapping) else ())
            if str(number) in map(str, NUMBERS) and isinstance(label, str)
        }
        return LabelBook(_texts(plain.get("own")), _texts(plain.get("recent")), pinned)


def _texts(labels: object) -> list[str]:
    return [each for each in labels if isinstance(each, str) and each] if isinstance(labels, list) else []
