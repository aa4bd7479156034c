"""Which of a model's labels are a data set's: the same name, the same but for its spelling, or a group of labels."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.api import Float
from earmark.errors import DatasetError
from earmark.exchange.text import delimiter_of, lines_of, text_of

DESED_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Speech": (
        *("Speech", "Male speech, man speaking", "Female speech, woman speaking", "Child speech, kid speaking"),
        *("Conversation", "Narration, monologue", "Babbling", "Speech synthesizer"),
    ),
    "Frying": ("Chopping (food)", "Frying (food)", "Microwave oven"),
    "Dishes": ("Dishes, pots, and pans",),
    "Running_water": (
        *("Water", "Rain", "Raindrop", "Rain on surface", "Stream", "Waterfall", "Ocean", "Waves, surf", "Steam"),
        "Gurgling",
    ),
    "Blender": ("Blender",),
    "Electric_shaver_toothbrush": ("Electric shaver, electric razor",),
    "Alarm_bell_ringing": (
        *("Car alarm", "Alarm", "Telephone", "Telephone bell ringing", "Ringtone", "Telephone dialing, DTMF"),
        *("Dial tone", "Busy signal", "Alarm clock", "Siren", "Civil defense siren", "Buzzer"),
        *("Smoke detector, smoke alarm", "Fire alarm", "Foghorn", "Whistle"),
    ),
    "Cat": ("Cat", "Purr", "Meow", "Hiss", "Caterwaul"),
    "Dog": ("Dog", "Bark", "Yip", "Howl", "Bow-wow", "Growling"),
    "Vacuum_cleaner": ("Vacuum cleaner",),
}
"""DESED's ten classes in AudioSet's labels. Source: HTS-AT, config.py, fl_audioset_mapping."""


@dataclass(frozen=True)
class LabelMatch:
    """A data set's labels in a model's scores.

    Attributes:
        labels: those that the model knows, in the data set's order.
        columns: for each, the places of the model's labels of which any will do.
        unknown: the data set's labels that the model has no label for.
    """

    labels: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]
    unknown: tuple[str, ...] = ()

    def scores(self, scores: Float) -> Float:
        """Return [..., known labels] of a model's [..., labels]: of a group, the highest."""
        parts = [scores[..., list(places)].max(axis=-1) for places in self.columns]
        return np.stack(parts, axis=-1) if parts else np.zeros((*scores.shape[:-1], 0), np.float32)

    def thresholds(self, model_labels: Sequence[str], thresholds: Mapping[str, float]) -> dict[str, float]:
        """Return the model's own threshold of each known label that stands for one of the model's labels."""
        single = ((label, model_labels[where[0]]) for label, where in self._pairs() if len(where) == 1)
        return {label: thresholds[own] for label, own in single if own in thresholds}

    def _pairs(self) -> list[tuple[str, tuple[int, ...]]]:
        return list(zip(self.labels, self.columns, strict=True))


def match_labels(
    model: Sequence[str], wanted: Sequence[str], own: Mapping[str, Sequence[str]] | None = None
) -> LabelMatch:
    """Return where a data set's labels are among a model's.

    Args:
        model: the model's labels.
        wanted: the data set's.
        own: for some of the data set's labels, the model's that are meant; goes before all else.
    """
    finder = _Finder(model, wanted, own or {})
    found = {label: finder.places(label) for label in wanted}
    known = {label: places for label, places in found.items() if places}
    unknown = tuple(label for label, places in found.items() if not places)
    return LabelMatch(tuple(known), tuple(known.values()), unknown)


def read_label_map(path: Path) -> dict[str, list[str]]:
    """Return what a table of two columns says: a data set's label, a model's label; several rows make a group.

    Raises:
        DatasetError: it cannot be read, or a row has not two cells.
    """
    try:
        text = text_of(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read.", hint=str(error)) from error
    found: dict[str, list[str]] = {}
    lines = [line for _, line in lines_of(text)]
    delimiter = delimiter_of(lines[0]) if lines else ","
    for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), start=1):
        if len(cells) != 2 or not all(cell.strip() for cell in cells):
            raise DatasetError(f"Line {number} of {path} is not a label of the data set and one of the model.")
        found.setdefault(cells[0].strip(), []).append(cells[1].strip())
    return found


class _Finder:
    def __init__(self, model: Sequence[str], wanted: Sequence[str], own: Mapping[str, Sequence[str]]) -> None:
        self._exact = {label: place for place, label in enumerate(model)}
        self._plain = {plain(label): place for place, label in reversed(list(enumerate(model)))}
        self._own = {plain(label): labels for label, labels in own.items()}
        self._is_desed = set(wanted) <= DESED_GROUPS.keys() and self._knows_groups()

    def places(self, label: str) -> tuple[int, ...]:
        if said := self._own.get(plain(label)):
            return tuple(sorted({self._required(each) for each in said}))
        if self._is_desed:
            return tuple(self._exact[each] for each in DESED_GROUPS[label])
        place = self._exact.get(label, self._plain.get(plain(label)))
        return () if place is None else (place,)

    def _required(self, label: str) -> int:
        place = self._exact.get(label, self._plain.get(plain(label)))
        if place is None:
            raise DatasetError(f"The model has no label “{label}”, which the map of labels names.")
        return place

    def _knows_groups(self) -> bool:
        return all(each in self._exact for group in DESED_GROUPS.values() for each in group)


def plain(label: str) -> str:
    """Return a label without what spellings differ in: case, and what stands between words."""
    return re.sub(r"[\W_]+", " ", label.casefold()).strip()
