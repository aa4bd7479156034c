"""Everything can be reached without a mouse, and is named for those who do not see it."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QDockWidget,
    QLabel,
    QMenu,
    QTabBar,
    QWidget,
)

from earmark.gui.faults import Faults
from earmark.gui.letters import letter_of, marked
from earmark.gui.presets import ManageWindow, SaveWindow
from earmark.presets import Preset

PARTS = ("QScrollBar", "QTabBar", "QHeaderView", "QLineEdit", "QComboBoxPrivateContainer")  # of what is named itself
DIALOGS = ("settings", "keys", "about", "view", "save", "manage", "compare", "map")


def name_of(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):  # Qt gives its choice instead, and leaves the name to the label beside it
        return widget.accessibleName() if QAccessible.queryAccessibleInterface(widget) else ""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def controls_in(place: QWidget) -> list[QWidget]:
    """Return what can have the focus there."""
    return [
        widget
        for widget in place.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.window() is place.window()
        and not isinstance(widget, QLabel | QMenu | QTabBar)
        and not isinstance(widget.parent(), QTabBar)
        and not isinstance(widget.parent(), QAbstractScrollArea)
        and not widget.objectName().startswith("qt_")
        and (widget.metaObject().className() not in PARTS or widget.parent() is place)
    ]


def called(widget: QWidget) -> str:
    return f"{widget.metaObject().className()} in {widget.parent().metaObject().className()}: {name_of(widget)}"


@pytest.fixture
def dialog(request, analysed):
    """One of the window's dialogs, opened."""
    home = analysed.home
    opened = {
        "settings": home.preferences.show,
        "keys": home.show_keys,
        "about": home.show_about,
        "view": lambda: analysed.viewing.panel,
        "save": lambda: SaveWindow(analysed, Preset(name="")),
        "manage": lambda: ManageWindow(analysed, pytest.fail),
        "compare": analysed.comparing.ask,
        "map": lambda: analysed.mapping.window,
    }[request.param]()
    opened.show()
    yield opened
    opened.close()


def test_every_control_of_the_window_has_a_name(analysed):
    controls = controls_in(analysed)
    assert len(controls) > 30
    assert [called(widget) for widget in controls if not name_of(widget)] == []


