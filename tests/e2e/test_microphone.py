"""Speaking into a real (virtual) microphone: what is recorded is what was said, and what is told is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from .conftest import needed

HERE = Path(__file__).parent
pytestmark = [pytest.mark.e2e, pytest.mark.sound]


def spoken(folder: Path, seconds: float, *signal: str) -> dict:
    needed("pulseaudio", "pactl", "pacat", "paplay")
    command = [HERE / "virtual-sound.sh", sys.executable, HERE / "speak_into_microphone.py", folder, str(seconds)]
    done = subprocess.run([*command, *signal], capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(200)
def test_a_minute_is_recorded_without_losing_a_sample_and_told_with_its_times(home, tmp_path):
    found = spoken(tmp_path, 60)
    assert found["rate"] == 48_000
    assert found["alike"] > 0.9999
    assert set(found["away"]) == {0}  # every second burst is where the first one says
    events = [line for line in found["lines"] if line["kind"] == "event" and line["label"] == "tone"]
    onsets = np.array([event["onset"] for event in events])
    assert len(events) == 30
    assert np.abs(onsets - found["place"] - 2 * np.arange(30)).max() < 0.1
    assert all(earlier["offset"] <= later["onset"] for earlier, later in pairwise(events))
    assert {line["file"] for line in found["lines"] if line["kind"] == "recording"} == {str(tmp_path / "heard.wav")}


def test_a_sound_server_that_freezes_in_mid_recording_is_said_and_listening_goes_on(home, tmp_path):
    found = spoken(tmp_path, 8, "STOP")
    assert "does not answer" in found["messages"]
    assert "There is sound again" in found["messages"]
    assert found["seconds"] > 11


def test_a_sound_server_that_dies_leaves_a_whole_recording(home, tmp_path):
    found = spoken(tmp_path, 6, "KILL")
    assert "went away" in found["messages"]
    assert found["seconds"] > 2


def plug(environment: dict[str, str]) -> str:
    """Plug a microphone called “USB_Mic” in; return what unplugs it."""
    where = ("master=usbfeed.monitor", "source_name=usb", "source_properties=device.description=USB_Mic")
    command = ["pactl", "load-module", "module-remap-source", *where]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def unplug(environment: dict[str, str], module: str) -> None:
    subprocess.run(["pactl", "unload-module", module], env=environment, check=True)


@pytest.fixture
def usb(person_with_sound) -> dict[str, str]:
    """The environment of a sound server into which a microphone can be plugged; `paplay --device=usbfeed` speaks."""
    command = ["pactl", "load-module", "module-null-sink", "sink_name=usbfeed", "rate=48000", "channels=1"]
    subprocess.run(command, env=person_with_sound.environment, stdout=subprocess.DEVNULL, check=True)
    return person_with_sound.environment


def listening(environment: dict[str, str], home: Path, *wishes: str | Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "earmark", "listen", "--model", "loud/tone", *map(str, wishes)]
    environment = environment | {"EARMARK_HOME": str(home), "PYTHONPATH": os.environ["PYTHONPATH"]}
    listener = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert listener.stderr
    assert "Listening to" in listener.stderr.readline()
    return listener


def test_a_microphone_that_comes_and_goes_is_said_and_what_is_recorded_goes_on(usb, home, tmp_path):
    listener = listening(usb, home, "--seconds", "13", "--out", tmp_path / "heard.wav")
    time.sleep(3)
    module = plug(usb)
    time.sleep(4)
    unplug(usb, module)
    _, messages = listener.communicate(timeout=60)
    assert "“USB_Mic” was plugged in." in messages
    assert "“USB_Mic” is gone." in messages
    assert "went away" not in messages
    assert soundfile.info(tmp_path / "heard.wav").duration > 12.5


def test_a_microphone_is_chosen_by_its_name_and_taken_up_again_when_it_was_away(usb, home, tmp_path, tones):
    module = plug(usb)
    listener = listening(usb, home, "--device", "USB_Mic", "--seconds", "16", "--out", tmp_path / "heard.wav")
    time.sleep(2)
    unplug(usb, module)
    time.sleep(4)
    plug(usb)
    time.sleep(3)
    subprocess.run(["paplay", "--device=usbfeed", tones], env=usb, check=True, timeout=30)
    _, messages = listener.communicate(timeout=60)
    assert "There is sound again." in messages
    heard, rate = soundfile.read(tmp_path / "heard.wav")
    assert rate == 48_000
    assert np.abs(heard).max() == pytest.approx(0.9, abs=0.05)
