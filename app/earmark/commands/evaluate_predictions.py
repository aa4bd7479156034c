"""`earmark evaluate --predictions`: what another program found, events or scores of clips; no model is run."""

from __future__ import annotations

from pathlib import Path

from earmark.audio_file import walk
from earmark.commands.evaluate_choice import Choice, part_of
from earmark.commands.evaluate_output import Output
from earmark.evaluation.document import predictions_document, tags_document
from earmark.evaluation.event_scores import EventLists
from earmark.evaluation.event_trial import (
    by_name,
    durations_beside,
    judge_predictions,
    key_of,
    listed_events,
    strong_truth,
)
from earmark.evaluation.label_match import read_label_map
from earmark.evaluation.tag_predictions import is_score_table, judge_scores
from earmark.events import DEFAULT_THRESHOLD


def score_predictions(choice: Choice) -> int:
    """Score a list of events and return the exit status.

    Raises:
        EarmarkError: a list cannot be read, or nothing is there to compare with.
    """
    assert choice.predictions
    if is_score_table(choice.predictions):
        return _score_clips(choice, choice.predictions)
    truth, durations, where = _truth(choice)
    scores = judge_predictions(
        truth,
        _predicted(choice.predictions),
        durations,
        own_map=read_label_map(choice.labels_map) if choice.labels_map else None,
        collar=choice.collar,
    )
    output = Output(choice.format_name, choice.out)
    output.add(predictions_document(scores, choice.predictions, where))
    return 0


def _score_clips(choice: Choice, predictions: Path) -> int:
    """Score a table of whole clips' scores and return the exit status."""
    part, how = part_of(choice), choice.conditions
    threshold = DEFAULT_THRESHOLD if how.threshold is None else how.threshold
    tags, match, said = judge_scores(
        predictions, part.dataset, part.examples, own_map=how.label_map, threshold=threshold
    )
    output = Output(choice.format_name, choice.out)
    output.add(tags_document(tags, match.labels, predictions, f"{choice.folder}, {part.side}", said))
    return 0


def _predicted(path: Path) -> EventLists:
    """Return the events that were found; none where the list is empty, as other programs write it then."""
    return listed_events(path) if path.stat().st_size else {}


def _truth(choice: Choice) -> tuple[EventLists, dict[str, float], str]:
    """Return the true events and seconds of each recording, and where they stand; the recordings need not be here."""
    if choice.events:
        truth = listed_events(choice.events)
        recordings = (path for path in walk([choice.folder]) if key_of(path) in truth)
        beside = durations_beside(choice.events.parent) or durations_beside(choice.folder, recordings)
        return truth, beside, str(choice.events)
    part = part_of(choice)
    durations = durations_beside(choice.folder, (example.path for example in part.examples))
    return by_name(strong_truth(part.examples)), durations, f"{choice.folder}, {part.side}"
