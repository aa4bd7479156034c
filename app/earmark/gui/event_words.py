"""An event in words: for the table, tooltips and screen readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from earmark.calibration import Calibration
from earmark.event_filter import Standing, standing
from earmark.gui.label_colours import label_text
from earmark.judging import JudgedEvent, answers_of
from earmark.score_text import chance_text
from earmark.times import time_text

Probability = Callable[[JudgedEvent], float | None]  # of being there; None where that is not known
STANDING_WORDS: dict[Standing, str] = {
    "unreviewed": "Unreviewed",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "drawn": "Drawn",
}
STANDING_MEANINGS: dict[Standing, str] = {
    "unreviewed": "The model heard it; nobody has said whether it is right",
    "accepted": "The model heard it, and somebody said that it is there",
    "rejected": "Somebody said that it is not there",
    "drawn": "Somebody drew it; no model heard it",
}


def unknown(event: JudgedEvent) -> float | None:
    """Return that no probability is known."""
    return None


def probability_of(calibrations: Mapping[str, Calibration], model_id: str, weights: str) -> Probability:
    """Return what tells how probable a model's events are, where its labels were judged often enough."""

    def probability(event: JudgedEvent) -> float | None:
        heard = answers_of(event)
        calibration = calibrations.get(heard.label) if heard else None
        if calibration is None or event.score is None or (event.model_id, event.weights) != (model_id, weights):
            return None
        return calibration.probability(event.score)

    return probability


def score_text(event: JudgedEvent, probability: Probability = unknown) -> str:
    """Return "87 %" where that is a probability, ".87" as "0.87" where it is a score, "" where it was drawn."""
    known = probability(event)
    if known is not None:
        return chance_text(known)
    return "" if event.score is None else f"{event.score:.2f}"


def spoken_score(event: JudgedEvent, probability: Probability = unknown) -> str:
    """Return the same for a screen reader."""
    if event.score is None:
        return "no score"
    known = probability(event)
    return f"score {event.score:.2f}" if known is None else f"probability {100 * known:.0f} per cent"


def tooltip(event: JudgedEvent, probability: Probability = unknown) -> str:
    """Return all there is to say about an event, in lines."""
    length = event.offset - event.onset
    lines = [
        label_text(event.label),
        f"{time_text(event.onset)} – {time_text(event.offset)} ({length:.3g} s)",
        f"{spoken_score(event, probability).capitalize()}. {STANDING_MEANINGS[standing(event)]}.",
    ]
    if event.low is not None and event.high is not None:
        lines.insert(2, f"{event.low:.0f} – {event.high:.0f} Hz")
    if event.annotation and event.annotation.author:
        lines.append(f"{event.annotation.author}, {event.annotation.made[:16].replace('T', ' ')} UTC")
    return "\n".join(lines)
