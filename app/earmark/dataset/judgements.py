"""What persons judged in the library, as a data set: what they accepted or drew, and what they said is not there.

Nobody has said anything of the rest of a recording. So each example is one judgement with a little sound around it,
and not the recording; all of a recording are one source.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from earmark.annotations import Annotation
from earmark.api import Example, StrongLabel
from earmark.counted import counted
from earmark.dataset.contents import Dataset
from earmark.errors import DatasetError
from earmark.label_names import name_read
from earmark.library import Library
from earmark.library_annotations import refused

kind = "judgements"
title = "what was judged in the library"
model_name = "my-judgements"  # of a model that learns from them, unless it is given another
AROUND = 0.25  # seconds before and after an event
SHORTEST = 1.0  # seconds of an example
Stretch = tuple[float, float]


def dataset_of(library: Library) -> Dataset:
    """Return all that was judged; what is unreviewed does not count.

    Raises:
        DatasetError: nothing was accepted yet.
        LibraryError: the library cannot be read.
    """
    examples, gone = [], 0
    spelling: dict[str, str] = {}
    for path, duration, said in library.judged():
        if path.is_file():
            examples += _examples(path, duration or math.inf, said, spelling)
        else:
            gone += 1
    labels = tuple(sorted({label for each in examples for label in each.labels}))
    if not labels:
        hint = "Accept some events of recordings (Edit ▸ Review), or draw them."
        raise DatasetError("Nothing that is here was accepted in the library yet.", hint=hint)
    missing = f"{counted(gone, 'recording')} that {'was' if gone == 1 else 'were'} judged cannot be found any more."
    return Dataset(
        folder=library.path,
        kind=kind,
        title=title,
        labels=labels,
        examples=tuple(examples),
        warnings=(missing,) if gone else (),
    )


def _examples(
    path: Path, duration: float, annotations: Sequence[Annotation], spelling: dict[str, str]
) -> Iterator[Example]:
    """Yield the examples of one recording; two judgements of the same stretch are one."""
    there = [_label(each, spelling) for each in annotations if each.status == "accepted"]
    wrong = [(spelling.get(name_read(label), label), onset, offset) for label, onset, offset in _refused(annotations)]
    stretches = dict.fromkeys(_around(each.onset, each.offset, duration) for each in there)
    stretches |= dict.fromkeys(_around(onset, offset, duration) for _, onset, offset in wrong)
    for start, end in sorted(stretches):
        events = tuple(each for each in there if _overlaps((each.onset, each.offset), (start, end)))
        labels = tuple(dict.fromkeys(each.label for each in events))
        absent = dict.fromkeys(label for label, *stretch in wrong if _overlaps(stretch, (start, end)))
        yield Example(
            path=path,
            start=start,
            end=None if math.isinf(end) else end,
            labels=labels,
            absent=tuple(label for label in absent if label not in labels),
            events=events,
            group=str(path),
        )


def _label(annotation: Annotation, spelling: dict[str, str]) -> StrongLabel:
    """Return an event under the first spelling of its label: "dog_bark" and "Dog bark" are one."""
    label = spelling.setdefault(name_read(annotation.label), annotation.label)
    return StrongLabel(label=label, onset=annotation.onset, offset=annotation.offset)


def _refused(annotations: Sequence[Annotation]) -> Iterator[tuple[str, float, float]]:
    for each in annotations:
        if each.status != "unreviewed" and (stretch := refused(each)):
            yield stretch


def _around(onset: float, offset: float, duration: float) -> Stretch:
    """Return a stretch around an event, as long as an example has to be, inside the recording."""
    spare = max(AROUND, (SHORTEST - (offset - onset)) / 2)
    start = max(0.0, onset - spare)
    end = min(duration, max(offset + spare, start + SHORTEST))
    return max(0.0, min(start, end - SHORTEST)), end


def _overlaps(one: Sequence[float], other: Stretch) -> bool:
    return one[0] < other[1] and max(one[1], one[0] + 1e-6) > other[0]
