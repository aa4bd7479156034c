"""Which model listens."""

from __future__ import annotations

from collections.abc import Sequence

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
        self._headings: list[Heading] = []
        self._hidden: frozenset[str] = frozenset()
        self._model_id = ""
        self.setModel(self._items)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumWidth(160)
        self.setAccessibleName("Model")
        self.setToolTip("The model that listens")
        self.activated.connect(self._choose)
        keep_keys(self, PICKER)

    def show_headings(self, headings: list[Heading], model_id: str) -> None:
        """Offer these, one of them chosen."""
        self._headings, self._model_id = headings, model_id
        self._fill()

    def hide_models(self, model_ids: Sequence[str]) -> None:
        """Leave these out, but never the one that is chosen."""
        self._hidden = frozenset(model_ids)
        self._fill()

    def choose(self, model_id: str) -> None:
        """Choose a model as a person would; one that cannot be used here is left."""
        usable = [each.model_id for each in self._headings if each.has_weights]
        if model_id in usable:
            self._model_id = model_id
            self._fill()
            self.chosen.emit(model_id)

    def _choose(self, row: int) -> None:
        self._model_id = self.itemData(row)
        self.chosen.emit(self._model_id)

    def _fill(self) -> None:
        self._items.clear()
        for heading in self._headings:
            if heading.model_id in self._hidden and heading.model_id != self._model_id:
                continue
            item = QStandardItem(heading.title if heading.has_weights else f"{heading.title} (no weights)")
            item.setData(heading.model_id, Qt.ItemDataRole.UserRole)
            item.setToolTip(heading.error or heading.model_id)
            item.setEnabled(heading.has_weights)
            self._items.appendRow(item)
        self.setCurrentIndex(self.findData(self._model_id))
