"""The library serves any number of processes, and survives what befalls them and its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from earmark.annotations import Change
from earmark.errors import LibraryError
from earmark.library import Library
from earmark.library_schema import FIRST


def moved(library):
    return sorted(path.name for path in library.path.parent.glob("library.damaged-*.sqlite"))


def test_a_file_that_is_no_library_is_moved_aside(tmp_path):
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"This is a letter and not a database. " * 100)
    with pytest.raises(LibraryError, match=r"damaged and was moved aside\. It is now .*library\.damaged-"):
        Library(path)
    assert Library(path).recordings() == []
    assert len(moved(Library(path))) == 1


def test_a_library_that_is_damaged_while_it_is_used_is_moved_aside(library, analysis, find, heard):
    library.store(heard(analysis.path, seconds=20000.0))
    content = bytearray(library.path.read_bytes())
    content[4096 : len(content) // 2] = os.urandom(len(content) // 2 - 4096)
    library.path.write_bytes(content)
    with pytest.raises(LibraryError, match="moved aside"):
        library.store(analysis)
    library.store(analysis)
    assert find(analysis)
    assert len(moved(library)) == 1


def test_a_truncated_library_is_a_new_one_or_moved_aside(library, analysis, find, heard):
    library.store(heard(analysis.path, seconds=20000.0))
    content = library.path.read_bytes()
    library.path.write_bytes(content[: len(content) // 3])
    with pytest.raises(LibraryError, match="moved aside"):
        find(analysis)
    assert find(analysis) is None


def test_a_library_of_a_newer_earmark_is_left_alone(library):
    with sqlite3.connect(library.path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="form 99; this Earmark knows forms up to 2"):
        Library(library.path)
    assert moved(library) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library(tmp_path / "file" / "library.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(LibraryError, match="cannot be used"):
        Library(tmp_path / "folder")


def test_threads_may_share_a_library(library, tmp_path, heard):
    paths = [tmp_path / f"{number}.wav" for number in range(8)]
    for path in paths:
        path.touch()
    threads = [threading.Thread(target=library.store, args=(heard(path),)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(library.find(path, "htsat/everyday", weights="ab" * 32) for path in paths)


WRITER = """
import sys, importlib.util
from pathlib import Path
specification = importlib.util.spec_from_file_location("conftest", sys.argv[1])
conftest = importlib.util.module_from_spec(specification)
specification.loader.exec_module(conftest)
library = conftest.Library(sys.argv[2])
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    path = Path(sys.argv[3]) / f"{number % 7}.wav"
    library.store(conftest.heard(path, seconds=3000.0, seed=number, weights=str(number)))
    print(number, flush=True)
"""


def start_writer(library, folder, rounds):
    command = [
        sys.executable,
        "-c",
        WRITER,
        str(Path(__file__).with_name("conftest.py")),
        str(library.path),
        str(folder),
        str(rounds),
    ]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "ready\n"
    return writer


@pytest.fixture
def seven(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.wav").touch()
    return tmp_path


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_writer_that_is_killed_leaves_whole_results_only(library, seven, after, heard):
    writer = start_writer(library, seven, 10_000)
    finished = [int(writer.stdout.readline()) for _ in range(after)][-1]
    writer.kill()
    writer.communicate()
    with sqlite3.connect(library.path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = database.execute("SELECT weights FROM results").fetchall()
    numbers = sorted(int(weights) for (weights,) in found)
    assert numbers[: finished + 1] == list(range(finished + 1))
    for number in numbers:
        result = library.find(seven / f"{number % 7}.wav", "htsat/everyday", weights=str(number))
        assert np.array_equal(result.window_scores, heard(seven, seconds=3000.0, seed=number).window_scores)
        assert len(result.frames) == round(3000 / 0.32)


def test_processes_write_side_by_side(library, seven):
    writers = [start_writer(library, seven, 5) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    for writer in writers:
        writer.stdout.close()
    assert all(library.find(seven / f"{n}.wav", "htsat/everyday", weights=str(n)) for n in range(5))


def test_a_library_of_the_first_form_is_brought_up_to_date_with_all_that_is_in_it(library, analysis, heard, said):
    old = library.path.with_name("old.sqlite")
    library.store(analysis)
    with sqlite3.connect(library.path) as new, sqlite3.connect(old) as database:
        for statement in FIRST:
            database.execute(statement)
        for table in ("recordings", "results", "scores"):
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            rows = new.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
            marks = ", ".join("?" * len(names))
            database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        database.execute("PRAGMA user_version = 1")
    found = Library(old)
    assert found.find(analysis.path, analysis.model_id, weights=analysis.weights)
    assert [each.path for each in found.search("dog over 0.5").recordings] == [analysis.path]
    found.change(analysis.path, Change(name="Draw", after=(said(),)))
    assert len(found.annotations(analysis.path)) == 1
