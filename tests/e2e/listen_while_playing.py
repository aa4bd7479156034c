"""Plays through the virtual loudspeaker, records that, and compares it with what should be heard.

Run inside virtual-sound.sh: prints JSON of what `test_sound.py` judges. `loop` repeats a stretch of noise, `band`
leaves tones out; a signal's name plays noise and sends the sound server that signal in the middle, or with "at once"
behind it before; nothing plays it to the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QCoreApplication, QTimer
from scipy.signal import fftconvolve

from earmark.gui.player import Player
from earmark.playback import Playback
from earmark.playback_sound import Manner

RATE, SECONDS, START = 48_000, 4.0, 0.5
LAP, LAPS = 0.7003, 5  # seconds, and how often they are listened to
TONES = (700, 1000, 1400)  # Hz; the outer ones are more than a third of an octave outside the band


class Microphone:
    """What the loudspeaker plays: pieces of samples, each with the moment it came."""

    def __init__(self) -> None:
        command = "parec --device=speaker.monitor --rate=48000 --channels=1 --format=float32le --raw --latency-msec=10"
        self._parec = subprocess.Popen(command.split(), stdout=subprocess.PIPE)
        self._came: list[tuple[float, np.ndarray]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while data := self._parec.stdout.read1(4096):
            self._came.append((time.monotonic(), np.frombuffer(data[: len(data) // 4 * 4], np.float32)))

    def stop(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return times [pieces], the sample after each piece [pieces], samples."""
        self._parec.terminate()
        self._reader.join()
        moments, samples = zip(*self._came, strict=True)
        return (
            np.array(moments),
            np.cumsum([len(each) for each in samples]),
            np.concatenate(samples),
        )


def play(path: Path, *, disturb: str) -> tuple[list[tuple[float, float]], list[str], float]:
    """Return (moment, playhead) pairs, errors, and where the playhead was at the end."""
    application = QCoreApplication([])
    player = Player(Playback())
    positions, errors = [], []
    player.moved.connect(lambda seconds: positions.append((time.monotonic(), seconds)))
    player.failed.connect(lambda error: errors.append(str(error)))
    player.playing_changed.connect(lambda playing: None if playing else application.quit())
    player.load(path, SECONDS)
    if disturb:
        name, _, at_once = disturb.partition(" ")
        kill = partial(os.kill, int(os.environ["SOUND_SERVER"]), signal.Signals[name])
        QTimer.singleShot(0 if at_once else 1500, kill)
    QTimer.singleShot(0, lambda: player.play(START))
    QTimer.singleShot(20_000, application.quit)
    application.exec()
    player.close()
    return positions, errors, player.position


def noise(folder: Path) -> tuple[Path, np.ndarray]:
    white = np.random.default_rng(0).standard_normal(round(RATE * SECONDS)).astype(np.float32)
    smooth = fftconvolve(white, np.ones(8) / 8, mode="same")
    smooth *= 0.2 / np.abs(smooth).max() * 4
    soundfile.write(folder / "noise.wav", smooth, RATE, subtype="FLOAT")
    return folder / "noise.wav", smooth


def main(folder: Path, how: str) -> None:
    ways = {"loop": listen_to_loop, "band": listen_to_band}
    print(json.dumps(ways[how](folder) if how in ways else listen_to_noise(folder, how)))


def listen_to_noise(folder: Path, disturb: str) -> dict:
    path, smooth = noise(folder)
    microphone = Microphone()
    time.sleep(0.5)
    positions, errors, last = play(path, disturb=disturb)
    time.sleep(0.3)
    came, ends, heard = microphone.stop()
    found = {"errors": errors, "last": last, "moves": len(positions)}
    if not disturb:
        found |= compare(smooth[round(START * RATE) :], came, ends, heard, np.array(positions))
    return found


def listen_to_loop(folder: Path) -> dict:
    """Return by how many samples the last of some repetitions comes too late, and how much it is like the noise."""
    path, smooth = noise(folder)
    playback, microphone = Playback(), Microphone()
    time.sleep(0.5)
    playback.play(path, start=START, loop=(START, START + LAP))
    time.sleep(LAPS * LAP + 1)
    playback.close()
    heard = microphone.stop()[2]
    lap = smooth[round(START * RATE) : round((START + LAP) * RATE)]
    found = fftconvolve(heard, lap[::-1], mode="valid")
    first = int(np.flatnonzero(found > 0.95 * found.max())[0])
    last = first + (LAPS - 1) * len(lap)
    late = int(found[last - 1000 : last + 1000].argmax()) - 1000
    tiled = np.tile(lap, LAPS)
    return {"late": late, "correlation": float(np.corrcoef(tiled, heard[first : first + len(tiled)])[0, 1])}


def listen_to_band(folder: Path) -> dict:
    """Return what a band leaves of three tones, in dB, and the seconds until it does."""
    seconds = np.arange(RATE * 8) / RATE
    soundfile.write(folder / "tones.wav", sum(0.2 * np.sin(2 * np.pi * hertz * seconds) for hertz in TONES), RATE)
    playback, microphone = Playback(), Microphone()
    time.sleep(0.5)
    playback.play(folder / "tones.wav")
    time.sleep(2)
    wished = time.monotonic()
    playback.manner = Manner(band=(900.0, 1100.0))
    time.sleep(2)
    playback.close()
    came, ends, heard = microphone.stop()
    at = int(np.interp(wished, came, ends))
    before, after = levels(heard[at - RATE : at]), levels(heard[at + RATE // 2 : at + RATE * 3 // 2])
    quiet = np.abs(heard[at:]) < 0.25  # without the other tones
    reaction = next(k for k in range(0, RATE, 100) if quiet[k : k + 4800].all()) / RATE
    steps = np.abs(np.diff(heard[at : at + RATE])).max()
    return {"left": [b - a for a, b in zip(before, after, strict=True)], "reaction": reaction, "step": float(steps)}


def levels(samples: np.ndarray) -> list[float]:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return [float(20 * np.log10(spectrum[hertz - 3 : hertz + 4].max() + 1e-9)) for hertz in TONES]


def compare(played: np.ndarray, came: np.ndarray, ends: np.ndarray, heard: np.ndarray, positions: np.ndarray) -> dict:
    """Return how well what was heard is what was played, and how far the playhead was from it."""
    likeness = fftconvolve(heard, played[::-1])
    first = int(likeness.argmax()) - (len(played) - 1)
    same = heard[first : first + len(played)]
    correlation = float(np.corrcoef(same, played[: len(same)])[0, 1])
    moments, playhead = positions[(positions[:, 1] > START + 0.2) & (positions[:, 1] < SECONDS - 0.2)].T
    loudspeaker = START + (np.interp(moments, came, ends) - first) / RATE
    away = playhead - loudspeaker
    return {"correlation": correlation, "away_ms": float(np.median(away) * 1e3), "spread_ms": float(np.std(away) * 1e3)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), "".join(sys.argv[2:]))
