"""The window as a whole: what a person does, and what is then shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from earmark.gui.axes import time_text
from earmark.gui.events_table import ONSET


def labels_shown(window) -> list[str]:
    return [lane.label for lane in window.centre.lanes.item.lanes]


def test_an_opened_recording_is_drawn_heard_and_its_events_are_listed(analysed):
    table = analysed.events.model()
    rows = [[table.index(row, column).data() for column in range(4)] for row in range(table.rowCount())]
    speech, bark = analysed.shown.events
    assert rows == [
        ["Speech", time_text(speech.onset, 2), time_text(speech.offset, 2), "0.90"],
        ["Dog bark", time_text(bark.onset, 2), time_text(bark.offset, 2), "0.60"],
    ]
    assert speech.onset == pytest.approx(1.0, abs=0.05)
    assert bark.offset == pytest.approx(3.0, abs=0.05)
    assert labels_shown(analysed) == ["speech", "dog_bark"]
    assert analysed.tags.model.index(0, 0).data() == "Speech"
    assert analysed.windowTitle() == "garden.wav – Earmark"


def test_a_tone_is_drawn_where_it_sounds(qtbot, analysed):
    qtbot.waitUntil(lambda: analysed.centre.spectrogram.item.pixels.known_columns > 150)
    pixels = analysed.centre.spectrogram.item.pixels
    assert pixels.decibels_at(1.5, 1000) == -6.0  # amplitude 0.5
    assert pixels.decibels_at(0.5, 1000) < -60
    assert pixels.decibels_at(1.5, 5000) < -60


def test_lowering_the_threshold_shows_more_events_without_asking_the_model_again(qtbot, analysed, engines):
    asked = list(engines.asked)
    analysed.settings.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: "rain" in labels_shown(analysed))
    assert labels_shown(analysed) == ["speech", "dog_bark", "rain"]
    assert engines.asked == asked


def test_raising_the_threshold_takes_events_away_and_says_so(qtbot, analysed):
    analysed.settings.threshold.slider.setValue(95)
    qtbot.waitUntil(lambda: labels_shown(analysed) == [])
    assert "lower it" in analysed.centre.lanes.caption.text()


def test_selecting_an_event_selects_it_in_lanes_and_table(analysed):
    analysed.centre.lanes.picked.emit(1)
    assert analysed.events.currentIndex().data() == "Dog bark"
    assert analysed.centre.lanes.item._selected == 1
    analysed.events.selectRow(0)
    assert analysed.centre.lanes.item._selected == 0
    assert analysed.shown.selected == 0


def test_the_selection_survives_a_threshold_and_a_sort(qtbot, analysed):
    analysed.shown.select(1)
    analysed.settings.threshold.slider.setValue(15)
    qtbot.waitUntil(lambda: len(analysed.shown.events) == 3)
    analysed.events.sortByColumn(ONSET, Qt.SortOrder.DescendingOrder)
    assert analysed.events.currentIndex().siblingAtColumn(0).data() == "Dog bark"
    assert analysed.shown.events[analysed.shown.selected].label == "dog_bark"


def test_enter_in_the_table_plays_the_event(qtbot, analysed, card):
    analysed.events.setFocus()
    analysed.events.selectRow(1)
    qtbot.keyClick(analysed.events, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)
    assert analysed.player.playing
    card.streams[0].pull(0.3)
    qtbot.waitUntil(lambda: analysed.player.position > 2.7)
    card.streams[0].pull(2.0)
    qtbot.waitUntil(lambda: not analysed.player.playing)
    assert analysed.player.position == analysed.shown.events[1].offset


def test_space_plays_and_the_playhead_is_where_the_sample_counter_is(qtbot, analysed, card):
    qtbot.keyClick(analysed, Qt.Key.Key_Space)
    qtbot.waitUntil(card.started.is_set)
    card.streams[0].pull(1.0)
    samples = card.streams[0].taken
    qtbot.waitUntil(lambda: abs(analysed.player.position - samples / 32_000) < 1e-6)
    assert analysed.centre.spectrogram.playhead.pos().x() == analysed.player.position
    assert analysed.tools.clock.text().startswith("0:01.0")
    qtbot.keyClick(analysed, Qt.Key.Key_Space)
    assert not analysed.player.playing


def test_home_end_and_arrows_move_the_playhead(qtbot, analysed):
    positions = []
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(analysed, key)
        positions.append(analysed.player.position)
    assert positions == [4.0, 3.0, 0.0, 1.0]


def test_arrows_in_a_slider_move_the_slider(qtbot, analysed):
    slider = analysed.settings.threshold.slider
    slider.setFocus()
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == before + 1
    assert analysed.player.position == 0.0


def test_a_click_in_the_spectrogram_seeks(qtbot, analysed):
    view = analysed.centre.spectrogram
    scene = view._box.mapViewToScene(QPointF(2.0, 0.5))
    qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=view.plot.mapFromScene(scene))
    qtbot.waitUntil(lambda: abs(analysed.player.position - 2.0) < 0.02)


def test_lanes_grow_while_the_model_listens(qtbot, make_window, make_recording, engines):
    engines.gate.clear()
    window = make_window([make_recording(seconds=60)])
    qtbot.waitUntil(lambda: bool(engines.asked))
    assert window.shown.analysis is None
    for _ in range(8):
        engines.gate.set()
        qtbot.wait(50)
    qtbot.waitUntil(lambda: window.shown.analysis is not None or labels_shown(window) == ["speech", "dog_bark"])


def test_cancel_gives_the_analysis_up_and_says_so(qtbot, make_window, recording, engines):
    engines.gate.clear()
    window = make_window([recording])
    qtbot.waitUntil(lambda: window.recordings.state(recording).startswith("Analysing"))
    qtbot.waitUntil(window.progress.cancel.isVisible)
    qtbot.mouseClick(window.progress.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.recordings.state(recording) == "Cancelled")
    qtbot.waitUntil(lambda: not window.progress.cancel.isVisible())
    assert window.shown.analysis is None


def test_several_recordings_are_all_heard_the_one_shown_first(qtbot, make_window, make_recording, engines):
    paths = [make_recording(name) for name in ("a.wav", "b.wav", "c.wav")]
    window = make_window(paths)
    qtbot.waitUntil(lambda: len(engines.asked) == 3)
    assert window.recordings.paths() == paths
    qtbot.waitUntil(lambda: all(window.recordings.state(path) == "Speech, Dog bark" for path in paths))
    window.recordings.choose(paths[2])
    qtbot.waitUntil(lambda: window.shown.path == paths[2] and len(window.shown.events) == 2)
    assert len(engines.asked) == 3


def test_choosing_a_model_has_the_recording_heard_by_it(qtbot, analysed, engines):
    row = analysed.tools.model.findData("toy/steps")
    analysed.tools.model.setCurrentIndex(row)
    analysed.tools.model.activated.emit(row)
    qtbot.waitUntil(lambda: engines.asked[-1][1] == "toy/steps" and len(analysed.shown.events) > 0)
    assert "drawn as steps" in analysed.centre.lanes.caption.text()


def test_a_model_without_weights_cannot_be_chosen_and_says_why(analysed):
    row = analysed.tools.model.findData("toy/missing")
    item = analysed.tools.model.model().item(row)
    assert not item.isEnabled()
    assert item.toolTip() == "The weights are not here."


def test_a_file_that_is_no_recording_is_a_notice(qtbot, make_window, tmp_path):
    path = tmp_path / "letter.wav"
    path.write_text("Dear Sir or Madam")
    window = make_window([path])
    qtbot.waitUntil(lambda: len(window.notices.shown) > 0)
    assert "letter.wav holds no sound" in window.notices.shown[0].text
    assert window.recordings.state(path).startswith("Failed")
    assert not window.do["play"].isEnabled()


def test_without_a_sound_device_everything_but_playing_works(qtbot, make_window, recording, card):
    card.present = False
    window = make_window([recording])
    qtbot.waitUntil(lambda: len(window.shown.events) == 2)
    qtbot.waitUntil(lambda: len(window.notices.shown) == 1)
    assert window.notices.shown[0].sentence == "No sound device was found."
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.notices.shown[0].count == 2)
    assert not window.player.playing


def test_closing_while_the_model_listens_ends_engines_and_threads(qtbot, make_window, recording, engines):
    engines.gate.clear()
    window = make_window([recording])
    qtbot.waitUntil(lambda: bool(engines.asked))
    window.close()
    assert engines.closed


def test_the_layout_the_theme_and_the_model_are_remembered(qtbot, make_window, recording):
    first = make_window([recording])
    first.tools.model.chosen.emit("toy/steps")
    first.shown.show_scale("log")
    first.close()
    second = make_window([recording])
    assert second.listening.model_id == "toy/steps"
    assert second.shown.scale == "log"
