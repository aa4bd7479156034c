"""Everything can be reached without a mouse, and is named for those who do not see it."""

from __future__ import annotations

import threading
from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QTableWidget, QWidget

from earmark.gui.faults import Faults
from earmark.gui.help import about_text, keys_window


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_every_control_has_a_name(analysed):
    named_by_others = ("QScrollBar", "QTabBar", "QHeaderView", "QLineEdit")  # parts of what is named itself
    controls = [
        widget
        for widget in analysed.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not isinstance(widget.parent(), QAbstractScrollArea)
        and not widget.objectName().startswith("qt_")
        and widget.metaObject().className() not in named_by_others
    ]
    assert len(controls) > 12
    unnamed = [
        (widget.metaObject().className(), widget.parent().metaObject().className())
        for widget in controls
        if not name_of(widget)
    ]
    assert unnamed == []


def test_no_key_does_two_things(analysed):
    keys = Counter(key for deed in analysed.do.deeds for key in deed.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_deed_stands_in_a_menu(analysed):
    shown = {action for menu in analysed.menuBar().actions() for action in menu.menu().actions()}
    assert [deed.name for deed in analysed.do.deeds if analysed.do[deed.name] not in shown] == []


def test_every_key_is_listed_in_help(analysed):
    dialog = keys_window(analysed, analysed.do.deeds)
    table = dialog.findChild(QTableWidget)
    listed = {table.item(row, 0).text() for row in range(table.rowCount())}
    assert {deed.text.replace("&", "").rstrip("…") for deed in analysed.do.deeds if deed.keys} <= listed
    dialog.close()


def test_about_names_versions_and_the_log(home):
    text = about_text("CPU, 2 threads")
    assert "PySide6" in text
    assert "CPU, 2 threads" in text
    assert str(home / "logs" / "earmark.log") in text


def test_f6_goes_round_the_panes(qtbot, analysed):
    analysed.activateWindow()
    visited = []
    for _ in range(6):
        analysed.do["next_pane"].trigger()
        visited.append(name_of(QApplication.focusWidget()))
    assert len(set(visited)) == 6
    assert "Events" in visited


def test_tab_leaves_every_pane(qtbot, analysed):
    analysed.activateWindow()
    analysed.desk.recordings.search.setFocus()
    visited = set()
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.add(QApplication.focusWidget())
    assert {
        analysed.desk.events,
        analysed.desk.tags.view,
        analysed.desk.settings_row.threshold.slider,
        analysed.tools.model,
    } <= visited


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
