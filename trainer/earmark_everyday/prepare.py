"""Render every sound of the bundled models' training, once: `python -m earmark_everyday.prepare --out CACHE …`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from earmark.api import DatasetError, EarmarkError
from earmark_everyday import FOLDS, SAMPLE_RATE
from earmark_everyday.clips import for_training, read_clips, render_clip
from earmark_everyday.music import render_arrangements, render_pieces
from earmark_everyday.noise import render_noises, render_recorded_noises
from earmark_everyday.sounds import Rendered, Sound, write_cache
from earmark_everyday.speech import digit_speakers, render_digits, render_voice
from earmark_everyday.voices import check_programs, voices

SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
"""Where Debian's fluid-soundfont-gm puts it."""

Rendering = Callable[[], list[Rendered]]


def renderings(esc10: Path, digits: Path, music: Path, sound_font: Path) -> list[Rendering]:
    """Return the independent pieces of work, the longest first."""
    check_programs()
    if not sound_font.exists():
        raise DatasetError(f"There is no sound font at {sound_font}.", hint="apt install fluid-soundfont-gm")
    work: list[Rendering] = [partial(render_pieces, sound_font, fold, part) for fold in FOLDS for part in (0, 1)]
    work += [partial(render_arrangements, music, fold) for fold in FOLDS]
    work += [partial(render_digits, *speaker) for speaker in _speakers(digits)]
    work += [partial(render_voice, voice) for voice in voices()]
    work += [partial(render_noises, fold) for fold in FOLDS] + [partial(render_recorded_noises, music)]
    return work + [partial(render_clip, clip) for clip in for_training(read_clips(esc10))]


def _speakers(digits: Path) -> Iterator[tuple[str, int, list[Path]]]:
    for fold, (speaker, takes) in enumerate(digit_speakers(digits).items(), start=1):
        yield speaker, FOLDS[(fold - 1) % len(FOLDS)], takes


def _done(rendering: Rendering) -> list[Rendered]:
    return rendering()


def render(work: list[Rendering], workers: int) -> list[Rendered]:
    """Return what all of the work gives, in its order, whatever the number of workers."""
    stretches: list[Rendered] = []
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for number, done in enumerate(pool.map(_done, work), start=1):
            stretches += done
            if number % 20 == 0 or number == len(work):
                print(f"rendered {number} of {len(work)}", file=sys.stderr)
    return stretches


def summary(sounds: list[Sound]) -> str:
    """Return a line a label: stretches, minutes, sources."""
    counts = Counter(sound.label for sound in sounds)
    seconds = Counter[str]()
    for sound in sounds:
        seconds[sound.label] += sound.length
    lines = [f"{label:15} {count:5} {seconds[label] / SAMPLE_RATE / 60:6.1f} min" for label, count in counts.items()]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Render into the cache folder; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m earmark_everyday.prepare", description=__doc__)
    parser.add_argument("--esc10", type=Path, required=True, help="folders of clips by label, with CREDITS.md")
    parser.add_argument("--digits", type=Path, required=True, help="spoken digits, digit_speaker_take.wav")
    parser.add_argument("--music", type=Path, required=True, help="short musical recordings, CC0")
    parser.add_argument("--out", type=Path, required=True, help="the cache folder")
    parser.add_argument("--sound-font", type=Path, default=SOUND_FONT)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        work = renderings(given.esc10, given.digits, given.music, given.sound_font)
        sounds = write_cache(given.out, render(work, given.workers))
    except EarmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(summary(sounds))
    print(f"{len(sounds)} stretches in {time.monotonic() - started:.0f} s: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
