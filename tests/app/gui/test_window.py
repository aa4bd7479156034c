"""The window as a whole: what a person does, and what is then shown."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt

from earmark.gui.events_table import ONSET
from earmark.library import Library
from earmark.times import time_text


def labels_shown(window) -> list[str]:
    return [lane.label for lane in window.desk.centre.lanes.item.lanes]


def test_an_opened_recording_is_drawn_heard_and_its_events_are_listed(analysed):
    table = analysed.desk.events.model()
    rows = [[table.index(row, column).data() for column in range(4)] for row in range(table.rowCount())]
    speech, bark = analysed.desk.findings.events
    assert rows == [
        ["Speech", time_text(speech.onset, 2), time_text(speech.offset, 2), "0.90"],
        ["Dog bark", time_text(bark.onset, 2), time_text(bark.offset, 2), "0.60"],
    ]
    assert speech.onset == pytest.approx(1.0, abs=0.05)
    assert bark.offset == pytest.approx(3.0, abs=0.05)
    assert labels_shown(analysed) == ["speech", "dog_bark"]
    assert analysed.desk.tags.model.index(0, 0).data() == "Speech"
    assert analysed.windowTitle() == "garden.wav – Earmark"


def test_a_tone_is_drawn_where_it_sounds(qtbot, analysed):
    qtbot.waitUntil(lambda: analysed.desk.centre.spectrogram.item.pixels.known_columns > 150)
    pixels = analysed.desk.centre.spectrogram.item.pixels
    assert pixels.decibels_at(1.5, 1000) == -6.0  # amplitude 0.5
    assert pixels.decibels_at(0.5, 1000) < -60
    assert pixels.decibels_at(1.5, 5000) < -60


def test_lowering_the_threshold_shows_more_events_without_asking_the_model_again(qtbot, analysed, engines):
    asked = list(engines.asked)
    analysed.desk.settings_row.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: "rain" in labels_shown(analysed))
    assert labels_shown(analysed) == ["speech", "dog_bark", "rain"]
    assert engines.asked == asked


def test_raising_the_threshold_takes_events_away_and_says_so(qtbot, analysed):
    analysed.desk.settings_row.threshold.slider.setValue(95)
    qtbot.waitUntil(lambda: labels_shown(analysed) == [])
    assert "lower it" in analysed.desk.centre.lanes.caption.text()


def test_selecting_an_event_selects_it_in_lanes_and_table(analysed):
    analysed.desk.centre.lanes.picked.emit((1,))
    assert analysed.desk.events.currentIndex().data() == "Dog bark"
    assert analysed.desk.centre.lanes.item.selected.tolist() == [1]
    analysed.desk.events.selectRow(0)
    assert analysed.desk.centre.lanes.item.selected.tolist() == [0]
    assert analysed.desk.findings.selected == (0,)


def test_the_selection_survives_a_threshold_and_a_sort(qtbot, analysed):
    analysed.desk.findings.select((1,))
    analysed.desk.settings_row.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: len(analysed.desk.findings.events) == 3)
    analysed.desk.events.sortByColumn(ONSET, Qt.SortOrder.DescendingOrder)
    assert analysed.desk.events.currentIndex().siblingAtColumn(0).data() == "Dog bark"
    assert analysed.desk.findings.selected_events[-1].label == "dog_bark"


def test_enter_in_the_table_plays_the_event(qtbot, analysed, card):
    analysed.desk.events.setFocus()
    analysed.desk.events.selectRow(1)
    qtbot.keyClick(analysed.desk.events, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)
    assert analysed.desk.player.playing
    card.streams[0].pull(0.3)
    qtbot.waitUntil(lambda: analysed.desk.player.position > 2.7)
    card.streams[0].pull(2.0)
    qtbot.waitUntil(lambda: not analysed.desk.player.playing)
    assert analysed.desk.player.position == analysed.desk.findings.events[1].offset


def test_space_plays_and_the_playhead_is_where_the_sample_counter_is(qtbot, analysed, card):
    qtbot.keyClick(analysed, Qt.Key.Key_Space)
    qtbot.waitUntil(card.started.is_set)
    card.streams[0].pull(1.0)
    samples = card.streams[0].taken
    qtbot.waitUntil(lambda: abs(analysed.desk.player.position - samples / 32_000) < 1e-6)
    assert analysed.desk.centre.spectrogram.playhead.pos().x() == analysed.desk.player.position
    assert analysed.tools.transport.clock.text().startswith("0:01.0")
    qtbot.keyClick(analysed, Qt.Key.Key_Space)
    assert not analysed.desk.player.playing


def test_home_end_and_arrows_move_the_playhead(qtbot, analysed):
    positions = []
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(analysed, key)
        positions.append(analysed.desk.player.position)
    assert positions == [4.0, 3.0, 0.0, 1.0]


def test_arrows_in_a_slider_move_the_slider(qtbot, analysed):
    slider = analysed.desk.settings_row.threshold.slider
    slider.setFocus()
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == before + 1
    assert analysed.desk.player.position == 0.0


def test_a_click_in_the_spectrogram_seeks(qtbot, analysed):
    view = analysed.desk.centre.spectrogram
    scene = view._box.mapViewToScene(QPointF(2.0, 0.5))
    qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=view.plot.mapFromScene(scene))
    qtbot.waitUntil(lambda: abs(analysed.desk.player.position - 2.0) < 0.02)


def test_lanes_grow_while_the_model_listens(qtbot, make_window, make_recording, engines):
    engines.gate.clear()
    window = make_window([make_recording(seconds=60)])
    qtbot.waitUntil(lambda: bool(engines.asked))
    assert window.desk.findings.analysis is None
    for _ in range(8):
        engines.gate.set()
        qtbot.wait(50)
    qtbot.waitUntil(lambda: window.desk.findings.analysis is not None or labels_shown(window) == ["speech", "dog_bark"])


def test_cancel_gives_the_analysis_up_and_says_so(qtbot, make_window, recording, engines):
    engines.gate.clear()
    window = make_window([recording])
    qtbot.waitUntil(lambda: window.desk.recordings.state(recording).startswith("Analysing"))
    qtbot.waitUntil(window.desk.progress.cancel.isVisible)
    qtbot.mouseClick(window.desk.progress.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk.recordings.state(recording) == "Cancelled")
    qtbot.waitUntil(lambda: not window.desk.progress.cancel.isVisible())
    assert window.desk.findings.analysis is None


def test_several_recordings_are_all_heard_the_one_shown_first(qtbot, make_window, make_recording, engines):
    paths = [make_recording(name) for name in ("a.wav", "b.wav", "c.wav")]
    window = make_window(paths)
    qtbot.waitUntil(lambda: len(engines.asked) == 3)
    assert window.desk.recordings.paths() == paths
    qtbot.waitUntil(lambda: all(window.desk.recordings.state(path) == "Speech, Dog bark" for path in paths))
    window.desk.recordings.choose(paths[2])
    qtbot.waitUntil(lambda: window.desk.shown.path == paths[2] and len(window.desk.findings.events) == 2)
    assert len(engines.asked) == 3


def test_choosing_a_model_has_the_recording_heard_by_it(qtbot, analysed, engines):
    row = analysed.tools.model.findData("toy/steps")
    analysed.tools.model.setCurrentIndex(row)
    analysed.tools.model.activated.emit(row)
    qtbot.waitUntil(lambda: engines.asked[-1][1] == "toy/steps" and len(analysed.desk.findings.events) > 0)
    assert "drawn as steps" in analysed.desk.centre.lanes.caption.text()


def test_a_model_without_weights_cannot_be_chosen_and_says_why(analysed):
    row = analysed.tools.model.findData("toy/missing")
    item = analysed.tools.model.model().item(row)
    assert not item.isEnabled()
    assert item.toolTip() == "The weights are not here."


def test_a_file_that_is_no_recording_is_a_notice(qtbot, make_window, tmp_path):
    path = tmp_path / "letter.wav"
    path.write_text("Dear Sir or Madam")
    window = make_window([path])
    qtbot.waitUntil(lambda: len(window.desk.notices.shown) > 0)
    assert "letter.wav holds no sound" in window.desk.notices.shown[0].text
    assert window.desk.recordings.state(path).startswith("Failed")
    assert not window.do["play"].isEnabled()


def test_without_a_sound_device_everything_but_playing_works(qtbot, make_window, recording, card):
    card.present = False
    window = make_window([recording])
    qtbot.waitUntil(lambda: len(window.desk.findings.events) == 2)
    qtbot.waitUntil(lambda: len(window.desk.notices.shown) == 1)
    assert window.desk.notices.shown[0].sentence == "No sound device was found."
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.desk.notices.shown[0].count == 2)
    assert not window.desk.player.playing


def test_what_is_heard_while_the_window_closes_disturbs_nobody(
    qtbot, make_window, recording, engines, home, monkeypatch
):
    begun, hear = threading.Event(), engines.analyse

    def hear_to_the_end(path, model_id, **how):
        begun.set()
        engines.gate.wait(10)
        return hear(path, model_id)

    monkeypatch.setattr(engines, "analyse", hear_to_the_end)
    engines.gate.clear()
    window = make_window([recording], library=Library(home / "library.sqlite"))
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    window.close()  # the answer comes meanwhile
    with qtbot.captureExceptions() as faults:
        QCoreApplication.processEvents()
    assert faults == []


def test_closed_is_told_once_nothing_runs_any_more(qtbot, make_window, engines):
    window, ended = make_window(), []
    window.closed.connect(lambda: ended.append(engines.closed))
    window.close()
    assert ended == [True]


def test_closing_while_the_model_listens_ends_engines_and_threads(qtbot, make_window, recording, engines):
    engines.gate.clear()
    window = make_window([recording])
    qtbot.waitUntil(lambda: bool(engines.asked))
    window.close()
    assert engines.closed


def test_the_layout_the_theme_and_the_model_are_remembered(qtbot, make_window, recording):
    first = make_window([recording])
    first.tools.model.chosen.emit("toy/steps")
    first.viewing.settings.change(scale="log")
    first.close()
    second = make_window([recording])
    assert second.desk.listening.model_id == "toy/steps"
    assert second.viewing.settings.look.scale == "log"
