"""File ▸ Open recent: what was looked at lately, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from earmark.audio_file import shown
from earmark.gui.errand import Errands

MOST = 10


class Recent(QObject):
    """The recordings opened lately, and their menu."""

    chosen = Signal(object)  # Path
    added = Signal()

    def __init__(self, parent: QObject, errands: Errands) -> None:
        super().__init__(parent)
        self.menu = QMenu("Open &recent")
        self.menu.setToolTipsVisible(True)
        self._errands = errands
        self._paths: list[Path] = []
        self._missing: Mapping[Path, str] = {}  # path → why
        self.menu.aboutToShow.connect(self._look)
        self._fill()

    @property
    def paths(self) -> Sequence[Path]:
        """Return what was opened, the newest first."""
        return self._paths

    def add(self, path: Path) -> None:
        """Put a recording first; the demo, which has an entry of its own, is none."""
        if path != Path(str(files("earmark_resources") / "demo.flac")):
            self.show([path.absolute(), *(each for each in self._paths if each != path.absolute())])
            self.added.emit()

    def show(self, paths: Sequence[Path]) -> None:
        """Offer these."""
        self._paths = list(paths[:MOST])
        self._fill()

    def clear(self) -> None:
        """Forget them."""
        self.show([])

    def _look(self) -> None:
        """See which of them are still there: on a thread, a disk may be far away."""
        paths = list(self._paths)
        self._errands.run(lambda: {path: reason for path in paths if (reason := _missing(path))}, self._know)

    def _know(self, missing: Mapping[Path, str]) -> None:
        if missing != self._missing:
            self._missing = missing
            self._fill()

    def _fill(self) -> None:
        self.menu.clear()
        for number, path in enumerate(self._paths, 1):
            self._offer(number, path)
        if not self._paths:
            self.menu.addAction("Nothing was opened yet").setEnabled(False)
        self.menu.addSeparator()
        clear = self.menu.addAction("&Clear this list", self.clear)
        clear.setEnabled(bool(self._paths))

    def _offer(self, number: int, path: Path) -> None:
        reason = self._missing.get(path, "")
        name = shown(path).replace("&", "&&")
        mark = f"&{number % 10}" if number <= MOST else str(number)
        text = f"{mark}  {name}" + (f"  ({reason})" if reason else "")
        action = self.menu.addAction(text, lambda: self.chosen.emit(path))
        action.setToolTip(str(path.parent / shown(path)))
        action.setEnabled(not reason)


def _missing(path: Path) -> str:
    """Return why a recording cannot be opened; empty where it can."""
    try:
        return "" if path.is_file() else "not there any more" if path.parent.is_dir() else "its folder is not there"
    except OSError as error:
        return error.strerror or "cannot be read"
