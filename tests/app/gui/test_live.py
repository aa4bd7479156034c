"""The microphone in the window: what comes in is drawn, heard, recorded and opened; one can look back meanwhile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog

from earmark.api import AudioDeviceError, Heard
from earmark.gui.alerts_table import SoundBox
from earmark.gui.live_session import Alert, LiveWishes
from earmark.gui.microphone_window import MicrophoneWindow
from earmark.gui.parts.live import wishes_of
from earmark.live.alert_sound import AlertSound
from earmark.live.capture import Gap
from earmark.live.devices import Change
from earmark.playback import Playback

from .conftest import LABELS, heading

HOP = 0.1


def hear(samples, sample_rate, model_id, *, start=0.0) -> Heard:
    """Speech is where it is loud, in pieces of a tenth of a second."""
    size = round(HOP * sample_rate)
    loud = np.abs(samples[: len(samples) // size * size]).reshape(-1, size).max(1)
    frames = np.zeros((len(loud), len(LABELS)), np.float32)
    frames[:, 0] = np.where(loud > 0.1, 0.9, 0.05)
    return Heard(scores=frames.max(0), frames=frames, hop=HOP)


@pytest.fixture
def window(make_window, engines, make_recording, tmp_path, qtbot):
    """A window whose microphone is a recording: a tone from 1 to 2 s of 4 s."""
    engines.hear = hear
    window = make_window()
    qtbot.waitUntil(lambda: window.desk.listening.headings != [])
    rehearsal = make_recording("rehearsal.wav")
    window.live.wishes = LiveWishes(rehearsal=rehearsal, folder=tmp_path / "recordings", hop=0.2)
    return window


def listen(window, qtbot) -> None:
    window.do["listen"].trigger()
    qtbot.waitUntil(lambda: window.live.view.is_on, timeout=10_000)


def recorded(window) -> list:
    return sorted(window.live.wishes.folder.glob("*.wav"))


def test_what_comes_in_is_drawn_and_heard_while_it_does(window, qtbot):
    listen(window, qtbot)
    assert window.live.bar.isVisible()
    qtbot.waitUntil(lambda: [event.label for event in window.desk.findings.events] == ["speech"], timeout=10_000)
    pixels = window.desk.centre.spectrogram.item.pixels
    qtbot.waitUntil(lambda: (pixels.decibels_at(1.5, 1000.0) or -120.0) > -20.0, timeout=10_000)
    assert (pixels.decibels_at(0.5, 1000.0) or 0.0) < -60.0
    assert window.desk.tags.model.index(0, 0).data() == "Speech"


def test_r_records_from_the_start_and_the_file_is_opened_when_it_ends(window, qtbot):
    window.do["record"].trigger()
    qtbot.waitUntil(lambda: window.live.view.is_on, timeout=10_000)
    qtbot.waitUntil(lambda: window.live.session.station.capture.ended.is_set(), timeout=20_000)
    window.do["listen"].trigger()
    qtbot.waitUntil(lambda: window.desk.shown.path is not None, timeout=20_000)
    assert [window.desk.shown.path] == recorded(window)
    heard = soundfile.read(recorded(window)[0])[0]
    said = soundfile.read(window.live.wishes.rehearsal)[0]
    assert np.abs(heard[-len(said) // 2 :] - said[-len(said) // 2 :]).max() < 2**-23
    qtbot.waitUntil(lambda: len(window.desk.findings.events) == 2, timeout=10_000)
    assert not window.do["record"].isChecked()


def test_a_recording_that_ends_just_before_the_microphone_goes_off_is_opened(window, qtbot):
    window.do["record"].trigger()
    qtbot.waitUntil(lambda: window.live.view.is_on, timeout=10_000)
    qtbot.waitUntil(lambda: window.live.session.station.seconds > 0.5, timeout=10_000)
    window.do["record"].trigger()
    window.do["listen"].trigger()
    qtbot.waitUntil(lambda: window.desk.shown.path is not None, timeout=20_000)
    assert [window.desk.shown.path] == recorded(window)


def test_looking_back_stays_there_until_now_is_wanted_again(window, qtbot):
    listen(window, qtbot)
    qtbot.waitUntil(lambda: window.live.session.station.seconds > 1.0, timeout=10_000)
    window.desk.span.show(0.0, 0.5)
    assert not window.live.view.follows
    qtbot.waitUntil(lambda: window.live.bar.now.isVisible(), timeout=5_000)
    assert window.desk.span.end == 0.5
    window.do["to_now"].trigger()
    assert window.live.view.follows


def test_lost_sound_is_marked_where_it_was_and_said(window, qtbot):
    listen(window, qtbot)
    window.live.session.station.capture.gaps.append(Gap(8_000, 0.0, "overflow"))
    qtbot.waitUntil(lambda: "1 dropped" in window.live.bar.numbers.accessibleDescription(), timeout=10_000)
    marks = window.live.view.gaps
    assert marks.boundingRect().contains(0.25, 0.5)
    assert marks.toolTip() == "At 0.2 s: some sound lost. The computer was too busy."


def test_space_plays_what_is_looked_back_to_while_it_goes_on(window, qtbot, card):
    listen(window, qtbot)
    qtbot.waitUntil(lambda: window.live.session.station.seconds > 2.2, timeout=10_000)
    window.desk.span.show(0.9, 2.1)
    window.do["play"].trigger()
    qtbot.waitUntil(card.started.is_set, timeout=10_000)
    qtbot.waitUntil(lambda: window.desk.player.playing)
    card.streams[-1].pull(0.5)
    qtbot.waitUntil(lambda: window.desk.player.position > 1.2)
    heard = np.concatenate(card.streams[-1].heard)
    assert np.abs(heard).max() > 0.4  # the tone from 1 to 2 s
    assert window.live.session is not None
    window.do["play"].trigger()
    assert not window.desk.player.playing


def test_a_microphone_that_is_not_there_is_a_line_and_everything_else_goes_on(window, qtbot, recording, monkeypatch):
    def refuse(self):
        raise AudioDeviceError("No microphone was found.", hint="Connect one.")

    monkeypatch.setattr("earmark.live.source.FileSource.open", refuse)
    window.do["listen"].trigger()
    qtbot.waitUntil(lambda: len(window.desk.notices.shown) > 0, timeout=10_000)
    assert "No microphone was found" in window.desk.notices.shown[-1].text
    assert not window.do["listen"].isChecked()
    window.desk.open([recording])
    qtbot.waitUntil(lambda: window.desk.shown.path == recording)


def test_an_alert_records_from_before_it_was_heard(window, qtbot):
    alert = Alert(label="speech", threshold=0.5, record=True)
    window.live.wishes = replace(window.live.wishes, alerts=(alert,))
    listen(window, qtbot)
    qtbot.waitUntil(lambda: window.live.session.station.capture.ended.is_set(), timeout=20_000)
    window.do["listen"].trigger()
    qtbot.waitUntil(lambda: len(recorded(window)) == 1, timeout=20_000)
    assert recorded(window)[0].name.endswith("_speech.wav")
    qtbot.waitUntil(lambda: window.live.session is None, timeout=10_000)


def test_the_last_minutes_are_kept_afterwards(window, qtbot):
    listen(window, qtbot)
    qtbot.waitUntil(lambda: window.live.session.station.seconds > 2.0, timeout=10_000)
    window.do["keep_last"].trigger()
    qtbot.waitUntil(lambda: len(recorded(window)) == 1, timeout=10_000)
    assert soundfile.info(recorded(window)[0]).duration > 1.9


def test_a_recording_that_is_chosen_turns_the_microphone_off(window, qtbot, recording):
    listen(window, qtbot)
    window.desk.open([recording])
    qtbot.waitUntil(lambda: window.live.session is None, timeout=20_000)
    assert window.desk.shown.path == recording
    assert not window.live.bar.isVisible()


def test_closing_the_window_in_the_middle_leaves_a_whole_file(window, qtbot):
    window.do["record"].trigger()
    qtbot.waitUntil(lambda: window.live.view.is_on and window.live.session.station.seconds > 1.0, timeout=10_000)
    folder = window.live.wishes.folder
    window.close()
    assert soundfile.info(next(folder.glob("*.wav"))).duration > 0.2


def test_the_wishes_are_those_that_the_dialog_shows(window, qtbot):
    alert = Alert(label="rain", threshold=0.7, seconds=2.0, sound="tone", command=("say", "it rains"))
    wishes = replace(window.live.wishes, device="USB", rate=48_000, channels=2, split_minutes=10.0, alerts=(alert,))
    dialog = MicrophoneWindow(window, wishes, [heading("toy/frames")])
    qtbot.waitUntil(lambda: not dialog.trouble.text().startswith("Looking"), timeout=10_000)
    assert dialog.wishes() == wishes
    dialog.close()


def test_wishes_are_kept_and_what_is_odd_in_them_is_left_out(window):
    window.live.wishes = replace(window.live.wishes, alerts=(Alert(label="rain"),), rehearsal=None)
    kept = window.live.part.keep()["live"]
    assert wishes_of(kept) == window.live.wishes
    assert wishes_of({"hop": "often", "alerts": [{"colour": "red"}, 3], "channels": 2}) == LiveWishes(channels=2)


def test_the_bell_that_was_kept_is_a_sound_now():
    assert wishes_of({"alerts": [{"label": "rain", "bell": True}]}).alerts == (Alert(label="rain", sound="bell"),)


def test_an_alert_is_heard_on_the_loudspeaker_while_it_listens(window, qtbot, card):
    window.live._sound = AlertSound(Playback(sound=lambda **_: card), on_failed=lambda error: None)
    window.live.wishes = replace(window.live.wishes, alerts=(Alert(label="speech", threshold=0.5, sound="tone"),))
    listen(window, qtbot)
    qtbot.waitUntil(card.started.is_set, timeout=10_000)
    card.streams[-1].pull(0.5)
    heard = np.concatenate(card.streams[-1].heard)
    assert 0.1 < np.abs(heard).max() < 0.9
    assert window.live.session is not None
    window.live._sound.close()


def test_a_sound_file_is_chosen_in_the_table_and_shown_by_its_name(window, qtbot, recording, monkeypatch):
    box = SoundBox("tone")
    qtbot.addWidget(box)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(recording), ""))
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    assert (box.sound, box.currentText()) == (str(recording), recording.name)
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert box.sound == ""


class Plugs:
    """A watch whose changes the test makes."""

    is_running = False

    def __init__(self, on_changed) -> None:
        self.tell = on_changed

    def start(self, known) -> None:
        self.is_running = True

    def stop(self, patience=0.0) -> None:
        self.is_running = False


def test_a_microphone_that_is_plugged_in_is_in_the_list_at_once_and_said(window, qtbot):
    watches = []

    def watch(on_changed):
        watches.append(Plugs(on_changed))
        return watches[-1]

    dialog = MicrophoneWindow(window, window.live.wishes, [], watch=watch)
    dialog.open()
    qtbot.waitUntil(lambda: watches[0].is_running, timeout=15_000)
    watches[0].tell(Change(["USB Mic"], ["USB Mic"], []))
    qtbot.waitUntil(lambda: dialog.device.findData("USB Mic") > 0)
    assert dialog.trouble.text() == "“USB Mic” was plugged in."
    dialog.close()
    assert not watches[0].is_running


def test_a_microphone_that_goes_while_it_listens_is_a_line(window, qtbot):
    listen(window, qtbot)
    window.live.session.plugged.emit(Change([], [], ["USB Mic"]))
    qtbot.waitUntil(lambda: any("“USB Mic” is gone." in notice.text for notice in window.desk.notices.shown))
