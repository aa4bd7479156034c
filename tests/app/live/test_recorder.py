"""What the ring gets is what the file holds: every sample, once, from the number it was begun with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from earmark.live.recorder import Recorder, free_name
from earmark.live.ring_buffer import RingBuffer

from .conftest import RATE, ramp


def read(*paths) -> np.ndarray:
    return np.rint(np.concatenate([soundfile.read(path)[0] for path in paths]) * 65536).astype(int)


@pytest.fixture
def ring() -> RingBuffer:
    return RingBuffer(60 * RATE)


@pytest.fixture
def record(ring, tmp_path):
    def make(**settings) -> Recorder:
        recorder = Recorder(ring, RATE, lambda begun: tmp_path / "mic.wav", **settings)
        recorder.start()
        return recorder

    return make


def feed(ring: RingBuffer, seconds: float) -> None:
    for _ in range(round(seconds * 10)):
        ring.write(ramp(RATE // 10, ring.written))


def test_every_sample_is_written_once_and_in_order(ring, record):
    recorder = record()
    feed(ring, 7.3)
    [path] = recorder.stop()
    assert read(path).tolist() == list(range(7300))
    assert recorder.lost == 0


def test_pre_roll_begins_in_the_past_as_far_as_the_ring_reaches(ring, record):
    feed(ring, 4)
    recorder = record(first=1500)
    feed(ring, 1)
    assert read(*recorder.stop()).tolist() == list(range(1500, 5000))
    feed(ring, 70)
    late = record(first=0)
    late.stop()
    assert late.seconds == 60


def test_a_split_loses_no_sample(ring, record):
    recorder = record(split_seconds=2)
    feed(ring, 5)
    paths = recorder.stop()
    assert [path.name for path in paths] == ["mic.wav", "mic (2).wav", "mic (3).wav"]
    assert [len(read(path)) for path in paths] == [2000, 2000, 1000]
    assert read(*paths).tolist() == list(range(5000))


def test_it_stops_at_the_sample_named_even_where_that_is_still_to_come(ring, record):
    recorder = record()
    feed(ring, 1)
    recorder._last = 1500
    feed(ring, 3)
    recorder._thread.join(10)
    assert len(read(*recorder.paths)) == 1500


def test_it_ends_with_the_ring(ring, record):
    recorder = record()
    feed(ring, 1)
    ring.close()
    recorder._thread.join(10)
    assert len(read(*recorder.paths)) == 1000


def test_a_disk_that_refuses_is_said_and_nothing_hangs(ring, tmp_path):
    errors = []
    (tmp_path / "taken").write_text("not a folder")
    recorder = Recorder(ring, RATE, lambda begun: tmp_path / "taken" / "mic.wav", on_failed=errors.append)
    recorder.start()
    feed(ring, 1)
    assert recorder.stop() == []
    assert "cannot be written on" in errors[0].sentence


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    (tmp_path / "mic.wav").touch()
    assert free_name(tmp_path / "mic.wav").name == "mic (2).wav"


RECORDING = """
import sys, time
import numpy as np
from pathlib import Path
from earmark.live.recorder import Recorder
from earmark.live.ring_buffer import RingBuffer

rate = 8000
ring = RingBuffer(60 * rate)
Recorder(ring, rate, lambda begun: Path(sys.argv[1])).start()
began = time.monotonic()
while True:
    due = round((time.monotonic() - began) * 20 * rate)  # twenty times as fast as a microphone
    count = due - ring.written
    ring.write((np.arange(ring.written, due) % 32768 / 65536).astype(np.float32)[:, None])
    print(ring.written, flush=True)
    time.sleep(0.005)
"""


def test_a_kill_at_any_moment_leaves_a_file_with_all_but_the_last_second(tmp_path):
    moments = np.random.default_rng(50).uniform(0.15, 0.5, 50)
    lost = []
    for begin in range(0, 50, 10):
        lost += killed(tmp_path, moments[begin : begin + 10], begin)
    assert max(lost) < 3 * 8000  # a second since the last flush; here time runs twenty times as fast as threads do


def killed(folder, moments, begin: int) -> list[int]:
    """Kill ten recordings at their moments; return the samples that each lost."""
    runs = []
    for number, seconds in enumerate(moments, begin):
        path = folder / f"{number}.wav"
        process = subprocess.Popen([sys.executable, "-c", RECORDING, path], stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        runs.append((path, process, seconds))
    return [_lost(*run) for run in runs]


def _lost(path, process, seconds: float) -> int:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    written = int(process.communicate()[0].split()[-1])
    samples = np.rint(soundfile.read(path)[0] * 65536).astype(int) if path.stat().st_size else np.zeros(0)
    assert np.array_equal(samples, np.arange(len(samples)) % 32768)
    return written - len(samples)
