"""Choosing a label: type a few letters, Enter; what no list has is a new label of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from earmark.gui.label_colours import label_icon, label_text
from earmark.gui.theme import muted
from earmark.label_book import LONGEST, LabelBook, clean, same_label

SIZE = (300, 340)
LABEL = Qt.ItemDataRole.UserRole
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class LabelChooser(QDialog):
    """A popup with a filter line over the labels used last, one's own and the model's."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.line, self.list, self._title = QLineEdit(), QListWidget(), QLabel()
        self._book, self._of_model, self._here = LabelBook(), (), ()
        self._do: Callable[[str], object] = str
        self._lay_out()
        self.line.textChanged.connect(lambda text: self._offer(text))
        self.line.returnPressed.connect(self._confirm)
        self.list.itemClicked.connect(lambda item: self._confirm())
        self.line.installEventFilter(self)

    def _lay_out(self) -> None:
        self.setAccessibleName("Choose a label")
        self.line.setAccessibleName("Label: type to filter, or a new one")
        self.line.setPlaceholderText("Label, or a new one")
        self.line.setMaxLength(LONGEST)
        self.line.setClearButtonEnabled(True)
        self.list.setAccessibleName("Labels")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line keeps the keys, arrows go through the list
        self._title.setObjectName("chooser-title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        keys = muted("Enter takes it, Esc leaves, Shift+Del forgets a label of your own.")
        keys.setWordWrap(True)
        for widget in (self._title, self.line, self.list, keys):
            layout.addWidget(widget)
        self.resize(*SIZE)

    def offer(self, book: LabelBook, of_model: Sequence[str], here: Sequence[str]) -> None:
        """Offer the labels of a book, of a model, and of the recording's events."""
        self._book, self._of_model, self._here = book, tuple(of_model), tuple(here)

    def ask(self, title: str, at: QPoint, do: Callable[[str], object]) -> None:
        """Ask at a place on the screen, and do something with the answer; Esc does nothing."""
        self._do = do
        self._title.setText(title)
        self.line.clear()
        self._offer("")
        room = self.screen().availableGeometry()
        self.move(min(at.x(), room.right() - self.width()), min(at.y(), room.bottom() - self.height()))
        self.show()
        self.line.setFocus()

    def _offer(self, text: str) -> None:
        """List what holds the text, and on top of all what it would create."""
        self.list.clear()
        offers = self._book.offers(self._of_model, text, here=self._here)
        labels = [label for group in offers.values() for label in group]
        for title, group in offers.items():
            self._add_title(title)
            for label in group:
                self._add(label, self._words(label))
        typed = clean(text)
        known = next((label for label in labels if same_label(typed, label)), None)
        if typed and known is None:
            self._add(typed, f"New label “{typed}”")
        self._go_to(known)

    def _add_title(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _add(self, label: str, words: str) -> None:
        item = QListWidgetItem(label_icon(label), words)
        item.setData(LABEL, label)
        self.list.addItem(item)

    def _words(self, label: str) -> str:
        number = self._book.number_of(label)
        return f"{label_text(label)}   {number}" if number else label_text(label)

    def _go_to(self, known: str | None) -> None:
        """Begin with the label that was typed in full, else with the first."""
        rows = self._rows()
        self._show(next((row for row in rows if self._label(row) == known), rows[0] if rows else -1))

    def _rows(self) -> list[int]:
        return [row for row in range(self.list.count()) if self._label(row)]

    def _label(self, row: int) -> str:
        item = self.list.item(row)
        return (item.data(LABEL) or "") if item else ""

    def _show(self, row: int) -> None:
        self.list.setCurrentRow(row)
        self.list.setAccessibleDescription(self.list.item(row).text() if row >= 0 else "")

    def _step(self, count: int) -> None:
        rows = self._rows()
        if rows:
            here = rows.index(self.list.currentRow()) if self.list.currentRow() in rows else 0
            self._show(rows[min(max(here + count, 0), len(rows) - 1)])

    def _confirm(self) -> None:
        if label := self._label(self.list.currentRow()):
            self.accept()
            self._do(label)

    def _forget(self, label: str) -> None:
        """Offer a label of one's own no longer; events keep it."""
        if label in self._book.own:
            self._book.forget(label)
            self._offer(self.line.text())

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Let arrows in the line go through the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Delete and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
                self._forget(self._label(self.list.currentRow()))
                return True
            step = STEPS.get(Qt.Key(event.key()))
            if step:
                self._step(step)
                return True
        return False
