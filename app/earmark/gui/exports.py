"""File ▸ Export…: which recordings, which events, in which format, where, and what is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
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

from earmark import exchange
from earmark.gui.export_order import Known, Order, Scope, counted, format_of, replaced, without_suffix
from earmark.gui.theme import muted

WHICH = {"kept": "All but the rejected", "accepted": "Only the accepted", "all": "All, the rejected too"}
NOTHING_LOST = "This format holds everything."
READING = "Reading what is known…"
NOTHING_KNOWN = "Nothing is known of these yet: have them analysed first."
WIDTH, LINES = 600, 6  # pixels; of losses


class ExportWindow(QDialog):
    """Asks; what is known of the recordings is shown to it with `show_known`."""

    scope_chosen = Signal(object)  # Scope: what is known of it is wanted
    ordered = Signal(object)  # Order
    cancelled = Signal()

    def __init__(self, parent: QWidget, scopes: Sequence[Scope]) -> None:
        super().__init__(parent)
        self._scopes = scopes
        self._known: Known | None = None  # None while it is being read
        self._waits = False  # for what is known, to go on with it
        self._writes = False
        self.scope, self.format, self.which = QComboBox(), QComboBox(), QComboBox()
        self.out = QLineEdit()
        self.browse = QPushButton("&Browse…")
        self.count, self.warning = muted(), QLabel()
        self.losses, self.progress = QLabel(), QProgressBar()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.button = self.buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for scope in self._scopes:
            self.scope.addItem(scope.title)
        for name, form in exchange.FORMATS.items():
            self.format.addItem(f"{form.title} (*{form.suffix})", name)
        for name, title in WHICH.items():
            self.which.addItem(title, name)
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        self.losses.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.losses.setMinimumHeight(LINES * self.losses.fontMetrics().lineSpacing())  # so that nothing jumps
        for label in (self.losses, self.warning):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress.hide()
        self.browse.setAutoDefault(False)  # Enter exports
        self.button.setDefault(True)
        self.out.setText(str(self._proposed()))

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        return {
            self.scope: ("Recordings", "What is exported: this recording, or several, each into a file of its own"),
            self.format: ("Format", "The program that is to read it"),
            self.which: ("Events", "Which events are written"),
            self.out: ("File or folder", "Where it is written; a known ending chooses the format"),
            self.browse: ("Browse", "Choose the place"),
            self.losses: ("What the format cannot hold", "So that nothing is missed later without a word"),
            self.progress: ("Progress", "How many recordings are read, or written"),
        }

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.out, 1)
        place.addWidget(self.browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Recordings", self.scope)
        form.addRow("For&mat", self.format)
        form.addRow("E&vents", self.which)
        self._place_name = QLabel("&File")
        self._place_name.setBuddy(self.out)
        form.addRow(self._place_name, place)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(form)
        for widget in (self.count, self.losses, self.warning):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.progress)
        layout.addWidget(self.buttons)
        self.resize(WIDTH, self.sizeHint().height())
        self._show_place()
        self.out.setFocus()

    def _connect(self) -> None:
        self.scope.currentIndexChanged.connect(lambda _: self._choose_scope())
        self.format.currentIndexChanged.connect(lambda _: self._use_format())
        self.which.currentIndexChanged.connect(lambda _: self._show_facts())
        self.out.textEdited.connect(self._follow_suffix)
        self.browse.clicked.connect(self._ask_for_place)
        self.buttons.accepted.connect(self._order)
        self.buttons.rejected.connect(self.reject)

    def begin(self) -> None:
        """Show the window and ask for what is known of the recordings."""
        self.open()
        self._choose_scope()
        self.out.setFocus()
        self.out.selectAll()  # what is typed replaces what is proposed

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Choose as the last time."""
        for box, name in ((self.format, kept.get("export_format")), (self.which, kept.get("export_events"))):
            if (index := box.findData(name)) >= 0:
                box.setCurrentIndex(index)

    def chosen(self) -> Mapping[str, Any]:
        """Return what `restore` takes."""
        return {"export_format": self.format.currentData(), "export_events": self.which.currentData()}

    def show_known(self, scope: Scope, known: Known) -> None:
        """Show what is known of the recordings."""
        if scope is not self._chosen_scope():
            return
        self._known = known
        self.progress.hide()
        self._show_facts()
        if self._waits:
            self._order()

    def show_progress(self, done: int, total: int) -> None:
        """Show how many recordings are read, or written."""
        self.progress.setVisible(total > 1 and (self._known is None or self._writes))
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.setFormat(f"{done} of {total}")

    def end(self) -> None:
        """Close: it is written, or failed, or was cancelled."""
        self._writes = False
        self.done(QDialog.DialogCode.Accepted)

    def reject(self) -> None:
        """Close; stop first what is being written."""
        self.cancelled.emit()
        if not self._writes:
            super().reject()

    def _chosen_scope(self) -> Scope:
        return self._scopes[max(self.scope.currentIndex(), 0)]

    def _choose_scope(self) -> None:
        self._known = None
        self._show_place()
        self.out.setText(str(self._proposed()))
        self._show_facts()
        self.scope_chosen.emit(self._chosen_scope())

    def _show_place(self) -> None:
        self._place_name.setText("&File" if self._chosen_scope().is_one else "&Folder")

    def _proposed(self) -> Path:
        scope = self._chosen_scope()
        if not scope.is_one:
            return scope.paths[0].parent
        return scope.paths[0].with_suffix(exchange.FORMATS[self.format.currentData()].suffix)

    def _use_format(self) -> None:
        """Give the file that is named the ending of the format."""
        if self._chosen_scope().is_one:
            path = self._place() or self._proposed()
            self.out.setText(str(path.with_name(without_suffix(path) + self._suffix())))
        self._show_facts()

    def _suffix(self) -> str:
        return exchange.FORMATS[self.format.currentData()].suffix

    def _follow_suffix(self, text: str) -> None:
        """Choose the format of a known ending that was typed."""
        found = format_of(text, self.format.currentData())
        if self._chosen_scope().is_one and found != self.format.currentData():
            self.format.blockSignals(True)
            self.format.setCurrentIndex(self.format.findData(found))
            self.format.blockSignals(False)
        self._show_facts()

    def _ask_for_place(self) -> None:
        if self._chosen_scope().is_one:
            name, _ = QFileDialog.getSaveFileName(
                self, "Export to", self.out.text(), "All files (*)", options=QFileDialog.Option.DontConfirmOverwrite
            )
        else:
            name = QFileDialog.getExistingDirectory(self, "Export to", self.out.text())
        if name:
            self.out.setText(name)
            self._follow_suffix(name)

    def _place(self) -> Path | None:
        """Return the file or folder that is named; None while that is no name."""
        text = self.out.text().strip()
        try:
            path = Path(text).expanduser()
        except RuntimeError:  # somebody's home that is not known
            path = Path(text)
        is_name = bool(path.name) if self._chosen_scope().is_one else bool(text)
        return path if is_name else None

    def _ready(self) -> Order | None:
        """Return what is to be written as it is chosen now; None while it is not known."""
        out, is_one = self._place(), self._chosen_scope().is_one
        if self._known is None or not self._known.heads or out is None:
            return None
        if is_one and not out.suffix:
            out = out.with_name(out.name + self._suffix())
        format_name, which = self.format.currentData(), self.which.currentData()
        return Order(format_name=format_name, which=which, out=out, is_one=is_one, known=self._known)

    def _show_facts(self) -> None:
        order = self._ready()
        self.button.setEnabled(order is not None or (self._known is None and self._place() is not None))
        if order is None:
            nothing = self._known is not None and not self._known.heads
            self.count.setText(NOTHING_KNOWN if nothing else READING if self._known is None else "")
            self.losses.setText("")
            self.warning.setText("")
            return
        self.count.setText(counted(order))
        self.losses.setText("\n".join(f"• {sentence}" for sentence in order.losses) or NOTHING_LOST)
        self.warning.setText(replaced(order.places()))

    def _order(self) -> None:
        """Have it written, as soon as it is known what."""
        order = self._ready()
        self._waits = order is None and self._known is None
        if order:
            self._writes = True
            for widget in (*self._names(), self.button):
                widget.setEnabled(widget is self.progress)
            self.ordered.emit(order)
