"""A library of 100 000 recordings: how long a search takes, and opening an analysed recording again.

Every question opens the library anew, as the window and the command line do; the disk cache is warm. Each recording was
heard by a model with twelve labels, a third of them by a second one, some are tagged, and some were judged.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench import target
from earmark.analysis import Analysis
from earmark.document import document
from earmark.events import EventSettings, find_events
from earmark.library import Library
from earmark.library_recordings import words_of

RECORDINGS = 100_000
LABELS = (
    *("dog_bark", "rain", "speech", "music", "rooster", "chainsaw"),
    *("helicopter", "sneezing", "sea_waves", "wind", "crackling_fire", "clock_tick"),
)
SECOND = tuple(f"Species {number}" for number in range(400))
QUESTIONS = (
    "dog bark over 0.6 in May",
    "dog bark",
    "rain or wind over 0.2 not speech",
    "garden dog bark over 0.5 in 2025",
    "rooster under 0.3 since May 2024",
    "over 0.9",
    "accepted dog bark",
    "#night longer than 1 min",
    "species over 0.5 by birds",
    "not in May",
    "",
)
TIMES = 5
SEARCHED_WITHIN, OPENED_WITHIN = 0.2, 0.5  # seconds
HOUR = 3600.0


def measure() -> dict[str, Any]:
    """Return the seconds of each question, median and longest, and of opening an hour again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        _fill(Library(path))
        searches = {text: _seconds(lambda text=text: Library(path).search(text)) for text in QUESTIONS}
        counts = {text: Library(path).search(text).count for text in QUESTIONS}
        opening = _seconds(_opening(Library(path), Path(folder) / "hour.wav"))
        size = path.stat().st_size
    slowest = max(searches, key=lambda text: statistics.median(searches[text]))
    targets = [
        target(
            f'{RECORDINGS} recordings searched, the slowest of {len(QUESTIONS)} searches: "{slowest}"',
            statistics.median(searches[slowest]),
            "s",
            at_most=SEARCHED_WITHIN,
        ),
        target(
            "an analysed hour opened again, with its events", statistics.median(opening), "s", at_most=OPENED_WITHIN
        ),
    ]
    found = {text: {"seconds": searches[text], "found": counts[text]} for text in QUESTIONS}
    return {"library_bytes": size, "searches": found, "opening_seconds": opening, "targets": targets}


def _seconds(do: Callable[[], object]) -> list[float]:
    do()
    return [_timed(do) for _ in range(TIMES)]


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _opening(library: Library, path: Path) -> Callable[[], object]:
    """Keep an hour that was heard with frames, and return what opens it again and makes its document."""
    path.touch()
    library.store(_hour(path))

    def open_again() -> object:
        analysis = library.find(path, "htsat/everyday", weights="ab")
        assert analysis is not None
        frames, hop = analysis.timeline()
        events = find_events(frames, hop, analysis.labels, EventSettings(), duration=analysis.duration)
        return document(analysis, events)

    return open_again


def _hour(path: Path) -> Analysis:
    scores = np.random.default_rng(0)
    starts = np.arange(0, HOUR - 5, 5, dtype=np.float32)
    return Analysis(
        path=path,
        model_id="htsat/everyday",
        weights="ab",
        labels=LABELS,
        duration=HOUR,
        window=10.0,
        hop=5.0,
        starts=starts,
        window_scores=scores.random((len(starts), len(LABELS)), np.float32),
        frames=scores.random((round(HOUR / 0.32), len(LABELS)), np.float32) ** 4,
        frame_hop=0.32,
    )


def _fill(library: Library) -> None:
    """Write the recordings as `Library.store` would, in one transaction instead of one for each."""
    chance = random.Random(0)
    with library.transaction() as database:
        names = (*LABELS, *SECOND)
        database.executemany("INSERT INTO labels (id, name) VALUES (?, ?)", enumerate(names, 1))
        for table, columns, rows in _rows(chance):
            marks = ", ".join("?" * len(columns.split(",")))
            database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _rows(chance: random.Random) -> Iterator[tuple[str, str, list[tuple]]]:
    numbers = range(1, RECORDINGS + 1)
    recordings = [_recording(number, chance) for number in numbers]
    yield "recordings", "id, path, size, mtime_ns, sha256, duration, recorded, recorded_from", recordings
    words = [(word, row[0]) for row in recordings for word in set(words_of(row[1]))]
    yield "words", "word, recording", sorted(words)
    second = range(RECORDINGS + 1, RECORDINGS + RECORDINGS // 3)
    results = [_result(number, number, "htsat/everyday", LABELS) for number in numbers]
    results += [_result(number, number - RECORDINGS, "birds/birds", SECOND) for number in second]
    yield "results", _RESULT_COLUMNS, results
    yield "scores", "result, kind, place, row_count, data", [_piece(row[0]) for row in results]
    highest = [row for number in numbers for row in _scores(number, number, 1, len(LABELS), chance)]
    highest += [row for each in second for row in _scores(each, each - RECORDINGS, 13, len(SECOND), chance)]
    yield "highest", "result, label, score, recording", highest
    yield "recording_tags", "recording, tag", [(number, "night") for number in numbers[::7]]
    said = [(number, f"{number:x}", 1, chance.choice(("accepted", "rejected"))) for number in numbers[::9]]
    yield (
        "annotations",
        "recording, id, label, status, model_id, weights, whole",
        [(*row, "", "", "{}") for row in said],
    )


_RESULT_COLUMNS = (
    "id, recording, model_id, weights, window, hop, channel, precision, starts_at, method, duration, facts, best"
)


def _recording(number: int, chance: random.Random) -> tuple:
    day = f"{chance.randrange(2022, 2027)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    clock = f"{chance.randrange(24):02d}{chance.randrange(60):02d}00"
    path = (
        f"/archive/field work/{chance.choice(('garden', 'meadow', 'shore'))} {number % 40}/{day}_{clock}_{number}.wav"
    )
    recorded = f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:00"
    return number, path, 10_000_000 + number % 97, number, f"{number:064x}", 60.0, recorded, "name"


def _result(number: int, recording: int, model_id: str, labels: tuple[str, ...]) -> tuple:
    facts = {"labels": labels, "thresholds": {}, "warnings": [], "device": "CPU", "seconds_taken": 1.0}
    best = (number * 7919 % 1000) / 1000
    return (number, recording, model_id, "ab" * 32, 10.0, 5.0, "mix", "fp32", 0.0, 1, 60.0, json.dumps(facts), best)


def _piece(result: int) -> tuple:
    return result, "windows", 0, 11, zlib.compress(np.full((11, 12), result, np.float32).tobytes(), 1)


def _scores(result: int, recording: int, first: int, count: int, chance: random.Random) -> Iterator[tuple]:
    """Yield the highest scores: each recording has some six of its model's labels, the first one more often."""
    some = {first} if chance.random() < 0.5 else set()
    for label in sorted(some | {first + chance.randrange(count) for _ in range(6)}):
        yield result, label, chance.random(), recording
