"""Seeing, in the window: what keys, menus and the panel do to the view."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from earmark.gui.look import AUTOMATIC, Look
from earmark.gui.parts.viewing import MENU
from earmark.gui.selection import Stretch
from earmark.gui.selection_panel import SelectionPanel

FULL = Stretch(start=0.0, end=4.0)


@pytest.fixture
def shown(qtbot, analysed):
    """The window, once all of its recording is drawn."""
    pixels = analysed.desk.centre.spectrogram.item.pixels
    qtbot.waitUntil(lambda: pixels.known_columns > 150)
    return analysed


def in_view(window) -> tuple[float, float]:
    return window.desk.span.start, window.desk.span.end


def choose(box, value) -> None:
    row = box.findData(value)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_ctrl_a_selects_everything_and_escape_nothing(qtbot, shown):
    qtbot.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert shown.desk.selection.stretch == FULL
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.desk.selection.stretch is None


def test_brackets_set_the_ends_of_the_selection_at_the_playhead(qtbot, shown):
    shown.desk.player.seek(1.0)
    qtbot.keyClick(shown, Qt.Key.Key_BracketLeft)
    assert shown.desk.selection.stretch == Stretch(start=1.0, end=4.0)
    shown.desk.player.seek(2.5)
    qtbot.keyClick(shown, Qt.Key.Key_BracketRight)
    assert shown.desk.selection.stretch == Stretch(start=1.0, end=2.5)


def test_the_selection_can_be_typed(qtbot, shown):
    shown.do["type_selection"].trigger()
    [panel] = shown.findChildren(SelectionPanel)
    panel.start.setText("1.25")
    panel.end.setText("2")
    qtbot.keyClick(panel.end, Qt.Key.Key_Return)
    assert shown.desk.selection.stretch == Stretch(start=1.25, end=2.0)


def test_keys_zoom_and_scroll_the_frequencies(shown):
    frequencies = shown.desk.centre.spectrogram.frequencies
    for name, expected in (("zoom_up", (0.25, 0.75)), ("higher", (0.5, 1.0)), ("lower", (0.25, 0.75))):
        shown.do[name].trigger()
        assert (frequencies.bottom, frequencies.top) == pytest.approx(expected)
    shown.do["zoom_down"].trigger()
    assert frequencies.is_whole


def test_ctrl_e_shows_the_selection_else_the_event(shown):
    shown.desk.findings.select([1])
    shown.do["zoom_event"].trigger()
    bark = shown.desk.findings.events[1]
    assert in_view(shown)[0] < bark.onset < bark.offset < in_view(shown)[1]
    shown.desk.selection.select(Stretch(start=1.0, end=1.5))
    shown.do["zoom_event"].trigger()
    assert in_view(shown) == (1.0, 1.5)
    shown.do["fit"].trigger()
    assert in_view(shown) == (0.0, 4.0)


def test_the_selection_is_a_band_in_lanes_and_overview(shown):
    centre = shown.desk.centre
    before = [view.grab().toImage() for view in (centre.lanes.plot, centre.overview)]
    shown.desk.selection.select(Stretch(start=1.0, end=3.0))
    after = [view.grab().toImage() for view in (centre.lanes.plot, centre.overview)]
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_a_click_on_a_tick_of_the_overview_selects_the_event_everywhere(shown):
    shown.desk.centre.overview.picked.emit(1)
    assert shown.desk.findings.selected == (1,)
    assert list(shown.desk.centre.spectrogram.marks._events) == shown.desk.findings.selected_events


def test_the_menu_of_the_spectrogram_names_what_can_be_done(shown):
    assert [name for name in MENU if name and not shown.do[name].text()] == []


def test_another_recording_has_nothing_selected(qtbot, shown, make_recording):
    shown.desk.selection.select(FULL)
    shown.desk.open([make_recording("other.wav")])
    qtbot.waitUntil(lambda: shown.desk.shown.path.name == "other.wav")
    assert shown.desk.selection.stretch is None


def test_the_overview_shows_waveform_and_events(qtbot, shown):
    overview = shown.desk.centre.overview
    qtbot.waitUntil(lambda: len(overview._waveform.columns(100)) == 100)
    loud = overview._waveform.columns(100)[:, 1] > 0.5
    assert loud[30:45].all()  # the tone from 1 to 2 of 4 s
    assert not loud[60:].any()
    assert len(overview._ticks.onsets) == len(shown.desk.findings.events)


def test_the_panel_acts_at_once(qtbot, shown):
    panel, view = shown.viewing.panel, shown.desk.centre.spectrogram
    choose(panel.scale, "log")
    choose(panel.colours, "magma")
    choose(panel.fft_size, 512)
    assert view.item.pixels.scale.name == "log"
    assert view.item.style.colours == "magma"
    qtbot.waitUntil(lambda: view.item.pixels.grid.fft_size == 512)
    assert "16 ms × 62 Hz" in panel.resolution.text()
    assert in_view(shown) == (0.0, 4.0)


def test_decibels_are_chosen_in_the_panel_and_at_the_bar(shown):
    panel, view = shown.viewing.panel, shown.desk.centre.spectrogram
    panel.low.setValue(-100)
    assert view.bar.low.value() == -100
    view.bar.high.setValue(-30)
    assert panel.high.value() == -30
    assert view.item.pixels.decibel_range == (-100, -30)
    choose(panel.range, AUTOMATIC)
    assert view.item.pixels.decibel_range != (-100, -30)
    assert panel.low.value() == view.bar.low.value()


def test_the_frequencies_in_view_are_chosen(shown):
    panel, frequencies = shown.viewing.panel, shown.desk.centre.spectrogram.frequencies
    panel.lowest.setValue(500)
    panel.highest.setValue(4000)
    assert frequencies.scale.hertz([frequencies.bottom, frequencies.top]) == pytest.approx([500, 4000])
    panel.defaults.click()
    assert (frequencies.bottom, frequencies.top) == (0.0, 1.0)
    assert shown.viewing.settings.look == Look()


def test_channels_of_a_stereo_recording_are_left_and_right(qtbot, make_window, tmp_path):
    sound = soundfile.read(_tone(tmp_path))[0]
    soundfile.write(tmp_path / "both.wav", [[each, 0.0] for each in sound], 8000)
    window = make_window([tmp_path / "both.wav"])
    box, item = window.viewing.panel.channel, window.desk.centre.spectrogram.item
    qtbot.waitUntil(lambda: box.isEnabled())
    assert [box.itemText(row) for row in range(box.count())] == ["Both mixed", "Left", "Right"]
    choose(box, 2)
    qtbot.waitUntil(lambda: item.pixels.grid.channel == 2 and item.pixels.decibels_at(0.5, 1000) == -120)
    choose(box, 1)
    qtbot.waitUntil(lambda: item.pixels.grid.channel == 1 and item.pixels.decibels_at(0.5, 1000) == -6)


def _tone(folder):
    path = folder / "tone.wav"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000), 8000, subtype="FLOAT")
    return path


def test_the_look_following_and_clock_are_remembered(make_window, recording):
    first = make_window([recording])
    first.viewing.settings.change(scale="mel", decibels=(-70.0, -10.0), channel="mix")
    first.viewing.following.choose("centre")
    first.do["wheel_zooms"].trigger()
    look = first.viewing.settings.look
    first.close()
    second = make_window([recording])
    assert second.viewing.settings.look == look
    assert second.viewing.following.choice == "centre"
    assert second.desk.span.wheel_zooms
    assert second.do["wheel_zooms"].isChecked()


def test_a_preset_brings_the_look_back(shown):
    settings = shown.viewing.settings
    settings.change(scale="mel", colours="gray", lowest=100.0, highest=8000.0)
    kept = settings.state()
    settings.reset()
    settings.apply(kept)
    assert settings.state() == kept
    assert shown.desk.centre.spectrogram.item.pixels.scale.name == "mel"


def test_the_time_of_day_is_shown_where_the_name_tells_it(qtbot, make_window, make_recording):
    window = make_window([make_recording("20260518_201500.wav")])
    qtbot.waitUntil(lambda: window.viewing.clock.began is not None)
    window.do["clock_time"].trigger()
    ruler = window.desk.centre.spectrogram._time_axis
    assert ruler.tickStrings([1.0], 1, 1.0) == ["20:15:01"]
    window.do["clock_time"].trigger()
    assert ruler.tickStrings([1.0], 1, 1.0) == ["0:01"]


def test_a_recording_that_cannot_be_read_says_so_in_its_place(qtbot, make_window, tmp_path):
    path = tmp_path / "letter.wav"
    path.write_text("Dear Sir or Madam")
    window = make_window([path])
    caption = window.desk.centre.spectrogram.caption
    qtbot.waitUntil(lambda: "holds no sound" in caption.text())
    assert caption.isVisible()
    assert not window.do["fit"].isEnabled()


def test_while_it_plays_the_view_follows(qtbot, make_window, make_recording, card):
    window = make_window([make_recording(seconds=30)])
    qtbot.waitUntil(lambda: window.desk.shown.info is not None)
    window.desk.span.show(0, 0.5)
    window.desk.player.toggle()
    qtbot.waitUntil(card.started.is_set)
    card.streams[0].pull(1.0)
    qtbot.waitUntil(lambda: window.desk.player.position > 0.6)
    assert window.desk.span.start > 0.4


def test_all_of_the_panel_is_reached_with_tab_and_named(qtbot, shown):
    panel = shown.viewing.panel
    shown.do["view_settings"].trigger()
    assert panel.isVisible()
    visited = set()
    panel.scale.setFocus()
    for _ in range(20):
        visited.add(panel.focusWidget())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    boxes = {panel.scale, panel.lowest, panel.highest, panel.colours, panel.range, panel.low, panel.high}
    boxes |= {panel.fft_size, panel.window_shape, panel.overlap, panel.defaults}
    assert boxes <= visited
    assert all(box.accessibleName() for box in boxes - {panel.defaults})
