"""Recordings are found by what was heard in them, when they were made and how they are called; the search says how it
was understood."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from earmark.annotations import Answered, Change
from earmark.library_search import parse

LABELS = ("dog_bark", "Rain", "Dog whistle", "crackling_fire", "Wind, low")


@pytest.fixture
def tmp_path(tmp_path_factory):
    """Return a folder whose name is none of the words that are searched for."""
    return tmp_path_factory.mktemp("x")


@pytest.fixture
def garden(library, tmp_path, heard, said):
    """Keep four recordings, of two folders and three times; return a function that names those which a search finds."""

    def keep(name, **scores):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
        windows = np.zeros((2, len(LABELS)), np.float32)
        windows[1] = [scores.get(label.split("_")[0].split(",")[0], 0.0) for label in LABELS]
        starts = np.array([0, 5], np.float32)
        analysis = heard(path, seconds=scores.get("seconds", 15.0), labels=LABELS, starts=starts)
        library.store(replace(analysis, window_scores=windows, frames=None, frame_hop=None))
        return path

    keep("garden/dawn_20260512_053000.wav", dog=0.9, Rain=0.3)
    rainy = keep("garden/rainy_20250601_120000.wav", dog=0.5, Rain=0.8)
    keep("shore/waves_20260513_060000.wav", Wind=0.7, Rain=0.1, seconds=900.0)
    quiet = keep("shore/quiet_20240229_235959.flac", dog=0.02)
    library.set_tags(rainy, ["Night", "deep sea"])
    library.change(quiet, Change(name="Draw", after=(said("crackling_fire"),)))
    library.change(rainy, Change(name="Reject", after=(said("dog_bark", 6.0, 7.0, status="rejected"),)))

    def names(text):
        return {each.path.name.partition("_")[0] for each in library.search(text).recordings}

    return names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dog bark over 0.6", {"dawn"}),
        ("Dog BARK over 0.6 in May", {"dawn"}),
        ("dog_bark in 2025", set()),
        ("rain", {"rainy"}),
        ("rain > .2", {"dawn", "rainy"}),
        ("rain over 20%", {"dawn", "rainy"}),
        ("rain over 0,2 under 0,5", {"dawn"}),
        ("rain under 0.5", {"dawn", "waves", "quiet"}),
        ("wind or rain over 0.6", {"rainy", "waves"}),
        ("wind low", {"waves"}),
        ('"wind low"', {"waves"}),
        ('"wind" over 0.1', set()),
        ("garden", {"dawn", "rainy"}),
        ("gard", {"dawn", "rainy"}),
        ("shore wind", {"waves"}),
        ("wind in shore", {"waves"}),
        ("garden not rain", {"dawn"}),
        ("not garden", {"waves", "quiet"}),
        ("in May", {"dawn", "waves"}),
        ("in May 2026 not on 13 May", {"dawn"}),
        ("on 2026-05-12", {"dawn"}),
        ("2026-05", {"dawn", "waves"}),
        ("on 29 Feb", {"quiet"}),
        ("since June 2025", {"dawn", "rainy", "waves"}),
        ("after June 2025", {"dawn", "waves"}),
        ("before 2025", {"quiet"}),
        ("#night", {"rainy"}),
        ('tag:"Deep Sea"', {"rainy"}),
        ("tag:deep", set()),
        ("night", {"rainy"}),
        ("longer than 10 min", {"waves"}),
        ("shorter than 1 min not garden", {"quiet"}),
        ("over 0.6", {"dawn", "rainy", "waves"}),
        ("over 0.6 wind", {"waves"}),
        ("by everyday", {"dawn", "rainy", "waves", "quiet"}),
        ("rain by birdnet", set()),
        ("fire", {"quiet"}),
        ("fire over 0.99", {"quiet"}),
        ("accepted fire", {"quiet"}),
        ("accepted", {"quiet"}),
        ("rejected", {"rainy"}),
        ("dog bark rejected", {"rainy"}),
        ("dog bark over 0.2", {"dawn"}),
        ("annotated", {"quiet", "rainy"}),
        ("unreviewed", {"dawn", "waves"}),
        ("", {"dawn", "rainy", "waves", "quiet"}),
    ],
)
def test_a_search_finds(garden, text, names):
    assert garden(text) == names


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            "dog bark over 0.6 in May",
            "label 'Dog bark' scored over 0.60 (or accepted), recorded in May (any year)",
        ),
        ("rain under .3", "label 'Rain' scored under 0.30"),
        ("rain > .3 < .5", "label 'Rain' scored between 0.30 and 0.50"),
        ("meow over 0.5", "no label is called 'meow'"),
        ("mayor", "'mayor' in its name, folder or tags"),
        ("bark woof", "label 'Dog bark' scored over 0.35 (or accepted) or 'bark' in its name, folder or tags"),
        ("not #night", "not: tagged 'night'"),
        ("longer than 90 s on 12 May 2026", "longer than 90 s, recorded on 12 May 2026"),
        ("unreviewed by htsat", "without annotations, heard by a model called 'htsat'"),
        ("  ", "all recordings"),
    ],
)
def test_a_search_is_said_back(library, garden, text, meaning):
    assert library.search(text).meaning.startswith(meaning)


def test_a_word_that_nothing_is_called_by_is_left_out_and_named(library, garden):
    found = library.search("bark woof")
    assert "nothing is called 'woof': left out" in found.meaning
    assert found.count == 1


def test_since_a_month_counts_from_the_last_one(library):
    (term,) = parse("since May", date(2026, 3, 1)).terms
    assert term.day.text == "May 2025"


@pytest.mark.parametrize(
    "text",
    [
        *('"', "#", "in", "not", "or", "over", "by", "tag:", "not not", "> > <", "5 min", "or or or"),
        *("over 60 dogs", "march over", "in Mayfield", "on 2026-13-40", "''; --", "accepted rejected accepted"),
        *("\x00", "\udcff", "“quoted", "a" * 5000),
    ],
)
def test_whatever_is_written_is_no_error(library, garden, text):
    assert library.search(text).meaning


def test_the_surest_come_first_and_what_was_accepted_before_them(library, garden, said, tmp_path):
    waves = tmp_path / "shore" / "waves_20260513_060000.wav"
    library.change(waves, Change(name="Draw", after=(said("Rain"),)))
    found = library.search("rain over 0.2")
    assert [each.path.name[:4] for each in found.recordings] == ["wave", "rain", "dawn"]
    assert [each.labels[0][0] for each in found.recordings] == ["Rain", "Rain", "Rain"]
    assert [each.labels[0][1] for each in found.recordings] == [None, pytest.approx(0.8), pytest.approx(0.3)]


def test_without_a_score_the_newest_come_first(library, garden):
    assert [each.recorded[:4] for each in library.search("").recordings] == ["2026", "2026", "2025", "2024"]


def test_more_than_the_limit_are_counted_all_the_same(library, garden):
    found = library.search("", limit=2)
    assert (len(found.recordings), found.count) == (2, 4)


def test_scores_of_another_model_do_not_count_where_one_is_named(library, garden, heard, tmp_path):
    path = tmp_path / "garden" / "dawn_20260512_053000.wav"
    library.store(replace(heard(path), model_id="birds/all", labels=("Rain", "b", "c")))
    assert garden("rain over 0.5 by birds") == {"dawn"}
    assert garden("rain over 0.5 by everyday") == {"rainy"}


def test_the_time_of_a_file_is_a_guess_that_is_marked(library, heard, tmp_path):
    path = tmp_path / "garden.wav"
    path.touch()
    library.store(heard(path))
    (found,) = library.search(f"in {date.today().year}").recordings
    assert found.recorded_from == "mtime"


@pytest.fixture
def barking(library, heard, tmp_path):
    """Keep a recording with barking at 5 and at 25 seconds, of which the second is less sure; return its path."""
    path = tmp_path / "yard.wav"
    path.touch()
    frames = np.zeros((100, 1), np.float32)  # of 0.4 s
    frames[12:15], frames[62:65] = 0.9, 0.6
    windows = np.array([0.9, 0.9, 0.0, 0.0, 0.6, 0.6, 0.0], np.float32)[:, None]  # of 10 s
    facts = {"labels": ("dog_bark",), "starts": np.arange(7, dtype=np.float32) * 5, "frame_hop": 0.4}
    library.store(heard(path, seconds=40.0, frames=frames, window_scores=windows, **facts))
    return path


def answering(said, onset, offset, label="dog_bark", **facts):
    answers = Answered(label="dog_bark", onset=onset, offset=offset)
    return said(label, onset, offset, answers=answers, model_id="htsat/everyday", weights="ab" * 32, **facts)


def test_of_a_recording_with_rejected_events_the_others_still_count(library, barking, said):
    library.change(barking, Change(name="Reject", after=(answering(said, 4.8, 6.0, status="rejected"),)))
    assert library.search("dog bark over 0.5").count == 1
    assert library.search("dog bark over 0.7").count == 0
    library.change(barking, Change(name="Reject", after=(answering(said, 24.8, 26.0, status="rejected"),)))
    assert library.search("dog bark over 0.1").count == 0


def test_what_was_taken_back_counts_again(library, barking, said):
    library.change(barking, Change(name="Reject", after=(answering(said, 4.8, 6.0, status="rejected"),)))
    assert library.search("dog bark over 0.7").count == 0
    library.undo(barking)
    assert library.search("dog bark over 0.7").count == 1


def test_what_was_called_something_else_is_that_and_not_what_it_was(library, barking, said):
    foxes = [answering(said, onset, onset + 1.2, label="fox") for onset in (4.8, 24.8)]
    library.change(barking, Change(name="Relabel", after=tuple(foxes)))
    assert library.search("dog bark over 0.1").count == 0
    assert library.search("fox over 0.9").count == 1


def test_a_result_heard_anew_keeps_what_was_rejected_out(library, barking, said, heard):
    library.change(barking, Change(name="Reject", after=(answering(said, 4.8, 6.0, status="rejected"),)))
    library.store(library.find(barking, "htsat/everyday", weights="ab" * 32))
    assert library.search("dog bark over 0.7").count == 0


def test_a_search_finds_what_an_older_earmark_kept(library, garden):
    with sqlite3.connect(library.path) as database:
        for statement in ("DELETE FROM highest", "DELETE FROM words", "UPDATE results SET best = NULL"):
            database.execute(statement)
        database.execute("UPDATE recordings SET recorded = NULL, recorded_from = NULL")
    assert garden("dog bark over 0.6 in May") == {"dawn"}
    assert garden("garden rain") == {"rainy"}


def test_every_label_with_a_notable_score_can_be_searched_for(library, heard, tmp_path):
    path = tmp_path / "a.wav"
    path.touch()
    labels = tuple(f"Species {number}" for number in range(300))
    windows = np.full((1, 300), 0.3, np.float32)
    windows[0, 100:] = 0.1
    starts = np.zeros(1, np.float32)
    library.store(heard(path, labels=labels, window_scores=windows, starts=starts, frames=None, frame_hop=None))
    assert library.search('"species 99" over 0.2').count == 1
    assert library.search('"species 299" over 0.2').count == 0
    with sqlite3.connect(library.path) as database:
        assert database.execute("SELECT count(*) FROM highest").fetchone() == (100,)


def test_tags_are_kept_once_whatever_their_case_and_listed_by_use(library, garden, tmp_path):
    path = tmp_path / "garden" / "dawn_20260512_053000.wav"
    library.set_tags(path, ["#night", "NIGHT", "  two   words "])
    assert library.tags_of(path) == ("night", "two words")
    assert garden("#night") == {"dawn", "rainy"}
    assert set(library.tags()) == {"night", "Night", "deep sea", "two words"}
    library.set_tags(path, [])
    assert garden("two words") == set()
