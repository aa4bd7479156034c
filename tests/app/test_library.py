"""The library keeps what was heard, whole, for any number of processes, and survives what befalls its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.analysis import Analysis
from earmark.audio_file import AudioInfo
from earmark.errors import LibraryError
from earmark.library import Library

LABELS = ("dog", "Sprache, männlich", '"quoted"')


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "home" / "library.sqlite")


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"not read by the library")
    return path


@pytest.fixture
def analysis(recording):
    return heard(recording)


def heard(path, *, seconds=200.0, seed=0, **changes):
    """Return an analysis with random scores."""
    random = np.random.default_rng(seed)
    starts = np.arange(0, seconds - 5, 5, dtype=np.float32)
    analysis = Analysis(
        path=path,
        model_id="htsat/everyday",
        weights="ab" * 32,
        labels=LABELS,
        duration=seconds,
        window=10.0,
        hop=5.0,
        starts=starts,
        window_scores=random.random((len(starts), len(LABELS)), np.float32),
        frames=random.random((round(seconds / 0.32), len(LABELS)), np.float32),
        frame_hop=0.32,
        device="CPU",
        seconds_taken=1.5,
        warnings=("It is short.",),
        thresholds={"dog": 0.4},
    )
    return replace(analysis, **changes)


def find(library, analysis, **changes):
    wanted = {"weights": analysis.weights, **changes}
    return library.find(analysis.path, analysis.model_id, **wanted)


def test_what_was_stored_is_found_again(library, analysis):
    library.store(analysis)
    found = find(library, analysis)
    assert found.labels == LABELS
    assert np.array_equal(found.starts, analysis.starts)
    assert np.array_equal(found.window_scores, analysis.window_scores)
    assert np.allclose(found.frames, analysis.frames, atol=5e-4)
    assert (found.duration, found.window, found.hop, found.frame_hop) == (200.0, 10.0, 5.0, 0.32)
    assert (found.thresholds, found.warnings, found.device) == ({"dog": 0.4}, ("It is short.",), "CPU")


def test_storing_returns_exactly_what_will_be_found(library, analysis):
    kept = library.store(analysis)
    found = find(library, analysis)
    assert np.array_equal(found.frames, kept.frames)
    assert found.frames.dtype == found.window_scores.dtype == np.float32
    assert found.tags() == analysis.tags()


def test_a_model_without_a_timeline_has_none_afterwards(library, analysis):
    library.store(replace(analysis, frames=None, frame_hop=None))
    found = find(library, analysis)
    assert found.frames is None
    assert found.frame_hop is None


@pytest.mark.parametrize(
    "other",
    [
        {"weights": "cd" * 32},
        {"window": 5.0},
        {"hop": 2.5},
        {"channel": 1},
        {"precision": "bf16"},
        {"start": 3.0},
        {"end": 9.0},
    ],
    ids=str,
)
def test_a_result_is_known_by_all_that_it_depends_on(library, analysis, other):
    library.store(analysis)
    assert find(library, analysis, window=10.0, hop=5.0)
    assert find(library, analysis, **other) is None


def test_results_of_other_spans_and_channels_stand_side_by_side(library, analysis):
    library.store(analysis)
    library.store(replace(analysis, channel="2", start=10.0, end=60.0, duration=50.0))
    assert find(library, analysis).duration == 200
    assert find(library, analysis, channel=2, start=10.0, end=60.0).duration == 50


def test_a_new_result_takes_the_place_of_the_old_one(library, analysis):
    library.store(analysis)
    library.store(heard(analysis.path, seed=1, seconds=60.0))
    assert find(library, analysis).duration == 60
    with sqlite3.connect(library.path) as database:
        assert database.execute("SELECT count(*) FROM results").fetchone() == (1,)


def test_a_file_that_has_changed_is_unknown_and_loses_its_results(library, analysis):
    library.store(analysis)
    library.store(replace(analysis, model_id="other/model"))
    analysis.path.write_bytes(b"longer than it was, by far")
    assert find(library, analysis) is None
    library.store(analysis)
    assert find(library, analysis)
    assert library.find(analysis.path, "other/model", weights=analysis.weights) is None


def test_a_file_written_again_at_the_same_length_is_unknown(library, analysis):
    library.store(analysis)
    facts = analysis.path.stat()
    os.utime(analysis.path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert find(library, analysis) is None


def test_a_file_that_has_gone_is_unknown_and_is_not_stored(library, analysis):
    library.store(analysis)
    analysis.path.unlink()
    assert find(library, analysis) is None
    with pytest.raises(LibraryError, match=r"a\.wav has gone"):
        library.store(analysis)


def test_recordings_are_listed_with_their_models(library, analysis, tmp_path):
    library.store(analysis)
    library.store(replace(analysis, model_id="ast/audioset"))
    other = tmp_path / "b.flac"
    other.touch()
    library.recording(
        other, AudioInfo(path=other, sample_rate=48000, channels=2, frames=96000, format="", container="")
    )
    newest, oldest = library.recordings()
    assert (newest.path, newest.duration, newest.sample_rate, newest.channels, newest.models) == (
        other,
        2.0,
        48000,
        2,
        (),
    )
    assert (oldest.path, oldest.models) == (analysis.path, ("ast/audioset", "htsat/everyday"))


def test_a_recording_keeps_its_number(library, recording):
    info = AudioInfo(path=recording, sample_rate=8000, channels=1, frames=8000, format="", container="")
    assert library.recording(recording, info) == library.recording(recording, info)


def test_a_forgotten_recording_takes_its_results_along(library, analysis):
    library.store(analysis)
    library.forget(analysis.path)
    assert library.recordings() == []
    with sqlite3.connect(library.path) as database:
        assert database.execute("SELECT count(*) FROM scores").fetchone() == (0,)
    assert analysis.path.exists()


def test_a_file_is_known_by_any_way_that_leads_to_it(library, analysis, tmp_path, monkeypatch):
    library.store(analysis)
    monkeypatch.chdir(tmp_path)
    assert library.find(Path("a.wav"), analysis.model_id, weights=analysis.weights)
    assert library.find("home/../a.wav", analysis.model_id, weights=analysis.weights).path == Path("home/../a.wav")


def test_a_name_that_is_no_text_is_kept_too(library, tmp_path):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.wav"))
    path.touch()
    library.store(heard(path))
    assert library.find(path, "htsat/everyday", weights="ab" * 32)
    assert library.recordings()[0].path == path


def test_a_day_with_frames_is_kept_in_pieces_of_a_minute(library, analysis):
    library.store(heard(analysis.path, seconds=86400.0))
    with sqlite3.connect(library.path) as database:
        pieces = database.execute("SELECT count(*), max(row_count) FROM scores WHERE kind = 'frames'").fetchone()
    assert pieces == (1437, 188)
    assert len(find(library, analysis).frames) == 270000


def test_a_recording_without_windows_is_kept(library, analysis):
    empty = np.zeros((0, 3), np.float32)
    library.store(replace(analysis, starts=np.zeros(0, np.float32), window_scores=empty, frames=empty))
    assert find(library, analysis).window_scores.shape == (0, 3)


def test_a_damaged_piece_makes_the_result_unknown_and_nothing_else(library, analysis):
    library.store(analysis)
    library.store(replace(analysis, model_id="other/model"))
    with sqlite3.connect(library.path) as database:
        database.execute("UPDATE scores SET data = x'00' WHERE result = 1 AND kind = 'frames' AND place = 0")
    assert find(library, analysis) is None
    assert library.find(analysis.path, "other/model", weights=analysis.weights)
    library.store(analysis)
    assert find(library, analysis)


def moved(library):
    return sorted(path.name for path in library.path.parent.glob("library.damaged-*.sqlite"))


def test_a_file_that_is_no_library_is_moved_aside(tmp_path):
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"This is a letter and not a database. " * 100)
    with pytest.raises(LibraryError, match=r"damaged and was moved aside\. It is now .*library\.damaged-"):
        Library(path)
    assert Library(path).recordings() == []
    assert len(moved(Library(path))) == 1


def test_a_library_that_is_damaged_while_it_is_used_is_moved_aside(library, analysis):
    library.store(heard(analysis.path, seconds=20000.0))
    content = bytearray(library.path.read_bytes())
    content[4096 : len(content) // 2] = os.urandom(len(content) // 2 - 4096)
    library.path.write_bytes(content)
    with pytest.raises(LibraryError, match="moved aside"):
        library.store(analysis)
    library.store(analysis)
    assert find(library, analysis)
    assert len(moved(library)) == 1


def test_a_truncated_library_is_a_new_one_or_moved_aside(library, analysis):
    library.store(heard(analysis.path, seconds=20000.0))
    content = library.path.read_bytes()
    library.path.write_bytes(content[: len(content) // 3])
    with pytest.raises(LibraryError, match="moved aside"):
        find(library, analysis)
    assert find(library, analysis) is None


def test_a_library_of_a_newer_earmark_is_left_alone(library):
    with sqlite3.connect(library.path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="form 99; this Earmark knows forms up to 1"):
        Library(library.path)
    assert moved(library) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library(tmp_path / "file" / "library.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(LibraryError, match="cannot be used"):
        Library(tmp_path / "folder")


def test_threads_may_share_a_library(library, tmp_path):
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
specification = importlib.util.spec_from_file_location("tests", sys.argv[1])
tests = importlib.util.module_from_spec(specification)
specification.loader.exec_module(tests)
library = tests.Library(sys.argv[2])
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    path = Path(sys.argv[3]) / f"{number % 7}.wav"
    library.store(tests.heard(path, seconds=3000.0, seed=number, weights=str(number)))
    print(number, flush=True)
"""


def start_writer(library, folder, rounds):
    command = [sys.executable, "-c", WRITER, __file__, str(library.path), str(folder), str(rounds)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "ready\n"
    return writer


@pytest.fixture
def seven(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.wav").touch()
    return tmp_path


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_writer_that_is_killed_leaves_whole_results_only(library, seven, after):
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
