"""The library in the window: searched in words, opened where it matches, tagged, backed up and exported."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox

from earmark.analysis import Analysis
from earmark.annotations import Annotation, Change, new_id
from earmark.gui.library_model import lines
from earmark.gui.recordings import Recordings
from earmark.gui.tag_window import TagWindow
from earmark.library import KnownRecording, Library


def heard(path, *, bark=0.6, rain=0.2) -> Analysis:
    """Return what a model heard: some barking and some rain."""
    return Analysis(
        path=path,
        model_id="toy/frames",
        weights="",
        labels=("speech", "dog_bark", "rain"),
        duration=4.0,
        window=1.0,
        hop=0.5,
        starts=np.arange(7, dtype=np.float32) / 2,
        window_scores=np.tile(np.array([[0.1, bark, rain]], np.float32), (7, 1)),
        frames=None,
        frame_hop=None,
    )


@pytest.fixture
def library(home):
    return Library(home / "library.sqlite")


@pytest.fixture
def window(make_window, make_recording, library):
    """A window whose library holds three recordings; none is open."""
    for name, bark in (("garden_20260512_053000.wav", 0.9), ("shore_20260601_053000.wav", 0.7), ("voice.wav", 0.1)):
        library.store(heard(make_recording(name), bark=bark))
    return make_window(library=library)


@pytest.fixture
def panel(window):
    return window.keeping.archive.panel


@pytest.fixture
def search(qtbot, window, panel):
    """Return a function that searches and returns the names that were found."""

    def look_for(text):
        window.do["search_library"].trigger()
        with qtbot.waitSignal(
            window.keeping.archive.searcher.found, check_params_cb=lambda searched, _: searched == text, timeout=10_000
        ):
            panel.search.setText(text)
            window.keeping.archive.refresh()
        return [each.path.name.partition("_")[0] for each in panel.model.recordings]

    return look_for


def test_a_search_lists_what_was_found_and_says_how_it_was_understood(panel, search):
    assert search("dog bark over 0.6 in May") == ["garden"]
    assert panel.meaning.text() == (
        "1 recording: label 'Dog bark' scored over 0.60 (or accepted), recorded in May (any year)."
    )
    assert panel.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "garden_20260512_053000.wav. 2026-05-12 05:30 · 0:04. Dog bark 0.90"
    )


def test_words_are_searched_for_as_they_are_typed(qtbot, window, panel):
    window.do["search_library"].trigger()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    QTest.keyClicks(panel.search, "shore")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)


def test_the_key_brings_the_panel_to_the_front(qtbot, window, panel):
    with qtbot.waitSignal(window.keeping.archive.searcher.found):
        window.do["search_library"].trigger()
    assert panel.search.hasFocus()
    assert window.do["search_library"].shortcut().toString() == "Ctrl+K"


def test_nothing_found_and_an_empty_library_say_so(qtbot, make_window, home):
    window = make_window(library=Library(home / "library.sqlite"))
    with qtbot.waitSignal(window.keeping.archive.searcher.found):
        window.do["search_library"].trigger()
    panel = window.keeping.archive.panel
    assert panel.meaning.text() == ""
    assert "Nothing is in the library yet" in panel._placeholder._label.text()


def test_without_a_library_nothing_of_it_can_be_asked_for(make_window):
    window = make_window()
    assert not window.do["back_up"].isEnabled()
    assert not window.keeping.archive.panel.search.isEnabled()


def test_a_recording_is_opened_at_the_event_that_matched(qtbot, window, panel, search):
    search("dog bark over 0.6 in May")
    panel.view.activated.emit(panel.model.index(0))
    findings = window.desk.findings
    qtbot.waitUntil(lambda: [each.label for each in findings.selected_events] == ["dog_bark"], timeout=10_000)
    assert window.desk.shown.path.name == "garden_20260512_053000.wav"


def test_what_is_judged_in_the_window_is_found_by_it(qtbot, window, panel, search, library):
    assert search("accepted") == []
    (voice,) = [each.path for each in library.recordings() if each.path.name == "voice.wav"]
    window.desk.open([voice])
    qtbot.waitUntil(lambda: len(window.desk.findings.events) > 0, timeout=10_000)
    drawn = Annotation(annotation_id=new_id(), label="owl", onset=1.0, offset=2.0)
    window.desk.findings.apply(Change(name="Draw Owl", after=(drawn,)))
    qtbot.waitUntil(lambda: [each.path.name for each in panel.model.recordings] == ["voice.wav"], timeout=10_000)


def test_tags_are_ticked_and_written(qtbot, window, library):
    paths = [each.path for each in library.recordings()][:2]
    library.set_tags(paths[0], ["night"])
    dialog = window.keeping.archive.ask_for_tags({path: library.tags_of(path) for path in paths}, ["night", "rain"])
    assert [dialog.list.item(row).checkState() for row in range(2)] == [
        Qt.CheckState.PartiallyChecked,
        Qt.CheckState.Unchecked,
    ]
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    dialog.new.setText("deep sea, shore")
    dialog.accept()
    qtbot.waitUntil(lambda: library.tags_of(paths[1]) == ("deep sea", "rain", "shore"), timeout=10_000)
    assert library.tags_of(paths[0]) == ("deep sea", "night", "rain", "shore")


def test_tags_stand_under_the_name_of_an_open_recording(qtbot, window, library):
    (path,) = [each.path for each in library.recordings() if each.path.name == "voice.wav"]
    window.desk.open([path])
    window.keeping.archive.set_tags({path: ["night"]})
    listed = window.desk.recordings
    qtbot.waitUntil(lambda: "#night" in listed._items[path].accessibleText(), timeout=10_000)
    listed.search.setText("#nig")
    assert listed.view.model().rowCount() == 1
    listed.search.setText("#day")
    assert listed.view.model().rowCount() == 0


def test_a_recording_is_forgotten_only_where_it_is_meant(qtbot, window, library, search, monkeypatch):
    (path,) = [each.path for each in library.recordings() if each.path.name == "voice.wav"]
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    window.keeping.archive.forget([path])
    assert len(library.recordings()) == 3
    window.keeping.archive.forget([path])
    qtbot.waitUntil(lambda: len(library.recordings()) == 2, timeout=10_000)
    assert path.exists()


def test_the_menu_of_results_offers_what_can_be_done(window, library):
    menu = window.keeping.archive.menu([each.path for each in library.recordings()])
    assert isinstance(menu, QMenu)
    offered = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert offered == {
        "&Open": True,
        "&Tags…": True,
        "&Export…": True,
        "&Show in the folder": False,
        "&Forget…": True,
    }


def test_a_library_is_backed_up_and_restored(qtbot, window, library, tmp_path):
    window.keeping.files.back_up(tmp_path / "copy.sqlite")
    qtbot.waitUntil(lambda: (tmp_path / "copy.sqlite").exists(), timeout=10_000)
    for each in library.recordings():
        library.forget(each.path)
    with qtbot.waitSignal(window.keeping.files.restored, timeout=10_000):
        window.keeping.files.restore(tmp_path / "copy.sqlite")
    assert len(library.recordings()) == 3
    qtbot.waitUntil(lambda: any("The library is that of" in each.sentence for each in window.desk.notices.shown))


def test_what_is_no_backup_is_refused_with_a_sentence(qtbot, window, library, tmp_path):
    (tmp_path / "photo.sqlite").write_bytes(b"no library")
    window.keeping.files.restore(tmp_path / "photo.sqlite")
    refusal = "photo.sqlite is not a backup of a library."
    qtbot.waitUntil(lambda: any(each.sentence == refusal for each in window.desk.notices.shown), timeout=10_000)
    assert len(library.recordings()) == 3


def test_a_library_is_exported(qtbot, window, tmp_path):
    window.keeping.files.export(tmp_path / "out")
    told = "out was written. Recordings: 3."
    qtbot.waitUntil(lambda: any(each.sentence == told for each in window.desk.notices.shown), timeout=10_000)
    assert (tmp_path / "out" / "README.txt").exists()


def test_an_export_that_is_cancelled_leaves_nothing(qtbot, window, tmp_path):
    files = window.keeping.files
    files.export(tmp_path / "out")
    files._progress.canceled.emit()
    qtbot.waitUntil(lambda: files._progress is None, timeout=10_000)
    assert not any(each.name.startswith(".out") for each in tmp_path.iterdir())


def test_recordings_are_listed_in_the_order_that_is_wanted(qtbot, tmp_path):
    listed = Recordings()
    qtbot.addWidget(listed)
    for name in ("b 10.wav", "b 2.wav", "a_20260512_053000.wav", "c_20250512_053000.wav"):
        listed.add(tmp_path / name)

    def names():
        model = listed.view.model()
        return [model.index(row, 0).data()[:4] for row in range(model.rowCount())]

    assert names() == ["b 10", "b 2.", "a_20", "c_20"]
    listed.order.setCurrentIndex(1)
    assert names() == ["a_20", "b 2.", "b 10", "c_20"]
    listed.order.setCurrentIndex(2)
    assert names() == ["c_20", "a_20", "b 2.", "b 10"]
    listed.order.setCurrentIndex(0)
    assert names() == ["b 10", "b 2.", "a_20", "c_20"]


def test_a_time_that_is_only_the_files_is_called_so(tmp_path):
    known = {"path": tmp_path / "a.wav", "size": 1, "mtime_ns": 1, "duration": 0.0, "sample_rate": None}
    guessed = KnownRecording(**known, channels=None, recorded="2026-05-12T05:30:00", recorded_from="mtime")
    assert lines(guessed) == ("file of 2026-05-12", "Not analysed yet")


def test_the_tag_window_without_tags_says_what_to_do(qtbot, window, library):
    dialog = TagWindow(window, {library.recordings()[0].path: ()}, ())
    qtbot.addWidget(dialog)
    assert dialog.list.isHidden()
    assert list(dialog.chosen().values()) == [[]]
