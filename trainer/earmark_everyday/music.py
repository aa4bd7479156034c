"""Music: short recordings looped and layered into beats and textures, and pieces played by fluidsynth."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError, Float
from earmark_everyday import FOLDS, SAMPLE_RATE
from earmark_everyday.effects import resampled, staged
from earmark_everyday.midi import compose, sound_of
from earmark_everyday.sounds import Rendered, Sound, rendered

SECONDS = 5.0
ARRANGED = 44
"""Stretches made of recordings, a fold."""

MADE = "made here with FluidR3 (MIT)"

PIECES = 13
"""Pieces played by fluidsynth, a fold; each gives four stretches."""

DEMO_SAMPLES = ("loop_compus",)
"""Plays in the demo recording only."""

NOT_MUSIC = (
    "misc_burp",
    "misc_crow",
    "misc_cineboom",
    "vinyl_hiss",
    "vinyl_backspin",
    "ambi_swoosh",
    "ambi_dark_woosh",
    "perc_swash",
    "perc_swoosh",
)
"""Recordings of the same collection that are noises: negatives."""

FAMILIES = {
    "kick": ("bd_", "drum_bass", "drum_heavy_kick", "elec_soft_kick", "elec_hollow_kick"),
    "snare": ("sn_", "drum_snare", "elec_snare", "elec_hi_snare", "elec_lo_snare", "elec_mid_snare", "perc_snap"),
    "hat": ("hat_", "drum_cymbal", "elec_cymbal", "ride_", "elec_tick"),
    "tom": ("drum_tom", "glitch_perc", "perc_impact", "elec_wood", "elec_pop"),
    "bass": ("bass_",),
    "tabla": ("tabla_",),
    "guitar": ("guit_",),
    "tuned": ("elec_bell", "elec_ping", "elec_chime", "elec_blip", "elec_beep", "elec_twang", "elec_bong", "perc_bell"),
    "loop": ("loop_", "arovane_"),
    "texture": ("ambi_",),
}


def families(folder: Path, fold: int) -> dict[str, list[Path]]:
    """Return the recordings of one fold by family; where a fold has none of a family, that family is absent.

    Raises:
        DatasetError: `folder` holds no recordings.
    """
    every = [path for path in sorted(folder.glob("*.flac")) if path.stem not in (*DEMO_SAMPLES, *NOT_MUSIC)]
    if not every:
        raise DatasetError(f"There are no musical recordings in {folder}.")
    named = {name: [path for path in every if path.stem.startswith(starts)] for name, starts in FAMILIES.items()}
    return {name: paths[fold - 1 :: len(FOLDS)] for name, paths in named.items() if paths[fold - 1 :: len(FOLDS)]}


@lru_cache(maxsize=128)
def recording(path: Path) -> tuple[Float, int]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(1)
    return mono * np.float32(0.5 / (np.abs(mono).max() + 1e-9)), rate


def _lay(mix: Float, hit: Float, at: float, gain: float) -> None:
    start = round(at * SAMPLE_RATE)
    end = min(len(mix), start + len(hit))
    if 0 <= start < end:
        mix[start:end] += gain * hit[: end - start]


class Arranger:
    """Arranges the recordings of one fold into stretches of `SECONDS`."""

    def __init__(self, recordings: dict[str, list[Path]], rng: np.random.Generator) -> None:
        self.recordings = recordings
        self.rng = rng
        self.beat = 60.0 / rng.uniform(70, 170)  # seconds of a quarter note

    def _one(self, family: str) -> Path:
        paths = self.recordings[family]
        return paths[self.rng.integers(len(paths))]

    def _hit(self, path: Path, semitones: float = 0.0) -> Float:
        samples, rate = recording(path)
        return resampled(samples, rate, speed=2 ** (semitones / 12))

    def drums(self, mix: Float) -> None:
        """Add a drum pattern of one bar, repeated, with small changes."""
        kick, snare, hat = (self._hit(self._one(family)) for family in ("kick", "snare", "hat"))
        kicks, swing = {0, *self.rng.choice(16, 3)}, self.rng.uniform(0, 0.03)
        for step in range(int(len(mix) / SAMPLE_RATE / (self.beat / 4))):
            at = step * self.beat / 4 + (swing if step % 2 else 0)
            if step % 16 in kicks:
                _lay(mix, kick, at, 1.0)
            if step % 8 == 4:
                _lay(mix, snare, at, 0.8)
            if step % 2 == 0 or self.rng.random() < 0.2:
                _lay(mix, hat, at, self.rng.uniform(0.2, 0.5))

    def bass(self, mix: Float) -> None:
        """Add a bass line."""
        path, line = self._one("bass"), self.rng.choice([-5, -2, 0, 0, 3, 5, 7], 8)
        for step in range(int(len(mix) / SAMPLE_RATE / self.beat)):
            note = self._hit(path, line[step % 8])[: round(self.beat * SAMPLE_RATE)].copy()
            note[-320:] *= np.linspace(1, 0, len(note[-320:]))
            _lay(mix, note, step * self.beat, 0.7)

    def tabla(self, mix: Float) -> None:
        """Add a tabla pattern: eight strokes, repeated."""
        strokes = [self._hit(self._one("tabla")) for _ in range(5)]
        cycle = self.rng.integers(-1, 5, 8)
        for step in range(int(len(mix) / SAMPLE_RATE / (self.beat / 2))):
            if cycle[step % 8] >= 0:
                _lay(mix, strokes[cycle[step % 8]], step * self.beat / 2, self.rng.uniform(0.6, 1.0))

    def melody(self, mix: Float, family: str) -> None:
        """Add a melody on a pentatonic scale by a pitched recording."""
        path, scale = self._one(family), np.array([-5, -3, 0, 2, 4, 7, 9, 12])
        notes = {semitones: self._hit(path, float(semitones)) for semitones in scale}
        degree, at = 2, 0.0
        while at < len(mix) / SAMPLE_RATE:
            _lay(mix, notes[scale[degree]], at, self.rng.uniform(0.4, 0.8))
            degree = int(np.clip(degree + self.rng.integers(-2, 3), 0, len(scale) - 1))
            at += self.beat * float(self.rng.choice([0.5, 0.5, 1.0, 1.0, 2.0]))

    def loop(self, mix: Float) -> None:
        """Add a loop, repeated, at a slightly other speed; the beat then follows it."""
        samples, rate = recording(self._one("loop"))
        looped = resampled(samples, rate, speed=self.rng.uniform(0.85, 1.18))
        bars = max(1, round(len(looped) / SAMPLE_RATE / 2))
        self.beat = len(looped) / SAMPLE_RATE / bars / 4
        start = self.rng.integers(0, len(looped))
        mix += np.resize(np.roll(looped, -start), len(mix))

    def texture(self, mix: Float) -> None:
        """Add a soft carpet of sound."""
        carpet = self._hit(self._one("texture"), self.rng.uniform(-3, 3))
        mix += 0.4 * np.resize(carpet, len(mix))

    def arrange(self, style: str) -> Float:
        """Return a stretch in one of the styles that `styles` offers."""
        mix = np.zeros(round(SECONDS * SAMPLE_RATE), np.float32)
        for part in style.split("+"):
            if part in {"guitar", "tuned"}:
                self.melody(mix, part)
            else:
                getattr(self, part)(mix)
        return mix

    def styles(self) -> list[str]:
        """Return the styles that this fold's recordings allow."""
        every = ["loop", "loop", "loop+bass", "drums", "drums+bass", "drums+bass+tuned", "tabla", "tabla+texture"]
        every += ["guitar", "guitar+drums", "tuned", "tuned+texture", "loop+tuned", "drums+texture", "tabla+bass"]
        needed = {"drums": "kick"}
        return [s for s in every if all(needed.get(part, part) in self.recordings for part in s.split("+"))]


