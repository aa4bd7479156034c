"""Model ▸ Put models together…: several models, or one that hears each clip several times, offered as one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from earmark.analysis import Heading
from earmark.counted import counted
from earmark.ensembles import MOST_SHIFTS, Ensemble, common_labels, trouble_with
from earmark.gui.own_keys import BUTTON, SLIDER, TABLE, keep_keys
from earmark.gui.theme import muted

SIZE = (520, 440)
NAME = "together"
HEADING = Qt.ItemDataRole.UserRole
ABOUT = "Each hears the sound by itself; then the scores of the labels that all of them know are averaged."


class TogetherWindow(QDialog):
    """Asks which models are to be one, and what that is called."""

    wanted = Signal(object, object)  # Ensemble, Sequence[tuple[str, ...]]: the labels of each member

    def __init__(self, parent: QWidget, headings: Sequence[Heading]) -> None:
        super().__init__(parent)
        self.list, self.name, self.shifts, self.told = QListWidget(), QLineEdit(NAME), QSpinBox(), QLabel()
        self.put, self.shut = QPushButton("&Put together"), QPushButton("Close")
        self._build(headings)
        self._lay_out()
        self.list.itemChanged.connect(lambda _: self._tell())
        self.name.textChanged.connect(lambda _: self._tell())
        self.shifts.valueChanged.connect(lambda _: self._tell())
        self.put.clicked.connect(self._ask)
        self.shut.clicked.connect(self.reject)
        self._tell()

    def _build(self, headings: Sequence[Heading]) -> None:
        self.setWindowTitle("Put models together")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        for heading in headings:
            item = QListWidgetItem(f"{heading.title} · {counted(len(heading.labels), 'label')}")
            item.setData(HEADING, heading)
            item.setToolTip(heading.model_id)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setSpacing(2)
        self.list.setAccessibleName("Models to put together")
        self.list.setToolTip("Tick those whose scores are to be averaged (Space)")
        self.name.setAccessibleName("Name")
        self.name.setToolTip("What the new model is called: ensemble/NAME")
        self.shifts.setRange(1, MOST_SHIFTS)
        self.shifts.setAccessibleName("How often each clip is heard")
        self.shifts.setToolTip(
            "Each clip is heard so often, moved a little further every time; it takes as much longer"
        )
        self.told.setWordWrap(True)
        self.put.setToolTip("Offer them as one model, and listen with it (Enter)")
        self.put.setDefault(True)
        self.shut.setToolTip("Close this window (Esc)")
        self.shut.setAutoDefault(False)
        keep_keys(self.list, TABLE | BUTTON)
        keep_keys(self.shifts, SLIDER)
        for button in (self.put, self.shut):
            keep_keys(button, BUTTON)

    def _lay_out(self) -> None:
        about = muted(ABOUT)
        about.setWordWrap(True)
        form = QFormLayout()
        for text, field in (("&Name", self.name), ("&Times each clip is heard", self.shifts)):
            label = QLabel(text)
            label.setBuddy(field)
            form.addRow(label, field)
        row = QHBoxLayout()
        row.addWidget(self.put)
        row.addStretch(1)
        row.addWidget(self.shut)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(about)
        layout.addWidget(self.list, 1)
        layout.addLayout(form)
        layout.addWidget(self.told)
        layout.addLayout(row)

    @property
    def chosen(self) -> list[Heading]:
        """The models that are ticked."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(HEADING) for item in items if item.checkState() == Qt.CheckState.Checked]

    @property
    def ensemble(self) -> Ensemble:
        """What they would be."""
        members = tuple(heading.model_id for heading in self.chosen)
        return Ensemble(name=self.name.text().strip(), members=members, shifts=self.shifts.value())

    def _tell(self) -> None:
        """Say what comes of it, or why nothing does."""
        chosen = self.chosen
        shared = common_labels([heading.labels for heading in chosen]) if chosen else ()
        trouble = trouble_with(self.ensemble, [heading.labels for heading in chosen])
        known = {label for heading in chosen for label in heading.labels}
        left = f"; {counted(len(known) - len(shared), 'label')} that not all know left out" if known - {*shared} else ""
        self.told.setText(trouble or f"{counted(len(shared), 'label')} in common{left}.")
        self.put.setEnabled(not trouble)

    def _ask(self) -> None:
        self.wanted.emit(self.ensemble, [heading.labels for heading in self.chosen])
