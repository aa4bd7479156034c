"""Judging in the window: what a person says about events is shown, can be undone, and is there at the next start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from earmark.event_filter import standing
from earmark.gui.events_model import LABEL, ONSET
from earmark.gui.main_window import MainWindow
from earmark.gui.selection import Stretch
from earmark.gui.theme import Appearance
from earmark.library import Library
from earmark.playback import Playback

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Key = Qt.Key


@pytest.fixture
def open_window(home, qtbot, qapp, engines, card, recording):
    """Open the recording in a window with the library of this home; again after it was closed."""
    opened: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(
            engines=engines,
            library=Library(home / "library.sqlite"),
            playback=Playback(sound=lambda look_again=False: card),
            appearance=Appearance(qapp, "dark"),
        )
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(1280, 800)
        window.show()
        opened.append(window)
        window.begin([recording])
        qtbot.waitUntil(lambda: window.desk.findings.analysis is not None and len(said(window)) > 0, timeout=10_000)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window) -> MainWindow:
    return open_window()


def said(window: MainWindow) -> list[tuple[str, float, float, str]]:
    events = window.desk.findings.events
    return [(each.label, round(each.onset, 2), round(each.offset, 2), standing(each)) for each in events]


def stands(window: MainWindow) -> list[str]:
    return [standing(each) for each in window.desk.findings.events]


def drag(qtbot, window: MainWindow, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag in the lanes from seconds and lane to seconds and lane."""
    lanes = window.desk.centre.lanes
    target = lanes.plot.viewport()
    for _ in range(3):  # what was done before may still move the lanes
        QApplication.processEvents()
    lanes.scroll_bar.setValue(0)  # what is selected is scrolled to, where there is little room
    first, last = (lanes.plot.mapFromScene(lanes._box.mapViewToScene(QPointF(x, y + 0.5))) for x, y in (start, end))
    qtbot.mousePress(target, LEFT, NONE, first)
    qtbot.mouseMove(target, (first + last) / 2)
    qtbot.mouseMove(target, last)
    qtbot.mouseRelease(target, LEFT, NONE, last)


def type_label(qtbot, window: MainWindow, text: str) -> None:
    chooser = window.judging.labels.chooser
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.line, text)
    qtbot.keyClick(chooser.line, Key.Key_Return)
    assert not chooser.isVisible()


def test_what_was_judged_drawn_and_undone_is_there_again_after_a_restart(qtbot, open_window):
    window = open_window()
    window.desk.findings.select((0,))
    qtbot.keyClick(window, Key.Key_A)
    window.desk.findings.select((1,))
    qtbot.keyClick(window, Key.Key_Delete)
    drag(qtbot, window, (3.2, 0), (3.8, 0))  # draws speech
    drag(qtbot, window, (3.5, 0), (3.3, 0))  # moves it
    moved = said(window)
    assert [each[3] for each in moved] == ["accepted", "rejected", "drawn"]
    assert moved[2][1:3] == (pytest.approx(3.0, abs=0.05), pytest.approx(3.6, abs=0.05))
    window.do["undo"].trigger()
    assert said(window)[2][1:3] == (pytest.approx(3.2, abs=0.05), pytest.approx(3.8, abs=0.05))
    window.do["redo"].trigger()
    assert said(window) == moved
    window.close()
    again = open_window()
    qtbot.waitUntil(lambda: said(again) == moved)
    assert again.do["undo"].text() == "&Undo Move Speech"
    again.do["undo"].trigger()
    again.do["undo"].trigger()
    assert stands(again) == ["accepted", "rejected"]


def test_the_menu_says_what_undo_and_redo_would_do(window):
    assert not window.do["undo"].isEnabled()
    window.desk.findings.select((1,))
    window.do["accept"].trigger()
    assert window.do["undo"].text() == "&Undo Accept Dog bark"
    window.do["undo"].trigger()
    assert window.do["redo"].text() == "&Redo Accept Dog bark"
    assert not window.do["undo"].isEnabled()


def test_the_keys_act_in_the_table_too(qtbot, window):
    table = window.desk.events
    table.setFocus()
    table.selectRow(0)
    qtbot.keyClick(table, Key.Key_A)
    table.selectRow(1)
    qtbot.keyClick(table, Key.Key_Delete)
    assert stands(window) == ["accepted", "rejected"]


def test_a_judgement_can_be_taken_back(window):
    window.desk.findings.select((0,))
    window.do["reject"].trigger()
    assert stands(window) == ["rejected", "unreviewed"]
    window.do["take_back"].trigger()
    assert stands(window) == ["unreviewed", "unreviewed"]


