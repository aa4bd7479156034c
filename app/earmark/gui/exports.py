"""File ▸ Export…: what was heard, in the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from earmark.analysis import Analysis
from earmark.events import Event
from earmark.gui.notices import Notices


class Exporter:
    """Asks where to, and writes."""

    def __init__(self, parent: QWidget, notices: Notices) -> None:
        self._parent, self._notices = parent, notices

    def ask(self, analysis: Analysis, events: Sequence[Event]) -> None:
        """Ask for a file, and write it."""
        raise NotImplementedError
