"""Playing in the window: stretches, loops, speed, volume, band, channels and devices, on a card that only counts."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from earmark import settings
from earmark.gui.selection import Stretch


@pytest.fixture
def shown(qtbot, make_window, recording):
    """A window with a recording that can be played."""
    window = make_window([recording])
    qtbot.waitUntil(lambda: window.desk.shown.info is not None and window.hearing.outputs.names == ["Card"])
    return window


def plays_on(qtbot, window, card, until, *, step: float = 0.1):
    """Let the card play on until something is so."""
    qtbot.waitUntil(lambda: bool(card.streams) and card.streams[-1].active)

    def pulled() -> bool:
        card.streams[-1].pull(step)
        return bool(until())

    qtbot.waitUntil(pulled)


def test_the_selection_is_played_and_nothing_else(qtbot, shown, card):
    shown.desk.selection.select(Stretch(start=1.0, end=1.5))
    shown.do["play_selection"].trigger()
    plays_on(qtbot, shown, card, lambda: not shown.desk.player.playing)
    assert shown.desk.player.position == 1.5
    heard = np.concatenate(card.streams[-1].heard)
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 0.01)  # all but the zero crossings of the tone
    assert loud[-1] - loud[0] == pytest.approx(0.5 * 32_000, abs=4)


def test_a_loop_goes_back_to_the_start_of_the_selection_and_on_when_it_is_left(qtbot, shown, card):
    shown.desk.selection.select(Stretch(start=1.0, end=1.4))
    shown.do["loop_selection"].trigger()
    assert shown.do["loop"].isChecked()
    plays_on(qtbot, shown, card, lambda: card.streams[-1].taken > 3 * 32_000)
    assert 1.0 <= shown.desk.player.position < 1.4
    shown.do["loop"].trigger()
    plays_on(qtbot, shown, card, lambda: shown.desk.player.position > 1.5)


def test_a_loop_follows_a_selection_that_is_moved(qtbot, shown, card):
    shown.do["loop"].trigger()
    shown.desk.selection.select(Stretch(start=1.0, end=1.4))
    shown.do["play"].trigger()
    plays_on(qtbot, shown, card, lambda: shown.desk.player.position > 1.1)
    shown.desk.selection.select(Stretch(start=3.0, end=3.5))
    plays_on(qtbot, shown, card, lambda: shown.desk.player.position > 3.2)
    plays_on(qtbot, shown, card, lambda: 3.0 <= shown.desk.player.position < 3.2)


def test_a_loop_without_a_selection_is_the_whole_recording(qtbot, shown, card):
    shown.do["loop"].trigger()
    shown.desk.player.seek(3.8)
    shown.do["play"].trigger()
    plays_on(qtbot, shown, card, lambda: 0 < shown.desk.player.position < 1)


def test_the_playhead_goes_to_a_place_at_once_and_never_back(qtbot, shown, card):
    shown.do["play"].trigger()
    plays_on(qtbot, shown, card, lambda: shown.desk.player.position > 0.2)
    shown.desk.player.seek(2.0)
    places = []
    shown.desk.player.moved.connect(places.append)
    plays_on(qtbot, shown, card, lambda: shown.desk.player.position > 2.5, step=0.03)
    assert places[0] >= 2.0
    assert places == sorted(places)
    assert len(card.streams) == 1


def test_speed_changes_what_is_playing(qtbot, shown, card):
    shown.do["play"].trigger()
    shown.do["faster"].trigger()
    shown.do["faster"].trigger()
    assert shown.desk.playback.manner.speed == 2.0
    assert shown.hearing.transport.speed.currentText() == "2 ×"
    plays_on(qtbot, shown, card, lambda: not shown.desk.player.playing)
    assert card.streams[-1].taken < 3.2 * 32_000


@pytest.mark.parametrize(
    ("typed", "speed"),
    [("0.6", 0.6), ("150 %", 1.5), ("3x", 3.0), ("0,5 ×", 0.5), ("9", 1.0), ("fast", 1.0), ("", 1.0)],
)
def test_any_speed_that_can_be_played_may_be_typed(qtbot, shown, typed, speed):
    box = shown.hearing.transport.speed
    box.setEditText(typed)
    box.lineEdit().returnPressed.emit()
    assert shown.desk.playback.manner.speed == speed
    assert box.speed == speed
    assert box.currentText().endswith("×")


def test_volume_is_in_decibels_and_mute_is_nothing(shown):
    volume = shown.hearing.transport.volume
    volume.setValue(-6)
    assert shown.desk.playback.gain == pytest.approx(0.501, abs=0.001)
    shown.do["mute"].trigger()
    assert shown.desk.playback.gain == 0
    shown.do["mute"].trigger()
    shown.do["louder"].trigger()
    assert volume.value() == -3
    volume.setValue(volume.minimum())
    assert shown.desk.playback.gain == 0


def test_volume_and_device_are_remembered(qtbot, shown, make_window):
    shown.hearing.transport.volume.setValue(-9)
    shown.hearing.outputs.choose("Card")
    shown.close()
    assert settings.read().window["output"] == "Card"
    second = make_window()
    assert second.hearing.transport.volume.value() == -9
    assert second.hearing.outputs.wished == "Card"


def test_only_the_selected_frequencies_are_played_while_that_is_wished(shown):
    shown.desk.selection.select(Stretch(start=1.0, end=2.0, low=500.0, high=2000.0))
    assert shown.desk.playback.manner.band is None
    shown.do["only_band"].trigger()
    assert shown.desk.playback.manner.band == (500.0, 2000.0)
    shown.desk.selection.select(Stretch(start=1.0, end=2.0))
    assert shown.desk.playback.manner.band is None


def test_stereo_is_heard_in_stereo_and_a_channel_alone_on_both_sides(qtbot, make_window, card, tmp_path):
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.tile(np.float32([[0.5, -0.25]]), (64_000, 1)), 32_000, subtype="FLOAT")
    window = make_window([path])
    qtbot.waitUntil(lambda: window.desk.shown.info is not None)
    window.do["play"].trigger()
    plays_on(qtbot, window, card, lambda: window.desk.player.position > 0.2)
    assert np.allclose(card.streams[-1].heard[0], [0.5, -0.25])
    window.viewing.settings.change(channel=2)
    plays_on(qtbot, window, card, lambda: np.allclose(card.streams[-1].heard[-1], -0.25))


def test_the_meter_shows_what_is_heard_and_rests_afterwards(qtbot, shown, card):
    meter = shown.hearing.transport.meter
    shown.desk.player.seek(1.0)
    shown.do["play"].trigger()
    plays_on(qtbot, shown, card, lambda: meter.level is not None and max(meter.level.peaks) > 0.4)
    assert "peak −6 dB, mean (RMS) −9 dB" in meter.text
    shown.do["play"].trigger()
    assert meter.level is None


def test_what_is_too_loud_is_marked_until_it_is_played_again(qtbot, shown, card):
    meter = shown.hearing.transport.meter
    shown.hearing.transport.volume.setValue(12)
    shown.desk.player.play(1.0, 2.0)
    plays_on(qtbot, shown, card, lambda: meter.was_too_loud)
    shown.do["play"].trigger()
    assert meter.was_too_loud
    shown.do["play"].trigger()
    assert not meter.was_too_loud


def test_without_a_device_it_is_said_once_and_at_the_button(qtbot, make_window, recording, card):
    card.present = False
    window = make_window([recording])
    qtbot.waitUntil(lambda: bool(window.desk.notices.shown))
    assert [notice.sentence for notice in window.desk.notices.shown] == ["No sound device was found."]
    assert "No sound device was found." in window.do["play"].toolTip()
    qtbot.waitUntil(lambda: window.desk.shown.info is not None)


def test_looking_again_finds_a_device_that_has_come(qtbot, make_window, card):
    card.present = False
    window = make_window()
    qtbot.waitUntil(lambda: bool(window.hearing.outputs.missing))
    card.present = True
    window.hearing.outputs.look_again()
    qtbot.waitUntil(lambda: window.hearing.outputs.names == ["Card"])
    assert "No sound device" not in window.do["play"].toolTip()


def test_a_device_that_is_not_there_is_said_and_the_systems_choice_plays(qtbot, shown):
    shown.hearing.outputs.choose("Cafe & bar")
    assert "“Cafe & bar” is not there" in shown.desk.notices.shown[-1].sentence
    assert shown.desk.playback.device == ""
    assert shown.hearing.outputs.wished == "Cafe & bar"
