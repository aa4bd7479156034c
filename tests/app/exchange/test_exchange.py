"""What is written can be read again, and no result overwrites another."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from earmark import exchange
from earmark.errors import DatasetError
from earmark.exchange import FORMATS, LabelledEvent, audacity

EXACT = ("json", "jams")  # these keep every character


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read_back(tmp_path, plain_document, name):
    (path,) = exchange.write(name, [plain_document], tmp_path)
    (labelled,) = exchange.read(name, path)
    assert [event.label for event in labelled.events] == [event["label"] for event in plain_document["events"]]
    for read, written in zip(labelled.events, plain_document["events"], strict=True):
        assert read.onset == pytest.approx(written["onset"], abs=0.0006)
        assert read.offset == pytest.approx(written["offset"], abs=0.0006)


@pytest.mark.parametrize("name", FORMATS)
def test_labels_that_would_break_a_line_or_a_column_do_not(tmp_path, hostile_document, name):
    (path,) = exchange.write(name, [hostile_document], tmp_path)
    (labelled,) = exchange.read(name, path)
    written = [event["label"] for event in hostile_document["events"]]
    assert len(labelled.events) == len(written)
    if name in EXACT:
        assert [event.label for event in labelled.events] == written


@pytest.mark.parametrize("name", ["json", "csv", "raven", "jams"])
def test_scores_are_read_back(tmp_path, plain_document, name):
    (path,) = exchange.write(name, [plain_document], tmp_path)
    assert {event.score for event in exchange.read(name, path)[0].events} == {0.9876}


@pytest.mark.parametrize("name", FORMATS)
def test_a_recording_without_events_makes_a_file_that_can_be_read(tmp_path, make_document, name):
    (path,) = exchange.write(name, [make_document(())], tmp_path)
    assert all(labelled.events == () for labelled in exchange.read(name, path))


@pytest.mark.parametrize("name", ["json", "csv", "dcase", "raven", "jams"])
def test_several_recordings_in_one_stream_are_told_apart(tmp_path, make_document, name):
    stream = io.StringIO(newline="")
    exchange.write(name, [make_document(("a", "b"), file="/one.wav"), make_document(("c",), file="/two.wav")], stream)
    (tmp_path / "all").write_text(stream.getvalue(), encoding="utf-8", newline="")
    one, two = exchange.read(name, tmp_path / "all")
    assert (Path(one.file).name, Path(two.file).name) == ("one.wav", "two.wav")
    assert [event.label for event in one.events] == ["a", "b"]
    assert two.events[0].onset == pytest.approx(0.123456, abs=0.0006)


@pytest.mark.parametrize(
    ("name", "ending"), [("raven", ".selections.txt"), ("audacity", ".labels.txt"), ("dcase", ".tsv")]
)
def test_files_are_named_after_the_recording(tmp_path, make_document, name, ending):
    (path,) = exchange.write(name, [make_document(file="some/where/dawn chorus.flac")], tmp_path / "new" / "out")
    assert path == tmp_path / "new" / "out" / f"dawn chorus{ending}"


@pytest.mark.parametrize("name", FORMATS)
def test_recordings_of_one_name_do_not_overwrite_each_other(tmp_path, make_document, name):
    files = ["a/x.wav", "b/x.wav", "b/x.mp3", "c/b/x.wav", "d/b/x.wav", "e/b/x.wav", "a/X.wav"]
    documents = [make_document((file,), file=file) for file in files]
    documents += [make_document((f"{file} other",), file=file, model="ast/audioset") for file in files]
    paths = exchange.write(name, documents, tmp_path)
    assert len({path.name.casefold() for path in paths}) == len(documents) == len(list(tmp_path.iterdir()))
    for path, document in zip(paths, documents, strict=True):
        assert exchange.read(name, path)[0].events[0].label == document["events"][0]["label"]


def test_a_second_run_writes_the_same_files(tmp_path, make_document):
    documents = [
        make_document(file="a/x.wav"),
        make_document(file="b/x.wav"),
        make_document(file="a/x.wav", model="b/c"),
    ]
    first = exchange.write("csv", documents, tmp_path)
    assert [path.name for path in first] == ["x.csv", "x.htsat-everyday.csv", "x.b-c.csv"]
    assert exchange.write("csv", documents, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 3


def test_names_of_any_bytes_and_length_are_written(tmp_path, make_document):
    odd = os.fsdecode(b"caf\xe9.wav")
    long = "ж" * 120 + ".wav"
    for name in FORMATS:
        for path in exchange.write(name, [make_document(file=odd), make_document(file=long)], tmp_path):
            assert path.stat().st_size


def test_a_name_with_a_tab_or_a_line_break_keeps_the_table_whole(tmp_path, make_document):
    for name in FORMATS:
        (path,) = exchange.write(name, [make_document(("dog",), file="a\tb\nc.wav")], tmp_path)
        assert [event.label for labelled in exchange.read(name, path) for event in labelled.events] == ["dog"]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_rest(tmp_path, make_document):
    (path,) = exchange.write("csv", [make_document(("old",))], tmp_path)
    broken = make_document(("new",))
    broken["events"][0]["onset"] = "not a number"
    with pytest.raises(ValueError, match="format"):
        exchange.write("csv", [broken], tmp_path)
    assert exchange.read("csv", path)[0].events[0].label == "old"
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208 - hidden files too


def test_a_folder_that_cannot_be_written_is_named(tmp_path, plain_document):
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match=r"a recording\.csv cannot be written"):
        exchange.write("csv", [plain_document], tmp_path / "file")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("content", [b"hello, this is a letter\nwith lines\n", b"\xff\xfe\x00\x01", b"{}", b"1\t2"])
def test_what_is_not_of_the_format_is_refused_or_empty_but_never_a_crash(tmp_path, name, content):
    (tmp_path / "odd").write_bytes(content)
    try:
        found = exchange.read(name, tmp_path / "odd")
    except DatasetError:
        return
    assert all(event.onset <= event.offset for labelled in found for event in labelled.events)


def test_a_missing_file_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(DatasetError, match=r"gone\.csv cannot be read as csv"):
        exchange.read("csv", tmp_path / "gone.csv")


def test_audacitys_frequencies_are_written_and_read(tmp_path):
    events = [
        LabelledEvent(label="call", onset=1.0, offset=2.0, low=200.5, high=8000.0),
        LabelledEvent(label="point", onset=3.0, offset=3.0),
        LabelledEvent(label="open", onset=4.0, offset=5.0, low=100.0),
    ]
    with (tmp_path / "t.txt").open("w") as stream:
        audacity.write_events(events, stream)
    assert (tmp_path / "t.txt").read_text().splitlines()[1] == "\\\t200.500000\t8000.000000"
    assert list(audacity.read(tmp_path / "t.txt")[0].events) == events


def test_an_audacity_track_of_another_country_or_system_is_read(tmp_path):
    (tmp_path / "t.txt").write_bytes("\ufeff0,5\t1,25\tHund\r\n2,0\t3,0\t\r\n".encode())
    events = exchange.read("audacity", tmp_path / "t.txt")[0].events
    assert [(event.onset, event.offset, event.label) for event in events] == [(0.5, 1.25, "Hund"), (2.0, 3.0, "")]


def test_ravens_own_tables_are_read(tmp_path):
    (tmp_path / "t.txt").write_text(
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSpecies\n"
        "1\tWaveform 1\t1\t1.5\t2.25\t0.0\t24000.0\tEATO\n"
        "1\tSpectrogram 1\t1\t1.5\t2.25\t2600.1\t8800.5\tEATO\n"
        "2\tSpectrogram 1\t1\t4.0\t5.0\t2600.1\t8800.5\tNOCA\n"
    )
    (labelled,) = exchange.read("raven", tmp_path / "t.txt")
    assert [(event.label, event.onset, event.offset) for event in labelled.events] == [
        ("EATO", 1.5, 2.25),
        ("NOCA", 4.0, 5.0),
    ]
    assert labelled.events[1].high == 8800.5


def test_weak_and_empty_lists_of_dcase_are_read(tmp_path):
    (tmp_path / "weak.tsv").write_text("filename\tevent_labels\na.wav\tSpeech,Dog\n")
    (tmp_path / "strong.tsv").write_text("filename\tonset\toffset\tevent_label\na.wav\t0.5\t1\tDog\nb.wav\t\t\t\n")
    assert exchange.read("dcase", tmp_path / "weak.tsv")[0].tags == (("Speech", None), ("Dog", None))
    assert [len(labelled.events) for labelled in exchange.read("dcase", tmp_path / "strong.tsv")] == [1, 0]
