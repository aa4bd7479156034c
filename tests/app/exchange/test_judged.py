"""What a person said survives the formats that can hold it, and what they cannot hold is told."""

from __future__ import annotations

from pathlib import Path

import crowsetta
import jams
import pandas
import pytest

from earmark import exchange
from earmark.annotations import Annotation
from earmark.audio_file import AudioInfo
from earmark.document import document
from earmark.judging import JudgedEvent, shown_as

INFO = AudioInfo(
    path=Path("in/garden.wav"), sample_rate=48_000, channels=1, frames=48_000 * 60, format="PCM_16", container="WAV"
)
DRAWN = shown_as(
    Annotation(annotation_id="1", label="Fuchs", onset=3.0, offset=4.0, low=200.0, high=5000.5, author="Ada")
)
REFUSED = shown_as(
    Annotation(annotation_id="2", label="dog", onset=5.0, offset=6.0, status="rejected", author="Ada", score=0.7)
)
HEARD = JudgedEvent("dog", 1.0, 2.0, 0.9, model_id="m/x")
EVENTS = (HEARD, DRAWN, REFUSED)


@pytest.fixture
def judged_document():
    return document(None, EVENTS, info=INFO)


def test_a_document_without_a_model_holds_what_people_said(judged_document):
    assert (judged_document["model"], judged_document["duration"], judged_document["sample_rate"]) == ("", 60.0, 48_000)
    assert [event["status"] for event in judged_document["events"]] == ["unreviewed", "accepted", "rejected"]
    assert judged_document["events"][1]["score"] is None
    assert (judged_document["events"][1]["low"], judged_document["events"][1]["reviewer"]) == (200.0, "Ada")
    assert "low" not in judged_document["events"][0]


@pytest.mark.parametrize("name", ["json", "csv", "raven", "jams"])
def test_verdicts_names_scores_and_frequencies_are_read_back(tmp_path, judged_document, name):
    (path,) = exchange.write(name, [judged_document], tmp_path)
    heard, drawn, refused = exchange.read(name, path)[0].events
    assert (heard.status, heard.score, refused.status) == ("unreviewed", 0.9, "rejected")
    assert (drawn.status, drawn.reviewer, drawn.score) == ("accepted", "Ada", None)
    assert (drawn.low, drawn.high) == (200.0, 5000.5)


def test_audacity_gets_frequencies_where_there_are_some(tmp_path, judged_document):
    (path,) = exchange.write("audacity", [judged_document], tmp_path)
    assert path.read_text().splitlines()[2] == "\\\t200.000000\t5000.500000"


def test_a_raven_selection_without_frequencies_reaches_to_half_the_sample_rate(tmp_path, judged_document):
    (path,) = exchange.write("raven", [judged_document], tmp_path)
    boxes = crowsetta.formats.bbox.Raven.from_file(path, annot_col="Tag").to_bbox()
    assert [(box.low_freq, box.high_freq) for box in boxes] == [(0, 24_000), (200, 5000.5), (0, 24_000)]


def test_birdnets_columns_come_first_and_the_confidence_is_a_number(tmp_path, judged_document):
    (path,) = exchange.write("csv", [judged_document], tmp_path)
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]  # as BirdNET itself parts them
    assert header[:6] == ["Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File"]
    assert [float(row[header.index("Confidence")]) for row in rows] == [0.9, 1.0, 0.7]
    assert pandas.read_csv(path)["Status"].tolist() == ["unreviewed", "accepted", "rejected"]


def test_the_jams_library_reads_and_validates_verdicts(tmp_path, judged_document):
    (path,) = exchange.write("jams", [judged_document], tmp_path)
    read = jams.load(str(path), validate=True, strict=True)
    (events,) = read.search(namespace="segment_open")
    assert [seen.confidence for seen in events.data] == [0.9, None, 0.7]
    assert [each["status"] for each in events.sandbox["judgements"]] == ["unreviewed", "accepted", "rejected"]


def test_each_loss_is_a_sentence_with_its_count(judged_document):
    assert exchange.losses("audacity", [judged_document]) == (
        "Audacity labels have no scores: 2 scores are not written.",
        "Audacity labels do not tell accepted from rejected: 1 rejected event will look like the others.",
        "Audacity labels do not say who judged: 1 name is not written.",
    )
    assert "frequencies: those of 1 event are not written" in " ".join(exchange.losses("dcase", [judged_document]))
    assert "1 event is without one, and written with 1" in " ".join(exchange.losses("csv", [judged_document]))


def test_nothing_is_lost_in_earmarks_own_form(judged_document, hostile_document):
    assert exchange.losses("json", [judged_document, hostile_document]) == ()


def test_labels_that_are_written_otherwise_are_counted(hostile_document):
    sentences = " ".join(exchange.losses("raven", [hostile_document]))
    assert "7 labels are written without some" in sentences


@pytest.mark.parametrize(
    ("which", "labels"), [("all", ["dog", "Fuchs", "dog"]), ("kept", ["dog", "Fuchs"]), ("accepted", ["Fuchs"])]
)
def test_rejected_events_are_left_out_unless_they_are_asked_for(which, labels):
    assert [event.label for event in exchange.wanted(EVENTS, which)] == labels
