"""Judging and calibrating: what a merge of judgements, a moved threshold, a study and the strip of scores take."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench import target
from earmark.calibration import Judgement, logit, sigmoid
from earmark.events import Event, EventSettings, Finder
from earmark.judging import accept, draw, judged
from earmark.reliability import study
from earmark.score_line import ScoreLine

Do = Callable[[], object]
HOUR, DAY, HOP = 3600.0, 86_400.0, 0.16  # seconds
MANY, JUDGED = 5_000, 1_000
TIMES = 11
THRESHOLDS = (0.9, 0.5, 0.7, 0.4)
WIDTH, HEIGHT = 1_600, 64  # pixels
MERGED, FOUND, STUDIED, DRAWN = 0.020, 0.100, 0.100, 0.005  # seconds at most


def measure() -> dict[str, Any]:
    """Return the median seconds of each."""
    found = {
        f"{labels} labels, {seconds:g} s smoothed": _seconds(_moved_threshold(labels, smooth=seconds))
        for labels, seconds in itertools.product((12, 527), (0.0, 0.5))
    }
    merged, studied, drawn = (_seconds(do) for do in (_merge(), _study(), _strip()))
    slowest = max(found, key=found.__getitem__)
    targets = [
        target(f"{MANY} events and as many annotations made one list", merged, "s", at_most=MERGED),
        target(f"a threshold moved over an hour, the slowest: {slowest}", found[slowest], "s", at_most=FOUND),
        target(f"a study of {JUDGED} judgements, on its thread", studied, "s", at_most=STUDIED),
        target("the strip of scores over 24 hours painted", drawn, "s", at_most=DRAWN),
    ]
    return {"merged": merged, "found": found, "studied": studied, "drawn": drawn, "targets": targets}


def _seconds(do: Do) -> float:
    do()  # what is kept is there, as while a slider moves
    return statistics.median(_timed(do) for _ in range(TIMES))


def _timed(do: Do) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _merge() -> Do:
    onsets = np.sort(np.random.default_rng(0).random(MANY) * HOUR).tolist()
    events = [Event(f"label {number % 12}", onset, onset + 1, 0.5) for number, onset in enumerate(onsets)]
    answers = accept(judged(events[::2], []), "").after
    drawn = (draw("owl", onset, onset + 1, "").after[0] for onset in onsets[::2])
    annotations = [*answers, *drawn]
    return lambda: judged(events, annotations)


def _moved_threshold(labels: int, *, smooth: float) -> Do:
    """Return what finds events by another threshold each time; most labels are never loud, as of any model."""
    loudness = np.linspace(0.1, 1, labels, dtype=np.float32) ** 4
    frames = np.random.default_rng(0).random((round(HOUR / HOP), labels), np.float32) ** 16 * loudness
    names, finder, thresholds = [f"label {number}" for number in range(labels)], Finder(), itertools.cycle(THRESHOLDS)

    def find() -> object:
        settings = EventSettings(threshold=next(thresholds), smooth=smooth)
        return finder.find(frames, HOP, names, settings, duration=HOUR)

    return find


def _study() -> Do:
    chance = np.random.default_rng(0)
    scores = chance.uniform(0.02, 0.98, JUDGED)
    right = chance.random(JUDGED) < sigmoid(1.5 * logit(scores) - 1)
    judgements = [Judgement("owl", *each) for each in zip(scores.tolist(), right.tolist(), strict=True)]
    return lambda: study("owl", judgements, 0.9)


def _strip() -> Do:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from earmark.gui.score_strip import Curve, ScoreStrip
    from earmark.gui.time_span import TimeSpan

    application = QApplication.instance() or QApplication([])
    span = TimeSpan(application)
    span.cover(DAY)
    strip = ScoreStrip(span)
    strip.resize(WIDTH, HEIGHT)
    strip.show()
    scores = np.random.default_rng(0).random(round(DAY / HOP), np.float32) ** 4
    strip.show_curves([Curve("owl", ScoreLine(scores, HOP), 0.5, 0.1)])
    return lambda: (strip.plot.grab(), application)
