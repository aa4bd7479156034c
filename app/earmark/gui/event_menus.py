"""What the right mouse button, or the menu key, offers for an event and for a label."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from earmark.gui.desk import Desk
from earmark.gui.edits import Edits
from earmark.gui.label_colours import label_text
from earmark.gui.labels import Labels
from earmark.label_book import NUMBERS

OF_EVENT = (
    ("play_event", "zoom_event"),
    ("accept", "reject", "take_back"),
    ("relabel", "edit_times", "split", "merge", "select_label"),
)


class EventMenus:
    """Menus made when they are asked for."""

    def __init__(self, desk: Desk, edits: Edits, labels: Labels) -> None:
        self._desk, self._edits, self._labels = desk, edits, labels

    def show_for_event(self, at: QPoint, *, seconds: float | None = None) -> None:
        """Show what can be done with the selected events; `seconds` is where the pointer is."""
        menu = self._menu()
        for names in OF_EVENT:
            for name in names:
                menu.addAction(self._desk.do[name])
            menu.addSeparator()
        if seconds is not None and len(self._desk.findings.selected) == 1:
            menu.addAction("Split &here", lambda: self._edits.split(seconds))
        self.fill_numbers(menu.addMenu("Assi&gn"))
        menu.popup(at)

    def show_for_place(self, at: QPoint, label: str, seconds: float) -> None:
        """Show what can be done where there is no event."""
        menu = self._menu()
        if label:
            menu.addAction(f"Add {label_text(label)} &here", lambda: self._edits.draw(label, seconds, seconds + 1.0))
        menu.addAction("Add &another label here…", lambda: self._edits.draw("", seconds, seconds + 1.0))
        menu.addAction(self._desk.do["label_selection"])
        if label:
            menu.addSeparator()
            self.fill_label(menu, label)
        menu.popup(at)

    def show_for_label(self, at: QPoint, label: str) -> None:
        """Show what can be done with all events of a label."""
        menu = self._menu()
        self.fill_label(menu, label)
        menu.popup(at)

    def fill_label(self, menu: QMenu, label: str) -> None:
        """Put what can be done with all events of a label into a menu."""
        edits, left = self._edits, self._edits.unreviewed(label)
        menu.addSection(label_text(label))
        menu.addAction("&Select all", lambda: edits.select_label(label))
        for text, do in (("&Accept", edits.accept), ("&Reject", edits.reject)):
            action = menu.addAction(f"{text} all {len(left)} unreviewed", lambda do=do: do(edits.unreviewed(label)))
            action.setEnabled(bool(left))
        menu.addSeparator()
        menu.addAction("&Hide this lane", lambda: self._hide(label))
        menu.addAction(self._desk.do["show_lanes"])
        menu.addAction(self._desk.do["thresholds"])
        self._fill_keys(menu.addMenu("Number &key"), label)

    def fill_numbers(self, menu: QMenu) -> None:
        """Put the labels that have number keys into a menu."""
        for number, label in self._labels.book.numbered().items():
            action = menu.addAction(f"&{number}  {label_text(label)}", lambda number=number: self._edits.assign(number))
            action.setToolTip(f"{label_text(label)} ({number})")
        menu.addSeparator()
        menu.addAction(self._desk.do["relabel"])

    def _fill_keys(self, menu: QMenu, label: str) -> None:
        for number in NUMBERS:
            holder = self._labels.book.numbered().get(number, "")
            text = f"&{number}  {label_text(holder)}" if holder else f"&{number}"
            action = menu.addAction(text, lambda number=number: self._labels.pin(number, label))
            action.setCheckable(True)
            action.setChecked(holder == label)

    def _hide(self, label: str) -> None:
        lanes = self._desk.centre.lanes
        lanes.hide_labels({*lanes.hidden_labels, label})
        self._desk.changed.emit()

    def _menu(self) -> QMenu:
        menu = QMenu(self._desk.window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.setToolTipsVisible(True)
        return menu
