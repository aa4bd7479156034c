"""Microphones that come and go are told, whoever lists them; a sound server's are known by the names people read."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from pathlib import Path

import pytest

from earmark.api import AudioDeviceError
from earmark.live import sound_server
from earmark.live.devices import Change, DeviceWatch, listed
from earmark.live.source import Microphone

USB = {"name": "usb", "description": "USB Mic", "sample_specification": "s16le 1ch 48000Hz"}
MONITOR = {"name": "speaker.monitor", "description": "Monitor of Speaker", "sample_specification": "s16le 2ch 44100Hz"}


@pytest.fixture
def pactl(tmp_path, monkeypatch):
    """Put a program in the place of pactl that says what it is told to."""
    program = tmp_path / "bin" / "pactl"
    program.parent.mkdir()

    def say(answer: str | bytes, status: int = 0) -> None:
        (tmp_path / "answer").write_bytes(answer.encode() if isinstance(answer, str) else answer)
        program.write_text(f"#!/bin/sh\ncat {tmp_path / 'answer'}\nexit {status}\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return say


class Told:
    """Devices that are there, and a watch that looks at them as fast as it can."""

    def __init__(self) -> None:
        self.names: list[str] | AudioDeviceError = ["Built-in"]
        self.changes: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self.looked = 0
        self.watch = DeviceWatch(self.changes.put, look=self.look, sign=lambda: str(self.names), seconds=0.01)

    def look(self) -> list[str]:
        self.looked += 1
        if isinstance(self.names, AudioDeviceError):
            raise self.names
        return self.names


@pytest.fixture
def told():
    told = Told()
    told.watch.start()
    while told.looked == 0:
        pass
    yield told
    told.watch.stop(5)


def test_a_microphone_that_is_plugged_in_and_one_that_is_gone_are_told(told):
    told.names = ["USB Mic"]
    change = told.changes.get(timeout=10)
    assert change == Change(["USB Mic"], ["USB Mic"], ["Built-in"])
    assert change.sentence == "“USB Mic” was plugged in. “Built-in” is gone."


def test_a_sound_system_that_does_not_answer_is_no_change(told):
    told.names = AudioDeviceError("It is frozen.")
    while told.looked < 2:
        pass
    told.names = ["Built-in", "USB Mic"]
    assert told.changes.get(timeout=10).appeared == ["USB Mic"]


def test_devices_are_listed_only_when_something_tells_that_they_differ(told):
    told.names = ["Built-in", "USB Mic"]
    told.changes.get(timeout=10)
    assert told.looked == 2


def test_the_list_comes_from_a_process_of_its_own():
    found = subprocess.run([sys.executable, "-m", "earmark.live.devices"], capture_output=True, check=True)
    here = json.loads(found.stdout)
    if "names" in here:
        assert listed() == here["names"]
    else:
        with pytest.raises(AudioDeviceError, match=here["sentence"]):
            listed()


def test_a_servers_microphones_have_the_names_that_people_read_and_monitors_come_last(pactl):
    pactl(json.dumps([MONITOR, USB]))
    assert [source.title for source in sound_server.sources()] == ["USB Mic", "Monitor of Speaker"]
    assert sound_server.source_of("USB Mic") == sound_server.ServerSource("USB Mic", "usb", False, 48_000)


def test_two_of_one_name_are_told_apart(pactl):
    pactl(json.dumps([USB, USB | {"name": "usb.2"}]))
    assert [source.title for source in sound_server.sources()] == ["USB Mic (usb)", "USB Mic (usb.2)"]


def test_a_name_in_another_coding_is_read_all_the_same(pactl):
    pactl(json.dumps([USB | {"description": "Grün"}], ensure_ascii=False).encode("latin-1"))
    assert sound_server.source_of("Grün") is not None


@pytest.mark.parametrize("answer", ["", "no JSON", "[3]", '[{"index": 1}]'])
def test_a_server_that_says_nothing_of_use_has_no_microphones(pactl, answer):
    pactl(answer, status=not answer)
    assert sound_server.sources() == []


def test_a_microphone_of_the_server_is_opened_through_it_at_its_own_rate(pactl, monkeypatch):
    opened = {}

    class Sound:
        def query_devices(self, *which):
            return [{"name": "pulse", "max_input_channels": 32, "default_samplerate": 44_100.0}]

        class InputStream:
            def __init__(self, **settings) -> None:
                opened.update(settings, source=os.environ["PULSE_SOURCE"])

            def start(self) -> None: ...
            def abort(self, ignore_errors) -> None: ...
            def close(self, ignore_errors) -> None: ...

    pactl(json.dumps([USB]))
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    microphone = Microphone("USB Mic", sound=lambda **_: Sound())
    microphone.open()
    microphone.close()
    assert (opened["source"], opened["samplerate"], microphone.name) == ("usb", 48_000, "USB Mic")
    assert "PULSE_SOURCE" not in os.environ


def test_without_a_server_nothing_is_there(monkeypatch):
    monkeypatch.setenv("PATH", str(Path("/nowhere")))
    assert sound_server.sources() == []
    assert sound_server.names() == []
