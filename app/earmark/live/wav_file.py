"""A WAV that can be read at any moment while it is written: its header is true each time it is flushed.

The header keeps room for 64-bit sizes and becomes RF64 beyond 4 GB (EBU Tech 3306); a `bext` chunk carries when it was
begun (EBU Tech 3285).
"""

from __future__ import annotations

import os
import struct
from datetime import datetime
from pathlib import Path

import numpy as np

from earmark.api import Float

PCM, IEEE_FLOAT = 1, 3
BYTES = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}
LARGEST = 0xFFFF_FFFF
DS64_BYTES, BEXT_BYTES = 28, 602


class WavFile:
    """Written to the end, flushed as often as one likes.

    Args:
        subtype: "PCM_16", "PCM_24" or "FLOAT".
        begun: when the first sample was heard, local time.
        largest: bytes from which on it is RF64.

    Raises:
        OSError: the file cannot be written; it exists already.
    """

    def __init__(
        self,
        path: Path,
        sample_rate: int,
        channels: int,
        *,
        subtype: str = "PCM_24",
        begun: datetime | None = None,
        largest: int = LARGEST,
    ) -> None:
        self.path, self.sample_rate, self.channels = path, sample_rate, channels
        self.subtype, self.begun, self.frames = subtype, begun or datetime.now(), 0
        self._largest = largest
        self._file = path.open("xb")
        self._file.write(self._header())

    def write(self, samples: Float) -> None:
        """Add samples [frames, channels] in -1..1."""
        self._file.write(encoded(samples, self.subtype))
        self.frames += len(samples)

    def skip(self, frames: int) -> None:
        """Leave room for silence, without writing it: a hole in the file where the disk knows such."""
        self._file.seek(frames * self.channels * BYTES[self.subtype], os.SEEK_CUR)
        self.frames += frames

    def flush(self) -> None:
        """Make the file on disk whole up to here."""
        self._file.flush()  # samples first: a header must never promise what is not there
        os.pwrite(self._file.fileno(), self._header(), 0)

    def close(self) -> None:
        """End the file."""
        if self._file.closed:
            return
        if self._data_bytes % 2:
            self._file.write(b"\0")
        self.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    @property
    def _data_bytes(self) -> int:
        return self.frames * self.channels * BYTES[self.subtype]

    def _header(self) -> bytes:
        data = self._data_bytes
        rest = self._bext() + self._format()
        whole = 4 + 8 + DS64_BYTES + len(rest) + 8 + data + data % 2
        if whole <= self._largest:
            head = b"RIFF" + struct.pack("<I", whole) + b"WAVE" + b"JUNK" + struct.pack("<I", DS64_BYTES)
            return head + bytes(DS64_BYTES) + rest + b"data" + struct.pack("<I", data)
        sizes = struct.pack("<QQQI", whole, data, self.frames, 0)
        head = b"RF64" + struct.pack("<I", LARGEST) + b"WAVE" + b"ds64" + struct.pack("<I", DS64_BYTES)
        return head + sizes + rest + b"data" + struct.pack("<I", LARGEST)

    def _format(self) -> bytes:
        width = BYTES[self.subtype]
        kind = IEEE_FLOAT if self.subtype == "FLOAT" else PCM
        block = self.channels * width
        facts = struct.pack(
            "<HHIIHH", kind, self.channels, self.sample_rate, self.sample_rate * block, block, 8 * width
        )
        return b"fmt " + struct.pack("<I", len(facts)) + facts

    def _bext(self) -> bytes:
        """Return description [256], originator [32], its reference [32], date [10], time [8], then zeros."""
        names = b"Recorded by Earmark".ljust(256, b"\0") + b"Earmark".ljust(32, b"\0") + bytes(32)
        when = f"{self.begun:%Y-%m-%d%H:%M:%S}".encode()
        return b"bext" + struct.pack("<I", BEXT_BYTES) + (names + when).ljust(BEXT_BYTES, b"\0")


def encoded(samples: Float, subtype: str) -> bytes:
    """Return samples as the file holds them, little-endian; what is louder than full scale is clipped."""
    if subtype == "FLOAT":
        return np.ascontiguousarray(samples, "<f4").tobytes()
    bits = 8 * BYTES[subtype]
    scaled = np.rint(np.asarray(samples, np.float64) * 2 ** (bits - 1))
    whole = np.clip(scaled, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).astype("<i4")
    if subtype == "PCM_16":
        return whole.astype("<i2").tobytes()
    return whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()  # the three low bytes of each
