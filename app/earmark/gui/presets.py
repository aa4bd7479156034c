"""Tools ▸ Presets: taking one, keeping what is set now as one, and tending one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from earmark import presets
from earmark.api import EarmarkError
from earmark.gui.theme import muted
from earmark.presets import Preset


class Presets(QObject):
    """The menu of presets, and the windows behind it.

    Args:
        now: returns what is set now, without a name.
    """

    chosen = Signal(object)  # Preset
    failed = Signal(object)  # EarmarkError
    told = Signal(str)  # a sentence

    def __init__(self, window: QWidget, now: Callable[[], Preset]) -> None:
        super().__init__(window)
        self.menu = QMenu("&Presets", window)
        self._window, self._now = window, now
        self.menu.aboutToShow.connect(self._fill)
        self._fill()

    def save(self) -> None:
        """Ask for a name, and keep what is set now."""
        dialog = SaveWindow(self._window, self._now())
        dialog.accepted.connect(lambda: self.keep(dialog.preset()))
        dialog.open()

    def manage(self) -> None:
        """Show one's own presets."""
        ManageWindow(self._window, self.failed.emit).open()

    def keep(self, preset: Preset) -> None:
        """Keep a preset."""
        try:
            kept = presets.save(preset)
        except EarmarkError as error:
            self.failed.emit(error)
        else:
            self.told.emit(f"The preset {kept.name} is kept.")

    def take(self, paths: Sequence[Path]) -> list[Path]:
        """Import the presets among some files, and return the others."""
        found = [path for path in paths if presets.is_preset(path)]
        for path in found:
            try:
                preset = presets.import_from(path)
            except EarmarkError as error:
                self.failed.emit(error)
            else:
                self.told.emit(f"The preset {preset.name} is kept. It is under Tools ▸ Presets.")
        return [path for path in paths if path not in found]

    def _fill(self) -> None:
        self.menu.clear()
        own = presets.own()
        for group in (own, presets.shipped()):
            for preset in group:
                self.menu.addAction(preset.name.replace("&", "&&"), lambda each=preset: self.chosen.emit(each))
            self.menu.addSeparator()
        self.menu.addAction("&Save as…", self.save)
        self.menu.addAction("&Manage…", self.manage).setEnabled(bool(own))


class SaveWindow(QDialog):
    """Asks for a name, and what belongs to the preset."""

    def __init__(self, parent: QWidget, now: Preset) -> None:
        super().__init__(parent)
        self._now = now
        self.setWindowTitle("Save as a preset")
        self.name = QLineEdit(maxLength=presets.LONGEST_NAME, placeholderText="Name")
        self.name.setAccessibleName("Name of the preset")
        self.name.setToolTip("One of your own presets with this name is replaced")
        self.events = _box("&Event settings", "Threshold, smoothing, gaps, shortest length")
        self.view = _box("&View", "Frequency axis, colours, decibels, FFT size")
        self.model = _box("&Model", f"The model that is chosen: {now.model_id}")
        self.model.setChecked(False)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for change in (self.name.textChanged, self.events.toggled, self.view.toggled, self.model.toggled):
            change.connect(self._allow)
        self._allow()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        for widget in (self.name, self.events, self.view, self.model, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(340)

    def preset(self) -> Preset:
        """Return what is to be kept."""
        return Preset(
            name=self.name.text(),
            events=self._now.events if self.events.isChecked() else None,
            view=self._now.view if self.view.isChecked() else {},
            model_id=self._now.model_id if self.model.isChecked() else "",
        )

    def _allow(self) -> None:
        any_chosen = any(each.isChecked() for each in (self.events, self.view, self.model))
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(bool(self.name.text().strip()) and any_chosen)


class ManageWindow(QDialog):
    """One's own presets: other names, or away with them."""

    def __init__(self, parent: QWidget, failed: Callable[[EarmarkError], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Presets")
        self.resize(420, 320)
        self._failed = failed
        self._presets: list[Preset] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Your presets")
        self.list.setToolTip("Your presets")
        self.name = QLineEdit(maxLength=presets.LONGEST_NAME)
        self.name.setAccessibleName("New name")
        self.name.setToolTip("Another name for the preset that is selected")
        self.rename = _button("&Rename", "Give the selected preset the name above")
        self.delete = _button("&Delete", "Delete the selected preset's file")
        self.folder = _button("Show in &folder", "Presets are files that can be shared: drop one into the window")
        self.close_button = _button("Close", "Close this window (Esc)")
        self._lay_out()
        self._connect()
        self._fill()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.rename, self.delete, self.folder):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list, 1)
        name = QLabel("&Name")
        name.setBuddy(self.name)
        layout.addWidget(name)
        layout.addWidget(self.name)
        layout.addWidget(muted("A preset is a file: send it to others, and drop theirs into the window."))
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda row: self._show())
        self.name.textChanged.connect(lambda text: self._show_possible())
        self.rename.clicked.connect(lambda: self._change(lambda preset: presets.rename(preset, self.name.text())))
        self.delete.clicked.connect(lambda: self._change(presets.delete))
        folder = QUrl.fromLocalFile(str(presets.presets_folder()))
        self.folder.clicked.connect(lambda: QDesktopServices.openUrl(folder))
        self.close_button.clicked.connect(self.close)

    def _chosen(self) -> Preset | None:
        row = self.list.currentRow()
        return self._presets[row] if 0 <= row < len(self._presets) else None

    def _change(self, change: Callable[[Preset], object]) -> None:
        if preset := self._chosen():
            try:
                change(preset)
            except EarmarkError as error:
                self._failed(error)
            self._fill(self.name.text())

    def _fill(self, chosen: str = "") -> None:
        self._presets = presets.own()
        names = [preset.name for preset in self._presets]
        self.list.clear()
        self.list.addItems(names)
        self.list.setCurrentRow(names.index(chosen) if chosen in names else 0)
        self._show()

    def _show(self) -> None:
        preset = self._chosen()
        self.name.setText(preset.name if preset else "")
        self._show_possible()

    def _show_possible(self) -> None:
        preset = self._chosen()
        self.delete.setEnabled(preset is not None)
        new = self.name.text().strip()
        self.rename.setEnabled(bool(preset and new and new != preset.name))


def _box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    box.setChecked(True)
    return box


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
