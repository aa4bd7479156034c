"""Recordings are found again where they were moved, by what is in them."""

from __future__ import annotations

import os
import shutil

import pytest

from earmark import library_moves
from earmark.analysis import Heading
from earmark.annotations import Change
from earmark.library import Library
from earmark.tagging import Tagger


@pytest.fixture
def known(library, tmp_path, heard, said):
    """Return a function that makes a recording which was heard, annotated and looked into."""

    def make(name, content=b"a sound", *, annotated=True):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        library.store(heard(path))
        if annotated:
            library.change(path, Change(name="Draw", after=(said(name),)))
        library.hash_missing([path])
        return path

    return make


def is_heard(library, path):
    return library.find(path, "htsat/everyday", weights="ab" * 32) is not None


def labels(library, path):
    return [each.label for each in library.annotations(path)]


def test_a_renamed_file_gets_its_results_and_annotations_back(library, known, tmp_path):
    old = known("a.wav")
    new = tmp_path / "elsewhere" / "b.wav"
    new.parent.mkdir()
    old.rename(new)
    assert library.recognise(new)
    assert is_heard(library, new)
    assert labels(library, new) == ["a.wav"]
    assert [each.path for each in library.recordings()] == [new]


def test_asking_for_the_annotations_of_a_moved_file_finds_them(library, known, tmp_path):
    known("a.wav").rename(tmp_path / "b.wav")
    assert labels(library, tmp_path / "b.wav") == ["a.wav"]


def test_a_change_to_a_moved_file_joins_its_journal(library, known, said, tmp_path):
    known("a.wav").rename(tmp_path / "b.wav")
    library.change(tmp_path / "b.wav", Change(name="Draw more", after=(said("more", onset=5.0, offset=6.0),)))
    assert labels(library, tmp_path / "b.wav") == ["a.wav", "more"]
    library.undo(tmp_path / "b.wav")
    assert library.can_undo(tmp_path / "b.wav") == ("Draw", "Draw more")


def test_a_copy_is_a_recording_of_its_own(library, known, tmp_path):
    old = known("a.wav")
    shutil.copy2(old, tmp_path / "copy.wav")
    assert not library.recognise(tmp_path / "copy.wav")
    assert labels(library, tmp_path / "copy.wav") == []
    assert labels(library, old) == ["a.wav"]


def test_a_copy_is_one_of_its_own_also_where_its_original_was_touched(library, known, tmp_path):
    old = known("a.wav")
    shutil.copy2(old, tmp_path / "copy.wav")
    os.utime(old, (1, 1))
    assert not library.recognise(tmp_path / "copy.wav")
    assert labels(library, old) == ["a.wav"]


def test_a_large_file_is_known_by_name_size_and_time_without_reading_it(library, known, tmp_path, monkeypatch):
    monkeypatch.setattr(library_moves, "LARGE", 5)
    old = known("a.wav")
    (tmp_path / "archive").mkdir()
    old.rename(tmp_path / "archive" / "a.wav")
    monkeypatch.setattr(library, "content_of", pytest.fail)
    assert library.recognise(tmp_path / "archive" / "a.wav")
    assert labels(library, tmp_path / "archive" / "a.wav") == ["a.wav"]


def test_another_file_of_the_same_size_is_not_taken_for_it(library, known, tmp_path):
    known("a.wav", b"one sound").unlink()
    (tmp_path / "b.wav").write_bytes(b"two sound")
    assert not library.recognise(tmp_path / "b.wav")


def test_a_file_whose_name_was_taken_by_a_new_one_is_found_all_the_same(library, known, tmp_path):
    old = known("0001.wav", b"the first night")
    old.rename(tmp_path / "monday.wav")
    old.write_bytes(b"the second night")
    assert library.recognise(tmp_path / "monday.wav")
    assert labels(library, tmp_path / "monday.wav") == ["0001.wav"]
    assert labels(library, old) == []


def test_a_folder_that_was_moved_is_found_with_all_that_is_in_it(library, known, tmp_path):
    for number in range(4):
        known(f"card/day {number}/x.wav", f"sound {number}".encode())
    (tmp_path / "card").rename(tmp_path / "archive")
    assert library.recognise(tmp_path / "archive" / "day 2" / "x.wav")
    assert {each.path for each in library.recordings()} == {
        tmp_path / "archive" / f"day {number}" / "x.wav" for number in range(4)
    }
    assert labels(library, tmp_path / "archive" / "day 0" / "x.wav") == ["card/day 0/x.wav"]


def test_a_file_that_was_only_touched_keeps_its_results(library, known):
    path = known("a.wav")
    os.utime(path, (1, 1))
    assert not is_heard(library, path)
    assert library.recognise(path)
    assert is_heard(library, path)


def test_a_file_written_again_with_the_same_length_loses_its_results_only(library, known, heard):
    path = known("a.wav", b"one sound")
    path.write_bytes(b"two sound")
    os.utime(path, (1, 1))
    assert not library.recognise(path)
    library.store(heard(path, model_id="other/model"))
    assert not is_heard(library, path)
    assert labels(library, path) == ["a.wav"]


def test_an_annotated_recording_that_was_never_looked_into_is_looked_into_later(library, tmp_path, said):
    path = tmp_path / "a.wav"
    path.write_bytes(b"a sound")
    library.change(path, Change(name="Draw", after=(said(),)))
    assert library.hash_missing() == 1
    assert library.hash_missing() == 0
    os.utime(path, (1, 1))
    path.rename(tmp_path / "b.wav")
    assert labels(library, tmp_path / "b.wav") == ["dog"]


def test_a_moved_file_is_searched_for_under_its_new_name(library, known, tmp_path):
    known("garden.wav", annotated=False).rename(tmp_path / "meadow 2026-05-12.wav")
    library.recognise(tmp_path / "meadow 2026-05-12.wav")
    assert library.search("garden").count == 0
    assert [each.recorded for each in library.search("meadow on 12 May 2026").recordings] == ["2026-05-12"]


def test_nothing_is_recognised_in_an_empty_library_or_of_a_missing_file(tmp_path):
    library = Library(tmp_path / "library.sqlite")
    assert not library.recognise(tmp_path / "gone.wav")
    (tmp_path / "new.wav").write_bytes(b"new")
    assert not library.recognise(tmp_path / "new.wav")


class Deaf:
    """Engines that hear nothing."""

    precision = "fp32"
    on_notice = None

    def analyse(self, path, model_id, **how):
        raise AssertionError(f"{path} was heard again")


def test_a_moved_recording_is_not_heard_again(library, known, tmp_path):
    known("a.wav").rename(tmp_path / "b.wav")
    heading = Heading(
        model_id="htsat/everyday",
        title="",
        labels=(),
        sample_rate=32000,
        window_seconds=10.0,
        draws_timeline=True,
        weights_sha256="ab" * 32,
    )
    assert Tagger(Deaf(), library).hear(tmp_path / "b.wav", heading).was_known
