"""What a search of the library found, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from earmark.audio_file import shown
from earmark.gui.lines_delegate import LINES
from earmark.label_names import label_text
from earmark.library import KnownRecording
from earmark.times import time_text

RECORDING = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractListModel):
    """One row for each recording."""

    def __init__(self) -> None:
        super().__init__()
        self.recordings: Sequence[KnownRecording] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.recordings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        recording = self.recordings[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown(recording.path)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((str(recording.path.parent / shown(recording.path)), *lines(recording)))
            case Qt.ItemDataRole.AccessibleTextRole:
                return ". ".join(filter(None, (shown(recording.path), *lines(recording))))
        return {RECORDING: recording, LINES: lines(recording)}.get(role)

    def show(self, recordings: Sequence[KnownRecording]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self.recordings = recordings
        self.endResetModel()


def lines(recording: KnownRecording) -> tuple[str, str]:
    """Return when a recording was made and how long it is; and what matched in it, or how it is tagged."""
    length = time_text(recording.duration, 0) if recording.duration else ""
    heard = [_label(*each) for each in recording.labels]
    tags = [f"#{tag}" for tag in recording.tags]
    said = " ".join(heard[:3] + tags) or ("" if recording.models else "Not analysed yet")
    return " · ".join(filter(None, (_when(recording), length))), said


def _when(recording: KnownRecording) -> str:
    when = recording.recorded.replace("T", " ")[:16]
    return f"file of {when[:10]}" if recording.recorded_from == "mtime" else when


def _label(name: str, score: float | None) -> str:
    return f"{label_text(name)} ✓ accepted" if score is None else f"{label_text(name)} {score:.2f}"
