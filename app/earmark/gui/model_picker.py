"""Which model listens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox

from earmark.analysis import Heading
from earmark.gui.own_keys import PICKER, keep_keys


class ModelPicker(QComboBox):
    """All models on offer; those that cannot be used here say why."""

    chosen = Signal(str)  # model_id

    def __init__(self) -> None:
        super().__init__()
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumWidth(160)
        self.setAccessibleName("Model")
        self.setToolTip("The model that listens")
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))
        keep_keys(self, PICKER)

    def show_headings(self, headings: list[Heading], model_id: str) -> None:
        """Offer these, one of them chosen."""
        self._items.clear()
        for heading in headings:
            item = QStandardItem(heading.title if heading.has_weights else f"{heading.title} (no weights)")
            item.setData(heading.model_id, Qt.ItemDataRole.UserRole)
            item.setToolTip(heading.error or heading.model_id)
            item.setEnabled(heading.has_weights)
            self._items.appendRow(item)
        self.setCurrentIndex(self.findData(model_id))
