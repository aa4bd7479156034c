"""The sound system: the only module that imports sounddevice, and only when sound is wanted.

Where PortAudio is missing, everything that needs no sound device works.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from earmark.api import AudioDeviceError

NO_DEVICE_HINT = "Connect headphones or a loudspeaker; everything but playing works without."


class Sound(Protocol):
    """What is used of the sounddevice module."""

    def query_devices(self, device: int | None = None, kind: str | None = None) -> Any: ...
    def check_output_settings(self, *, device: int | None, samplerate: float, channels: int) -> None: ...

    OutputStream: Callable[..., Any]

    @property
    def CallbackStop(self) -> type[Exception]: ...  # noqa: N802 - sounddevice's name


def system_sound(*, look_again: bool = False) -> Sound:
    """Return sounddevice.

    Args:
        look_again: list the devices anew. PortAudio does so only when it is started, which ends every stream: it is
            left alone while one is open.

    Raises:
        AudioDeviceError: PortAudio is not installed.
    """
    try:
        import sounddevice
    except OSError as error:
        raise AudioDeviceError(
            "No sound system was found.", hint="Install PortAudio: apt install libportaudio2"
        ) from error
    _read_any_name(sounddevice)
    if look_again and not _is_any_open(sounddevice):
        sounddevice._terminate()
        sounddevice._initialize()
    return sounddevice


def _is_any_open(sounddevice: Any) -> bool:
    """Return whether anything plays or records in this process; sounddevice itself keeps no list of its streams."""
    streams = (each for each in gc.get_objects() if issubclass(type(each), sounddevice._StreamBase))
    return any(not getattr(stream, "closed", True) for stream in streams)  # one that is being made has no answer yet


def in_utf8(name: bytes) -> bytes:
    """Return a device's name in UTF-8; one in another coding is read as Latin-1, in which every byte is a letter."""
    try:
        name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1").encode()
    return name


def _read_any_name(sounddevice: Any) -> None:
    """Let devices have names in any coding; one that is not UTF-8 would hide all of them."""
    reading = getattr(sounddevice, "_ffi_string", None)
    knows_the_coding = sys.platform == "win32"
    if reading and not knows_the_coding and not hasattr(reading, "reads_any_name"):

        def read(text: Any) -> bytes:
            return in_utf8(reading(text))

        read.reads_any_name = True  # type: ignore[attr-defined]
        sounddevice._ffi_string = read


@dataclass(frozen=True)
class Outlet:
    """The device that plays: its sample rate in Hz, its channels, and its number; None is the system's choice."""

    sample_rate: int
    channels: int
    device: int | None = None


def device_names(sound: Sound) -> list[str]:
    """Return the names of the devices that can play, each once, as the system orders them."""
    return list(dict.fromkeys(device["name"] for device in sound.query_devices() if _plays(device)))


def outlet(sound: Sound, wanted_rate: int, *, device: str = "") -> Outlet:
    """Return how a device can play a recording of `wanted_rate`: at that rate, or else at its own.

    Args:
        device: its name; empty is the one that the system has chosen.

    Raises:
        AudioDeviceError: there is no device, or none of that name.
    """
    number = _number(sound, device) if device else None
    try:
        found = sound.query_devices(number, "output")
    except Exception as error:  # PortAudioError and ValueError, by host
        raise AudioDeviceError("No sound device was found.", hint=NO_DEVICE_HINT) from error
    channels = min(2, found["max_output_channels"])
    try:
        sound.check_output_settings(device=number, samplerate=wanted_rate, channels=channels)
    except Exception:  # the device refuses that rate: it is resampled
        return Outlet(int(found["default_samplerate"]), channels, number)
    return Outlet(wanted_rate, channels, number)


def _number(sound: Sound, name: str) -> int:
    for number, device in enumerate(sound.query_devices()):
        if device["name"] == name and _plays(device):
            return number
    raise AudioDeviceError(
        f"The sound device “{name}” is not there.",
        hint="Connect it, or choose another one under Play ▸ Output device.",
    )


def _plays(device: Any) -> bool:
    return device["max_output_channels"] > 0


def let_the_process_end() -> None:
    """Keep PortAudio from waiting, at exit, for a sound server that is frozen."""
    sounddevice = sys.modules.get("sounddevice")  # never import here: another thread may hang in that very import
    if handler := getattr(sounddevice, "_exit_handler", None):
        atexit.unregister(handler)
