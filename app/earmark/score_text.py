"""A score as a person reads it: a plain number, or a probability where judgements made it one."""

from __future__ import annotations

from dataclasses import dataclass

from earmark.calibration import Calibration

NOT_PROBABLE = "Scores are not probabilities, and those of two models cannot be compared."
SURE = 0.995  # what is nearer to 0 % or 100 % is not written as these


def per_cent(part: float) -> str:
    """Return "87 %"."""
    return f"{100 * part:.0f} %"


def chance_text(chance: float) -> str:
    """Return a probability as "87 %"; nothing is certain."""
    return "< 1 %" if chance < 1 - SURE else "> 99 %" if chance > SURE else per_cent(chance)


@dataclass(frozen=True, slots=True)
class Reading:
    """A score, read.

    Attributes:
        part: 0..1, how long its bar is.
        text: ".87" of a score, or "87 %" of a probability; "~87 %" where no such scores were judged.
        meaning: a sentence.
        spoken: for a screen reader.
    """

    part: float
    text: str
    is_probability: bool
    meaning: str
    spoken: str


def read_score(score: float, calibration: Calibration | None = None) -> Reading:
    """Return a score as a probability where it is calibrated, else as the number that it is."""
    if calibration is None:
        text = f"{score:.2f}".lstrip("0") if score < SURE else "1.0"
        return Reading(min(max(score, 0.0), 1.0), text, False, f"Score {score:.2f}. {NOT_PROBABLE}", f"{score:.2f}")
    chance = calibration.probability(score)
    text = chance_text(chance)
    meaning = f"Probability {text}, calibrated on {calibration.judged} judgements; score {score:.2f}."
    if calibration.covers(score):
        return Reading(chance, text, True, meaning, f"{text} probability")
    beyond = f"Only scores from {calibration.lowest:.2f} to {calibration.highest:.2f} were judged: this is a guess."
    guess = f"~{per_cent(min(max(chance, 0.01), 0.99))}"
    return Reading(chance, guess, True, f"{meaning} {beyond}", f"about {guess[1:]} probability")
