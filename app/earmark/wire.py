"""Messages between two processes on a socket: a JSON header and raw float32, never pickle.

    4 bytes: length of the header | the header, JSON in UTF-8 | for each array: 4 bytes, its length | its bytes

Lengths are unsigned and little-endian, as are the numbers. The header's `shapes` names the shape of each array.
"""

from __future__ import annotations

import contextlib
import json
import math
import selectors
import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.api import Float

_LENGTH = struct.Struct("<I")
_PIECE = 1 << 18
LONGEST_HEADER = 1 << 26


@dataclass(frozen=True)
class Message:
    """What crosses: a JSON object, and arrays of float32."""

    header: Mapping[str, Any]
    arrays: tuple[Float, ...] = ()


class Closed(Exception):  # noqa: N818 - it ends a conversation, and often that is what was wanted
    """The other side is gone."""


class Connection:
    """One end of a socket pair. Many threads may send, one receives."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._sending = threading.Lock()
        self._received = bytearray()
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(end, selectors.EVENT_READ)

    def send(self, header: Mapping[str, Any], *arrays: Float) -> None:
        """Send one message.

        Raises:
            Closed: nobody reads it.
        """
        parts = [np.ascontiguousarray(array, "<f4") for array in arrays]
        text = json.dumps({**header, "shapes": [part.shape for part in parts]}, allow_nan=False).encode()
        pieces = [_LENGTH.pack(len(text)), text]
        for part in parts:
            pieces += [_LENGTH.pack(part.nbytes), part.tobytes()]
        try:
            with self._sending:
                self._socket.sendall(b"".join(pieces))
        except OSError as error:
            raise Closed from error

    def receive(self, seconds: float | None = None) -> Message | None:
        """Return the next message, or None if it has not come whole within `seconds`.

        Raises:
            Closed: the other side is gone, or speaks another language.
        """
        until = math.inf if seconds is None else time.monotonic() + seconds
        while (message := self._parse()) is None:
            left = until - time.monotonic()
            if not self._waiting.select(None if left == math.inf else max(0.0, left)):
                return None
            self._received += self._read()
        return message

    def close(self) -> None:
        """Close this end; the other side is told."""
        self._waiting.close()
        with contextlib.suppress(OSError):  # the other side was first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self) -> bytes:
        try:
            piece = self._socket.recv(_PIECE)
        except OSError as error:
            raise Closed from error
        if not piece:
            raise Closed
        return piece

    def _parse(self) -> Message | None:
        """Return the first message of what was received, and forget its bytes; None while it is not whole."""
        part = self._part(0)
        if part is None:
            return None
        try:
            header = json.loads(part)
            shapes = [tuple(shape) for shape in header["shapes"]]
        except (ValueError, KeyError, TypeError) as error:
            raise Closed from error
        at, arrays = _LENGTH.size + len(part), []
        for shape in shapes:
            part = self._part(at)
            if part is None:
                return None
            arrays.append(np.frombuffer(part, "<f4").reshape(shape).astype(np.float32))  # a copy that may be written
            at += _LENGTH.size + len(part)
        del self._received[:at]
        return Message(header, tuple(arrays))

    def _part(self, at: int) -> bytes | None:
        """Return the length-prefixed bytes at `at`, or None while they are not all there."""
        start = at + _LENGTH.size
        if len(self._received) < start:
            return None
        (length,) = _LENGTH.unpack_from(self._received, at)
        if at == 0 and length > LONGEST_HEADER:
            raise Closed
        if len(self._received) < start + length:
            return None
        return bytes(memoryview(self._received)[start : start + length])
