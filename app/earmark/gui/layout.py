"""Where the window's parts are, and remembering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStatusBar,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.actions import Actions
from earmark.gui.elided import Elided
from earmark.gui.icons import icon
from earmark.gui.model_picker import ModelPicker
from earmark.gui.notices import Notices
from earmark.gui.progress_row import ProgressRow
from earmark.gui.settings_row import SettingsRow
from earmark.gui.theme import Theme
from earmark.gui.transport import Transport, spaced

FRAME = QSize(16, 48)  # that window managers put around a window
MODEL_WIDTH = 150  # pixels; longer names are read in its list
TITLE_BUTTONS = (
    ("float", "float", "Take out of the window, or put back"),
    ("close", "close", "Close; View ▸ Panels brings it back"),
)
VERSION = 1  # of the saved state: a new one where docks or toolbars change their meaning


class Tools(QToolBar):
    """The toolbar: open, play, where, which model, on what device."""

    def __init__(self, actions: Actions, transport: Transport) -> None:
        super().__init__("Toolbar")
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.device_line = self._speed = ""  # once they are known
        self.transport, self.model, self.device = transport, ModelPicker(), Elided()
        self.model.setFixedWidth(MODEL_WIDTH)
        self.device.setAccessibleName("Device and speed")
        self._lay_out(actions)

    def _lay_out(self, actions: Actions) -> None:
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addAction(actions["open"])
        for name in ("listen", "record"):
            self.addAction(actions[name])
            actions[name].setPriority(QAction.Priority.LowPriority)
        self.addSeparator()
        self.transport.put_into(self, actions)
        self.addSeparator()
        for name in ("zoom_out", "zoom_in", "fit", "view_settings"):
            self.addAction(actions[name])
        for name in ("to_start", "to_end", "loop", "mute", "zoom_out", "zoom_in", "fit", "view_settings"):
            actions[name].setPriority(QAction.Priority.LowPriority)  # without its text
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self.addWidget(self.model)
        self.addWidget(spaced(self.device, margin=3))

    def show_device(self, line: str) -> None:
        """Show what the models run on: "CPU, 2 threads: no CUDA device was found"."""
        self.device_line = line
        device = line.partition(" ")[0].rstrip(",:")
        self.device.show_text(" · ".join(filter(None, (device, self._speed))))
        self.device.setToolTip(". ".join(filter(None, (line, self._speed and f"{self._speed[:-1]} times real time"))))

    def show_speed(self, times_real_time: float) -> None:
        """Show how fast they run there."""
        self._speed = f"{times_real_time:.0f}×" if times_real_time else ""
        self.show_device(self.device_line)


def dock(window: QMainWindow, title: str, widget: QWidget, side: Qt.DockWidgetArea) -> QDockWidget:
    """Add a panel that can be moved, closed and brought back."""
    panel = QDockWidget(title, window)
    panel.setObjectName(title.lower())
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(6, 0, 6, 4)
    row.addWidget(widget)
    panel.setWidget(box)
    window.addDockWidget(side, panel)
    return panel


def dress(panel: QDockWidget, theme: Theme) -> None:
    """Draw a panel's own buttons in a theme's colours: Qt's are too dark to be seen in some."""
    for name, drawn, tip in TITLE_BUTTONS:
        button = panel.findChild(QAbstractButton, f"qt_dockwidget_{name}button")
        if button:
            button.setIcon(icon(drawn, theme))
            button.setToolTip(tip)


def bottom(live: QWidget, settings: SettingsRow, progress: ProgressRow, notices: Notices) -> QStatusBar:
    """Return the bar below everything: the microphone, sliders and progress, and under them what went wrong."""
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(settings)
    row.addWidget(progress, 1)
    panel = QWidget()
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(6, 3, 6, 3)
    layout.addWidget(live)
    layout.addLayout(row)
    layout.addWidget(notices)
    bar = QStatusBar()
    bar.setSizeGripEnabled(False)
    bar.addWidget(panel, 1)
    return bar


def fit_the_screen(window: QMainWindow, width: int, height: int) -> None:
    """Give the window a size, or where the screen has no room for that with its frame, all of the screen."""
    window.resize(width, height)
    room = window.screen().availableSize()
    if room.width() < width + FRAME.width() or room.height() < height + FRAME.height():
        window.setWindowState(Qt.WindowState.WindowMaximized)


def focus_next(panes: Sequence[QWidget]) -> None:
    """Move the focus on to the next pane that is shown."""
    shown = [pane for pane in panes if pane.isVisible()]
    focused = next((index for index, pane in enumerate(shown) if pane.hasFocus()), -1)
    if shown:
        shown[(focused + 1) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)


def hide_empty(menus: Mapping[str, QMenu]) -> None:
    """Hide the menus in which there is nothing."""
    for menu in menus.values():
        menu.menuAction().setVisible(not menu.isEmpty())


def remembered(window: QMainWindow) -> dict[str, Any]:
    """Return what can be given to `restore` at the next start."""
    return {
        "geometry": _text(window.saveGeometry()),
        "state": _text(window.saveState(VERSION)),
    }


def restore(window: QMainWindow, kept: Mapping[str, Any]) -> None:
    """Put window and docks where they were; what cannot be read is left as it is."""
    geometry, state = kept.get("geometry"), kept.get("state")
    if isinstance(geometry, str):
        window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))
    if isinstance(state, str):
        window.restoreState(QByteArray.fromBase64(state.encode("ascii", "ignore")), VERSION)


def _text(value: QByteArray) -> str:
    return value.toBase64().toStdString()
