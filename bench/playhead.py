"""How far the playhead is from what is heard: a track of clicks through a virtual loudspeaker, recorded there.

`python -m bench.playhead --seconds 3600 [--to FILE.json]` plays for an hour; `python -m bench playhead` for half a
minute, and a little at other speeds. Needs PulseAudio. Differences are in the recording's time: at 4 times its speed,
20 ms pass in 5 ms. What is promised holds for the last sixty clicks; `too_far` counts those of all that it did not hold
for, as when the machine was too busy to fill the device's buffer in time.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench import target

ROOT = Path(__file__).resolve().parents[1]
SERVER = ROOT / "tests" / "e2e" / "virtual-sound.sh"
RATE = 48_000
CLICK = np.sin(2 * np.pi * 2000 * np.arange(96) / RATE).astype(np.float32)  # 2 ms
LOUD = 0.3
QUIET_SECONDS = 0.1  # before a click: what comes sooner belongs to the one before
SECONDS = 30.0
SPEEDS = (0.25, 0.5, 2.0, 4.0)
SPEED_SECONDS = 8.0  # heard at each of them
AWAY_AT_MOST = 20.0  # milliseconds
NEEDED = ("pulseaudio", "pactl", "pacat", "parec")
RECORDER = "parec --device=speaker.monitor --rate=48000 --channels=1 --format=float32le --raw --latency-msec=10"


def measure(seconds: float = SECONDS) -> dict[str, Any]:
    """Return how far playhead and loudspeaker were apart, at each speed."""
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        raise RuntimeError(f"Not installed: {', '.join(missing)}.")
    runs = {"1": _run(1.0, seconds)} | {f"{speed:g}": _run(speed, SPEED_SECONDS) for speed in SPEEDS}
    targets = [
        target(
            f"playhead against what is heard at the end, {speed} ×", run["at_the_end_ms"], "ms", at_most=AWAY_AT_MOST
        )
        for speed, run in runs.items()
    ]
    return {"speeds": runs, "targets": targets}


def _run(speed: float, seconds: float) -> dict[str, Any]:
    """Play in a process with a sound server of its own."""
    command = [str(SERVER), sys.executable, "-m", "bench.playhead", "--inside", "--speed", f"{speed}"]
    done = subprocess.run(
        [*command, "--seconds", f"{seconds}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + 120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The clicks could not be played: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


class Recorder:
    """Hears the loudspeaker and notes the sample at which each click is loudest."""

    def __init__(self) -> None:
        self._parec = subprocess.Popen(RECORDER.split(), stdout=subprocess.PIPE)
        self._clicks: list[tuple[float, int]] = []  # how loud, at which sample
        self._last = 0
        self._ahead = 0.0  # seconds
        self._came: list[tuple[float, int]] = []  # moment, samples until then
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        count, left = 0, b""
        while came := self._parec.stdout.read1(4096):  # type: ignore[union-attr]
            moment, came = time.monotonic(), left + came
            left = came[len(came) // 4 * 4 :]
            samples = np.frombuffer(came[: len(came) // 4 * 4], np.float32)
            for loud in np.flatnonzero(np.abs(samples) > LOUD):
                self._note(abs(float(samples[loud])), int(loud) + count)
            count += len(samples)
            self._came.append((moment, count))

    def _note(self, loudness: float, sample: int) -> None:
        if not self._clicks or sample - self._last > QUIET_SECONDS * RATE:
            self._clicks.append((loudness, sample))
        else:
            self._clicks[-1] = max(self._clicks[-1], (loudness, sample), key=lambda click: click[0])
        self._last = sample

    def look(self) -> None:
        """Note how the loudspeaker works while it is played on: its buffer changes with those who use it."""
        self._ahead = _rendered_ahead()

    def stop(self) -> np.ndarray:
        """Return the moments at which clicks were heard [clicks]."""
        self._parec.terminate()
        self._reader.join()
        moments, counts = np.array(self._came).T
        return np.array([self._moment(sample, moments, counts) for _, sample in self._clicks])

    def _moment(self, sample: int, moments: np.ndarray, counts: np.ndarray) -> float:
        """Return when a sample was heard; pieces that came late, because the machine was busy, do not count."""
        near = slice(*np.searchsorted(counts, [sample - 5 * RATE, sample + 5 * RATE]))
        return float(sample / RATE + (moments[near] - counts[near] / RATE).min()) + self._ahead


def _rendered_ahead() -> float:
    """Return the seconds by which the recorder hears the last sample of a buffer before the loudspeaker plays it."""
    told = subprocess.run(["pactl", "list", "sinks"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"configured (\d+) usec", told)
    return int(found[1]) / 1e6 if found else 0.0


def write_clicks(path: Path, seconds: float) -> np.ndarray:
    """Write a track of clicks at irregular intervals; return where their middles are, in seconds."""
    rng = np.random.default_rng(0)
    places = np.cumsum(rng.uniform(0.7, 1.3, round(seconds)))
    places = np.round(places[places < seconds - 0.3] * RATE).astype(int)
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for second in range(int(np.ceil(seconds))):
            samples = np.zeros(RATE + len(CLICK), np.float32)
            for place in places[(places >= second * RATE) & (places < (second + 1) * RATE - len(CLICK))]:
                samples[place - second * RATE :][: len(CLICK)] = CLICK
            file.write(samples[:RATE])
    return (places[places % RATE < RATE - len(CLICK)] + len(CLICK) / 2) / RATE


def play(path: Path, *, speed: float) -> np.ndarray:
    """Play to the end; return moments and the playhead at them [2, moments]."""
    from earmark.playback import Playback
    from earmark.playback_sound import Manner

    ended, errors, seen = threading.Event(), [], []
    playback = Playback()
    playback.on_ended = lambda error: (errors.append(error), ended.set())
    playback.manner = Manner(speed=speed)
    playback.play(path)
    while not ended.wait(0.02):
        before, position, after = time.monotonic(), playback.position, time.monotonic()
        if position is not None and after - before < 0.002:
            seen.append(((before + after) / 2, position))
    playback.close()
    if errors[0]:
        raise errors[0]
    return np.array(seen).T


def listen(speed: float, seconds: float) -> dict[str, Any]:
    """Play clicks, hear them, and return how far the playhead was from each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clicks.flac"
        places = write_clicks(path, seconds * speed)
        recorder = Recorder()
        time.sleep(1)
        looking = threading.Timer(2.0, recorder.look)
        looking.start()
        began = time.monotonic()
        moments, playhead = play(path, speed=speed)
        took = time.monotonic() - began
        looking.join()
        time.sleep(0.5)
        heard = recorder.stop()
    away = 1e3 * _differences(np.interp(heard, moments, playhead), places)
    return _summary(away) | {"clicks": len(places), "heard": len(heard), "seconds": round(took, 1)}


