"""Scenes made on the fly: sounds at random times and levels on backgrounds, with the exact times of what sounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.api import Float
from earmark_everyday import LABELS, NOISE, SAMPLE_RATE
from earmark_everyday.colouring import Colouring
from earmark_everyday.placing import Placed, faded, lay, merged, part_of, struck
from earmark_everyday.sounds import Cache, Sound, read_cache

KIND_SHARES = {"digits": 3.0, "flite": 2.0, "festival": 2.5, "espeak": 1.5}
"""Real people are heard most, formant voices least."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """How scenes are drawn; chances in 0..1, levels in dB.

    Attributes:
        single_clip: chance of one whole clip as it is, the form of most recordings that people try.
        empty: chance of noise or silence with nothing to hear.
        counts: chances of 1, 2, 3, … sounds in the others.
        background: chance of a background under them.
        snr_db: range of the quietest sound's level over the background.
        levels_db: range of the sounds' levels among each other.
        peak_db: range of the scene's peak re full scale.
        distractor: chance of a short noise (a clap, keys, a beep) among the sounds.
        colour: chance of each of equaliser, room, and band limits.
    """

    single_clip: float = 0.3
    empty: float = 0.15
    counts: tuple[float, ...] = (0.35, 0.35, 0.2, 0.1)
    background: float = 0.7
    snr_db: tuple[float, float] = (0.0, 40.0)
    levels_db: tuple[float, float] = (-10.0, 0.0)
    peak_db: tuple[float, float] = (-45.0, -0.1)
    distractor: float = 0.2
    colour: float = 0.4


def balanced(sounds: Iterable[Sound]) -> dict[str, dict[str, dict[str, list[Sound]]]]:
    """Return the sounds by label, kind and source: drawn level by level, no large source drowns a small one."""
    tree: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for sound in sounds:
        tree[sound.label][sound.kind][sound.source].append(sound)
    return {label: {kind: dict(sources) for kind, sources in kinds.items()} for label, kinds in tree.items()}


class Scenes:
    """Draws scenes from the sounds of some folds; what is drawn is a function of the generator alone."""

    def __init__(
        self,
        cache: Cache | Path,
        folds: Iterable[int],
        *,
        seconds: float = 5.12,
        step: float = 0.04,
        variants: bool = True,
        mixture: Mixture | None = None,
    ) -> None:
        """Take the sounds of `folds` from the cache; without `variants`, only untouched originals.

        Args:
            seconds: length of a scene.
            step: seconds between the steps of the frame targets.
        """
        self.cache = cache if isinstance(cache, Cache) else read_cache(cache)
        wanted = set(folds)
        heard = [s for s in self.cache.sounds if s.fold in wanted and (variants or s.variant == 0)]
        self.sounds = balanced(s for s in heard if s.active or s.label == NOISE)
        self.length = round(seconds * SAMPLE_RATE)
        self.seconds, self.step = seconds, step
        self.steps = round(seconds / step)
        self.mixture = mixture or Mixture()
        self.colouring = Colouring(self.length)

    def batch(self, seed: int, epoch: int, step: int, size: int) -> tuple[Float, Float, Float]:
        """Return `size` scenes, the same for the same (seed, epoch, step).

        Returns:
            samples [size, samples], frames [size, steps, labels], weak [size, labels].
        """
        drawn = [self.draw(np.random.default_rng([seed, epoch, step, number])) for number in range(size)]
        samples, frames, weak = (np.stack(part) for part in zip(*drawn, strict=True))
        return samples, frames, weak

    def draw(self, rng: np.random.Generator) -> tuple[Float, Float, Float]:
        """Return one scene: samples [samples], frames [steps, labels] in 0..1, weak [labels] in 0..1."""
        samples, placed = self.draw_events(rng)
        samples = self._finish(samples, rng)
        frames = self.targets(placed)
        return samples, frames, self._weak(frames)

    def draw_events(self, rng: np.random.Generator) -> tuple[Float, list[Placed]]:
        """Return a scene before gain and colour: samples [samples], and what sounds in it when."""
        form = rng.random()
        if form < self.mixture.single_clip:
            return self._single_clip(rng)
        scene = np.zeros(self.length, np.float32)
        if form < self.mixture.single_clip + self.mixture.empty:
            if rng.random() < 0.9:
                self.add_background(scene, rng, level_db=0.0)
            if rng.random() < 0.5:
                self._add_distractor(scene, rng)
            return scene, []
        placed = self._add_sounds(scene, rng)
        if rng.random() < self.mixture.distractor:
            self._add_distractor(scene, rng)
        if rng.random() < self.mixture.background:
            quietest = min((event.level_db for event in placed), default=0.0)
            self.add_background(scene, rng, level_db=quietest - rng.uniform(*self.mixture.snr_db))
        return scene, placed

    def pick(self, rng: np.random.Generator, label: str, kind: str | None = None) -> Sound:
        """Return a random sound of a label: its kind first, then its source, then one of its stretches."""
        kinds = self.sounds[label]
        names = list(kinds)
        if kind not in kinds:
            shares = np.array([KIND_SHARES.get(name, 1.0) for name in names])
            kind = names[rng.choice(len(names), p=shares / shares.sum())]
        sources = list(kinds[kind].values())
        stretches = sources[rng.integers(len(sources))]
        return stretches[rng.integers(len(stretches))]

    def random_label(self, rng: np.random.Generator) -> str:
        """Return a label, all alike likely."""
        heard = [label for label in LABELS if label in self.sounds]
        return heard[rng.integers(len(heard))]

    def _single_clip(self, rng: np.random.Generator) -> tuple[Float, list[Placed]]:
        sound = self.pick(rng, self.random_label(rng))
        samples, scene = self.cache.stretch(sound), np.zeros(self.length, np.float32)
        spare = self.length - len(samples)
        start = int(rng.integers(min(0, spare), max(0, spare) + 1))
        if rng.random() < 0.3:
            start = -int(rng.integers(len(samples) // 2))
        lay(scene, samples, start)
        shift = start / SAMPLE_RATE
        return scene, [Placed(sound.label, on + shift, off + shift) for on, off in sound.active]

    def _add_sounds(self, scene: Float, rng: np.random.Generator) -> list[Placed]:
        placed: list[Placed] = []
        for _ in range(1 + rng.choice(len(self.mixture.counts), p=self.mixture.counts)):
            sound = self.pick(rng, self.random_label(rng))
            level_db = rng.uniform(*self.mixture.levels_db)
            placed += self.add(scene, sound, rng, level_db=level_db)
        return placed

    def part(self, sound: Sound, rng: np.random.Generator) -> tuple[float, float]:
        """Return the part of a sound to use, in seconds; a clock's begins and ends with a tick."""
        start, end = part_of(sound, rng, self.seconds)
        if sound.label != "clock_tick":
            return start, end
        first, last = struck(self.cache.stretch(sound, round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)))
        return start + first, start + last

    def add(self, scene: Float, sound: Sound, rng: np.random.Generator, *, level_db: float) -> list[Placed]:
        """Lay a random part of `sound` somewhere into `scene`, perhaps over its edges; return what now sounds when."""
        part = self.part(sound, rng)
        duration = part[1] - part[0]
        at = rng.uniform(-0.4 * duration, self.seconds - min(0.3, 0.5 * duration))
        return self.add_part(scene, sound, part, at=at, level_db=level_db)

    def add_part(
        self, scene: Float, sound: Sound, part: tuple[float, float], *, at: float, level_db: float
    ) -> list[Placed]:
        """Lay `part` (start and end in seconds) of `sound` into `scene` at a time; return what now sounds when."""
        start, first = round(part[0] * SAMPLE_RATE), round(at * SAMPLE_RATE)
        samples = faded(self.cache.stretch(sound, start, round(part[1] * SAMPLE_RATE)))
        lay(scene, samples * np.float32(10 ** ((level_db - sound.level_db) / 20)), first)
        shift = (first - start) / SAMPLE_RATE
        inside = [(max(on, part[0]), min(off, part[1])) for on, off in sound.active if off > part[0] and on < part[1]]
        return [Placed(sound.label, on + shift, off + shift, level_db) for on, off in inside]

    def add_background(self, scene: Float, rng: np.random.Generator, *, level_db: float) -> None:
        if "steady" not in self.sounds.get(NOISE, {}):
            return
        sound = self.pick(rng, NOISE, "steady")
        samples = self.cache.stretch(sound)
        laid = np.resize(np.roll(samples, rng.integers(len(samples))), self.length)
        scene += laid * np.float32(10 ** ((level_db - sound.level_db) / 20))

    def _add_distractor(self, scene: Float, rng: np.random.Generator) -> None:
        if "short" not in self.sounds.get(NOISE, {}):
            return
        sound = self.pick(rng, NOISE, "short")
        samples = self.cache.stretch(sound)
        gain = np.float32(10 ** ((rng.uniform(-20, 3) - max(sound.level_db, -60.0)) / 20))
        lay(scene, samples * gain, int(rng.integers(-len(samples) // 2, self.length)))

    def _finish(self, samples: Float, rng: np.random.Generator) -> Float:
        samples = self.colouring.apply(samples, rng, chance=self.mixture.colour)
        loudest = float(np.abs(samples).max())
        if loudest > 0:
            # most recordings are loud, a few are whispers
            low, high = self.mixture.peak_db
            peak_db = high - (high - low) * rng.random() ** 2
            samples = samples * np.float32(rng.choice([-1, 1]) * 10 ** (peak_db / 20) / loudest)
        return samples

    def targets(self, placed: Iterable[Placed]) -> Float:
        """Return frames [steps, labels]: the part of each step in which a label sounds."""
        frames = np.zeros((self.steps, len(LABELS)), np.float32)
        starts = np.arange(self.steps) * self.step
        for event in placed:
            covered = np.minimum(event.offset, starts + self.step) - np.maximum(event.onset, starts)
            column = LABELS.index(event.label)
            frames[:, column] = np.maximum(frames[:, column], np.clip(covered / self.step, 0, 1))
        return frames

    def _weak(self, frames: Float) -> Float:
        # what shows for less than a tenth of a second is in the scene only in part
        return np.minimum(1.0, frames.sum(0) * self.step / 0.1).astype(np.float32)


@dataclass(frozen=True)
class Scene:
    """A scene to judge by: samples [samples] at `SAMPLE_RATE`, and every event in it, by onset."""

    name: str
    samples: Float
    seconds: float
    events: tuple[Placed, ...]


def make_scenes(
    cache: Cache | Path, folds: Iterable[int], count: int, seed: int = 0, *, seconds: float = 10.0
) -> Iterator[Scene]:
    """Yield scenes to judge a model by: one to five whole events of untouched originals on a background 6–30 dB below.

    They resemble DCASE's synthetic soundscapes: at most two sounds at a time, a tenth of the scenes without events.
    """
    scenes = Scenes(cache, folds, seconds=seconds, variants=False)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        samples = np.zeros(scenes.length, np.float32)
        placed: list[Placed] = []
        for _ in range(0 if number % 10 == 9 else rng.integers(1, 6)):
            placed += _placed_whole(scenes, samples, placed, rng)
        if rng.random() < 0.95:
            scenes.add_background(samples, rng, level_db=-rng.uniform(6, 30))
        peak = 10 ** (rng.uniform(-20, -1) / 20) / max(float(np.abs(samples).max()), 1e-6)
        events = tuple(merged(placed, seconds))
        yield Scene(f"scene_{seed}_{number:04}.wav", samples * np.float32(peak), seconds, events)


def _placed_whole(scenes: Scenes, samples: Float, placed: list[Placed], rng: np.random.Generator) -> list[Placed]:
    """Add one more sound where fewer than two sound already; give up where there is no room."""
    sound = scenes.pick(rng, scenes.random_label(rng))
    part = scenes.part(sound, rng)
    for _ in range(8):
        at = rng.uniform(0, max(0.01, scenes.seconds - (part[1] - part[0])))
        beside = [event for event in placed if event.onset < at + part[1] - part[0] and event.offset > at]
        if len(beside) < 2 and all(event.label != sound.label for event in beside):
            return scenes.add_part(samples, sound, part, at=at, level_db=float(rng.uniform(-6, 0)))
    return []
