"""Clips of YouTube videos, however those who cut them named their files."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from earmark.audio_file import walk
from earmark.counted import counted

# An id has 11 characters. Some put a Y before it; the start follows in seconds (VGGSound: six digits) or milliseconds.
NAME = re.compile(r"Y?([\w-]{11})(?:_(\d+(?:\.\d+)?)(?:[_-]\d+(?:\.\d+)?)?)?", re.ASCII)


class Clips:
    """The clips in a folder, by the video's id and the second at which they begin."""

    def __init__(self, folder: Path) -> None:
        self._clips: defaultdict[str, list[tuple[float | None, Path]]] = defaultdict(list)
        self.listed = self.missing = 0
        for path in walk([folder]):
            if found := NAME.fullmatch(path.stem):
                self._clips[found[1]].append((float(found[2]) if found[2] else None, path))

    def find(self, video: str, start: float) -> Path | None:
        """Return the clip of a video that begins at `start` seconds; None, and counted, where it is not here."""
        self.listed += 1
        clips = self._clips.get(video, [])
        fitting = [path for begin, path in clips if begin in (start, start * 1000)]
        fitting = fitting or [path for begin, path in clips if begin is None]
        if not fitting:
            self.missing += 1
        return fitting[0] if fitting else None

    def warnings(self) -> list[str]:
        """Return a sentence where clips are missing, as some always are: videos are taken from the net."""
        if not self.missing:
            return []
        return [f"{self.missing} of {counted(self.listed, 'listed clip')} are not here."]
