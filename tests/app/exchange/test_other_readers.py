"""What is written is read by the programs that it was written for, or by their libraries."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import crowsetta
import dcase_util
import jams
import numpy as np
import pandas
import pytest
import sed_eval

from earmark import exchange

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a document and returns the file."""
    return lambda name, document: exchange.write(name, [document], tmp_path)[0]


def labels_of(document):
    return [event["label"] for event in document["events"]]


def lines_of(document):
    """Return the labels as they stand in a table, where each is on one line."""
    return [re.sub(r"[\t\n\r\u2028]", " ", label) for label in labels_of(document)]


def onsets_of(document):
    return [event["onset"] for event in document["events"]]


def test_python_reads_the_csv_with_birdnets_columns(written, hostile_document):
    with written("csv", hostile_document).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File"]
    assert [row["Common name"] for row in rows] == lines_of(hostile_document)
    assert {row["File"] for row in rows} == {hostile_document["file"]}


@pytest.mark.parametrize("kind", ["plain_document", "hostile_document"])
def test_pandas_reads_the_csv(written, kind, request):
    document = request.getfixturevalue(kind)
    table = pandas.read_csv(written("csv", document))
    assert table["Common name"].tolist() == lines_of(document)
    assert np.allclose(table["Start (s)"], onsets_of(document), atol=0.0006)


def test_jams_reads_and_validates_the_jams_file(written, hostile_document):
    read = jams.load(str(written("jams", hostile_document)), validate=True, strict=True)
    (tags,), (events,) = read.search(namespace="tag_open"), read.search(namespace="segment_open")
    assert [seen.value for seen in events.data] == labels_of(hostile_document)
    assert [seen.time for seen in events.data] == pytest.approx(onsets_of(hostile_document))
    assert {seen.confidence for seen in tags.data} == {0.5}
    assert read.file_metadata.duration == 60.0
    assert read.sandbox["model"] == "htsat/everyday"


@pytest.mark.parametrize("kind", ["plain_document", "hostile_document"])
def test_crowsetta_reads_the_selection_table(written, kind, request):
    document = request.getfixturevalue(kind)
    table = crowsetta.formats.bbox.Raven.from_file(written("raven", document), annot_col="Tag")
    boxes = table.to_bbox()
    assert np.allclose([box.onset for box in boxes], onsets_of(document))
    assert all(0 <= box.low_freq < box.high_freq for box in boxes)
    if kind == "plain_document":
        assert [box.label for box in boxes] == labels_of(document)


def test_crowsetta_reads_the_label_track(written, plain_document):
    track = crowsetta.formats.seq.AudSeq.from_file(written("audacity", plain_document))
    assert list(track.labels) == labels_of(plain_document)
    assert np.allclose(track.start_times, onsets_of(plain_document))
    assert (np.asarray(track.start_times) < np.asarray(track.end_times)).all()


def test_crowsetta_reads_the_label_track_with_frequencies(tmp_path):
    events = [exchange.LabelledEvent(label="call", onset=1.0, offset=2.0, low=200.5, high=8000.0)]
    with (tmp_path / "boxes.txt").open("w") as stream:
        exchange.audacity.write_events(events, stream)
    (box,) = crowsetta.formats.bbox.AudBBox.from_file(tmp_path / "boxes.txt").to_bbox()
    assert (box.onset, box.offset, box.low_freq, box.high_freq, box.label) == (1.0, 2.0, 200.5, 8000.0, "call")


def load_event_list(path):
    return sed_eval.io.load_event_list(str(path), file_format=dcase_util.utils.FileFormat.CSV, delimiter="\t")


@pytest.mark.parametrize("kind", ["plain_document", "hostile_document"])
def test_sed_eval_reads_the_event_list(written, kind, request):
    document = request.getfixturevalue(kind)
    events = load_event_list(written("dcase", document))
    assert np.allclose([event.onset for event in events], onsets_of(document), atol=0.0006)
    assert [event.event_label for event in events] == lines_of(document)


def test_sed_eval_scores_an_event_list_against_itself(written, plain_document):
    events = load_event_list(written("dcase", plain_document))
    metrics = sed_eval.sound_event.EventBasedMetrics(events.unique_event_labels, t_collar=0.2)
    metrics.evaluate(reference_event_list=events, estimated_event_list=events)
    assert metrics.results_overall_metrics()["f_measure"]["f_measure"] == 1.0


def test_a_recording_without_events_is_a_line_of_empty_fields_as_in_desed(written, make_document):
    path = written("dcase", make_document((), file="sound/quiet.wav"))
    assert path.read_text() == "filename\tonset\toffset\tevent_label\nquiet.wav\t\t\t\n"
    table = pandas.read_csv(path, sep="\t")
    assert table["filename"].tolist() == ["quiet.wav"]
    assert table["event_label"].isna().all()
    assert [event.filename for event in load_event_list(path)] == ["quiet.wav"]


def test_psds_eval_takes_the_event_list(plain_document, make_document):
    from psds_eval import PSDSEval

    stream = io.StringIO()
    exchange.write("dcase", [plain_document, make_document((), file="quiet.wav")], stream)
    stream.seek(0)
    table = pandas.read_csv(stream, sep="\t")
    durations = pandas.DataFrame({"filename": ["a recording.wav", "quiet.wav"], "duration": [60.0, 60.0]})
    truth = table.dropna()
    scorer = PSDSEval(ground_truth=truth, metadata=durations)
    assert scorer.compute_macro_f_score(truth)[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("example", "format_name", "count", "first"),
    [
        ("Recording_1_Segment_02.Table.1.selections.txt", "raven", 6, ("EATO", 154.387792767, 2878.2)),
        ("spinetail.txt", "audacity", 18, ("SP", 0.101385, 6441.064453)),
        ("405_marron1_June_14_2016_69640887.audacity.txt", "audacity", 61, ("SIL", 0.0, None)),
        ("bl26lb16_190412_0721.20144_annotations.csv", "csv", None, ("e", 23331.875, None)),
    ],
)
def test_files_of_other_programs_are_recognised_and_read_whole(example, format_name, count, first):
    reading = exchange.read_any(Path(crowsetta.__file__).parent / "examples" / example)
    (labelled,) = reading.recordings
    event = labelled.events[0]
    assert (reading.format_name, reading.skipped) == (format_name, ())
    assert (event.label, event.onset, event.low) == first
    assert count in (None, len(labelled.events))
