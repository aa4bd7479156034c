"""Where live sound comes from: a microphone, or a file in its place for rehearsal."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from earmark import audio_file
from earmark.api import AudioDeviceError, Float
from earmark.live import sound_server
from earmark.sound import system_sound

BLOCK_SECONDS = 0.02
LATENCY = 0.04  # seconds; 0.1 would deliver 25 times a second only
SILENT_SECONDS = 3.0  # without a block: the sound server is frozen
NO_MICROPHONE_HINT = "Connect one; recordings can be opened without."


@dataclass(frozen=True)
class Block:
    """Samples [frames, channels] as they came; `overflowed`: some before them were lost."""

    samples: Float
    overflowed: bool = False


class Source(Protocol):
    """Gives blocks as time goes by.

    `open` may be called again after `read` has failed. Both raise AudioDeviceError with the sentence for the person.
    """

    name: str
    sample_rate: int
    channels: int

    def open(self) -> None: ...
    def read(self) -> Block | None: ...  # None: there will be no more
    def close(self) -> None: ...
    def lose(self) -> None: ...  # it was unplugged, though sound may go on: a server puts another in its place


class Microphone:
    """A device that records, at its own rate unless another is asked for.

    Args:
        device: its name; empty is the one that the system has chosen.
        sample_rate, channels: as wanted; 0 is the device's own rate, and one channel.
        sound: how to get at sounddevice.
    """

    def __init__(
        self,
        device: str = "",
        *,
        sample_rate: int = 0,
        channels: int = 1,
        sound: Callable[..., Any] = system_sound,
    ) -> None:
        self.name = device
        self.sample_rate, self.channels = sample_rate, channels
        self._wanted, self._find_sound = device, sound
        self._failed = False
        self._stream: Any = None
        self._blocks: queue.SimpleQueue[Block | None] = queue.SimpleQueue()

    def open(self) -> None:
        """Begin to record.

        Raises:
            AudioDeviceError: there is no such device, it is taken, or it refuses the rate.
        """
        sound = self._find_sound(look_again=self._failed)
        self._failed = True  # until it runs
        served = sound_server.source_of(self._wanted) if self._wanted else None
        number, facts = _server(sound) if served else _inlet(sound, self._wanted)
        self.name = served.title if served else facts["name"]
        own_rate = served.sample_rate if served else 0
        self.sample_rate = self.sample_rate or own_rate or int(facts["default_samplerate"])
        self.channels = min(self.channels, facts["max_input_channels"])
        self._blocks = queue.SimpleQueue()
        with sound_server.chosen(served) if served else nullcontext():
            self._stream = self._started(sound, number)
        self._failed = False

    def read(self) -> Block | None:
        """Return the next block.

        Raises:
            AudioDeviceError: the device has gone, or does not answer.
        """
        try:
            block = self._blocks.get(timeout=SILENT_SECONDS)
        except queue.Empty:
            self._failed = True
            hint = "Restart the sound server, or choose another device."
            raise AudioDeviceError(f"The microphone “{self.name}” does not answer.", hint=hint) from None
        if block is None:
            self._failed = True
            raise AudioDeviceError(f"The microphone “{self.name}” went away.", hint="Connect it again.")
        return block

    def close(self) -> None:
        """Let the device go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)

    def lose(self) -> None:
        """Let `read` say that the device went away."""
        self._blocks.put(None)

    def _started(self, sound: Any, number: int | None) -> Any:
        blocks = self._blocks  # a callback that comes late must not reach the next stream's
        try:
            stream = sound.InputStream(
                device=number,
                samplerate=self.sample_rate,
                channels=self.channels,
                dtype="float32",
                blocksize=round(BLOCK_SECONDS * self.sample_rate),
                latency=LATENCY,
                callback=lambda samples, frames, times, status: blocks.put(
                    Block(samples.copy(), bool(status.input_overflow))
                ),
                finished_callback=lambda: blocks.put(None),
            )
            stream.start()
        except Exception as error:  # PortAudioError and ValueError, by host
            sentence = f"The microphone “{self.name}” cannot be opened at {self.sample_rate:,} Hz: {error}."
            raise AudioDeviceError(sentence, hint="Is another program using it? Try another rate.") from error
        return stream


def microphones(sound: Callable[..., Any] = system_sound) -> list[str]:
    """Return the names of what can be listened to, each once: the sound server's, then PortAudio's as they are ordered.

    Raises:
        AudioDeviceError: there is no sound system.
    """
    found = sound(look_again=True).query_devices()
    served = [source.title for source in sound_server.sources()]
    return list(dict.fromkeys([*served, *(device["name"] for device in found if device["max_input_channels"] > 0)]))


def _inlet(sound: Any, name: str) -> tuple[int | None, Any]:
    """Return the number of a device that records, None for the system's choice, and what is known of it."""
    try:
        if not name:
            return None, sound.query_devices(None, "input")
        devices = list(enumerate(sound.query_devices()))
    except Exception as error:  # PortAudioError and ValueError, by host
        raise AudioDeviceError("No microphone was found.", hint=NO_MICROPHONE_HINT) from error
    for number, device in devices:
        if device["max_input_channels"] > 0 and name.casefold() in device["name"].casefold():
            return number, device
    raise AudioDeviceError(f"There is no microphone “{name}”.", hint="See: earmark listen --devices")


def _server(sound: Any) -> tuple[int, Any]:
    """Return the number by which PortAudio has the sound server, and what is known of it."""
    for wanted in sound_server.DEVICES:
        for number, device in enumerate(sound.query_devices()):
            if device["max_input_channels"] > 0 and device["name"] == wanted:
                return number, device
    hint = "Install libasound2-plugins."
    raise AudioDeviceError("The sound server's microphones cannot be reached through ALSA.", hint=hint)


class FileSource:
    """A recording that is heard as if it came in now.

    Args:
        wait: lets seconds pass; a test need not.
    """

    channels = 1

    def __init__(self, path: Path, *, wait: Callable[[float], None] = time.sleep) -> None:
        self.path, self.name = path, audio_file.shown(path)
        self.sample_rate = 0
        self._wait, self._clock = wait, time.monotonic
        self._pieces: Iterator[Float] = iter(())
        self._begun, self._given = 0.0, 0

    def open(self) -> None:
        """Begin at its beginning.

        Raises:
            AudioFileError: it cannot be read.
        """
        self.sample_rate = audio_file.probe(self.path).sample_rate
        self._pieces = audio_file.blocks(self.path, seconds=BLOCK_SECONDS)
        self._begun, self._given = self._clock(), 0

    def read(self) -> Block | None:
        """Return the next block once its time has come; None at the end."""
        piece = next(self._pieces, None)
        if piece is None:
            return None
        self._given += len(piece)
        self._wait(max(0.0, self._begun + self._given / self.sample_rate - self._clock()))
        return Block(np.ascontiguousarray(piece[:, None]))

    def close(self) -> None:
        """Leave the recording."""
        self._pieces = iter(())

    def lose(self) -> None:
        """Nothing: nobody unplugs a file."""
