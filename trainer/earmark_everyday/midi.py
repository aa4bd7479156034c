"""Small pieces of music at random, as standard MIDI files, and their sound through fluidsynth."""

from __future__ import annotations

import struct
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError, Float

TICKS = 480
"""Ticks a quarter note."""

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "pentatonic": (0, 2, 4, 7, 9)}
PROGRESSIONS = ((0, 4, 5, 3), (0, 3, 4, 4), (0, 5, 3, 4), (1, 4, 0, 0), (0, 0, 3, 4), (5, 3, 0, 4))
DRUMS = 9
STYLES = ("song", "solo", "chords", "beat", "band", "arpeggio")


@dataclass(frozen=True)
class Note:
    """A key (0–127) struck at `start` for `length` quarters on a channel."""

    channel: int
    key: int
    start: float
    length: float
    strength: int = 90


@dataclass
class Piece:
    """A piece in the making: its tempo, programs by channel, and notes."""

    tempo: float
    programs: dict[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def play(self, channel: int, key: int, start: float, length: float, strength: float) -> None:
        """Add one note; keys out of range move by octaves."""
        while key > 108:
            key -= 12
        while key < 24:
            key += 12
        self.notes.append(Note(channel, int(key), start, length, int(np.clip(strength, 20, 125))))


def compose(rng: np.random.Generator, programs: tuple[int, ...], *, seconds: float) -> Piece:
    """Return a random piece of one of `STYLES` for the given General MIDI programs, at least `seconds` long."""
    piece = Piece(tempo=rng.uniform(60, 180))
    beats = int(np.ceil(seconds * piece.tempo / 60 / 4)) * 4
    style = str(rng.choice(STYLES))
    for channel in range(3):
        piece.programs[channel] = int(rng.choice(programs))
    scale = SCALES[str(rng.choice(list(SCALES)))]
    tonic, chords = int(rng.integers(48, 60)), PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
    for bar in range(beats // 4):
        root = chords[bar % 4]
        if style in {"song", "chords", "band"}:
            _chord(piece, rng, [_key(scale, tonic, root + step) for step in (0, 2, 4)], bar * 4)
        if style in {"song", "solo", "band"}:
            _melody(piece, rng, scale, tonic + 12, root, bar * 4)
        if style in {"arpeggio"}:
            _arpeggio(piece, rng, [_key(scale, tonic, root + step) for step in (0, 2, 4, 7)], bar * 4)
        if style in {"beat", "band"}:
            _bass(piece, rng, _key(scale, tonic - 24, root), bar * 4)
        if style in {"beat", "band", "song"}:
            _drums(piece, rng, bar * 4)
    return piece


def _key(scale: tuple[int, ...], tonic: int, step: int) -> int:
    return tonic + 12 * (step // len(scale)) + scale[step % len(scale)]


def _chord(piece: Piece, rng: np.random.Generator, keys: list[int], start: float) -> None:
    hits = (0.0,) if rng.random() < 0.5 else (0.0, 2.0, 3.0)
    for at, end in zip(hits, (*hits[1:], 4.0), strict=True):
        for key in keys:
            piece.play(0, key, start + at, (end - at) * 0.95, rng.uniform(60, 85))


def _melody(
    piece: Piece, rng: np.random.Generator, scale: tuple[int, ...], tonic: int, root: int, start: float
) -> None:
    at, step = 0.0, root + int(rng.integers(0, 5))
    while at < 4.0:
        length = float(rng.choice([0.25, 0.5, 0.5, 1.0, 1.0, 2.0]))
        if rng.random() < 0.88:
            piece.play(1, _key(scale, tonic, step), start + at, length * rng.uniform(0.6, 1.0), rng.uniform(75, 115))
        step += int(rng.choice([-2, -1, -1, 0, 1, 1, 2, 3, -3]))
        at += length


def _arpeggio(piece: Piece, rng: np.random.Generator, keys: list[int], start: float) -> None:
    pattern = rng.permutation(4)
    for at in range(8):
        piece.play(0, keys[pattern[at % 4]], start + at / 2, 0.6, rng.uniform(65, 100))


def _bass(piece: Piece, rng: np.random.Generator, key: int, start: float) -> None:
    for at in np.arange(0, 4, 0.5 if rng.random() < 0.5 else 1.0):
        piece.play(2, key + (7 if rng.random() < 0.15 else 0), start + at, 0.45, rng.uniform(80, 110))


def _drums(piece: Piece, rng: np.random.Generator, start: float) -> None:
    for eighth in range(8):
        piece.play(DRUMS, 42 if rng.random() < 0.9 else 46, start + eighth / 2, 0.2, rng.uniform(50, 85))
        if eighth % 4 == 0 or rng.random() < 0.12:
            piece.play(DRUMS, 36, start + eighth / 2, 0.2, 110)
        if eighth % 4 == 2:
            piece.play(DRUMS, 38, start + eighth / 2, 0.2, 100)


def _varying(number: int) -> bytes:
    """Return a MIDI variable-length quantity."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def midi_bytes(piece: Piece) -> bytes:
    """Return the piece as a standard MIDI file of one track."""
    events = [(0, b"\xff\x51\x03" + struct.pack(">I", round(60e6 / piece.tempo))[1:])]
    events += [(0, bytes([0xC0 | channel, program])) for channel, program in piece.programs.items()]
    for note in piece.notes:
        start, end = round(note.start * TICKS), round((note.start + note.length) * TICKS)
        events.append((start, bytes([0x90 | note.channel, note.key, note.strength])))
        events.append((max(end, start + 1), bytes([0x80 | note.channel, note.key, 0])))
    track, now = b"", 0
    for at, message in sorted(events, key=lambda event: event[0]):
        track += _varying(at - now) + message
        now = at
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track


def sound_of(pieces: list[Piece], sound_font: Path) -> tuple[list[Float], int]:
    """Return the pieces as mono samples, and their rate; one fluidsynth each.

    Raises:
        DatasetError: fluidsynth could not play them.
    """
    played = []
    with tempfile.TemporaryDirectory() as folder:
        for number, piece in enumerate(pieces):
            score, path = Path(folder) / f"{number}.mid", Path(folder) / f"{number}.wav"
            score.write_bytes(midi_bytes(piece))
            command = ["fluidsynth", "-ni", "-r", "32000", "-g", "0.6", "-F", str(path), str(sound_font), str(score)]
            result = subprocess.run(command, capture_output=True, check=False, timeout=120)
            if not path.exists():
                raise DatasetError(f"fluidsynth did not play: {result.stderr.decode()[-200:]}")
            played.append(soundfile.read(path, dtype="float32", always_2d=True)[0].mean(1))
    return played, 32000
