"""Settings: who judges, what the models run on, what the window looks like, and what is kept where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from earmark.analysis import Heading
from earmark.gui.beside import beside
from earmark.gui.listening import Running
from earmark.gui.theme import CHOICES, muted

Named = Sequence[tuple[str, str]]
DEVICES: Named = (("Automatic", "auto"), ("CPU", "cpu"), ("CUDA GPU", "cuda"), ("Apple GPU", "mps"))
PRECISIONS: Named = (
    ("32 bits: the same scores on any machine", "fp32"),
    ("bfloat16: faster on newer GPUs", "bf16"),
    ("16 bits: faster on most GPUs", "fp16"),
)
THEMES: Named = tuple((name.capitalize(), name) for name in CHOICES)
WHEEL: Named = (("Moves along the recording", "pans"), ("Zooms the time", "zooms"))
SYSTEM_DEVICE: Named = (("What the system chooses", ""),)
LONGEST = 3600.0  # seconds that a plugin may be waited for
SMALLEST, LARGEST = 0.1, 500.0  # gigabytes


class SettingsWindow(QDialog):
    """What a person can set. It says what was changed; what comes of that is not its business."""

    author_named = Signal(str)
    running_chosen = Signal(object)  # Running
    models_chosen = Signal(list)  # ids of those that are not to be offered
    theme_chosen = Signal(str)
    wheel_chosen = Signal(str)
    output_chosen = Signal(str)
    cache_limited = Signal(float)  # gigabytes
    cache_cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.author = QLineEdit(maxLength=100)
        self.device, self.precision = _choice(DEVICES), _choice(PRECISIONS)
        self.deadline = QDoubleSpinBox(minimum=1.0, maximum=LONGEST, decimals=0, singleStep=10.0, suffix=" s")
        self.models = QListWidget()
        self.theme, self.wheel, self.output = _choice(THEMES), _choice(WHEEL), _choice(SYSTEM_DEVICE)
        self.cache = QDoubleSpinBox(minimum=SMALLEST, maximum=LARGEST, decimals=1, singleStep=0.5, suffix=" GB")
        self.used = muted("")
        self.clear = QPushButton("&Clear")
        self.close_button = QPushButton("Close")
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.setWindowTitle("Settings")
        self.resize(600, 660)
        self.models.setFixedHeight(96)
        self.deadline.setKeyboardTracking(False)
        self.cache.setKeyboardTracking(False)
        self.close_button.setDefault(True)
        self.close_button.setToolTip("Close this window; everything is kept already (Esc)")
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        return {
            self.author: ("Your name", "Stands with everything that you judge or draw"),
            self.device: ("Device", "What the models run on"),
            self.precision: ("Precision", "How exactly the models compute"),
            self.deadline: ("Patience with a model", "How long a model may take for one step before it is given up"),
            self.models: ("Models on offer", "Those without a mark are not listed in the toolbar"),
            self.theme: ("Theme", "Light, dark, or what the system is"),
            self.wheel: ("Wheel", "What the wheel does over a plot; with Ctrl it does the other"),
            self.output: ("Loudspeaker", "The device that plays"),
            self.cache: ("Room for spectrograms", "What was seen is drawn at once the next time"),
            self.clear: ("Clear the spectrograms", "They are computed again when they are looked at"),
        }

    def _lay_out(self) -> None:
        content = QWidget()
        self.rows = QFormLayout(content)
        self.rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.rows.setVerticalSpacing(7)
        for title, rows in self._sections().items():
            self.rows.addRow(_headline(title))
            for name, widget in rows:
                self.rows.addRow(name, widget)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QHBoxLayout()
        buttons.addWidget(muted("Everything acts at once and is kept."), 1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addLayout(buttons)

    def _sections(self) -> Mapping[str, Sequence[tuple[str, QWidget]]]:
        return {
            "You": [("Your &name", self.author)],
            "Models": [
                ("&Device", self.device),
                ("&Precision", self.precision),
                ("&Wait for a model", self.deadline),
                ("", muted("These act from the next recording on.")),
                ("Models on &offer", self.models),
            ],
            "Window": [("&Theme", self.theme), ("The w&heel", self.wheel)],
            "Sound": [("&Loudspeaker", self.output)],
            "Disk": [("&Spectrograms", beside(self.cache, self.used, self.clear))],
        }

    def _connect(self) -> None:
        self.author.editingFinished.connect(lambda: self.author_named.emit(self.author.text().strip()))
        for choice in (self.device, self.precision):
            choice.activated.connect(self._choose_running)
        self.deadline.valueChanged.connect(self._choose_running)
        self.models.itemChanged.connect(lambda item: self.models_chosen.emit(self._not_offered()))
        self.theme.activated.connect(lambda: self.theme_chosen.emit(self.theme.currentData()))
        self.wheel.activated.connect(lambda: self.wheel_chosen.emit(self.wheel.currentData()))
        self.output.activated.connect(lambda: self.output_chosen.emit(self.output.currentData()))
        self.cache.valueChanged.connect(self.cache_limited)
        self.clear.clicked.connect(self.cache_cleared)
        self.close_button.clicked.connect(self.close)

    def add_place(self, name: str, path: Path) -> None:
        """Show where something is kept, and a button that opens its folder."""
        text = QLineEdit(str(path), readOnly=True)
        text.setAccessibleName(name)
        text.setToolTip(str(path))
        text.setCursorPosition(0)
        button = QPushButton("Show in folder")
        button.setAccessibleName(f"{name}: show in folder")
        button.setToolTip(f"Open {path.parent}")
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
        self.rows.addRow(name, beside(text, button))

    def show_running(self, running: Running) -> None:
        """Show how the models are run."""
        _pick(self.device, running.device)
        _pick(self.precision, running.precision)
        _show_number(self.deadline, running.deadline)

    def show_models(self, headings: Sequence[Heading], not_offered: Sequence[str]) -> None:
        """List the models there are."""
        self.models.blockSignals(True)
        self.models.clear()
        for heading in headings:
            item = QListWidgetItem(heading.title if heading.has_weights else f"{heading.title} (no weights)")
            item.setData(Qt.ItemDataRole.UserRole, heading.model_id)
            item.setToolTip(heading.error or heading.model_id)
            shown = heading.model_id not in not_offered
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            self.models.addItem(item)
        self.models.blockSignals(False)

    def show_outputs(self, names: Sequence[str], chosen: str) -> None:
        """List the devices that can play; the chosen one too where it is not there now."""
        self.output.clear()
        for text, name in (*SYSTEM_DEVICE, *((name, name) for name in names)):
            self.output.addItem(text, name)
        _pick(self.output, chosen, missing=f"{chosen} (not connected)")

    def show_cache(self, gigabytes: float) -> None:
        """Show how much room there is for spectrograms."""
        _show_number(self.cache, gigabytes)

    def show_used(self, size: int) -> None:
        """Show how many bytes of it are used."""
        self.used.setText(f"{size / 1e9:.1f} GB used" if size >= 5e7 else f"{size / 1e6:.0f} MB used")
        self.clear.setEnabled(size > 0)

    def _choose_running(self) -> None:
        self.running_chosen.emit(
            Running(
                device=self.device.currentData(),
                precision=self.precision.currentData(),
                deadline=self.deadline.value(),
            )
        )

    def _not_offered(self) -> list[str]:
        items = (self.models.item(row) for row in range(self.models.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Unchecked]


def _choice(named: Named) -> QComboBox:
    box = QComboBox()
    for text, name in named:
        box.addItem(text, name)
    return box


def _pick(box: QComboBox, name: str, *, missing: str = "") -> None:
    """Choose by what an entry stands for; what is not there is added, so that nothing is changed by looking at it."""
    if box.findData(name) < 0:
        box.addItem(missing or name, name)
    box.setCurrentIndex(box.findData(name))


def _show_number(box: QDoubleSpinBox, value: float) -> None:
    box.blockSignals(True)
    box.setValue(value)
    box.blockSignals(False)


def _headline(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("section")
    return label
