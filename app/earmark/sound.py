"""The sound system: the only module that imports sounddevice, and only when sound is wanted.

Where PortAudio is missing, everything that needs no sound device works.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from earmark.api import AudioDeviceError

NO_DEVICE_HINT = "Connect headphones or a loudspeaker; everything but playing works without."


class Sound(Protocol):
    """What is used of the sounddevice module."""

    def query_devices(self, device: None, kind: str) -> Any: ...
    def check_output_settings(self, *, samplerate: float, channels: int) -> None: ...

    OutputStream: Callable[..., Any]


def system_sound(*, look_again: bool = False) -> Sound:
    """Return sounddevice.

    Args:
        look_again: list the devices anew; PortAudio does so only when it is started.

    Raises:
        AudioDeviceError: PortAudio is not installed.
    """
    try:
        import sounddevice
    except OSError as error:
        raise AudioDeviceError(
            "No sound system was found.", hint="Install PortAudio: apt install libportaudio2"
        ) from error
    if look_again:
        sounddevice._terminate()
        sounddevice._initialize()
    return sounddevice


@dataclass(frozen=True)
class Outlet:
    """The device that plays: its sample rate in Hz and its channels."""

    sample_rate: int
    channels: int


def outlet(sound: Sound, wanted_rate: int) -> Outlet:
    """Return how the default device can play a recording of `wanted_rate`: at that rate, or else at its own.

    Raises:
        AudioDeviceError: there is no device.
    """
    try:
        device = sound.query_devices(None, "output")
    except Exception as error:  # PortAudioError and ValueError, by host
        raise AudioDeviceError("No sound device was found.", hint=NO_DEVICE_HINT) from error
    channels = min(2, device["max_output_channels"])
    try:
        sound.check_output_settings(samplerate=wanted_rate, channels=channels)
    except Exception:  # the device refuses that rate: it is resampled
        return Outlet(int(device["default_samplerate"]), channels)
    return Outlet(wanted_rate, channels)


def let_the_process_end() -> None:
    """Keep PortAudio from waiting, at exit, for a sound server that is frozen."""
    sounddevice = sys.modules.get("sounddevice")  # never import here: another thread may hang in that very import
    if handler := getattr(sounddevice, "_exit_handler", None):
        atexit.unregister(handler)
