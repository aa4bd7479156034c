"""Speaks into the virtual microphone while `earmark listen` records: what is told, and where the sound is in its file.

Prints one line of JSON. Run inside virtual-sound.sh:  speak_into_microphone.py FOLDER SECONDS [SIGNAL]
SIGNAL (STOP, KILL) is sent to the sound server in the middle; CONT follows it after five seconds.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

RATE = 48_000
LEAD = 2.0  # seconds of listening before anybody speaks


def spoken(seconds: float) -> np.ndarray:
    """Return noise that is silent for the second half of every two seconds."""
    times = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, len(times))
    return np.where(times % 2 < 1, noise, 0.0)


def place_of(piece: np.ndarray, recorded: np.ndarray) -> tuple[int, float]:
    """Return where a piece is found in a recording, and how alike the two are there."""
    size = 1 << (len(recorded) + len(piece)).bit_length()
    found = np.fft.irfft(np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(recorded)]
    place = int(found.argmax())
    there = recorded[place : place + len(piece)]
    return place, float(np.corrcoef(there, piece[: len(there)])[0, 1])


def listened(folder: Path, seconds: float, name: str) -> tuple[list[dict], str, Path]:
    """Speak while the command listens; return its lines, its messages and its recording."""
    out = folder / "heard.wav"
    command = [sys.executable, "-m", "earmark", "listen", "--seconds", str(seconds + LEAD + 2), "--out", str(out)]
    listener = subprocess.Popen(
        [*command, "--rate", str(RATE), "--format", "json", "--model", "loud/tone", "--threshold", "0.2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert listener.stderr is not None
    said = listener.stderr.readline()  # "Listening to …"
    time.sleep(LEAD)
    speaker = subprocess.Popen(["paplay", "--device=micfeed", folder / "spoken.wav"])
    if name:
        time.sleep(seconds / 2)
        interrupt(name)
    lines, messages = listener.communicate(timeout=seconds + 60)
    speaker.kill()
    speaker.wait()
    return [json.loads(line) for line in lines.splitlines()], said + messages, out


def away(said: np.ndarray, heard: np.ndarray, at: int, place: int) -> int:
    """Return by how many samples the burst at a sample is not where it should be; up to a second is looked at."""
    around = max(0, at + place - RATE)
    return around + place_of(said[at : at + RATE], heard[around : around + 3 * RATE])[0] - at - place


def interrupt(name: str) -> None:
    server = int(os.environ["SOUND_SERVER"])
    os.kill(server, getattr(signal, f"SIG{name}"))
    if name == "STOP":
        time.sleep(5)
        os.kill(server, signal.SIGCONT)


def main() -> None:
    folder, seconds, name = Path(sys.argv[1]), float(sys.argv[2]), (sys.argv[3:] or [""])[0]
    said = spoken(seconds)
    soundfile.write(folder / "spoken.wav", said, RATE, subtype="PCM_24")
    lines, messages, out = listened(folder, seconds, name)
    heard, rate = soundfile.read(out)
    found = {"rate": rate, "seconds": len(heard) / rate, "messages": messages, "lines": lines}
    if not name:
        place, _ = place_of(said[:RATE], heard[: 10 * RATE])
        whole = heard[place : place + len(said)]
        found |= {
            "place": place / rate,
            "alike": float(np.corrcoef(whole, said[: len(whole)])[0, 1]),
            "away": [away(said, heard, at, place) for at in range(0, len(said) - RATE, 2 * RATE)],
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
