"""The queue: what waits is heard in order, once, across kills; what changed is heard anew; what failed says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from earmark.analysis import Analysis, Heading
from earmark.batch import CANCELLED, Counts, Queue, fingerprint
from earmark.batch_run import BatchRun
from earmark.errors import AudioFileError, LibraryError, PluginError
from earmark.library import Library
from earmark.tagging import Heard

HEADING = Heading(
    model_id="toy/one",
    title="One",
    labels=("sound",),
    sample_rate=8000,
    window_seconds=1.0,
    draws_timeline=False,
    weights_sha256="ab" * 32,
)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "home" / "library.sqlite")


@pytest.fixture
def queue(library):
    return Queue(library)


@pytest.fixture
def files(tmp_path):
    """Return a function that makes files, of 100 bytes each."""

    def make(*names: str):
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.write_bytes(bytes(100))
        return paths

    return make


def add(queue, paths, heading=HEADING, precision="fp32") -> int:
    return sum(queue.add(paths, heading, precision))


def heard(path, **changes) -> Analysis:
    scores = np.zeros((1, 1), np.float32)
    known = {"path": path, "model_id": "toy/one", "weights": HEADING.weights_sha256, "labels": ("sound",)}
    known |= {"duration": 1.0, "window": 1.0, "hop": 1.0, "starts": np.zeros(1, np.float32)}
    return Analysis(**(known | {"window_scores": scores, "frames": None, "frame_hop": None} | changes))


def end(library, queue, path) -> None:
    """Hear a recording, as far as library and queue know."""
    facts = fingerprint(path, HEADING)
    library.store(heard(path))
    queue.end(path, "toy/one", facts)


def names(items) -> list[str]:
    return [item.path.name for item in items]


def test_what_is_added_waits_in_its_order_and_once(queue, files):
    paths = files("b.wav", "a.wav", "c.wav")
    assert add(queue, paths) == 3
    assert add(queue, paths) == 0 or queue.counts() == Counts(waiting=3)
    assert names(queue.page(0, 10)) == ["b.wav", "a.wav", "c.wav"]
    assert queue.next().path == paths[0]


def test_another_model_is_another_wish(queue, files):
    paths = files("a.wav")
    add(queue, paths)
    add(queue, paths, replace(HEADING, model_id="toy/two"))
    assert [item.model_id for item in queue.page(0, 10)] == ["toy/one", "toy/two"]


def test_what_is_done_is_not_heard_again(library, queue, files):
    (path,) = files("a.wav")
    add(queue, [path])
    end(library, queue, path)
    assert add(queue, [path]) == 0
    assert queue.counts() == Counts(done=1)


@pytest.mark.parametrize("change", ["file", "weights", "precision", "library"])
def test_what_changes_the_result_has_a_recording_heard_anew(library, queue, files, change):
    (path,) = files("a.wav")
    add(queue, [path])
    end(library, queue, path)
    if change == "file":
        path.write_bytes(bytes(101))
    if change == "library":
        library.forget(path)
    heading = replace(HEADING, weights_sha256="cd" * 32) if change == "weights" else HEADING
    assert add(queue, [path], heading, "bf16" if change == "precision" else "fp32") == 1
    assert queue.counts() == Counts(waiting=1)


def test_a_failure_is_kept_with_its_reason_until_it_is_retried(queue, files):
    paths = files("a.wav", "b.wav")
    add(queue, paths)
    queue.fail(paths[0], "toy/one", "a.wav is empty.")
    (failed,) = queue.page(0, 10, "failed")
    assert failed.reason == "a.wav is empty."
    assert queue.next().path == paths[1]
    assert queue.retry() == 1
    assert queue.page(0, 1)[0].reason == ""
    assert queue.next().path == paths[0]


def test_only_some_can_be_retried(queue, files):
    paths = files("a.wav", "b.wav")
    add(queue, paths)
    for path in paths:
        queue.fail(path, "toy/one", "It is empty.")
    assert queue.retry([queue.page(0, 1)[0].number]) == 1
    assert queue.counts() == Counts(waiting=1, failed=1)


def test_some_can_be_put_before_all_others_in_their_order(queue, files):
    add(queue, files("a.wav", "b.wav", "c.wav", "d.wav"))
    _, _, third, fourth = queue.page(0, 10)
    queue.put_first([fourth.number, third.number])
    assert names(queue.page(0, 10)) == ["c.wav", "d.wav", "a.wav", "b.wav"]


def test_what_is_done_can_be_taken_out_and_the_rest_stays(queue, files):
    paths = files("a.wav", "b.wav", "c.wav")
    add(queue, paths)
    queue.end(paths[1], "toy/one", fingerprint(paths[1], HEADING))
    assert queue.remove_finished() == 1
    queue.remove([queue.page(0, 1)[0].number])
    assert names(queue.page(0, 10)) == ["c.wav"]


def test_a_page_is_a_part_of_the_whole(queue, files):
    add(queue, files(*(f"{number:03}.wav" for number in range(30))))
    assert names(queue.page(10, 3)) == ["010.wav", "011.wav", "012.wav"]
    assert queue.page(30, 3) == []


def test_what_waits_is_weighed_by_its_kind(queue, files):
    add(queue, files("a.wav", "b.wav", "c.FLAC"))
    assert queue.waiting_bytes() == {".wav": 200, ".flac": 100}


def test_a_name_that_is_no_text_waits_as_any_other(queue, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    path.write_bytes(b"x")
    add(queue, [path])
    assert queue.next().path == path
    assert queue.end(path, "toy/one", fingerprint(path, HEADING)).state == "done"


def test_without_a_library_the_queue_lasts_as_long_as_the_process(files):
    queue = Queue(None)
    add(queue, files("a.wav", "b.wav"))
    assert queue.counts() == Counts(waiting=2)
    assert Queue(None).counts() == Counts()


def test_a_run_that_is_paused_has_nothing_next(queue, files):
    run = BatchRun(queue, "fp32", pytest.fail)
    add(queue, files("a.wav"))
    assert run.next({"toy/one": HEADING}) is None
    run.going = True
    assert run.next({"toy/one": HEADING}).path.name == "a.wav"


def test_what_waits_for_a_model_that_cannot_be_used_fails_and_the_rest_goes_on(queue, files):
    run = BatchRun(queue, "fp32", pytest.fail)
    run.going = True
    first, second, third = files("a.wav", "b.wav", "c.wav")
    for path, model_id in ((first, "toy/gone"), (second, "toy/bare"), (third, "toy/one")):
        add(queue, [path], replace(HEADING, model_id=model_id))
    bare = replace(HEADING, model_id="toy/bare", has_weights=False, error="The weights are not here.")
    assert run.next({"toy/one": HEADING, "toy/bare": bare}).path == third
    reasons = [item.reason for item in queue.page(0, 10, "failed")]
    assert reasons == ["There is no model toy/gone any more.", "The weights are not here."]


def test_what_is_heard_out_of_turn_is_counted_too(queue, files):
    run = BatchRun(queue, "fp32", pytest.fail)
    first, second = files("a.wav", "b.wav")
    add(queue, [first, second])
    run.end(run.begin(second, HEADING), Heard(analysis=heard(second), was_known=False))
    assert queue.next().path == first
    assert queue.counts() == Counts(waiting=1, done=1)


def test_what_was_given_up_is_heard_when_it_is_retried(queue, files):
    run = BatchRun(queue, "fp32", pytest.fail)
    (path,) = files("a.wav")
    add(queue, [path])
    assert run.cancel(run.begin(path, HEADING)).reason == CANCELLED
    assert queue.next() is None
    queue.retry()
    assert queue.next().path == path


def test_a_recording_that_nobody_queued_has_no_place(queue, files):
    run = BatchRun(queue, "fp32", pytest.fail)
    (path,) = files("a.wav")
    assert run.fail(run.begin(path, HEADING), AudioFileError("It is empty.")) is None


def test_where_nothing_can_be_heard_the_run_pauses_and_says_why(queue, files):
    told = []
    run = BatchRun(queue, "fp32", told.append)
    run.going = True
    paths = files(*"abcdefgh")
    add(queue, paths)
    errors = [PluginError("It died."), AudioFileError("It is empty."), *[PluginError("There is no memory.")] * 3]
    for path, error in zip(paths, errors, strict=False):
        assert run.going
        run.fail(run.begin(path, HEADING), error)
    assert not run.going
    assert [error.hint for error in told] == ["There is no memory."]
    assert queue.counts() == Counts(waiting=3, failed=5)


def test_a_library_that_cannot_be_used_pauses_the_run_and_is_told(library, files):
    told = []
    queue = Queue(library)
    run = BatchRun(queue, "fp32", told.append)
    run.going = True
    library.path.unlink()
    library.path.mkdir()
    assert run.next({"toy/one": HEADING}) is None
    assert not run.going
    assert [type(error) for error in told] == [LibraryError]


HEARS_FOR_EVER = """
import sys, time
from pathlib import Path
from earmark.batch import Queue
from earmark.library import Library
from tests_of_batch import HEADING, end

library = Library(sys.argv[1])
queue = Queue(library)
while item := queue.next():
    print(item.path.name, flush=True)
    end(library, queue, item.path)
"""


def test_after_a_kill_what_was_done_is_done_and_what_waited_waits(library, queue, files, tmp_path):
    add(queue, files(*(f"{number:03}.wav" for number in range(200))))
    (tmp_path / "tests_of_batch.py").symlink_to(__file__)
    process = subprocess.Popen(
        [sys.executable, "-c", HEARS_FOR_EVER, library.path],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )
    begun = [process.stdout.readline().strip() for _ in range(12)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    begun += process.stdout.read().split()
    counts = queue.counts()
    assert counts.done in (len(begun) - 1, len(begun))
    assert counts.waiting == 200 - counts.done
    assert queue.next().path.name == f"{counts.done:03}.wav"
    done = [item.path for item in queue.page(0, 200, "done")]
    assert all(library.find(path, "toy/one", weights=HEADING.weights_sha256) for path in done)
