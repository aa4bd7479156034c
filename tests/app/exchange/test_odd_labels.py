"""Whatever labels and times there are, every format gives back as many events, in order, at their times."""

from __future__ import annotations

import random

import crowsetta
import jams
import pandas
import pytest

from earmark import exchange
from earmark.exchange import FORMATS

SIGNS = ["\t", "\n", "\r", '"', "'", ",", ";", "\\", "{", "%", "#", "\u2028", "\u202e", "\x85", " ", "-", "0.5", "1"]
WORDS = ["owl", "Größe", "غراب", "ינשוף", "ドア", "🐦", "👩‍🔬", "é", "nocal", "accepted"]
TIMES = [(0.0, 0.0), (0.0, 0.001), (1.5, 1.5), (3599.999, 3600.0), (86_399.5, 86_401.25), (360_000.0, 360_001.0)]


def odd_labels(seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(WORDS + SIGNS, k=chance.randint(1, 6))) + "x" for _ in range(40)]


@pytest.fixture
def odd_document(make_document):
    """Return a document of odd labels and times, some with frequencies, some of them a person's."""

    def make(seed: int):
        made = make_document(odd_labels(seed), duration=400_000.0)
        for number, event in enumerate(made["events"]):
            event["onset"], event["offset"] = TIMES[number % len(TIMES)]
            if number % 3 == 0:
                event.update(score=None, status="accepted", reviewer='A "B"\tC', low=100.0, high=None)
        return made

    return make


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", FORMATS)
def test_every_event_comes_back_in_order_at_its_time(tmp_path, odd_document, name, seed):
    document = odd_document(seed)
    (path,) = exchange.write(name, [document], tmp_path)
    reading = exchange.read_any(path)
    assert (reading.format_name, reading.skipped) == (name, ())
    key = (lambda event: event["onset"]) if name == "jams" else (lambda event: 0)
    for event, written in zip(reading.recordings[0].events, sorted(document["events"], key=key), strict=True):
        assert event.label.strip() == FORMATS[name].written(written["label"]).strip()
        assert (event.onset, event.offset) == pytest.approx((written["onset"], written["offset"]), abs=0.0006)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.filterwarnings("ignore")
def test_other_readers_find_as_many_events(tmp_path, odd_document, seed):
    document = odd_document(seed)
    paths = {name: exchange.write(name, [document], tmp_path)[0] for name in ("csv", "raven", "jams", "dcase")}
    count = len(document["events"])
    assert len(pandas.read_csv(paths["csv"])) == count
    assert len(pandas.read_csv(paths["dcase"], sep="\t")) == count
    assert len(crowsetta.formats.bbox.Raven.from_file(paths["raven"], annot_col="Tag").df) == count
    (events,) = jams.load(str(paths["jams"]), validate=True).search(namespace="segment_open")
    assert len(events.data) == count


@pytest.mark.parametrize("name", FORMATS)
def test_a_recording_without_events_comes_back_without_any(tmp_path, make_document, name):
    (path,) = exchange.write(name, [make_document(())], tmp_path)
    assert sum(len(labelled.events) for labelled in exchange.read(name, path)) == 0
