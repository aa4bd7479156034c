"""Model ▸ Compare with…: the models that can be used here, to tick."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from earmark.analysis import Heading
from earmark.comparing import MOST
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.theme import muted

TICKED, OPEN = Qt.CheckState.Checked, Qt.CheckState.Unchecked
MODEL_ID = Qt.ItemDataRole.UserRole
ALONE = "There is no other model that can be used here. `earmark models list` tells what each needs."


class CompareWindow(QDialog):
    """Asks which models to compare with the one that is judged.

    Args:
        headings: of all models that can be used here.
        judged: the id of the one that is judged, which is always compared.
        ticked: ids of those that are compared now.
    """

    def __init__(self, parent: QWidget, headings: Sequence[Heading], judged: str, ticked: Sequence[str]) -> None:
        super().__init__(parent)
        self._judged, self._before = judged, list(ticked)
        self.list, self.note = QListWidget(), muted()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        title = next((each.title for each in headings if each.model_id == judged), judged)
        self._lay_out(title)
        for heading in headings:
            if heading.model_id != judged:
                self._add(heading, heading.model_id in ticked)
        self.list.itemChanged.connect(self._count)
        self._count()

    def _lay_out(self, title: str) -> None:
        self.setWindowTitle("Compare with…")
        self.setMinimumWidth(380)
        self.list.setAccessibleName("Models to compare with")
        self.list.setToolTip("Space ticks a model")
        self.note.setWordWrap(True)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("&Compare")
        for button in self.buttons.buttons():
            keep_keys(button, BUTTON)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        label = QLabel(f"Beside {title}:")
        label.setBuddy(self.list)
        layout = QVBoxLayout(self)
        for widget in (label, self.list, self.note, self.buttons):
            layout.addWidget(widget)

    def _add(self, heading: Heading, is_ticked: bool) -> None:
        item = QListWidgetItem(heading.title)
        item.setData(MODEL_ID, heading.model_id)
        item.setToolTip(f"{heading.model_id}: {len(heading.labels)} labels")
        item.setCheckState(TICKED if is_ticked else OPEN)
        self.list.addItem(item)

    def chosen(self) -> list[str]:
        """Return the ids of the models to compare: those that were compared keep their order, others come after."""
        ticked = [self._judged, *(str(item.data(MODEL_ID)) for item in self._items() if item.checkState() == TICKED)]
        kept = [each for each in self._before if each in ticked]
        return [*kept, *(each for each in ticked if each not in kept)]

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _count(self) -> None:
        """Let no more be ticked than fit beside each other."""
        items = self._items()
        is_full = len(self.chosen()) >= MOST
        with QSignalBlocker(self.list):
            for item in items:
                can = not is_full or item.checkState() == TICKED
                flag = Qt.ItemFlag.ItemIsEnabled
                item.setFlags(item.flags() | flag if can else item.flags() & ~flag)
        self.note.setText(f"{MOST} at once are the most." if is_full else "" if items else ALONE)
        self.note.setVisible(bool(self.note.text()))
