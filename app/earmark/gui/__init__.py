"""The window. The only place that imports Qt; it imports neither torch nor any plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def start(paths: Sequence[Path] = ()) -> int:
    """Open the window on recordings, or on the demo at the first start; return the exit status once it is closed.

    Raises:
        EarmarkError: there is no display: Qt would abort the process.
    """
    from earmark.gui import application

    return application.run(paths)
