"""The tags of one recording or of several, in a small dialog: those there are to tick, and a line for new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from earmark.audio_file import shown
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.theme import muted

TICKED, OPEN, PARTLY = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked


class TagWindow(QDialog):
    """Asks which tags recordings are to have.

    Args:
        tags: of each recording.
        known: all tags there are, the most used first.
    """

    def __init__(self, parent: QWidget, tags: Mapping[Path, Sequence[str]], known: Sequence[str]) -> None:
        super().__init__(parent)
        self._tags = tags
        self.list, self.new = QListWidget(), QLineEdit()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._build()
        self._fill(known)
        self._lay_out()

    def _build(self) -> None:
        self.setWindowTitle("Tags")
        self.setMinimumWidth(320)
        self.new.setPlaceholderText("night, north shore")
        self.new.setAccessibleName("New tags")
        self.new.setToolTip("New tags, with commas between them")
        self.list.setAccessibleName("Tags")
        self.list.setToolTip("Space ticks a tag")
        for button in self.buttons.buttons():
            keep_keys(button, BUTTON)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _fill(self, known: Iterable[str]) -> None:
        present = [tag for tags in self._tags.values() for tag in tags]
        for tag in dict.fromkeys((*sorted(set(present)), *known)):
            item = QListWidgetItem(f"#{tag}")
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            count = present.count(tag)
            item.setCheckState(TICKED if count == len(self._tags) else PARTLY if count else OPEN)
            self.list.addItem(item)
        self.list.setVisible(self.list.count() > 0)

    def _lay_out(self) -> None:
        names = list(self._tags)
        what = shown(names[0]) if len(names) == 1 else f"{len(names)} recordings"
        heading = QLabel(f"Tags of {what}")
        heading.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        if not self.list.count():
            layout.addWidget(muted("There are no tags yet. Write the first:"))
        layout.addWidget(self.new)
        layout.addWidget(muted("In a search, #night finds recordings with this tag."))
        layout.addWidget(self.buttons)
        self.new.setFocus()

    def chosen(self) -> dict[Path, list[str]]:
        """Return the tags that each recording is to have; what only some had and nobody touched stays with those."""
        return {path: [*self._kept(tags), *self._written()] for path, tags in self._tags.items()}

    def _kept(self, tags: Sequence[str]) -> list[str]:
        items = [self.list.item(row) for row in range(self.list.count())]
        states = {item.text().removeprefix("#"): item.checkState() for item in items}
        return [tag for tag, state in states.items() if state == TICKED or (state == PARTLY and tag in tags)]

    def _written(self) -> list[str]:
        return [tag.strip() for tag in self.new.text().split(",") if tag.strip()]
