"""File ▸ Export clips…: which events, as what, under which names; and how far the cutting is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from earmark.api import EarmarkError
from earmark.audio_file import AudioInfo
from earmark.clip_names import FIELDS, PATTERN, ClipNames
from earmark.clips import FORMS, ClipChoice
from earmark.gui.theme import muted
from earmark.judging import JudgedEvent

FORM_TITLES = {"wav": "WAV", "flac": "FLAC, smaller and without loss"}
LONGEST_PADDING = 600.0  # seconds
PREVIEWED, PREVIEW_LINES = 2, 3  # names; with what is said under them
WIDTH = 580  # pixels
KEPT = ("clips_form", "clips_padding", "clips_pattern", "clips_list")


@dataclass(frozen=True, kw_only=True)
class Group:
    """One choice of events."""

    title: str
    events: tuple[JudgedEvent, ...]


class ClipsWindow(QDialog):
    """Asks how clips are to be cut, and shows how far that is."""

    ordered = Signal(object, object, object)  # Group, ClipChoice, Path of the folder
    cancelled = Signal()

    def __init__(self, parent: QWidget, info: AudioInfo, groups: Sequence[Group]) -> None:
        super().__init__(parent)
        self._info, self._groups = info, groups
        self._cuts = False
        self.group, self.form, self.padding = QComboBox(), QComboBox(), QDoubleSpinBox()
        self.pattern, self.folder = QLineEdit(PATTERN), QLineEdit(str(info.path.parent / "clips"))
        self.browse = QPushButton("&Browse…")
        self.has_list = QCheckBox("Write a &table of the clips beside them (clips.csv)")
        self.preview, self.fields = QLabel(), muted(f"A pattern of {', '.join(f'{{{name}}}' for name in FIELDS)}")
        self.progress = QProgressBar()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.button = self.buttons.addButton("&Cut clips", QDialogButtonBox.ButtonRole.AcceptRole)
        self._build()
        self._lay_out()
        self._connect()
        self._show_preview()

    def _build(self) -> None:
        self.setWindowTitle("Export clips")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in self._groups:
            self.group.addItem(f"{group.title} ({len(group.events)})")
        for form in FORMS:
            self.form.addItem(FORM_TITLES[form], form)
        self.padding.setRange(0.0, LONGEST_PADDING)
        self.padding.setSingleStep(0.1)
        self.padding.setSuffix(" s")
        self.preview.setWordWrap(True)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preview.setMinimumHeight(PREVIEW_LINES * self.preview.fontMetrics().lineSpacing())
        self.progress.hide()
        self.browse.setAutoDefault(False)  # Enter cuts
        self.button.setDefault(True)
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        meanings = "\n".join(f"{{{name}}}: {meaning}" for name, meaning in FIELDS.items())
        return {
            self.group: ("Events", "Which events become clips"),
            self.form: (
                "Form",
                "All channels at the recording's own rate, sample for sample; of 32 bits FLAC keeps 24",
            ),
            self.padding: ("Padding", "Sound before and after each event"),
            self.pattern: ("Names", f"{meanings}\nA slash makes a folder: {{label}}/{{n}}"),
            self.folder: ("Folder", "Where the clips go; no file in it is ever written over"),
            self.browse: ("Browse", "Choose the folder"),
            self.has_list: ("Table of the clips", "Name, label, times, score and verdict of each clip"),
            self.progress: ("Progress", "How many clips are cut"),
            self.preview: ("Preview", "What the clips will be called"),
        }

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("E&vents", self.group)
        form.addRow("For&m", self.form)
        form.addRow("&Padding", self.padding)
        form.addRow("&Names", self.pattern)
        form.addRow("", self.fields)
        form.addRow("", self.preview)
        folder = QLabel("&Folder")
        folder.setBuddy(self.folder)
        form.addRow(folder, place)
        form.addRow("", self.has_list)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(self.progress)
        layout.addWidget(self.buttons)
        self.resize(WIDTH, self.sizeHint().height())

    def _connect(self) -> None:
        for changed in (self.group.currentIndexChanged, self.form.currentIndexChanged):
            changed.connect(lambda _: self._show_preview())
        for edited in (self.pattern.textChanged, self.folder.textChanged):
            edited.connect(lambda _: self._show_preview())
        self.browse.clicked.connect(self._ask_for_folder)
        self.buttons.accepted.connect(self._order)
        self.buttons.rejected.connect(self.reject)

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Choose as the last time."""
        form, padding, pattern, has_list = (kept.get(name) for name in KEPT)
        if (index := self.form.findData(form)) >= 0:
            self.form.setCurrentIndex(index)
        if isinstance(padding, int | float):
            self.padding.setValue(padding)
        if isinstance(pattern, str) and pattern:
            self.pattern.setText(pattern)
        self.has_list.setChecked(bool(has_list))

    def chosen(self) -> Mapping[str, Any]:
        """Return what `restore` takes."""
        choice = self.choice()
        return dict(zip(KEPT, (choice.form, choice.padding, choice.pattern, choice.has_list), strict=True))

    def choice(self) -> ClipChoice:
        """Return how the clips are to be made."""
        return ClipChoice(
            pattern=self.pattern.text(),
            form=self.form.currentData(),
            padding=self.padding.value(),
            has_list=self.has_list.isChecked(),
        )

    def show_progress(self, done: int, total: int) -> None:
        """Show how many are cut."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.setFormat(f"{done} of {total}")

    def end(self) -> None:
        """Close: the clips are cut, or it was cancelled, or it failed."""
        self._cuts = False
        self.done(QDialog.DialogCode.Accepted)

    def reject(self) -> None:
        """Close; while clips are cut, stop that first."""
        if self._cuts:
            self.cancelled.emit()
        else:
            super().reject()

    def _chosen_group(self) -> Group:
        return self._groups[max(self.group.currentIndex(), 0)]

    def _show_preview(self) -> None:
        """Show the first names, or why there can be none."""
        events = self._chosen_group().events
        try:
            names = ClipNames(self.pattern.text(), f".{self.form.currentData()}")
            first = [names.next(self._info, event).as_posix() for event in events[:PREVIEWED]]
        except EarmarkError as error:
            self.preview.setText(f"⚠ {error}")
            self.button.setEnabled(False)
            return
        more = f"\n… and {len(events) - PREVIEWED} more" if len(events) > PREVIEWED else ""
        self.preview.setText("\n".join(first) + more)
        self.button.setEnabled(bool(events) and bool(self.folder.text().strip()))

    def _ask_for_folder(self) -> None:
        if name := QFileDialog.getExistingDirectory(self, "Clips go to", str(Path(self.folder.text()).parent)):
            self.folder.setText(name)

    def _order(self) -> None:
        group = self._chosen_group()
        self._cuts = True
        for widget in (*self._names(), self.button):
            widget.setEnabled(widget in (self.progress, self.preview))
        self.show_progress(0, len(group.events))
        self.progress.show()
        self.ordered.emit(group, self.choice(), Path(self.folder.text().strip()).expanduser())
