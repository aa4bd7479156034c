"""The list of keys, and what this is."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from earmark import __version__, folders
from earmark.gui.actions import Deed

BY_MOUSE = (
    ("Move the playhead", "Click or drag in the spectrogram"),
    ("Pan", "Wheel, or drag with the middle button"),
    ("Zoom the time", "Ctrl + wheel"),
    ("Scroll the lanes", "Shift + wheel over them"),
    ("Select an event", "Click it in its lane or in the table"),
    ("Play the selected event", "Enter or a double click in the table"),
)
LIBRARIES = ("PySide6_Essentials", "pyqtgraph", "numpy", "scipy", "sounddevice", "soundfile", "av", "torch")


def keys_window(parent: QWidget, deeds: Sequence[Deed]) -> QDialog:
    """Return a window with every key and what it does; it stays open beside the work."""
    rows = [(_plain(deed.text), ", ".join(_key_text(key) for key in deed.keys)) for deed in deeds if deed.keys]
    table = QTableWidget(len(rows) + len(BY_MOUSE), 2)
    table.setAccessibleName("Keys")
    table.setHorizontalHeaderLabels(["What", "Key or mouse"])
    for row, texts in enumerate((*rows, *BY_MOUSE)):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return _window(parent, "Keys", table, (560, 620))


def about_window(parent: QWidget, device: str) -> QDialog:
    """Return a window with versions, device and where things are kept."""
    text = QLabel(about_text(device))
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    text.setWordWrap(True)
    text.setMargin(8)
    return _window(parent, "About Earmark", text, (520, 420))


def about_text(device: str) -> str:
    """Return what About says."""
    lines = [
        f"<h2>Earmark {__version__}</h2>",
        "Hears what is in a recording. Apache License 2.0.",
        "",
        f"Device: {device or 'not known yet'}",
        f"Log: {folders.log_path()}",
        f"Library: {folders.library_path()}",
        "",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    ]
    return "<br>".join(lines)


def _window(parent: QWidget, title: str, widget: QWidget, size: tuple[int, int]) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    QVBoxLayout(dialog).addWidget(widget)
    dialog.resize(*size)
    return dialog


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


def _key_text(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