def _differences(playhead: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return for each click heard how far the playhead was from the nearest one on the track, in seconds."""
    distances = playhead[:, None] - places[None]
    return distances[np.arange(len(playhead)), np.abs(distances).argmin(1)]


def _summary(away: np.ndarray) -> dict[str, float]:
    figures = {
        "largest_ms": np.abs(away).max(),
        "median_ms": np.median(away),
        "spread_ms": away.std(),
        "first_minute_ms": np.median(away[:60]),
        "last_minute_ms": np.median(away[-60:]),
        "at_the_end_ms": np.abs(away[-60:]).max(),
        "too_far": np.count_nonzero(np.abs(away) > AWAY_AT_MOST),
    }
    return {name: round(float(value), 2) for name, value in figures.items()}


def main(arguments: list[str]) -> None:
    """Play for as long as is asked for, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "bench" / "playhead.json")
    parser.add_argument("--speed", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # of the sound server's reach
    asked = parser.parse_args(arguments)
    if asked.inside:
        print(json.dumps(listen(asked.speed, asked.seconds)))
        return
    found = json.dumps({"bench": "playhead"} | measure(asked.seconds), indent=1)
    asked.to.parent.mkdir(parents=True, exist_ok=True)
    asked.to.write_text(found + "\n", encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main(sys.argv[1:])
