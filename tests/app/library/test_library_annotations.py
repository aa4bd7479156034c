"""What a person says is kept with its journal, and can be taken back in any later session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from earmark.annotations import Answered, Change
from earmark.calibration import Calibration, Judgement
from earmark.errors import LibraryError
from earmark.library import Library

HEARD = {"model_id": "htsat/everyday", "weights": "ab", "score": 0.8}


@pytest.fixture
def draw(library, recording):
    """Return a function that draws an annotation and returns it."""

    def change(annotation, *before):
        library.change(recording, Change(name=f"Draw {annotation.label}", before=before, after=(annotation,)))
        return annotation

    return change


def replayed(library, path):
    found = {}
    for change in library.journal(path):
        found = change.applied(found)
    return sorted(found.values(), key=lambda each: (each.onset, each.offset, each.label))


def test_an_annotation_is_found_again_whole(library, recording, draw, said):
    answers = Answered(label="dog_bark", onset=0.9, offset=2.1)
    drawn = draw(said("Wolf, grey", low=300.0, high=4000.0, note="“far”", answers=answers, **HEARD))
    assert Library(library.path).annotations(recording) == [drawn]


def test_annotations_come_in_order_of_time(library, recording, draw, said):
    for onset in (5.0, 1.0, 3.0):
        draw(said(onset=onset, offset=9.0))
    assert [each.onset for each in library.annotations(recording)] == [1.0, 3.0, 5.0]


def test_an_unknown_recording_has_none_and_is_not_added_by_asking(library, recording):
    assert library.annotations(recording) == []
    assert library.undo(recording) is library.redo(recording) is None
    assert library.can_undo(recording) == ("", "")
    assert library.recordings() == []


def test_a_change_is_taken_back_and_made_again_after_a_restart(library, recording, draw, said):
    drawn = draw(said())
    assert Library(library.path).undo(recording) == Change(name="Draw dog", before=(drawn,))
    assert library.annotations(recording) == []
    assert Library(library.path).redo(recording) == Change(name="Draw dog", after=(drawn,))
    assert library.annotations(recording) == [drawn]


def test_what_undo_and_redo_would_do_is_named(library, recording, draw, said):
    draw(said())
    draw(said("cat"))
    assert library.can_undo(recording) == ("Draw cat", "")
    library.undo(recording)
    assert library.can_undo(recording) == ("Draw dog", "Draw cat")
    library.undo(recording)
    assert library.can_undo(recording) == ("", "Draw dog")


def test_a_new_change_forgets_what_waited_to_be_redone(library, recording, draw, said):
    draw(said())
    library.undo(recording)
    new = draw(said("cat"))
    assert library.redo(recording) is None
    assert library.annotations(recording) == [new]


def test_each_recording_has_a_journal_of_its_own(library, recording, draw, said, tmp_path):
    draw(said())
    other = tmp_path / "b.wav"
    other.touch()
    library.change(other, Change(name="Draw cat", after=(said("cat"),)))
    library.undo(recording)
    assert [each.label for each in library.annotations(other)] == ["cat"]


def test_an_empty_change_is_none(library, recording, said):
    library.change(recording, Change(name="Nothing"))
    assert library.can_undo(recording) == ("", "")


def test_what_a_change_takes_away_is_written_down_as_it_was_and_not_as_remembered(library, recording, draw, said):
    drawn = draw(said())
    moved = draw(replace(drawn, onset=1.5), drawn)  # another window has moved it meanwhile
    library.change(recording, Change(name="Delete", before=(drawn,)))
    assert library.undo(recording) == Change(name="Delete", after=(moved,))
    assert library.annotations(recording) == replayed(library, recording) == [moved]


def test_annotations_outlive_a_file_that_changes_on_disk(library, recording, draw, said, analysis, find):
    library.store(analysis)
    drawn = draw(said())
    library.set_tags(recording, ["night"])
    recording.write_bytes(b"another sound altogether, and longer")
    library.store(replace(analysis, model_id="other/model"))
    assert find(analysis) is None
    assert library.annotations(recording) == [drawn]
    assert library.tags_of(recording) == ("night",)
    assert library.can_undo(recording) == ("Draw dog", "")


def test_annotations_stay_where_the_file_is_away(library, recording, draw, said):
    first = draw(said())
    recording.unlink()
    second = draw(said("cat", onset=3.0, offset=4.0))
    assert library.annotations(recording) == [first, second]


def test_a_recording_that_was_never_there_cannot_be_annotated(library, tmp_path, said):
    with pytest.raises(LibraryError, match=r"gone\.wav has gone"):
        library.change(tmp_path / "gone.wav", Change(name="Draw", after=(said(),)))


def test_a_forgotten_recording_takes_its_annotations_and_journal_along(library, recording, draw, said):
    draw(said())
    library.forget(recording)
    assert library.annotations(recording) == library.journal(recording) == []


def test_judgements_are_answers_to_a_models_events(library, recording, draw, said):
    answers = Answered(label="dog_bark", onset=1.0, offset=2.0)
    draw(said("dog_bark", answers=answers, status="accepted", **HEARD))
    draw(said("dog_bark", answers=answers, status="rejected", **{**HEARD, "score": 0.4}))
    draw(said("fox", answers=answers, status="accepted", **{**HEARD, "score": 0.6}))
    draw(said("dog_bark"))  # drawn: it says nothing about a model
    found = sorted(library.judgements("htsat/everyday", "ab"), key=lambda each: each.score)
    assert found == [
        Judgement("dog_bark", 0.4, is_right=False),
        Judgement("dog_bark", 0.6, is_right=False),
        Judgement("dog_bark", 0.8, is_right=True),
    ]
    assert library.judgements("htsat/everyday", "other weights") == []


def test_a_calibration_is_kept_for_a_model_and_its_weights(library):
    made = Calibration(
        label="dog_bark", slope=1.2, intercept=-0.3, judged=40, right=30, lowest=0.1, highest=0.9, made="2026"
    )
    library.keep_calibration("htsat/everyday", "ab", made)
    library.keep_calibration("htsat/everyday", "ab", replace(made, judged=41))
    assert library.calibrations("htsat/everyday", "ab") == {"dog_bark": replace(made, judged=41)}
    assert library.calibrations("htsat/everyday", "cd") == {}
    library.forget_calibration("htsat/everyday", "ab", "dog_bark")
    assert library.calibrations("htsat/everyday", "ab") == {}
