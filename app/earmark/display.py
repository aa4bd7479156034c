"""Is there a screen to open a window on? Asked before Qt is, because Qt aborts the process where there is none.

`python -m earmark.display` says so and exits with 1.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

HINT = "Use `earmark tag FILE` here, or set QT_QPA_PLATFORM=offscreen to run the window unseen."


def missing(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return what keeps a window from opening, as a sentence; empty where one can open."""
    if not platform.startswith(("linux", "freebsd")) or environment.get("QT_QPA_PLATFORM", "") in (
        "offscreen",
        "minimal",
    ):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    name = environment.get("DISPLAY", "")
    if not name:
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if _is_dead(name):
        return f"Nobody answers on the display {name}."
    return ""


def _is_dead(name: str) -> bool:
    """Tell whether a local X display (":3", ":3.0") has nobody listening; a remote one is taken at its word."""
    number = name.removeprefix(":").split(".")[0]
    if not name.startswith(":") or not number.isdigit():
        return False
    path = f"/tmp/.X11-unix/X{number}"
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as attempt:
            try:
                attempt.connect(address)
            except OSError:
                continue
            return False
    return not Path(path).exists()


if __name__ == "__main__":
    if sentence := missing():
        print(sentence)
        sys.exit(1)