def test_an_event_gets_a_label_that_is_typed_and_becomes_ones_own(qtbot, open_window):
    window = open_window()
    window.desk.findings.select((1,))
    qtbot.keyClick(window, Key.Key_F2)
    type_label(qtbot, window, "red fox")
    assert said(window)[1][0] == "red fox"
    window.close()
    again = open_window()
    assert again.judging.labels.book.own == ["red fox"]


def test_a_number_key_gives_the_label_of_that_lane(qtbot, window):
    window.desk.findings.select((1,))
    qtbot.keyClick(window, Key.Key_1)
    assert said(window)[1][0] == "speech"


def test_digits_and_letters_typed_in_a_line_are_no_commands(qtbot, window):
    line: QLineEdit = window.desk.events_panel.line
    window.desk.findings.select((0,))
    line.setFocus()
    qtbot.keyClicks(line, "a1")
    assert line.text() == "a1"
    assert stands(window) == ["unreviewed", "unreviewed"]


def test_the_selection_gets_a_label_with_its_frequencies(qtbot, window):
    window.desk.selection.select(Stretch(start=0.25, end=0.75, low=500.0, high=4000.0))
    qtbot.keyClick(window, Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    type_label(qtbot, window, "dog bark")
    [event] = [each for each in window.desk.findings.events if standing(each) == "drawn"]
    assert (event.label, event.onset, event.offset, event.low, event.high) == ("dog_bark", 0.25, 0.75, 500.0, 4000.0)


def test_what_was_just_heard_is_labelled_at_the_playhead(qtbot, window):
    window.desk.player.seek(3.5)
    qtbot.keyClick(window, Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    type_label(qtbot, window, "rain")
    assert ("rain", 2.5, 3.5, "drawn") in said(window)


def test_events_are_split_at_the_playhead_and_merged_again(qtbot, window):
    window.desk.findings.select((0,))
    window.desk.player.seek(1.5)
    qtbot.keyClick(window, Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert [each[:3] for each in said(window)[:2]] == [("speech", 0.96, 1.5), ("speech", 1.5, 2.04)]
    assert len(window.desk.findings.selected) == 2
    qtbot.keyClick(window, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert said(window)[0] == ("speech", 0.96, 2.04, "accepted")


def test_what_cannot_be_merged_says_why(window):
    window.desk.findings.select((0, 1))
    window.do["merge"].trigger()
    assert window.desk.notices.shown[-1].sentence == "Events of different labels cannot be merged."


def test_times_typed_in_the_table_move_the_event(qtbot, window):
    window.desk.findings.select((0,))
    qtbot.keyClick(window, Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    editor = window.desk.events.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "0:01.25")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: said(window)[0][1:] == (1.25, 2.04, "accepted"))


def test_tab_goes_from_the_start_that_was_typed_to_the_end(qtbot, window):
    window.desk.findings.select((0,))
    qtbot.keyClick(window, Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    for typed, key in (("1.25", Key.Key_Tab), ("1.75", Key.Key_Return)):
        editor = window.desk.events.indexWidget(window.desk.events.currentIndex())
        qtbot.keyClicks(editor, typed)
        qtbot.keyClick(editor, key)
    qtbot.waitUntil(lambda: said(window)[0][1:] == (1.25, 1.75, "accepted"))


def test_a_time_can_be_typed_while_the_model_finds_more(qtbot, window):
    window.desk.findings.select((0,))
    window.do["edit_times"].trigger()
    editor = window.desk.events.indexWidget(window.desk.events.currentIndex())
    qtbot.keyClicks(editor, "1.2")
    window.desk.settings_row.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: len(said(window)) == 3)
    qtbot.keyClicks(editor, "5")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk.events.events_model.rowCount() == 3)
    assert [each[1] for each in said(window) if each[0] == "speech"] == [1.25]


def test_the_window_closes_while_a_time_is_typed(qtbot, window):
    window.desk.findings.select((0,))
    window.do["edit_times"].trigger()
    qtbot.keyClicks(window.desk.events.indexWidget(window.desk.events.currentIndex()), "1.2")
    window.close()
    assert not window.isVisible()


@pytest.mark.parametrize(("typed", "sentence"), [("soon", "“soon” is not a time."), ("9", "An event ends after")])
def test_a_time_that_cannot_be_is_refused_with_a_sentence(window, typed, sentence):
    model = window.desk.events.events_model
    model.setData(model.index(0, ONSET), typed)
    assert window.desk.notices.shown[-1].sentence.startswith(sentence)
    assert stands(window) == ["unreviewed", "unreviewed"]


def test_del_takes_away_what_a_person_drew(window):
    window.judging.edits.draw("rain", 0.0, 0.5)
    assert len(said(window)) == 3
    window.do["reject"].trigger()
    assert len(said(window)) == 2


def test_all_of_a_label_are_accepted_in_one_step(window):
    edits = window.judging.edits
    edits.accept(edits.unreviewed("speech"))
    assert stands(window) == ["accepted", "unreviewed"]
    edits.select_label("speech")
    assert window.desk.findings.selected == (0,)


def test_rejected_events_can_be_hidden_in_the_lanes(window):
    window.desk.findings.select((0,))
    window.do["reject"].trigger()
    window.do["rejected_events"].trigger()
    assert [len(lane.numbers) for lane in window.desk.centre.lanes.item.lanes] == [0, 1]


def test_selecting_several_in_the_table_selects_them_in_the_lanes(window):
    window.desk.events.selectAll()
    assert set(window.desk.findings.selected) == {0, 1}
    assert window.desk.centre.lanes.item.selected.tolist() == [0, 1]


def test_esc_lets_go_of_what_is_dragged_before_anything_else(qtbot, window):
    lanes = window.desk.centre.lanes
    window.desk.selection.select(Stretch(start=0.25, end=0.75))
    at = lanes.plot.mapFromScene(lanes._box.mapViewToScene(QPointF(1.5, 0.5)))
    qtbot.mousePress(lanes.plot.viewport(), LEFT, NONE, at)
    qtbot.mouseMove(lanes.plot.viewport(), at + QPoint(40, 0))
    assert lanes.editing.is_dragging
    qtbot.keyClick(lanes.plot, Key.Key_Escape)
    qtbot.mouseRelease(lanes.plot.viewport(), LEFT, NONE, at + QPoint(40, 0))
    assert window.desk.selection.stretch is not None
    assert stands(window) == ["unreviewed", "unreviewed"]


def test_what_is_dragged_while_the_model_finds_more_is_still_moved(qtbot, window):
    lanes = window.desk.centre.lanes
    at = lanes.plot.mapFromScene(lanes._box.mapViewToScene(QPointF(1.5, 0.5)))
    qtbot.mousePress(lanes.plot.viewport(), LEFT, NONE, at)
    qtbot.mouseMove(lanes.plot.viewport(), at + QPoint(40, 0))
    window.desk.settings_row.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: len(said(window)) == 3)  # rain is the first now
    qtbot.mouseRelease(lanes.plot.viewport(), LEFT, NONE, at + QPoint(40, 0))
    assert sorted(each[0] for each in said(window) if each[3] == "accepted") == ["speech"]
    assert len(lanes.item.lanes) == 3


def test_the_filter_lists_fewer_and_the_selection_outside_it_is_kept(window):
    window.desk.findings.select((0,))
    window.desk.events_panel.filter("dog")
    model = window.desk.events.events_model
    assert [model.index(row, LABEL).data() for row in range(model.rowCount())] == ["Dog bark"]
    assert window.desk.findings.selected == (0,)
    assert window.desk.events_panel.count.text() == "1 of 2 events"


def test_a_click_on_a_lanes_name_shows_the_scores_of_that_label(window):
    window.desk.findings.select((0,))
    window.desk.centre.lanes.label_clicked.emit("rain")
    assert window.desk.findings.selected == ()
    assert [curve.label for curve in window.desk.centre.scores.item.curves] == ["rain"]


def menu_of(window: MainWindow, label: str) -> dict[str, QAction]:
    menu = QMenu(window)
    window.judging.menus.fill_label(menu, label)
    return {action.text().replace("&", ""): action for action in menu.actions()}


def test_a_lanes_menu_accepts_all_that_is_unreviewed_of_the_label_in_one_step(window):
    menu_of(window, "speech")["Accept all 1 unreviewed"].trigger()
    assert stands(window) == ["accepted", "unreviewed"]
    assert not menu_of(window, "speech")["Accept all 0 unreviewed"].isEnabled()


def test_a_lane_is_hidden_and_brought_back(window):
    menu_of(window, "speech")["Hide this lane"].trigger()
    assert [lane.label for lane in window.desk.centre.lanes.item.lanes] == ["dog_bark"]
    assert "One lane is hidden" in window.desk.centre.lanes.caption.text()
    window.do["show_lanes"].trigger()
    assert len(window.desk.centre.lanes.item.lanes) == 2
    assert not window.do["show_lanes"].isEnabled()


def test_a_number_key_can_be_given_to_another_label_and_is_kept(qtbot, open_window):
    window = open_window()
    keys = menu_of(window, "dog_bark")["Number key"].menu()
    keys.actions()[6].trigger()
    window.close()
    again = open_window()
    again.desk.findings.select((0,))
    qtbot.keyClick(again, Key.Key_7)
    assert said(again)[0][0] == "dog_bark"


def test_a_number_key_without_a_label_says_so(qtbot, window):
    window.desk.findings.select((0,))
    qtbot.keyClick(window, Key.Key_9)
    assert window.desk.notices.shown[-1].sentence == "No label has the key 9."
