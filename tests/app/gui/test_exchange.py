"""Labels come from other programs and go to them, and the person is told what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from earmark import exchange
from earmark.document import read_documents
from earmark.library import Library


def export_window(window, qtbot):
    """Open File ▸ Export… and wait until it knows what there is."""
    window.do["export"].trigger()
    exporting = window.exchanging.exporting
    qtbot.waitUntil(lambda: exporting.window is not None and "event" in exporting.window.count.text())
    return exporting.window


def choose(box, name) -> None:
    box.setCurrentIndex(box.findData(name))


def notices(window) -> str:
    return "\n".join(notice.text for notice in window.desk.notices.shown)


def drop(window, *paths: Path) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, content, buttons, keys))


def labels_in(window) -> list[tuple[str, float]]:
    return [(event.label, event.onset) for event in window.desk.findings.events if event.annotation]


def test_what_was_found_is_exported_in_the_format_that_is_chosen(analysed, qtbot, tmp_path):
    asked = export_window(analysed, qtbot)
    choose(asked.format, "raven")
    assert asked.out.text().endswith("garden.selections.txt")
    asked.button.click()
    qtbot.waitUntil(lambda: "garden.selections.txt was written. Events: 2." in notices(analysed))
    (labelled,) = exchange.read("raven", tmp_path / "garden.selections.txt")
    assert [event.label for event in labelled.events] == ["speech", "dog_bark"]
    assert labelled.events[0].high == 16_000


def test_what_a_format_cannot_hold_is_shown_while_it_is_chosen(analysed, qtbot):
    asked = export_window(analysed, qtbot)
    choose(asked.format, "audacity")
    assert "Audacity labels have no scores: 2 scores are not written." in asked.losses.text()
    choose(asked.format, "json")
    assert asked.losses.text() == "This format holds everything."


def test_a_path_can_be_typed_at_once_and_a_known_ending_chooses_the_format(analysed, qtbot, tmp_path):
    asked = export_window(analysed, qtbot)
    qtbot.keyClicks(asked.out, str(tmp_path / "x.selections.txt"))
    assert asked.format.currentData() == "raven"
    qtbot.keyClick(asked.out, Qt.Key.Key_Return)
    qtbot.waitUntil((tmp_path / "x.selections.txt").exists)


def test_rejected_events_are_left_out_unless_they_are_asked_for(analysed, qtbot, tmp_path):
    analysed.desk.findings.select([0])
    analysed.do["reject"].trigger()
    asked = export_window(analysed, qtbot)
    assert asked.count.text() == "1 event of garden.wav."
    choose(asked.which, "all")
    assert asked.count.text() == "2 events of garden.wav."
    asked.out.setText(str(tmp_path / "x.json"))
    asked.button.click()
    qtbot.waitUntil((tmp_path / "x.json").exists)
    assert [event["status"] for event in read_documents(tmp_path / "x.json")[0]["events"]] == ["rejected", "unreviewed"]


def test_it_says_before_a_file_is_replaced(analysed, qtbot, tmp_path):
    (tmp_path / "garden.json").touch()
    assert "garden.json is there already and will be replaced" in export_window(analysed, qtbot).warning.text()


def test_a_folder_that_cannot_be_written_is_a_notice(analysed, qtbot, tmp_path):
    asked = export_window(analysed, qtbot)
    asked.out.setText(str(tmp_path / "garden.wav" / "x.json"))
    asked.button.click()
    qtbot.waitUntil(lambda: "x.json cannot be written" in notices(analysed))


def test_format_and_choice_are_remembered(analysed, qtbot):
    asked = export_window(analysed, qtbot)
    choose(asked.format, "dcase")
    choose(asked.which, "accepted")
    asked.reject()
    again = export_window(analysed, qtbot)
    assert (again.format.currentData(), again.which.currentData()) == ("dcase", "accepted")
    assert analysed.exchanging.part.keep()["export_format"] == "dcase"


@pytest.fixture
def track(tmp_path) -> Path:
    (tmp_path / "track.txt").write_text("0.5\t0.75\tFuchs\nnonsense\n3.5\t3.75\tReh\n99\t100\tlate\n")
    return tmp_path / "track.txt"


def test_a_label_file_that_is_dropped_becomes_one_change_that_can_be_undone(analysed, qtbot, track):
    drop(analysed, track)
    qtbot.waitUntil(lambda: labels_in(analysed) == [("Fuchs", 0.5), ("Reh", 3.5)])
    assert analysed.desk.findings.undo_names()[0] == "Import 2 labels from track.txt"
    analysed.desk.findings.undo()
    assert labels_in(analysed) == []


def test_lines_that_were_left_out_are_named_in_the_details(analysed, qtbot, track):
    drop(analysed, track)
    qtbot.waitUntil(
        lambda: "2 labels were imported from track.txt (Audacity labels); 2 were left out." in notices(analysed)
    )
    details = analysed.desk.notices.shown[-1].details.toPlainText()
    assert "Line 2: It does not begin with two times. Left out." in details
    assert "Line 4: It begins after the recording's end. Left out." in details


def test_importing_twice_adds_nothing_the_second_time(analysed, qtbot, track):
    drop(analysed, track)
    qtbot.waitUntil(lambda: len(labels_in(analysed)) == 2)
    drop(analysed, track)
    qtbot.waitUntil(
        lambda: "0 labels were imported from track.txt (Audacity labels); 2 were there already" in notices(analysed)
    )
    assert len(labels_in(analysed)) == 2


def test_labels_dropped_with_their_recording_wait_until_it_is_open(make_window, make_recording, qtbot, track):
    window = make_window()
    drop(window, track, make_recording("track.wav"))
    qtbot.waitUntil(lambda: len(labels_in(window)) == 2, timeout=10_000)


def test_a_file_without_labels_is_a_notice_and_changes_nothing(analysed, qtbot, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear sir,\n")
    drop(analysed, tmp_path / "letter.txt")
    qtbot.waitUntil(lambda: "letter.txt is in no format of labels that Earmark knows." in notices(analysed))
    assert labels_in(analysed) == []


def test_labels_of_another_recording_are_not_added_to_this_one(analysed, qtbot, tmp_path):
    (tmp_path / "t.tsv").write_text("filename\tonset\toffset\tevent_label\nnight.wav\t0\t1\towl\n")
    drop(analysed, tmp_path / "t.tsv")
    qtbot.waitUntil(lambda: "1 label are of recordings" in notices(analysed) or "night.wav" in notices(analysed))
    assert labels_in(analysed) == []


def test_what_is_exported_and_imported_again_is_known(analysed, qtbot, tmp_path):
    asked = export_window(analysed, qtbot)
    asked.out.setText(str(tmp_path / "x.json"))
    asked.button.click()
    qtbot.waitUntil((tmp_path / "x.json").exists)
    assert json.loads((tmp_path / "x.json").read_text())["sample_rate"] == 32_000
    drop(analysed, tmp_path / "x.json")
    qtbot.waitUntil(lambda: "2 were there already" in notices(analysed))


@pytest.fixture
def two(make_window, make_recording, tmp_path, qtbot):
    """A window with a library and two recordings, both of them analysed."""
    paths = [make_recording("one.wav"), make_recording("two.wav")]
    window = make_window(paths, library=Library(tmp_path / "library.sqlite"))
    known = window.desk.library
    qtbot.waitUntil(lambda: [len(each.models) for each in known.recordings()] == [1, 1], timeout=10_000)
    qtbot.waitUntil(lambda: len(window.desk.findings.events) > 0)
    return window


def test_several_recordings_are_exported_into_a_folder(two, qtbot, tmp_path):
    asked = export_window(two, qtbot)
    asked.scope.setCurrentIndex(asked.scope.findText("All 2 recordings in the list"))
    asked.out.setText(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: asked.count.text() == "4 events of 2 recordings, each into a file of its own.")
    asked.button.click()
    qtbot.waitUntil(lambda: "2 files in out were written. Events: 4." in notices(two))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.json", "two.json"]


def test_what_was_chosen_in_the_library_can_be_exported(two, qtbot, tmp_path):
    two.desk.exported.emit([tmp_path / "two.wav"])
    asked = two.exchanging.exporting.window
    qtbot.waitUntil(lambda: asked.count.text() == "2 events of two.wav.")
    assert asked.scope.currentText() == "The recording two.wav chosen in the library"


def test_labels_of_another_recording_in_the_list_go_to_that_one(two, qtbot, tmp_path):
    (tmp_path / "t.tsv").write_text("filename\tonset\toffset\tevent_label\ntwo.wav\t0\t1\towl\none.wav\t0\t1\tfox\n")
    drop(two, tmp_path / "t.tsv")
    qtbot.waitUntil(
        lambda: "2 labels were imported from t.tsv (DCASE event list); 1 of them into other" in notices(two)
    )
    assert [each.label for each in two.desk.library.annotations(tmp_path / "two.wav")] == ["owl"]
    assert labels_in(two) == [("fox", 0.0)]


def test_weak_labels_become_tags_of_the_recording(two, qtbot, tmp_path):
    (tmp_path / "t.tsv").write_text("filename\tevent_labels\none.wav\tSpeech,Dog\n")
    drop(two, tmp_path / "t.tsv")
    qtbot.waitUntil(lambda: set(two.desk.library.tags_of(tmp_path / "one.wav")) == {"Speech", "Dog"})


def test_labels_reach_their_recording_although_another_is_opened_meanwhile(two, qtbot, tmp_path):
    (tmp_path / "one.txt").write_text("0.5\t1\tfox\n")
    drop(two, tmp_path / "one.txt")
    two.desk.recordings.choose(tmp_path / "two.wav")
    known = lambda: [each.label for each in two.desk.library.annotations(tmp_path / "one.wav")]  # noqa: E731
    qtbot.waitUntil(lambda: known() == ["fox"])
    assert two.desk.library.annotations(tmp_path / "two.wav") == []
