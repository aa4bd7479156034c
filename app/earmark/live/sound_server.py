"""The microphones that a sound server (PulseAudio, PipeWire) knows: PortAudio sees all of them as one.

They are asked for with `pactl`, where it is installed; without it there are those of PortAudio.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from earmark.sound import in_utf8

PATIENCE = 2.0  # seconds; a server that is frozen never answers
CHOICE = "PULSE_SOURCE"  # of the environment: which source a stream that is opened takes
DEVICES = ("pulse", "pipewire", "default")  # PortAudio's names of the server
_choosing = threading.Lock()


@dataclass(frozen=True)
class ServerSource:
    """A source by the name that people read and by the server's own; a monitor hears what a loudspeaker plays."""

    title: str
    name: str
    is_monitor: bool = False
    sample_rate: int = 0  # 0: not known


def sources() -> list[ServerSource]:
    """Return what can be listened to, real microphones first; nothing where no server answers."""
    told = _told("-f", "json", "list", "sources")
    try:
        found = [_source(each) for each in json.loads(told or "[]")]
    except (ValueError, TypeError, KeyError):  # a pactl that knows no JSON
        found = [ServerSource(name, name, name.endswith(".monitor")) for name in names()]
    alike = Counter(each.title for each in found)
    apart = [replace(each, title=f"{each.title} ({each.name})") if alike[each.title] > 1 else each for each in found]
    return sorted(apart, key=lambda source: source.is_monitor)


def names() -> list[str]:
    """Return the server's own names of its sources: quickly, to see whether they have changed."""
    lines = (_told("list", "short", "sources") or "").splitlines()
    return [columns[1] for line in lines if len(columns := line.split("\t")) > 1]


def source_of(title: str) -> ServerSource | None:
    """Return the source that is called so."""
    return next((each for each in sources() if title in (each.title, each.name)), None)


@contextmanager
def chosen(source: ServerSource) -> Iterator[None]:
    """Have the streams that are opened meanwhile listen to this source."""
    with _choosing:
        before = os.environ.get(CHOICE)
        os.environ[CHOICE] = source.name
        try:
            yield
        finally:
            os.environ.pop(CHOICE)
            if before is not None:
                os.environ[CHOICE] = before


def _source(plain: dict) -> ServerSource:
    name, rate = plain["name"], re.search(r"(\d+) ?Hz", plain.get("sample_specification") or "")
    return ServerSource(
        title=plain.get("description") or name,
        name=name,
        is_monitor=name.endswith(".monitor"),
        sample_rate=int(rate[1]) if rate else 0,
    )


def _told(*words: str) -> str | None:
    """Return what pactl says; None where there is none, or no server, or one that does not answer."""
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(["pactl", *words], capture_output=True, timeout=PATIENCE, check=True, env=environment)
    except (OSError, subprocess.SubprocessError):
        return None
    return in_utf8(done.stdout).decode()
