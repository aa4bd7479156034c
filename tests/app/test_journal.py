"""What a person says of a recording is in memory at once, on disk a moment later, and can be taken back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from earmark import journal as journals
from earmark.annotations import Annotation, Change, as_plain, from_plain, new_id
from earmark.audio_file import AudioInfo
from earmark.errors import LibraryError
from earmark.journal import Journal, Memory

PATH = Path("/sounds/garden.wav")
INFO = AudioInfo(path=PATH, sample_rate=32_000, channels=1, frames=128_000, format="PCM", container="WAV")


def drawn(label: str = "dog", onset: float = 1.0) -> Annotation:
    return Annotation(annotation_id=new_id(), label=label, onset=onset, offset=onset + 0.5, author="mo")


def drawing(annotation: Annotation) -> Change:
    return Change(name=f"Draw {annotation.label}", after=(annotation,))


@pytest.fixture
def keeper() -> Memory:
    return Memory()


@pytest.fixture
def errors() -> list[LibraryError]:
    return []


@pytest.fixture
def thread():
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread


@pytest.fixture
def open_journal(keeper, thread, errors):
    def make(keeper=keeper) -> Journal:
        journal, loaded = Journal(keeper, PATH, INFO, thread=thread, on_failed=errors.append), threading.Event()
        journal.load(loaded.set)
        assert loaded.wait(10)
        return journal

    return make


def test_a_change_is_there_at_once_and_in_the_next_session(open_journal):
    journal, dog = open_journal(), drawn()
    journal.apply(drawing(dog))
    assert journal.annotations == [dog]
    assert open_journal().annotations == [dog]


def test_undo_reaches_into_an_earlier_session_and_redo_brings_it_back(open_journal):
    journal, dog = open_journal(), drawn()
    journal.apply(drawing(dog))
    again = open_journal()
    assert again.names == ("Draw dog", "")
    assert again.undo().result(10).before == (dog,)
    assert (again.annotations, again.names) == ([], ("", "Draw dog"))
    again.redo().result(10)
    assert again.annotations == [dog]


def test_a_new_change_forgets_what_waited_to_be_redone(open_journal):
    journal, cat = open_journal(), drawn("cat")
    journal.apply(drawing(drawn("dog")))
    journal.undo().result(10)
    journal.apply(drawing(cat))
    assert journal.redo().result(10) is None
    assert (journal.annotations, journal.names) == ([cat], ("Draw cat", ""))


def test_nothing_to_undo_is_no_change(open_journal):
    journal = open_journal()
    assert (journal.undo().result(10), journal.redo().result(10), journal.names) == (None, None, ("", ""))


class Held(Memory):
    """A library that somebody else holds, until `free` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()

    def change(self, path, change, info=None) -> None:
        assert self.free.wait(10)
        super().change(path, change, info)


def test_the_next_change_waits_until_the_last_is_kept(open_journal, monkeypatch):
    monkeypatch.setattr(journals, "PATIENCE", 10.0)
    journal = open_journal(keeper := Held())
    journal.apply(drawing(drawn()))
    second = threading.Thread(target=lambda: journal.apply(drawing(drawn("cat"))))
    second.start()
    assert [each.label for each in journal.annotations] == ["dog"]
    keeper.free.set()
    second.join(10)
    assert [each.label for each in journal.annotations] == ["dog", "cat"]


def test_a_library_that_is_held_does_not_hold_up_the_next_change(open_journal):
    journal = open_journal(keeper := Held())
    for label in ("dog", "cat"):
        journal.apply(drawing(drawn(label)))
    assert [each.label for each in journal.annotations] == ["dog", "cat"]
    keeper.free.set()
    assert [each.label for each in open_journal(keeper).annotations] == ["dog", "cat"]


def test_an_undo_waits_for_a_library_that_is_held(open_journal):
    journal = open_journal(keeper := Held())
    journal.apply(drawing(drawn()))
    step = journal.undo()
    assert journal.is_stepping
    keeper.free.set()
    step.result(10)
    assert (journal.annotations, journal.is_stepping) == ([], False)


def test_a_library_that_refuses_is_said_and_the_change_stays_in_view(open_journal, thread, errors):
    class Refusing(Memory):
        def change(self, path, change, info=None) -> None:
            raise LibraryError("The disk is full.")

    journal, dog = open_journal(Refusing()), drawn()
    journal.apply(drawing(dog))
    thread.shutdown()
    assert [error.sentence for error in errors] == ["The disk is full."]
    assert journal.annotations == [dog]


def test_plain_annotations_of_a_newer_earmark_lose_only_what_is_unknown():
    dog = drawn()
    assert from_plain(as_plain(dog) | {"mood": "cheerful"}) == dog


def test_what_is_changed_before_the_earlier_sessions_have_been_read_is_neither_lost_nor_undone(thread, errors):
    class Slow(Memory):
        gate = threading.Event()

        def annotations(self, path):
            found = super().annotations(path)
            assert self.gate.wait(10)
            return found

    keeper, cat, dog = Slow(), drawn("cat"), drawn("dog")
    keeper.change(PATH, drawing(cat))
    journal, loaded = Journal(keeper, PATH, INFO, thread=thread, on_failed=errors.append), threading.Event()
    journal.load(loaded.set)
    journal.apply(drawing(dog))
    journal.apply(drawing(cat).undone())
    keeper.gate.set()
    assert loaded.wait(10)
    assert (journal.annotations, journal.names) == ([dog], ("Draw cat", ""))