def render_arrangements(folder: Path, fold: int) -> list[Rendered]:
    """Return the stretches made of one fold's recordings."""
    rng, recordings = np.random.default_rng([3, fold]), families(folder, fold)
    stretches = []
    for number in range(ARRANGED):
        arranger = Arranger(recordings, rng)
        style = str(rng.choice(arranger.styles()))
        source = f"samples {fold}.{number}"
        about = Sound(label="music", kind="loops", fold=fold, source=source, file=style, cc="CC0")
        stretches.append(rendered(staged(arranger.arrange(style), rng), about))
    return stretches


def programs_of(fold: int) -> tuple[int, ...]:
    """Return the General MIDI programs of a fold: two of each family of eight, without the sound effects."""
    return tuple(family * 8 + (fold - 1) * 2 + which for family in range(14) for which in (0, 1))


def render_pieces(sound_font: Path, fold: int, part: int) -> list[Rendered]:
    """Return stretches of pieces played with one fold's programs; `part` 0 or 1 is half of them."""
    rng = np.random.default_rng([4, fold, part])
    pieces = [compose(rng, programs_of(fold), seconds=22) for _ in range((PIECES + part) // 2)]
    played, _ = sound_of(pieces, sound_font)
    stretches, length = [], round(SECONDS * SAMPLE_RATE)
    for number, samples in enumerate(played):
        source = f"piece {fold}.{part}.{number}"
        for start in range(0, min(len(samples), 4 * length) - length + 1, length):
            heard = staged(samples[start : start + length], rng)
            about = Sound(label="music", kind="midi", fold=fold, source=source, file=f"{start // length}", cc=MADE)
            stretches.append(rendered(heard, about))
    return stretches
