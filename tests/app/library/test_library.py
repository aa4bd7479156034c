"""The library keeps what was heard and finds it again."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.audio_file import AudioInfo
from earmark.errors import LibraryError


def test_what_was_stored_is_found_again(library, analysis, find):
    library.store(analysis)
    found = find(analysis)
    assert found.labels == analysis.labels
    assert np.array_equal(found.starts, analysis.starts)
    assert np.array_equal(found.window_scores, analysis.window_scores)
    assert np.allclose(found.frames, analysis.frames, atol=5e-4)
    assert (found.duration, found.window, found.hop, found.frame_hop) == (200.0, 10.0, 5.0, 0.32)
    assert (found.thresholds, found.warnings, found.device) == ({"dog": 0.4}, ("It is short.",), "CPU")


def test_storing_returns_exactly_what_will_be_found(library, analysis, find):
    kept = library.store(analysis)
    found = find(analysis)
    assert np.array_equal(found.frames, kept.frames)
    assert found.frames.dtype == found.window_scores.dtype == np.float32
    assert found.tags() == analysis.tags()


def test_a_model_without_a_timeline_has_none_afterwards(library, analysis, find):
    library.store(replace(analysis, frames=None, frame_hop=None))
    found = find(analysis)
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
def test_a_result_is_known_by_all_that_it_depends_on(library, analysis, other, find):
    library.store(analysis)
    assert find(analysis, window=10.0, hop=5.0)
    assert find(analysis, **other) is None


def test_results_of_other_spans_and_channels_stand_side_by_side(library, analysis, find):
    library.store(analysis)
    library.store(replace(analysis, channel="2", start=10.0, end=60.0, duration=50.0))
    assert find(analysis).duration == 200
    assert find(analysis, channel=2, start=10.0, end=60.0).duration == 50


def test_a_new_result_takes_the_place_of_the_old_one(library, analysis, find, heard):
    library.store(analysis)
    library.store(heard(analysis.path, seed=1, seconds=60.0))
    assert find(analysis).duration == 60
    with sqlite3.connect(library.path) as database:
        assert database.execute("SELECT count(*) FROM results").fetchone() == (1,)


def test_a_file_that_has_changed_is_unknown_and_loses_its_results(library, analysis, find):
    library.store(analysis)
    library.store(replace(analysis, model_id="other/model"))
    analysis.path.write_bytes(b"longer than it was, by far")
    assert find(analysis) is None
    library.store(analysis)
    assert find(analysis)
    assert library.find(analysis.path, "other/model", weights=analysis.weights) is None


def test_a_file_written_again_at_the_same_length_is_unknown(library, analysis, find):
    library.store(analysis)
    facts = analysis.path.stat()
    os.utime(analysis.path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert find(analysis) is None


def test_a_file_that_has_gone_is_unknown_and_is_not_stored(library, analysis, find):
    library.store(analysis)
    analysis.path.unlink()
    assert find(analysis) is None
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


def test_a_name_that_is_no_text_is_kept_too(library, tmp_path, heard):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.wav"))
    path.touch()
    library.store(heard(path))
    assert library.find(path, "htsat/everyday", weights="ab" * 32)
    assert library.recordings()[0].path == path


def test_a_day_with_frames_is_kept_in_pieces_of_a_minute(library, analysis, find, heard):
    library.store(heard(analysis.path, seconds=86400.0))
    with sqlite3.connect(library.path) as database:
        pieces = database.execute("SELECT count(*), max(row_count) FROM scores WHERE kind = 'frames'").fetchone()
    assert pieces == (1437, 188)
    assert len(find(analysis).frames) == 270000


def test_a_recording_without_windows_is_kept(library, analysis, find):
    empty = np.zeros((0, 3), np.float32)
    library.store(replace(analysis, starts=np.zeros(0, np.float32), window_scores=empty, frames=empty))
    assert find(analysis).window_scores.shape == (0, 3)


def test_a_damaged_piece_makes_the_result_unknown_and_nothing_else(library, analysis, find):
    library.store(analysis)
    library.store(replace(analysis, model_id="other/model"))
    with sqlite3.connect(library.path) as database:
        database.execute("UPDATE scores SET data = x'00' WHERE result = 1 AND kind = 'frames' AND place = 0")
    assert find(analysis) is None
    assert library.find(analysis.path, "other/model", weights=analysis.weights)
    library.store(analysis)
    assert find(analysis)
