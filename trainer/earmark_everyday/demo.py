"""Make the demo recording: `python -m earmark_everyday.demo --esc10 DIR --music DIR --out FOLDER`.

About a minute of everyday sounds of known time, from works in the public domain (CC0) and a made-up voice, none of
which any shipped model was trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError, EarmarkError, Float
from earmark_everyday import SAMPLE_RATE
from earmark_everyday.activity import active_parts, hearing_of
from earmark_everyday.clips import DEMO_SOURCES, Clip, read_clips
from earmark_everyday.effects import in_room, resampled
from earmark_everyday.music import DEMO_SAMPLES
from earmark_everyday.noise import coloured
from earmark_everyday.placing import Placed, faded, lay, merged, struck
from earmark_everyday.sounds import loudness_db
from earmark_everyday.voices import DEMO_VOICE, spoken

SECONDS = 57.0
QUIET_DB = -74.0
"""Level of the quiet room, dB re full scale."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A sound of the demo: at what time, which part of it (seconds), how loud (dB re full scale)."""

    label: str
    at: float
    level_db: float
    part: tuple[float, float] = (0.0, 20.0)
    says: str = ""


CUES = (
    Cue(label="dog_bark", at=0.4, level_db=-20),
    Cue(label="speech", at=5.9, level_db=-22, says="Good morning! Was that the dog again?"),
    Cue(label="clock_tick", at=9.5, level_db=-30),
    Cue(label="rooster", at=15.3, level_db=-20),
    Cue(label="sneezing", at=18.2, level_db=-20, part=(0.9, 2.2)),
    Cue(label="speech", at=20.6, level_db=-22, says="Bless you."),
    Cue(label="rain", at=22.6, level_db=-30),
    Cue(label="dog_bark", at=24.6, level_db=-22, part=(0.6, 1.9)),
    Cue(label="crying_baby", at=29.0, level_db=-21),
    Cue(label="chainsaw", at=35.4, level_db=-24, part=(0.0, 4.0)),
    Cue(label="music", at=41.0, level_db=-24, part=(0.0, 9.74)),
    Cue(label="speech", at=44.5, level_db=-21, says="I like this song. Please turn it up a little."),
    Cue(label="rooster", at=53.0, level_db=-23),
)
"""What is heard, in order."""


@dataclass(frozen=True)
class Demo:
    """The finished recording, its events, and the credits of what is in it."""

    samples: Float
    events: tuple[Placed, ...]
    credits: tuple[str, ...]


def compose(esc10: Path, music: Path) -> Demo:
    """Return the demo; the same every time.

    Raises:
        DatasetError: a clip is missing, or its licence is not CC0.
    """
    clips = {clip.label: clip for clip in read_clips(esc10) if clip.source in DEMO_SOURCES}
    rng = np.random.default_rng(10)
    hiss = coloured(rng, -1.6, round(SECONDS * SAMPLE_RATE))
    scene = hiss * np.float32(10 ** (QUIET_DB / 20) / np.sqrt(np.square(hiss).mean()))
    placed: list[Placed] = []
    for cue in CUES:
        placed += _heard(scene, cue, _sound(cue, clips, music))
    if np.abs(scene).max() >= 1.0:
        raise DatasetError("The demo is too loud.")
    return Demo(scene, tuple(merged(placed, SECONDS)), _credits(clips))


def _sound(cue: Cue, clips: dict[str, Clip], music: Path) -> Float:
    if cue.says:
        return _said(cue.says)
    if cue.label == "music":
        return _played(music)
    if cue.label not in clips:
        raise DatasetError(f"The demo's clip of {cue.label} is missing.")
    clip = clips[cue.label]
    if clip.licence != "CC0":
        raise DatasetError(f"{clip.path.name} is not CC0 but {clip.licence}.")
    samples, rate = soundfile.read(clip.path, dtype="float32", always_2d=True)
    return resampled(samples.mean(1), rate)


def _said(text: str) -> Float:
    rng = np.random.default_rng(len(text))
    return in_room(resampled(*spoken(DEMO_VOICE, text, rng)), rng, longest=0.3)


def _played(music: Path) -> Float:
    samples, rate = soundfile.read(music / f"{DEMO_SAMPLES[0]}.flac", dtype="float32", always_2d=True)
    once = resampled(samples.mean(1), rate)
    return np.concatenate([once, once])


def _heard(scene: Float, cue: Cue, samples: Float) -> list[Placed]:
    start, end = (round(seconds * SAMPLE_RATE) for seconds in cue.part)
    part = faded(samples[start:end].copy())
    if cue.label == "clock_tick":
        first, last = struck(part)
        part = part[round(first * SAMPLE_RATE) : round(last * SAMPLE_RATE)]
    active = active_parts(part, SAMPLE_RATE, hearing_of(cue.label))
    gain = 10 ** ((cue.level_db - loudness_db(part, active)) / 20)
    lay(scene, part * np.float32(gain), round(cue.at * SAMPLE_RATE))
    return [Placed(cue.label, onset + cue.at, offset + cue.at) for onset, offset in active]


def _credits(clips: dict[str, Clip]) -> tuple[str, ...]:
    lines = [f"{clip.label}: {clip.credit}" for clip in sorted(clips.values(), key=lambda clip: clip.label)]
    lines.append(f"music: {DEMO_SAMPLES[0]}.flac, from the samples of Sonic Pi [CC0]")
    lines.append(f"speech: made with espeak-ng, voice {DEMO_VOICE.name} [CC0, by the makers of Earmark]")
    return tuple(lines)


def document(demo: Demo, name: str) -> dict:
    """Return the true events as an Earmark document: no model heard them, so every score is 1."""
    events = [
        {
            "label": event.label,
            "onset": round(event.onset, 3),
            "offset": round(event.offset, 3),
            "score": 1.0,
            "status": "accepted",
            "reviewer": "how it was made",
        }
        for event in demo.events
    ]
    tags = [{"label": label, "score": 1.0} for label in sorted({event.label for event in demo.events})]
    windows: list = []
    about = {"version": 1, "file": name, "model": "", "weights": "", "duration": SECONDS, "window": 0.0, "hop": 0.0}
    return about | {"tags": tags, "windows": windows, "events": events, "warnings": []}


CREDITS = """# Credits of demo.flac

Mixed by `python -m earmark_everyday.demo` and given to the public domain (CC0), as is everything in it:

{lines}

The clips are as cut for ESC-10 (K. J. Piczak, *ESC: Dataset for Environmental Sound Classification*,
ACM Multimedia 2015).
No model that ships with Earmark was trained on them.
"""


def write(demo: Demo, folder: Path) -> None:
    """Write demo.flac, demo.json and demo.credits.md into `folder`."""
    path = folder / "demo.flac"
    pcm = np.rint(demo.samples * 32767).astype(np.int16)
    soundfile.write(path, pcm, SAMPLE_RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)
    text = json.dumps(document(demo, path.name), indent=1)
    (folder / "demo.json").write_text(text + "\n", encoding="utf-8")
    lines = "\n".join(f"- {line}" for line in demo.credits)
    (folder / "demo.credits.md").write_text(CREDITS.format(lines=lines), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the demo; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m earmark_everyday.demo", description=__doc__)
    parser.add_argument("--esc10", type=Path, required=True, help="folders of clips by label, with CREDITS.md")
    parser.add_argument("--music", type=Path, required=True, help="short musical recordings, CC0")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        demo = compose(given.esc10, given.music)
        write(demo, given.out)
    except EarmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for event in demo.events:
        print(f"{event.onset:7.2f} {event.offset:7.2f} {event.label}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
