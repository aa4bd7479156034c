"""`earmark library`: searching, tags, backups and exports from a terminal."""

import json

import pytest


@pytest.fixture
def heard(tone, sound):
    """The command line, with one recording that was heard."""
    sound("garden_20260512_053000.wav")
    assert tone("tag", "garden_20260512_053000.wav", "--model", "tone/frames").returncode == 0
    return tone


def test_a_search_prints_files_and_says_how_it_was_understood(heard):
    ended = heard("library", "search", "low", "over", "0.6", "in", "May")
    assert ended.returncode == 0
    assert "garden_20260512_053000.wav  2026-05-12 05:30  low 0.90" in ended.stdout
    assert ended.stderr.startswith(
        "1 recording: label 'Low' scored over 0.60 (or accepted), recorded in May (any year)."
    )


def test_a_search_that_finds_nothing_is_no_failure(heard):
    ended = heard("library", "search", "nightingale")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.startswith("0 recordings: 'nightingale' in its name, folder or tags.")


def test_a_search_for_programs_is_a_line_of_json_each(heard):
    (line,) = heard("library", "search", "garden", "--format", "json").stdout.splitlines()
    found = json.loads(line)
    assert found["file"].endswith("garden_20260512_053000.wav")
    assert (found["recorded"], found["recorded_from"]) == ("2026-05-12T05:30:00", "name")
    assert (found["models"], found["tags"], found["labels"]) == (["tone/frames"], [], [])


def test_tags_are_given_listed_and_taken(heard):
    assert heard("library", "tags", "garden_20260512_053000.wav", "--add", "night").stdout.endswith(": night\n")
    assert heard("library", "tags").stdout == "night\n"
    assert heard("library", "search", "#night").stdout.endswith("#night\n")
    assert heard("library", "tags", "garden_20260512_053000.wav", "--remove", "Night").stdout.endswith(": no tags\n")


def test_a_library_is_backed_up_and_restored(heard):
    assert heard("library", "backup", "copy.sqlite").returncode == 0
    heard("library", "tags", "garden_20260512_053000.wav", "--add", "night")
    ended = heard("library", "restore", "copy.sqlite")
    assert ended.returncode == 0
    assert "before-restoring" in ended.stderr
    assert heard("library", "tags").stdout == ""


def test_a_library_is_exported_into_a_new_folder_only(heard):
    ended = heard("library", "export", "out")
    assert (ended.returncode, ended.stderr) == (0, "out was written: 1 recording.\n")
    assert (heard.folder / "out" / "README.txt").exists()
    ended = heard("library", "export", "out")
    assert ended.returncode == 2
    assert ended.stderr.startswith("out is not empty.")


def test_what_is_no_backup_is_refused(heard):
    ended = heard("library", "restore", "garden_20260512_053000.wav")
    assert ended.returncode == 2
    assert "is not a backup of a library" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_renamed_recording_keeps_what_was_heard(heard):
    (heard.folder / "garden_20260512_053000.wav").rename(heard.folder / "b.wav")
    heard("library", "tags", "b.wav", "--add", "moved")
    assert "b.wav" in heard("library", "search", "low", "#moved").stdout
