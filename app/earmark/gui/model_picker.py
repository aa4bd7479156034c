"""Which model listens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox

from earmark.analysis import Heading
from earmark.gui.own_keys import PICKER, keep_keys
from earmark.weights_source import published_weights
from earmark.weights_text import facts

COMPARE, REMOVE = "…", "×"  # in place of a model's id


class ModelPicker(QComboBox):
    """All models on offer; those that cannot be used here say why."""

    chosen = Signal(str)  # model_id
    compare_asked = Signal()
    weights_asked = Signal(str)  # model_id: its weights are published, but not here
    removal_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._items = QStandardItemModel(self)
        self._headings: list[Heading] = []
        self._hidden: frozenset[str] = frozenset()
        self._model_id = ""
        self._has_own = False
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

    def offer_removal(self, has_own: bool) -> None:
        """Offer to remove a model, where some are the person's own."""
        if has_own != self._has_own:
            self._has_own = has_own
            self._fill()

    def choose(self, model_id: str) -> None:
        """Choose a model as a person would; one that cannot be used here is left."""
        usable = [each.model_id for each in self._headings if each.has_weights]
        if model_id in usable:
            self._model_id = model_id
            self._fill()
            self.chosen.emit(model_id)

    def _choose(self, row: int) -> None:
        wanted = self.itemData(row)
        if wanted not in (COMPARE, REMOVE, *self._gettable()):
            self._model_id = wanted
            self.chosen.emit(wanted)
            return
        self.setCurrentIndex(self.findData(self._model_id))
        asked = {COMPARE: self.compare_asked, REMOVE: self.removal_asked}
        if wanted in asked:
            asked[wanted].emit()
        else:
            self.weights_asked.emit(wanted)

    def showPopup(self) -> None:  # noqa: N802 - Qt's
        """Offer in the list what an arrow key passes over: models that have to be brought here first."""
        self._enable(self._gettable(), True)
        super().showPopup()

    def hidePopup(self) -> None:  # noqa: N802 - Qt's
        """Let the arrow keys pass over them again."""
        super().hidePopup()
        self._enable(self._gettable(), False)

    def _gettable(self) -> set[str]:
        return {each.model_id for each in self._headings if is_gettable(each)}

    def _enable(self, model_ids: set[str], enabled: bool) -> None:
        for row in range(self._items.rowCount()):
            if self.itemData(row) in model_ids:
                self._items.item(row).setEnabled(enabled)

    def _offer_more(self) -> None:
        """Offer, under the models, what can be done with several, and with those that are the person's own."""
        offered = []
        if sum(each.has_weights for each in self._headings) > 1:
            offered.append((COMPARE, "Compare with…", "Several models beside each other (Ctrl+D)"))
        if self._has_own:
            offered.append((REMOVE, "Remove a model…", "Take a model that you brought in or trained off the disk"))
        if offered:
            self.insertSeparator(self.count())
        for what, text, tip in offered:
            item = QStandardItem(text)
            item.setData(what, Qt.ItemDataRole.UserRole)
            item.setToolTip(tip)
            self._items.appendRow(item)

    def _fill(self) -> None:
        self._items.clear()
        for heading in self._headings:
            if heading.model_id in self._hidden and heading.model_id != self._model_id:
                continue
            item = QStandardItem(_text(heading))
            item.setData(heading.model_id, Qt.ItemDataRole.UserRole)
            item.setToolTip(_tip(heading))
            item.setEnabled(heading.has_weights)
            self._items.appendRow(item)
        self._offer_more()
        self.setCurrentIndex(self.findData(self._model_id))


def is_gettable(heading: Heading) -> bool:
    """Tell whether a model lacks nothing but weights that are published."""
    return not heading.has_weights and published_weights(heading.published) is not None


def _text(heading: Heading) -> str:
    if heading.has_weights:
        return heading.title
    return f"{heading.title} (get…)" if is_gettable(heading) else f"{heading.title} (no weights)"


def _tip(heading: Heading) -> str:
    """Return what is known of a model before it is chosen: why it cannot be, or what its weights are and reach."""
    lines = [heading.model_id if heading.has_weights or is_gettable(heading) else heading.error or heading.model_id]
    if is_gettable(heading):
        lines.append("Not on this machine: choose it to download it, or to give a file that you have.")
    for weights in heading.published:
        lines += [f"{name}: {text}" for name, text in facts(weights).items() if text]
    return "\n".join(lines)
