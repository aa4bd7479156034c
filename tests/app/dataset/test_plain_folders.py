"""Folders that a person made: classes, tables, labels beside recordings; what is unclear, and what is refused."""

from __future__ import annotations

import pytest

from earmark.api import StrongLabel
from earmark.dataset import KINDS, open_dataset
from earmark.dataset.naming import source_of
from earmark.errors import DatasetError


def labels_by_name(dataset):
    return {example.path.name: example.labels for example in dataset.examples}


def test_a_folder_names_one_label_several_none_or_what_is_absent(sound, tmp_path):
    sound("Dog/a.WAV", "Dog,Rain/b.wav", "Noise/c.wav", "Dog,-Rain/d.wav", "silence/e.wav", "-Dog/f.wav")
    dataset = open_dataset(tmp_path)
    assert dataset.kind == "folders"
    assert dataset.labels == ("Dog", "Rain")
    assert labels_by_name(dataset) == {
        "a.WAV": ("Dog",),
        "b.wav": ("Dog", "Rain"),
        "c.wav": (),
        "d.wav": ("Dog",),
        "e.wav": (),
        "f.wav": (),
    }
    assert {example.path.name: example.absent for example in dataset.examples if example.absent} == {
        "d.wav": ("Rain",),
        "f.wav": ("Dog",),
    }


def test_folders_of_a_split_stand_above_the_classes(sound, tmp_path):
    sound("train/dog/a.wav", "Valid/dog/b.wav", "test/Dog/c.wav")
    dataset = open_dataset(tmp_path)
    assert dataset.labels == ("dog",)
    assert [example.split for example in dataset.examples] == ["validate", "test", "train"]


def test_deeper_folders_take_the_label_of_the_class_and_are_one_source_each(sound, tmp_path):
    sound("sounds/dog/monday/a.wav", "sounds/dog/monday/b.wav", "sounds/cat/c.wav", "sounds/stray.wav")
    sound("sounds/dog/tuesday/d.wav")
    dataset = open_dataset(tmp_path / "sounds")
    assert labels_by_name(dataset)["a.wav"] == ("dog",)
    assert {example.group for example in dataset.examples} == {"c", "dog/monday", "dog/tuesday"}
    assert "1 recording in no folder of a class left out, the first is stray.wav." in dataset.warnings
    assert any(warning.startswith("3 recordings in deeper folders") for warning in dataset.warnings)


def test_a_folder_with_nothing_but_one_folder_is_looked_into(sound, tmp_path):
    sound("set/audio/dog/a.wav", "set/audio/cat/b.wav")
    assert open_dataset(tmp_path).labels == ("cat", "dog")


def test_any_table_with_usual_columns_is_read_with_its_folds(sound, text, tmp_path):
    text("list.csv", "path;label;fold;speaker", "x/a.wav;dog;1;ann", "y/a.wav;cat;2;bob")
    sound("x/a.wav", "y/a.wav")
    dataset = open_dataset(tmp_path)
    assert (dataset.kind, dataset.labels, dataset.folds) == ("table", ("cat", "dog"), ("1", "2"))
    assert [example.group for example in dataset.examples] == ["ann", "bob"]


def test_audacity_and_raven_labels_beside_recordings_are_strong(sound, text, tmp_path):
    sound("monday.wav", "tuesday.wav", "bare.wav", "quiet.wav")
    text("monday.txt", "0.010000\t0.050000\tdog", "0.020000\t0.020000\tcat")
    header = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tTag"
    text("tuesday.Table.1.selections.txt", header, "1\tSpectrogram 1\t1\t0.01\t0.03\t100\t200\twren")
    text("quiet.txt")
    dataset = open_dataset(tmp_path)
    examples = {example.path.name: example for example in dataset.examples}
    assert dataset.kind == "labels"
    assert examples["monday.wav"].events[0] == StrongLabel(label="dog", onset=0.01, offset=0.05)
    assert examples["tuesday.wav"].labels == ("wren",)
    assert examples["quiet.wav"].labels == ()
    assert "bare.wav" not in examples
    assert any("1 recording without labels" in warning for warning in dataset.warnings)
    assert any("1 label with no length" in warning for warning in dataset.warnings)


def test_what_a_person_rejected_is_known_to_be_absent(sound, text, tmp_path):
    sound("a.wav")
    header = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tTag\tStatus"
    text(
        "a.selections.txt",
        header,
        "1\tSpectrogram 1\t1\t0.01\t0.03\tdog\trejected",
        "2\tSpectrogram 1\t1\t0\t0.1\tcat\taccepted",
    )
    (example,) = open_dataset(tmp_path).examples
    assert (example.labels, example.absent) == (("cat",), ("dog",))


def test_labels_that_are_none_are_named_once_and_not_line_by_line(sound, text, tmp_path):
    sound("a.wav", "b.wav")
    text("a.txt", "He said that it was raining.")
    text("b.txt", "0.01\t0.02\tdog")
    dataset = open_dataset(tmp_path)
    assert labels_by_name(dataset) == {"b.wav": ("dog",)}
    assert dataset.warnings[0].startswith("1 file of labels cannot be used: a.txt")


def test_a_folder_that_fits_two_layouts_is_not_guessed_at(sound, text, tmp_path):
    text("list.csv", "filename,label", "a.wav,dog")
    text("a.txt", "0.01\t0.02\tcat")
    sound("a.wav")
    with pytest.raises(DatasetError, match="can be read as") as refused:
        open_dataset(tmp_path)
    assert refused.value.hint == "Say which: --kind table or --kind labels."
    assert open_dataset(tmp_path, "labels").labels == ("cat",)


def test_what_is_no_data_set_is_a_sentence(sound, tmp_path):
    with pytest.raises(DatasetError, match="There is no folder"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="no data set that Earmark knows"):
        open_dataset(tmp_path)
    sound("only.wav")
    with pytest.raises(DatasetError, match="no data set that Earmark knows"):
        open_dataset(tmp_path)
    with pytest.raises(DatasetError, match="no kind of data set called") as refused:
        open_dataset(tmp_path, "esc-50")
    assert ", ".join(KINDS) in refused.value.hint


@pytest.mark.parametrize("kind", KINDS)
def test_no_layout_takes_a_folder_that_is_empty(kind, tmp_path):
    with pytest.raises(DatasetError):
        open_dataset(tmp_path, kind)


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("1-100032-A-0", "100032"),
        ("100032-3-0-1", "100032"),
        ("0a7c2a8d_nohash_3", "0a7c2a8d"),
        ("XC128013 - Wren", "XC128013"),
        ("SMM01_20240501_041500_003", "SMM01_20240501_041500"),
        ("garden_part3", "garden"),
        ("garden_0.0_5.0", "garden"),
        ("rain_12", "rain_12"),
        ("barking", "barking"),
    ],
)
def test_clips_of_one_recording_are_known_by_their_names(stem, source):
    assert source_of(stem) == source
