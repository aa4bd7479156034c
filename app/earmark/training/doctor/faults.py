"""What is wrong with single recordings, and where they do not go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from earmark.api import Example
from earmark.audio_file import shown
from earmark.counted import counted
from earmark.training.doctor.findings import Action, Finding, Kind, Place, Remedy, Severity
from earmark.training.doctor.hearing import Heard

SILENCE = 1e-3  # of full scale, −60 dB: nothing that is quieter outlives a codec or a model's own noise
SHORTEST = 0.2  # seconds: no model's window is shorter, and little is said in less
CLIPPED, BADLY_CLIPPED = 1e-3, 1e-2  # of the samples
TOLD_APART = 0.8  # of the clips of another kind, in one label that has fewer than half of all: the model may learn that

Judge = Callable[[Heard], tuple[Kind, Severity, str, str] | None]  # kind, severity, what it does, advice


def faults_of(examples: Sequence[Example], heard: Sequence[Heard]) -> Iterator[Finding]:
    """Yield what is wrong with each clip; one that cannot be used is named for that only."""
    for example, each in zip(examples, heard, strict=True):
        judged = (judge(each) for judge in ((_unusable,) if each.error else (_silent, _short, _clipped)))
        for kind, severity, what, advice in filter(None, judged):
            place = Place.of(example)
            yield Finding(
                kind=kind,
                severity=severity,
                places=(place,),
                sentence=f"{shown(example.path)} {what}." if what else each.error,
                advice=advice,
                action=Action(remedy=Remedy.LEAVE_OUT, places=(place,)),
            )


def mixtures(examples: Sequence[Example], heard: Sequence[Heard]) -> Iterator[Finding]:
    """Yield a finding where sample rates differ, and one where the numbers of channels do."""
    rates = [each.sample_rate for each in heard]
    channels = [each.channels for each in heard]
    yield from _mixed(examples, rates, Kind.RATES, lambda rate: f"{rate / 1000:g} kHz")
    yield from _mixed(examples, channels, Kind.CHANNELS, lambda number: counted(number, "channel"))


def is_usable(heard: Heard) -> bool:
    """Tell whether there is anything to be heard in a clip."""
    return not heard.error and heard.mixed_peak >= SILENCE and heard.seconds >= SHORTEST


def _unusable(heard: Heard) -> tuple[Kind, Severity, str, str]:
    if heard.is_empty:
        return Kind.EMPTY, Severity.ERROR, "has no sound in it", "Leave it out, or copy it again from where it came."
    return Kind.UNREADABLE, Severity.ERROR, "", "Leave it out, or replace it by a whole copy."


def _silent(heard: Heard) -> tuple[Kind, Severity, str, str] | None:
    if heard.mixed_peak >= SILENCE:
        return None
    if heard.peak >= SILENCE:
        what = "is silent to a model: its channels cancel each other"
        return Kind.SILENT, Severity.WARNING, what, "Keep one of its channels, or leave it out."
    loudest = f"{20 * np.log10(heard.peak):.0f} dB at most" if heard.peak else "every sample is the same"
    return Kind.SILENT, Severity.WARNING, f"is silent ({loudest})", "Leave it out: it teaches that silence is a sound."


def _short(heard: Heard) -> tuple[Kind, Severity, str, str] | None:
    if heard.seconds >= SHORTEST:
        return None
    what = f"is only {1000 * heard.seconds:.0f} ms long"
    return Kind.SHORT, Severity.WARNING, what, "Leave it out, or cut it again with what is around it."


def _clipped(heard: Heard) -> tuple[Kind, Severity, str, str] | None:
    if heard.clipped < CLIPPED or heard.mixed_peak < SILENCE:
        return None
    severity = Severity.WARNING if heard.clipped >= BADLY_CLIPPED else Severity.NOTE
    what = f"is cut off at the top: {100 * heard.clipped:.2g} % of its samples"
    return Kind.CLIPPED, severity, what, "Record with less gain; leave it out where what is meant is distorted."


def _mixed(
    examples: Sequence[Example], values: Sequence[int], kind: Kind, named: Callable[[int], str]
) -> Iterator[Finding]:
    counts = Counter(value for value in values if value)
    if len(counts) < 2:
        return
    usual = counts.most_common(1)[0][0]
    others = [example for example, value in zip(examples, values, strict=True) if value not in (0, usual)]
    said = ", ".join(f"{counted(count, 'clip')} with {named(value)}" for value, count in counts.most_common())
    label = _telling(examples, others)
    advice = "Nothing has to be done: every clip is brought to what the model takes."
    if label:
        advice = f"Most of the others are “{label}”: bring all clips to the lowest rate, or a model may learn that."
        if kind is Kind.CHANNELS:
            advice = f"Most of the others are “{label}”: mix all clips to one channel, or a model may learn that."
    yield Finding(
        kind=kind,
        severity=Severity.WARNING if label else Severity.NOTE,
        places=tuple(Place.of(example) for example in others),
        sentence=f"The clips are not alike: {said}.",
        advice=advice,
    )


def _telling(examples: Sequence[Example], others: Sequence[Example]) -> str:
    """Return the label that nearly all of the others have, and no more than half of all clips."""
    label, count = Counter(label for each in others for label in each.labels).most_common(1)[0] if others else ("", 0)
    overall = sum(label in each.labels for each in examples)
    return label if len(others) > 4 and count >= TOLD_APART * len(others) and 2 * overall <= len(examples) else ""
