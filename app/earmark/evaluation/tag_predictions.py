"""Scores of clips that another program gave, a row for each clip and a column for each label, against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from earmark.api import Example, Float
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.dataset.rows import columns_of
from earmark.dataset.sounds import Sounds
from earmark.errors import DatasetError
from earmark.evaluation.label_match import LabelMatch, match_labels
from earmark.evaluation.tag_scores import TagScores, tag_scores
from earmark.exchange.report import Report
from earmark.exchange.text import number, rows_of, text_of

FILE = ("filename", "file", "path", "clip")
OF_EVENTS = frozenset({"onset", "event_onset", "start", "event_label", "event_labels", "label"})


def is_score_table(path: Path) -> bool:
    """Say whether a file is a table of scores: it names clips, and neither times nor labels in its cells."""
    names = columns_of(path)
    return bool(names & {*FILE}) and not names & OF_EVENTS and len(names) > 1


def judge_scores(
    path: Path,
    dataset: Dataset,
    examples: Sequence[Example],
    *,
    own_map: Mapping[str, Sequence[str]] | None = None,
    threshold: float = 0.5,
) -> tuple[TagScores, LabelMatch, list[str]]:
    """Return how well the scores in a table tell the clips, which labels were compared, and what was left out.

    Raises:
        DatasetError: the table cannot be read, or has nothing to do with these clips.
    """
    columns, rows = _read(path)
    match = match_labels(columns, dataset.labels, own_map)
    sounds = Sounds(dataset.folder, [example.path for example in examples])
    found = {recording: scores for file, scores in rows.items() if (recording := sounds.find(file))}
    judged = [each for each in examples if each.path in found and (not each.labels or {*each.labels} & {*match.labels})]
    if not judged:
        raise DatasetError(f"{path} scores none of these clips by a label that they have.")
    truth = np.array([[label in each.labels for label in match.labels] for each in judged], bool)
    tags = tag_scores(
        match.scores(np.stack([found[each.path] for each in judged])),
        truth,
        match.labels,
        is_single_label=dataset.is_single_label,
        threshold=threshold,
    )
    return tags, match, _left_out(match, len(examples) - len(judged), sounds.missing)


def _read(path: Path) -> tuple[list[str], dict[str, Float]]:
    """Return the labels, and each clip's scores [labels]."""
    scores: dict[str, Float] = {}
    columns: list[str] = []
    for line, row in rows_of(text_of(path), Report(), name=str):
        file = next(name for name in row if name.casefold() in FILE)
        columns = columns or [name for name in row if name != file]
        if row[file] in scores:
            raise DatasetError(f"{path} cannot be used: Line {line}: it scores {row[file]} twice.")
        try:
            scores[row[file]] = np.array([number(row.get(name, "")) for name in columns])
        except ValueError as error:
            raise DatasetError(f"{path} cannot be used: Line {line}: {error}") from error
    if not scores:
        raise DatasetError(f"{path} scores nothing.", hint="It needs a row for each clip, and a column for each label.")
    return columns, scores


def _left_out(match: LabelMatch, clips: int, missing: Sequence[str]) -> list[str]:
    more = f", and {len(match.unknown) - 1} more" if len(match.unknown) > 1 else ""
    said = [f"The label “{match.unknown[0]}”{more}: has no column."] if match.unknown else []
    if clips:
        said.append(f"{counted(clips, 'clip')} without scores left out.")
    if missing:
        said.append(f"{counted(len(missing), 'row')} of no such clip, the first is {missing[0]}.")
    return said
