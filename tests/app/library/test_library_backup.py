"""The library is copied while it is used, put back, and written out as open files."""

from __future__ import annotations

import csv
import json
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pytest

from earmark.annotations import Answered, Change
from earmark.document import read_documents
from earmark.errors import LibraryError
from earmark.exchange import read
from earmark.library import Library


@pytest.fixture
def full(library, analysis, recording, said):
    """A library with a recording that was heard, tagged and annotated."""
    library.store(analysis)
    library.set_tags(recording, ["night"])
    library.change(recording, Change(name="Draw", after=(said("Fox", low=300.0, high=900.0),)))
    answers = Answered(label="dog", onset=3.0, offset=4.0)
    heard = {"model_id": analysis.model_id, "weights": analysis.weights, "score": 0.7, "answers": answers}
    no_dog = said("dog", onset=3.0, offset=4.0, status="rejected", **heard)
    library.change(recording, Change(name="Reject", after=(no_dog,)))
    return library


def test_a_backup_is_one_whole_file(full, recording, tmp_path):
    full.backup(tmp_path / "backups" / "copy.sqlite")
    assert [each.name for each in (tmp_path / "backups").iterdir()] == ["copy.sqlite"]
    copy = Library(tmp_path / "backups" / "copy.sqlite")
    assert copy.annotations(recording) == full.annotations(recording)
    assert copy.tags_of(recording) == ("night",)


def test_a_backup_is_made_while_others_write(full, tmp_path, heard):
    paths = [tmp_path / f"{number}.wav" for number in range(12)]
    for path in paths:
        path.touch()
    writer = threading.Thread(target=lambda: [full.store(heard(path)) for path in paths])
    writer.start()
    full.backup(tmp_path / "copy.sqlite")
    writer.join()
    with sqlite3.connect(tmp_path / "copy.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(full.recordings()) == 13


def test_a_backup_that_cannot_be_written_leaves_what_was_there(full, tmp_path):
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(LibraryError, match=r"folder\.sqlite cannot be written"):
        full.backup(tmp_path / "folder.sqlite")
    assert [each.name for each in tmp_path.iterdir() if "folder" in each.name] == ["folder.sqlite"]


def test_a_backup_is_put_back_and_what_was_there_is_kept(full, recording, said, tmp_path):
    full.backup(tmp_path / "copy.sqlite")
    before = full.annotations(recording)
    full.change(recording, Change(name="Draw", after=(said("later", onset=9.0, offset=10.0),)))
    kept = full.restore(tmp_path / "copy.sqlite")
    assert full.annotations(recording) == before
    assert [each.label for each in Library(kept).annotations(recording)] == ["Fox", "dog", "later"]


@pytest.mark.parametrize("content", [b"no database at all", b"", b"SQLite format 3\0" + b"\xff" * 4000])
def test_what_is_no_backup_changes_nothing(full, recording, tmp_path, content):
    (tmp_path / "photo.sqlite").write_bytes(content)
    with pytest.raises(LibraryError, match=r"photo\.sqlite is not a backup of a library"):
        full.restore(tmp_path / "photo.sqlite")
    assert len(full.annotations(recording)) == 2


def test_a_damaged_backup_is_refused(full, recording, tmp_path, heard):
    full.store(heard(recording, seconds=20000.0, model_id="other"))
    full.backup(tmp_path / "copy.sqlite")
    content = bytearray((tmp_path / "copy.sqlite").read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    (tmp_path / "copy.sqlite").write_bytes(content)
    with pytest.raises(LibraryError, match=r"copy\.sqlite is"):
        full.restore(tmp_path / "copy.sqlite")
    assert len(full.annotations(recording)) == 2


def test_a_backup_of_a_newer_earmark_is_refused(full, tmp_path):
    full.backup(tmp_path / "copy.sqlite")
    with sqlite3.connect(tmp_path / "copy.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer Earmark"):
        full.restore(tmp_path / "copy.sqlite")


def test_an_export_is_read_by_other_programs(full, recording, analysis, tmp_path):
    assert full.export(tmp_path / "export") == 1
    place = tmp_path / "export" / "recordings" / "a"
    (document,) = read_documents(place / "htsat-everyday.json")
    assert (document["file"], document["model"]) == (str(recording), "htsat/everyday")
    assert {event["status"] for event in document["events"]} == {"unreviewed", "accepted", "rejected"}
    (track,) = read("audacity", place / "annotations.labels.txt")
    assert [(event.label, event.low, event.high) for event in track.events] == [("Fox", 300.0, 900.0)]
    (table,) = read("raven", place / "annotations.selections.txt")
    assert sorted((event.label, event.onset, event.offset) for event in table.events) == [
        ("Fox", 1.0, 2.0),
        ("dog", 3.0, 4.0),
    ]


def test_an_export_has_all_frames_with_their_labels(full, analysis, tmp_path):
    full.export(tmp_path / "export")
    place = tmp_path / "export" / "recordings" / "a"
    frames = np.load(place / "htsat-everyday.frames.npy")
    about = json.loads((place / "htsat-everyday.frames.json").read_text(encoding="utf-8"))
    assert np.allclose(frames, analysis.frames, atol=5e-4)
    assert (tuple(about["labels"]), about["hop"]) == (analysis.labels, 0.32)


def test_an_export_tells_everything_that_persons_said_and_how_it_came_to_be(full, recording, tmp_path):
    full.export(tmp_path / "export")
    told = json.loads((tmp_path / "export" / "recordings" / "a" / "recording.json").read_text(encoding="utf-8"))
    assert [each["label"] for each in told["annotations"]] == ["Fox", "dog"]
    assert [each["name"] for each in told["changes"]] == ["Draw", "Reject"]
    assert told["tags"] == ["night"]
    with (tmp_path / "export" / "index.csv").open(newline="") as stream:
        (line,) = csv.DictReader(stream)
    assert (line["folder"], line["file"], line["annotations"]) == ("recordings/a", str(recording), "2")


def test_recordings_of_one_name_get_folders_of_their_own(full, heard, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "A.WAV").touch()
    full.store(heard(tmp_path / "other" / "A.WAV"))
    full.export(tmp_path / "export")
    assert sorted(each.name for each in (tmp_path / "export" / "recordings").iterdir()) == ["A (2)", "a"] or sorted(
        each.name for each in (tmp_path / "export" / "recordings").iterdir()
    ) == ["A", "a (2)"]


def test_two_results_of_one_model_are_two_files(full, analysis, tmp_path):
    full.store(replace(analysis, channel="2"))
    full.export(tmp_path / "export")
    names = {each.name for each in (tmp_path / "export" / "recordings" / "a").glob("htsat*.json")}
    assert {"htsat-everyday.json", "htsat-everyday (2).json"} <= names


def test_an_export_never_mixes_with_what_is_there(full, tmp_path):
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "thesis.txt").touch()
    with pytest.raises(LibraryError, match="export is not empty"):
        full.export(tmp_path / "export")
    assert [each.name for each in (tmp_path / "export").iterdir()] == ["thesis.txt"]


def test_an_export_that_is_broken_off_leaves_nothing(full, tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full.export(tmp_path / "export", stop)
    assert not any("export" in each.name for each in tmp_path.iterdir())


def test_an_export_tells_how_far_it_is(full, tmp_path):
    told = []
    full.export(tmp_path / "export", lambda done, total: told.append((done, total)))
    assert told == [(0, 1), (1, 1)]
