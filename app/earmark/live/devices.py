"""Which microphones there are, and whether that changes, without disturbing what is recorded.

PortAudio lists its devices once, when it is started, and to start it again ends every stream. So they are listed in a
process of its own, and only when something tells that they are others than before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from earmark.api import AudioDeviceError
from earmark.live import sound_server
from earmark.live.source import microphones

LOOK_SECONDS = 2.0
BLIND_SECONDS = 10.0  # between two lists where nothing tells that they differ
PATIENCE = 15.0  # seconds for a list
CARDS = Path("/proc/asound/cards")


@dataclass(frozen=True)
class Change:
    """What there is now, and how it differs from before."""

    names: Sequence[str]
    appeared: Sequence[str]
    gone: Sequence[str]

    @property
    def sentence(self) -> str:
        """Return it in words."""
        appeared = [f"“{name}” was plugged in." for name in self.appeared]
        return " ".join([*appeared, *(f"“{name}” is gone." for name in self.gone)])


def listed() -> list[str]:
    """Return the names of the microphones that are there now.

    Raises:
        AudioDeviceError: there is no sound system, or it does not answer.
    """
    command = [sys.executable, "-P", "-m", "earmark.live.devices"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=False)
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        hint = "Restart the sound server, then look again."
        raise AudioDeviceError("The sound system does not say which microphones there are.", hint=hint) from error
    if "sentence" in told:
        raise AudioDeviceError(told["sentence"], hint=told["hint"])
    return told["names"]


def sign() -> object:
    """Return something that is another one once a device has come or gone; quickly."""
    server = sound_server.names()
    if server or CARDS.exists():
        return server, CARDS.read_text(errors="replace") if CARDS.exists() else ""
    return int(time.monotonic() / BLIND_SECONDS)


class DeviceWatch:
    """Tells, on a thread of its own, when microphones come and go.

    Args:
        on_changed: called with each Change.
        look, sign: how to list them, and to see that they may have changed; seconds: between two looks.
    """

    def __init__(
        self,
        on_changed: Callable[[Change], None],
        *,
        look: Callable[[], list[str]] = listed,
        sign: Callable[[], object] = sign,
        seconds: float = LOOK_SECONDS,
    ) -> None:
        self._on_changed, self._look, self._sign, self._seconds = on_changed, look, sign, seconds
        self._known: Sequence[str] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="device watch", daemon=True)

    def start(self, known: Sequence[str] | None = None) -> None:
        """Begin: changes are counted from what is known to be there, or else from what is there now."""
        self._known = known
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Tell whether it has been started and not ended."""
        return self._thread.is_alive()

    def stop(self, patience: float = 0.0) -> None:
        """End, soon; wait for it so many seconds at most."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        seen = self._sign()
        known = self._names() if self._known is None else self._known
        while not self._stopping.wait(self._seconds):
            now = self._sign()
            if now == seen:
                continue
            seen, names = now, self._names()
            if known is not None and names is not None and set(names) != set(known):
                self._tell(known, names)
            known = names if names is not None else known

    def _tell(self, before: Sequence[str], names: Sequence[str]) -> None:
        appeared = [name for name in names if name not in before]
        gone = [name for name in before if name not in names]
        if not self._stopping.is_set():
            self._on_changed(Change(names, appeared, gone))

    def _names(self) -> list[str] | None:
        """Return what is there, None where it cannot be told."""
        try:
            return self._look()
        except AudioDeviceError:
            return None


def main() -> None:
    """Print the names, or why there are none: what `listed` reads."""
    try:
        told = {"names": microphones()}
    except AudioDeviceError as error:
        told = {"sentence": error.sentence, "hint": error.hint}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
