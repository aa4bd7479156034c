"""Model ▸ Remove a model…: the models that are a person's own, and the button that is rid of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.lines_delegate import LINES, LinesDelegate
from earmark.gui.own_keys import BUTTON, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import muted
from earmark.own_models import OwnModel
from earmark.weights_text import size_text

SIZE = (520, 340)
OWN = Qt.ItemDataRole.UserRole
NONE = "There is none of your own yet. Those that come with Earmark stay."
ABOUT = "Models that come with Earmark are not listed: they stay. What a model heard is kept in the library."


class ModelsWindow(QDialog):
    """Lists the models that can be removed, and asks before one is."""

    removed = Signal(str)  # model_id: the person wants to be rid of it

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.remove, self.shut = QPushButton("&Remove…"), QPushButton("Close")
        self._build()
        self._lay_out()
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.remove.clicked.connect(self._ask)
        self.shut.clicked.connect(self.reject)
        self._offer()

    def _build(self) -> None:
        self.setWindowTitle("Remove a model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.list.setAccessibleName("Models of your own")
        self.list.setToolTip("The models that you brought in, trained or put together")
        self.list.setItemDelegate(LinesDelegate(self.list, under=2))
        self.remove.setToolTip("Take the chosen model off the disk, once you have confirmed it")
        self.shut.setToolTip("Close this window (Esc)")
        Placeholder(self.list, NONE)
        keep_keys(self.list, TABLE)
        for button in (self.remove, self.shut):
            button.setAutoDefault(False)
            keep_keys(button, BUTTON)

    def _lay_out(self) -> None:
        about = muted(ABOUT)
        about.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(self.shut)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.list, 1)
        layout.addWidget(about)
        layout.addLayout(row)

    def show_models(self, models: Sequence[OwnModel], titles: Mapping[str, str]) -> None:
        """List these; `titles` are those of the models that are on offer, by id."""
        self.list.clear()
        for model in models:
            item = QListWidgetItem(titles.get(model.model_id) or model.model_id.partition("/")[2])
            size = size_text(model.size_bytes) if model.size_bytes else ""
            lines = [" · ".join(filter(None, (model.model_id, size))), model.origin]
            item.setData(OWN, model)
            item.setData(LINES, lines)
            item.setToolTip(model.origin)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join((item.text(), *lines)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._offer()

    def _offer(self) -> None:
        self.remove.setEnabled(self.list.currentItem() is not None)

    def _ask(self) -> None:
        model: OwnModel = self.list.currentItem().data(OWN)
        title = self.list.currentItem().text()
        box = QMessageBox(QMessageBox.Icon.Question, "Remove a model", f"Remove “{title}” from the disk?", parent=self)
        box.setInformativeText(_meaning(model))
        yes = box.addButton("&Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("&Keep", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        if box.clickedButton() is yes:
            self.removed.emit(model.model_id)


def _meaning(model: OwnModel) -> str:
    """Return what it means that a model goes."""
    said = ["It cannot be undone."]
    if model.needed_by:
        said.append(f"{' and '.join(model.needed_by)} cannot be used without it.")
    return " ".join(said)