def test_every_control_of_the_window_says_what_it_is_for(analysed):
    bare = [
        called(widget)
        for widget in controls_in(analysed)
        if not isinstance(widget, QAbstractScrollArea)  # their rows and their pointer say more than one tip could
        and not widget.toolTip()
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert bare == []


@pytest.mark.parametrize("dialog", DIALOGS, indirect=True)
def test_every_control_of_a_dialog_has_a_name_and_says_what_it_is_for(dialog):
    controls = controls_in(dialog)
    assert controls
    assert [called(widget) for widget in controls if not name_of(widget)] == []
    mute = [
        each
        for each in controls
        if not each.toolTip()
        and not isinstance(each, QAbstractScrollArea)
        and not isinstance(each.parent(), QDialogButtonBox)
    ]
    assert [called(widget) for widget in mute] == []


@pytest.mark.parametrize("dialog", DIALOGS, indirect=True)
def test_tab_reaches_every_control_of_a_dialog(dialog):
    dialog.activateWindow()
    wanted = {each for each in controls_in(dialog) if each.isVisible() and each.isEnabled()}
    wanted = {each for each in wanted if each.focusPolicy() & Qt.FocusPolicy.TabFocus and not each.focusProxy()}
    visited = set()
    for _ in range(3 * len(wanted) + 10):
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        visited.add(QApplication.focusWidget())
    assert [called(widget) for widget in wanted - visited] == []


def test_no_key_does_two_things(analysed):
    actions = [action for action in analysed.findChildren(QAction) if not isinstance(action.parent(), QMenu)]
    keys = Counter(key.toString() for action in set(actions) for key in action.shortcuts())
    shortcuts = analysed.findChildren(QShortcut)
    window_wide = [each for each in shortcuts if each.context() == Qt.ShortcutContext.WindowShortcut]
    keys.update(each.key().toString() for each in window_wide)
    assert len(keys) > 30
    assert {key: count for key, count in keys.items() if count > 1} == {}


def test_every_key_can_be_typed(analysed):
    keys = [QKeySequence(key) for deed in analysed.do.deeds for key in deed.keys]
    assert all(key.count() == 1 and key.toString() for key in keys)


def test_every_deed_stands_in_a_menu(analysed):
    shown = {action for menu in analysed.menuBar().actions() for action in menu.menu().actions()}
    assert [deed.name for deed in analysed.do.deeds if analysed.do[deed.name] not in shown] == []


def menus_in(menu: QMenu) -> list[QMenu]:
    below = [action.menu() for action in menu.actions() if action.menu()]
    return [menu, *(each for inner in below for each in menus_in(inner))]


def test_no_two_entries_of_a_menu_have_one_letter(analysed):
    menus = [each for action in analysed.menuBar().actions() for each in menus_in(action.menu())]
    assert len(menus) > 10
    twice = {}
    for menu in menus:
        menu.aboutToShow.emit()
        letters = Counter(letter_of(action.text()) for action in menu.actions() if action.isVisible())
        twice[menu.title()] = [letter for letter, count in letters.items() if letter and count > 1]
    assert {title: letters for title, letters in twice.items() if letters} == {}


def test_a_letter_is_the_first_that_is_free():
    assert marked("Zoom &in", {"i", "z"}) == "Z&oom in"
    assert marked("Salt && pepper", {"s"}) == "Salt && &pepper"
    assert marked("ab", {"a", "b"}) == "ab"


def test_every_key_is_listed_in_help(analysed):
    dialog = analysed.home.show_keys()
    rows = [
        dialog.tree.topLevelItem(group).child(row)
        for group in range(dialog.tree.topLevelItemCount())
        for row in range(dialog.tree.topLevelItem(group).childCount())
    ]
    listed = {key for row in rows for key in row.text(1).split(", ")}
    native = QKeySequence.SequenceFormat.NativeText
    actions = [action for action in analysed.findChildren(QAction) if not isinstance(action.parent(), QMenu)]
    keys = {key.toString(native) for action in actions for key in action.shortcuts()}
    assert keys - listed == set()
    dialog.close()


def test_keys_are_found_by_what_they_do(analysed):
    dialog = analysed.home.show_keys()
    dialog.search.setText("zoom in")
    groups = [dialog.tree.topLevelItem(number) for number in range(dialog.tree.topLevelItemCount())]
    shown = [
        group.child(row).text(0)
        for group in groups
        for row in range(group.childCount())
        if not group.child(row).isHidden()
    ]
    assert shown == ["Zoom in"]
    dialog.search.setText("make coffee")
    assert dialog.none.isVisible()
    dialog.close()


def test_f6_goes_round_the_panes(qtbot, analysed):
    analysed.activateWindow()
    visited = []
    for _ in range(12):
        analysed.do["next_pane"].trigger()
        visited.append(name_of(QApplication.focusWidget()))
    assert {"Recordings", "Events", "Tags"} <= set(visited)
    assert all(visited)


def test_tab_reaches_every_control_of_the_window(qtbot, analysed):
    analysed.activateWindow()
    analysed.desk.recordings.search.setFocus()
    wanted = {each for each in controls_in(analysed) if each.isVisible() and each.isEnabled()}
    wanted = {each for each in wanted if each.focusPolicy() & Qt.FocusPolicy.TabFocus and not each.focusProxy()}
    visited = set()
    for _ in range(3 * len(wanted)):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.add(QApplication.focusWidget())
    assert [called(widget) for widget in wanted - visited] == []


def test_every_panel_can_be_brought_back_from_the_menu(analysed):
    view = next(action.menu() for action in analysed.menuBar().actions() if action.text() == "&View")
    offered = [action for menu in menus_in(view) for action in menu.actions()]
    panels = analysed.findChildren(QDockWidget)
    assert len(panels) >= 4
    assert [panel.windowTitle() for panel in panels if panel.toggleViewAction() not in offered] == []


def test_a_bug_on_any_thread_becomes_a_notice_with_details(qtbot, home):
    faults, caught = Faults(), []
    faults.caught.connect(lambda *parts: caught.append(parts))
    faults.install()
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(caught))
    finally:
        faults.uninstall()
    sentence, _, details = caught[0]
    assert "division by zero" in sentence
    assert "Traceback" in details
    assert str(home / "logs" / "earmark.log") in details
