"""In a narrow window the panels at the left fold to a strip of buttons; in a wide one they are back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QToolButton

from earmark.gui.actions import Actions
from earmark.gui.icons import icon
from earmark.gui.layout import MODEL_WIDTH, Tools
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.theme import Theme

NARROW = 1100  # pixels of the window
NARROW_MODEL = 136  # pixels: room for device and speed beside it
ICON = QSize(22, 22)
SPARE = ("zoom_out", "zoom_in", "fit")


class Folding(QObject):
    """Watches how wide the window is."""

    narrowed = Signal(bool)  # whether it is narrow now

    def __init__(self, window: QMainWindow, icons: dict[str, str]) -> None:
        super().__init__(window)
        self.strip = QToolBar("Folded panels")
        self._window, self._icons = window, icons  # a panel's name → its icon's
        self._folded: list[QDockWidget] = []
        self._front: QDockWidget | None = None  # the one of them that was not behind a tab
        self._is_narrow = False
        self._buttons: dict[str, QToolButton] = {}
        self.strip.setObjectName("folded")
        self.strip.setMovable(False)
        self.strip.setIconSize(ICON)
        self.strip.toggleViewAction().setVisible(False)  # it comes and goes by itself
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.strip)
        self.strip.hide()
        window.installEventFilter(self)

    def build(self) -> None:
        """Make a button for each panel that may fold; once all panels are there."""
        for name in self._icons:
            if panel := self._window.findChild(QDockWidget, name):
                self._buttons[name] = self._button(panel)

    def wear(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for name, button in self._buttons.items():
            button.setIcon(icon(self._icons[name], theme))

    def unfold(self) -> None:
        """Bring back what folded, before the layout is remembered."""
        for panel in self._folded:
            panel.show()
        if self._front:
            self._front.raise_()
        self._folded, self._front = [], None
        self.strip.hide()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Fold and unfold as the window becomes narrow and wide."""
        if event.type() == QEvent.Type.Resize:
            narrow = event.size().width() < NARROW
            if narrow != self._is_narrow:
                self._is_narrow = narrow
                self.narrowed.emit(narrow)
            if narrow and not self._folded:
                self._fold(self._at_the_left())
            elif not narrow and self._folded:
                self.unfold()
        return False

    def _fold(self, panels: Sequence[QDockWidget]) -> None:
        self._folded = list(panels)
        self._front = next((panel for panel in panels if _is_seen(panel)), panels[0] if panels else None)
        for panel in panels:
            panel.hide()
        self.strip.setVisible(bool(panels))

    def _at_the_left(self) -> list[QDockWidget]:
        """Return the panels there, those behind tabs too."""
        panels = [self._window.findChild(QDockWidget, name) for name in self._buttons]
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        return [
            panel
            for panel in panels
            if panel and self._window.dockWidgetArea(panel) == area and not panel.isFloating() and _is_open(panel)
        ]

    def _button(self, panel: QDockWidget) -> QToolButton:
        button = QToolButton()
        button.setText(panel.windowTitle())
        button.setToolTip(f"{panel.windowTitle()}: show or hide this panel")
        button.setAccessibleName(panel.windowTitle())
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        keep_keys(button, BUTTON)
        button.clicked.connect(lambda: self._toggle(panel))
        self.strip.addWidget(button)
        return button

    def _toggle(self, panel: QDockWidget) -> None:
        """Show a folded panel in the place of the others, or fold it again."""
        shown = _is_seen(panel)
        for each in self._folded:
            each.hide()
        if not shown:
            panel.show()
            panel.raise_()
            panel.setFocus()


def _is_seen(panel: QDockWidget) -> bool:
    return panel.isVisible() and not panel.visibleRegion().isEmpty()


def fold_tools(tools: Tools, actions: Actions, *, narrow: bool) -> None:
    """Take out of the toolbar what has a key and a place in a menu, so that there is room for the model."""
    for name in SPARE:
        if narrow:
            tools.removeAction(actions[name])
        else:
            tools.insertAction(actions["view_settings"], actions[name])
    tools.model.setFixedWidth(NARROW_MODEL if narrow else MODEL_WIDTH)
    meter = tools.transport.meter.parentWidget()
    for action in tools.actions():
        if tools.widgetForAction(action) is meter:
            action.setVisible(not narrow)


def _is_open(panel: QDockWidget) -> bool:
    """Return whether a panel is open, be it behind a tab; before the window is shown, whether it is going to be."""
    closed = panel.isHidden() and panel.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    return panel.toggleViewAction().isChecked() or not closed
