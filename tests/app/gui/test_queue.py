"""The queue in the window: many recordings are heard in turn, failures are listed, nothing waits for a folder."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from earmark.batch import CANCELLED, Counts, Item
from earmark.gui.main_window import MainWindow
from earmark.gui.queue_model import PAGE, QueueModel
from earmark.gui.queue_panel import QueuePanel, header
from earmark.library import Library
from earmark.pace import Pace, Weight


def states(window) -> list[str]:
    model = window.batching.queueing.panel.model
    return [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def counts(window) -> Counts:
    return window.batching.queueing.panel.counts


@pytest.fixture
def folder(tmp_path, make_recording):
    """A folder of three recordings and a letter that is called one."""
    (tmp_path / "field" / "night").mkdir(parents=True)
    for name in ("field/a.wav", "field/b.wav", "field/night/c.wav"):
        make_recording(name)
    (tmp_path / "field" / "letter.wav").write_text("Dear Sir or Madam")
    (tmp_path / "field" / "notes.txt").write_text("rain")
    return tmp_path / "field"


@pytest.fixture
def ended(qtbot, make_window, folder) -> MainWindow:
    """A window that has heard a folder."""
    window = make_window([folder])
    qtbot.waitUntil(lambda: counts(window) == Counts(done=3, failed=1))
    qtbot.waitUntil(lambda: states(window)[-1] == "c.wav: Done")
    return window


def test_a_folder_is_heard_and_its_first_recording_is_shown(ended, engines, folder):
    assert [name for name, _ in engines.asked if name != "a.wav"] == ["b.wav", "letter.wav", "c.wav"]
    assert ended.desk.shown.path == folder / "a.wav"
    assert states(ended)[:2] == ["a.wav: Done", "b.wav: Done"]


def test_what_failed_stands_there_with_its_reason_and_is_no_notice(qtbot, ended):
    assert states(ended)[2].startswith("letter.wav: Failed: holds no sound")
    assert not any("letter" in notice.text for notice in ended.desk.notices.shown)
    assert ended.batching.queueing.panel.header.text().split() == ["4", "of", "4", "files", "·", "1", "failed"]


def test_what_failed_is_heard_once_it_is_retried(qtbot, ended, folder, make_recording):
    make_recording("field/letter.wav")
    qtbot.mouseClick(ended.batching.queueing.panel.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: counts(ended) == Counts(done=4))
    assert not ended.batching.queueing.panel.retry.isEnabled()


def test_what_is_done_can_be_taken_out(qtbot, ended):
    ended.do["clear_done"].trigger()
    qtbot.waitUntil(lambda: counts(ended) == Counts(failed=1))
    qtbot.waitUntil(lambda: len(states(ended)) == 1)


def test_only_what_failed_can_be_listed(qtbot, ended):
    panel = ended.batching.queueing.panel
    panel.state.setCurrentIndex(panel.state.findText("Failed"))
    qtbot.waitUntil(lambda: str(states(ended)[0]).startswith("letter.wav"))
    assert len(states(ended)) == 1


def test_enter_opens_a_recording_of_the_queue(qtbot, ended, folder):
    panel = ended.batching.queueing.panel
    ended.batching.queueing.show()
    panel.view.setCurrentIndex(panel.model.index(1))
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ended.desk.shown.path == folder / "b.wav")


def test_pause_ends_after_the_one_in_work_and_continue_goes_on(qtbot, make_window, folder, engines):
    engines.gate.clear()
    window = make_window()
    window.desk.queued.emit([folder])
    qtbot.waitUntil(lambda: len(engines.asked) == 1)
    qtbot.waitUntil(lambda: counts(window).waiting == 4)
    window.do["pause_queue"].trigger()
    engines.gate.set()
    qtbot.waitUntil(lambda: counts(window) == Counts(waiting=3, done=1))
    assert window.batching.queueing.panel.going.text() == "Continue"
    assert "paused" in window.batching.queueing.panel.header.text()
    qtbot.mouseClick(window.batching.queueing.panel.going, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: counts(window).waiting == 0)


def test_cancel_gives_up_the_one_in_work_and_hears_the_others(qtbot, make_window, folder, engines):
    engines.gate.clear()
    window = make_window()
    window.desk.queued.emit([folder])
    qtbot.waitUntil(lambda: len(engines.asked) == 1, timeout=30_000)
    window.do["cancel_analysis"].trigger()
    qtbot.waitUntil(lambda: len(engines.asked) == 2, timeout=30_000)
    engines.gate.set()
    qtbot.waitUntil(lambda: counts(window) == Counts(done=2, failed=2))
    qtbot.waitUntil(lambda: states(window)[0] == "a.wav: Cancelled")


def test_a_recording_that_is_opened_is_heard_before_what_waits(qtbot, make_window, folder, engines, make_recording):
    engines.gate.clear()
    window = make_window()
    window.desk.queued.emit([folder])
    qtbot.waitUntil(lambda: len(engines.asked) == 1)
    window.desk.open([make_recording("owl.wav")])
    qtbot.waitUntil(lambda: window.desk.recordings.state(window.desk.shown.path) == "Waiting")
    engines.gate.set()
    qtbot.waitUntil(lambda: counts(window).ended == 4)
    assert [name for name, _ in engines.asked][:2] == ["a.wav", "owl.wav"]


def test_an_empty_folder_is_a_notice(qtbot, make_window, tmp_path):
    (tmp_path / "empty").mkdir()
    window = make_window([tmp_path / "empty"])
    qtbot.waitUntil(lambda: len(window.desk.notices.shown) > 0)
    assert window.desk.notices.shown[0].sentence == "There are no recordings in there."


def test_what_waited_when_the_window_was_closed_is_offered_at_the_next_start(qtbot, make_window, home, folder, engines):
    library = Library(home / "library.sqlite")
    engines.gate.clear()
    first = make_window(library=library)
    first.desk.queued.emit([folder])
    qtbot.waitUntil(lambda: counts(first).waiting == 4)
    first.close()
    engines.gate.set()
    second = make_window(library=library)
    qtbot.waitUntil(lambda: bool(second.desk.notices.shown))
    (notice,) = second.desk.notices.shown
    assert notice.sentence == "4 recordings wait in the queue."
    assert len(engines.asked) == 1
    qtbot.mouseClick(notice.offered, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: counts(second) == Counts(done=3, failed=1))
    assert second.desk.notices.shown == []


def test_what_can_be_done_with_selected_recordings_is_offered(qtbot, tmp_path):
    panel = QueuePanel()
    qtbot.addWidget(panel)
    items = [
        Item(number=number, path=tmp_path / "a.wav", model_id="toy/one", state=state)
        for number, state in enumerate(("waiting", "failed", "done"))
    ]
    wished, retried, removed = [], [], []
    for signal, into in ((panel.put_first, wished), (panel.retried, retried), (panel.removed, removed)):
        signal.connect(into.append)
    menu = panel.menu(items)
    for action in menu.actions():
        action.trigger()
    assert (wished, retried, removed) == ([[0]], [[1]], [[0, 1, 2]])
    assert not menu.actions()[0].isEnabled()  # one opens one


def test_of_a_hundred_thousand_rows_only_pages_that_are_looked_at_are_read(qtbot):
    panel = QueuePanel()
    qtbot.addWidget(panel)
    asked: list[int] = []
    panel.model.lacked.connect(lambda state, first: asked.append(first))
    panel.resize(200, 500)
    panel.show()
    panel.show_counts(Counts(waiting=100_000))
    panel.view.scrollToBottom()
    qtbot.waitUntil(lambda: 99_999 - 99_999 % PAGE in asked)
    assert len(set(asked)) <= 4


def test_a_row_says_how_far_the_one_in_work_is(qtbot, tmp_path):
    model = QueueModel()
    item = Item(number=1, path=tmp_path / "a.wav", model_id="toy/one", state="waiting")
    model.show_counts(Counts(waiting=1))
    model.show_page(None, 0, [item])
    model.show_work(item.path, "toy/one", 0.34)
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == "a.wav: Analysing, 34%"
    model.end_work()
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == "a.wav: Waiting"


def test_cancelled_is_no_failure_in_words(qtbot, tmp_path):
    model = QueueModel()
    model.show_counts(Counts(failed=1))
    given_up = Item(number=1, path=tmp_path / "a.wav", model_id="toy/one", state="failed", reason=CANCELLED)
    model.show_page(None, 0, [given_up])
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == "a.wav: Cancelled"


def test_the_header_says_how_many_how_long_and_how_fast():
    pace = Pace()
    pace.expect({".wav": 4360})
    pace.heard(Weight(".wav", 1), sound=214, taken=1)
    whole = Counts(waiting=1167, done=35, failed=2)
    assert header(whole, pace, going=True) == "37 of 1\u202f204 files · 2 failed · 1:12:40 left · 214 × real time"
    assert header(whole, pace, going=False) == "37 of 1\u202f204 files · 2 failed · paused"
    assert header(Counts(), pace, going=True) == "Nothing is in the queue."
