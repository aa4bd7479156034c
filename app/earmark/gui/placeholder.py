"""What an empty list says instead of nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView
from shiboken6 import isValid

from earmark.gui.theme import muted


class Placeholder(QObject):
    """Text in the middle of a view, as long as there are no rows."""

    def __init__(self, view: QAbstractItemView, text: str) -> None:
        super().__init__(view)
        self._view = view
        self._label = muted(text)
        self._label.setParent(view.viewport())
        self._label.setWordWrap(True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.viewport().installEventFilter(self)
        model = view.model()
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._follow)
        self._follow()

    def say(self, text: str) -> None:
        """Say something else from now on."""
        self._label.setText(text)

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._label.setGeometry(self._view.viewport().rect().adjusted(12, 0, -12, 0))
        return False

    def _follow(self) -> None:
        if isValid(self._view):  # a table of items empties itself when it goes
            self._label.setVisible(self._view.model().rowCount() == 0)
