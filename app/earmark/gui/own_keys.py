"""Widgets that keep keys which the window would take: arrows in a slider, Space on a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

SLIDER = frozenset(
    [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown]
)
BUTTON = frozenset([Qt.Key.Key_Space])
PICKER = SLIDER | BUTTON
TABLE = frozenset([Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown])


class _OwnKeys(QObject):
    def __init__(self, widget: QWidget, keys: frozenset[Qt.Key]) -> None:
        super().__init__(widget)
        self._keys = keys
        widget.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        if event.type() == QEvent.Type.ShortcutOverride and self._means(event):
            event.accept()
        return False

    def _means(self, event) -> bool:
        return event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() in self._keys


def keep_keys(widget: QWidget, keys: frozenset[Qt.Key]) -> None:
    """Let `widget`, while it has the focus, receive these keys although they are the window's shortcuts."""
    _OwnKeys(widget, keys)
