"""A person edits, and the program is killed: at most the last action is lost, and the library always opens."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earmark.annotations import Annotation, Change
from earmark.errors import LibraryError
from earmark.library import Library

KILLS = 50
LATEST = 0.08  # seconds of editing before a kill; an action takes some milliseconds

# Draws, moves, deletes, takes back and makes again, as fast as it can; each action is named when it is done.
EDITOR = """
import random, sys
from dataclasses import replace
from earmark.annotations import Annotation, Change, new_id
from earmark.library import Library

library, path, chance = Library(sys.argv[1]), sys.argv[2], random.Random(sys.argv[3])
number = int(sys.argv[3]) * 100_000
print("ready", flush=True)
while True:
    number += 1
    known = library.annotations(path)
    action = chance.choice(("draw", "draw", "move", "delete", "undo", "redo"))
    some = chance.sample(known, min(len(known), 2))
    if action == "draw":
        after = [Annotation(annotation_id=new_id(), label=f"dog {n}", onset=n, offset=n + 1.0) for n in range(3)]
        library.change(path, Change(name=str(number), after=tuple(after)))
    elif action == "move":
        moved = tuple(replace(each, onset=each.onset / 2) for each in some)
        library.change(path, Change(name=str(number), before=tuple(some), after=moved))
    elif action == "delete":
        library.change(path, Change(name=str(number), before=tuple(some)))
    else:
        getattr(library, action)(path)
    print(action, number, *sorted(each.annotation_id for each in library.annotations(path)), flush=True)
"""


def start(library, recording, seed):
    words = [sys.executable, "-c", EDITOR, str(library.path), str(recording), str(seed)]
    editor = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert editor.stdout
    assert editor.stdout.readline() == "ready\n"
    return editor


def killed(editor, seconds):
    """Kill an editor while it works, and return what it said it had done."""
    time.sleep(seconds)  # the moment is what is tested
    editor.kill()
    said, _ = editor.communicate()
    whole = said[: said.rfind("\n") + 1]  # the last line may be half a one
    return [line.split() for line in whole.splitlines()]


def ids(annotations):
    return sorted(each.annotation_id for each in annotations)


def replayed(library, path):
    found: dict[str, Annotation] = {}
    for change in library.journal(path):
        found = change.applied(found)
    return found.values()


def is_sound(library):
    with sqlite3.connect(library.path) as database:
        return database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def undone_or_done(library, path):
    """Return the annotations as they would be after one step back or on from now."""
    states = []
    for step, back in ((library.undo, library.redo), (library.redo, library.undo)):
        if step(path):
            states.append(ids(library.annotations(path)))
            back(path)
    return states


def test_a_kill_at_any_of_fifty_moments_loses_one_action_at_most(library, recording, said):
    chance = random.Random(0)
    library.change(recording, Change(name="Draw", after=(said(),)))  # a recording that is known is edited at once
    for kill in range(KILLS):
        before = ids(library.annotations(recording))
        done = killed(start(library, recording, kill), chance.random() * LATEST)
        again = Library(library.path)
        now = ids(again.annotations(recording))
        last = done[-1][2:] if done else before
        assert now == ids(replayed(again, recording))
        assert is_sound(again)
        if now != last:  # an action more was done than was said: one step back, or on, is where it was
            assert last in undone_or_done(again, recording) or is_one_change_on(again, recording, last)
    assert len(again.journal(recording)) > KILLS


def is_one_change_on(library, path, last):
    """Tell whether the newest change alone lies between what was said and what there is."""
    *earlier, _ = library.journal(path)
    found: dict[str, Annotation] = {}
    for change in earlier:
        found = change.applied(found)
    return ids(found.values()) == last


def test_two_programs_may_edit_one_recording(library, recording):
    editors = [start(library, recording, seed) for seed in (1, 2)]
    done = [killed(editor, 0.5) for editor in editors]
    assert all(len(each) > 5 for each in done)
    assert is_sound(library)
    assert ids(library.annotations(recording)) == ids(replayed(library, recording))


def test_everything_can_be_taken_back_one_by_one(library, recording):
    killed(start(library, recording, 1), 0.3)
    count = len(library.journal(recording))
    assert sum(library.undo(recording) is not None for _ in range(count)) == count
    assert library.annotations(recording) == []
    assert library.undo(recording) is None
    assert sum(library.redo(recording) is not None for _ in range(count)) == count
    assert ids(library.annotations(recording)) == ids(replayed(library, recording))


def test_a_change_that_fails_half_way_changes_nothing(library, recording, said):
    library.change(recording, Change(name="Draw", after=(first := said(),)))
    with pytest.raises(LibraryError):
        library.change(recording, Change(name="Bad", before=(first,), after=(twin := said("cat"), twin)))
    assert library.annotations(recording) == [first]
    assert library.can_undo(recording) == ("Draw", "")


def test_the_journal_is_on_disk_before_a_change_returns(library, recording, said):
    library.change(recording, Change(name="Draw", after=(said(),)))
    copy = Path(f"{library.path}.copy")
    for ending in ("", "-wal"):
        if Path(f"{library.path}{ending}").exists():
            Path(f"{copy}{ending}").write_bytes(Path(f"{library.path}{ending}").read_bytes())
    assert len(Library(copy).annotations(recording)) == 1
