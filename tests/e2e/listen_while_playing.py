"""Plays noise through the virtual loudspeaker, records that, and compares the playhead with what was heard.

Run inside virtual-sound.sh: prints JSON of what `test_sound.py` judges. With a signal's name, the sound server
gets that signal in the middle.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QCoreApplication, QTimer
from scipy.signal import fftconvolve

from earmark.gui.player import Player
from earmark.playback import Playback

RATE, SECONDS, START = 48_000, 4.0, 0.5


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
    QTimer.singleShot(0, lambda: player.play(START))
    if disturb:
        QTimer.singleShot(1500, lambda: os.kill(int(os.environ["SOUND_SERVER"]), signal.Signals[disturb]))
    QTimer.singleShot(20_000, application.quit)
    application.exec()
    player.close()
    return positions, errors, player.position


def main(folder: Path, disturb: str) -> None:
    noise = np.random.default_rng(0).standard_normal(round(RATE * SECONDS)).astype(np.float32)
    smooth = fftconvolve(noise, np.ones(8) / 8, mode="same")
    smooth *= 0.2 / np.abs(smooth).max() * 4
    soundfile.write(folder / "noise.wav", smooth, RATE, subtype="FLOAT")
    microphone = Microphone()
    time.sleep(0.5)
    positions, errors, last = play(folder / "noise.wav", disturb=disturb)
    time.sleep(0.3)
    came, ends, heard = microphone.stop()
    found = {"errors": errors, "last": last, "moves": len(positions)}
    if not disturb:
        found |= compare(smooth[round(START * RATE) :], came, ends, heard, np.array(positions))
    print(json.dumps(found))


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
