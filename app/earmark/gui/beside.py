"""Several widgets as one field of a form."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget


def beside(*widgets: QWidget) -> QWidget:
    """Return a widget that holds these in a row: fields grow, words and buttons keep their width.

    The first has the focus, so that the key of the form's label leads to it.
    """
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, QLabel | QAbstractButton) else 1)
    box.setFocusProxy(widgets[0])
    return box
