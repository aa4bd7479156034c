"""The list of keys: every one that the window has, and what the mouse does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.actions import Deed

Rows = Sequence[tuple[str, str]]  # what, and key or gesture
BY_MOUSE: Mapping[str, Rows] = {
    "Mouse over a plot": (
        ("Move the playhead", "Click, or drag in the ruler"),
        ("Select time and frequencies", "Drag in the spectrogram"),
        ("Select time only", "Drag sideways, or Alt + drag"),
        ("Change the selection", "Drag its edges; Shift + drag moves it, Shift + click extends it"),
        ("Move along the recording", "Wheel, or drag with the middle button"),
        ("Zoom the time", "Ctrl + wheel"),
        ("Zoom the frequencies", "Shift + wheel over the spectrogram, or wheel over their axis"),
        ("Show all frequencies", "Double click on their axis"),
        ("Scroll the lanes", "Shift + wheel over them"),
        ("Change the colours' range", "Drag the handles of the decibel bar"),
        ("Set the colours' range by itself", "Double click on the decibel bar"),
        ("Move the frame of what is in view", "Drag in the overview"),
    ),
    "Mouse over events": (
        ("Select an event", "Click it in its lane, the table or the overview"),
        ("Select several", "Ctrl + click, Shift + click"),
        ("Play an event", "Double click it"),
        ("Move an event, or one of its ends", "Drag it in its lane"),
        ("What else can be done", "Right click, or the menu key"),
    ),
    "Everywhere": (
        ("Open recordings, folders, label files, presets", "Drop them into the window"),
        ("Go from control to control", "Tab, Shift + Tab"),
        ("Open a menu", "Alt and its underlined letter"),
        ("Set a slider back", "Double click its name"),
        ("Move or close a panel", "Drag its title; View ▸ Panels brings it back"),
    ),
    "In a list or a table": (
        ("Go through the rows", "Up, Down, PgUp, PgDown, Home, End"),
        ("Open or play what is selected", "Enter"),
        ("Sort", "Click a column's title"),
    ),
}


class KeysWindow(QDialog):
    """What has a key, by menu, with a line to search it; it stays open beside the work."""

    def __init__(self, parent: QWidget, groups: Mapping[str, Rows]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 660)
        self.search = QLineEdit(placeholderText="Search keys", clearButtonEnabled=True)
        self.search.setAccessibleName("Search the keys")
        self.search.setToolTip("A key, or what it does")
        self.tree = QTreeWidget()
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self.none = QLabel("No key does this. The menus have more.")
        self._build(groups)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.tree, self.none):
            layout.addWidget(widget)
        self.search.textChanged.connect(self._filter)
        self._filter("")

    def _build(self, groups: Mapping[str, Rows]) -> None:
        self.tree.setAccessibleName("Keys")
        self.tree.setToolTip("What the keys and the mouse do")
        self.tree.setHeaderLabels(["What", "Key or mouse"])
        self.tree.setRootIsDecorated(False)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, rows in groups.items():
            group, items = QTreeWidgetItem([name]), [QTreeWidgetItem(list(row)) for row in rows]
            self.tree.addTopLevelItem(group)
            group.setFirstColumnSpanned(True)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            group.addChildren(items)
            self._groups.append((group, items))
        self.tree.expandAll()

    def _filter(self, text: str) -> None:
        """Show only rows in which all words are."""
        words = text.casefold().split()
        for group, rows in self._groups:
            for row in rows:
                said = f"{group.text(0)} {row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not all(word in said for word in words))
            group.setHidden(all(row.isHidden() for row in rows))
        self.none.setVisible(all(group.isHidden() for group, _ in self._groups))


def keys(deeds: Iterable[Deed], others: Iterable[QAction] = ()) -> dict[str, Rows]:
    """Return all keys, by menu: those of deeds, and those of other actions that have some."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for deed in deeds:
        if deed.keys:
            name = _plain(deed.menu.removeprefix("|"))
            groups.setdefault(name, []).append((_plain(deed.text), _texts(map(QKeySequence, deed.keys))))
    for action in others:
        groups.setdefault("More", []).append((_plain(action.text()), _texts(action.shortcuts())))
    return {**groups, **BY_MOUSE}


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


def _texts(sequences: Iterable[QKeySequence]) -> str:
    return ", ".join(each.toString(QKeySequence.SequenceFormat.NativeText) for each in sequences)
