"""What was used last, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any


class Bounded:
    """The most recently used arrays or pictures, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple, tuple[object, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple) -> Any:
        """Return what is kept, or None."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def keep(self, key: tuple, value: object, size: int) -> None:
        """Keep a value, and let go of the oldest."""
        self.drop(key)
        self._kept[key] = (value, size)
        self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1][1]

    def all_keys(self) -> list[tuple]:
        """Return the keys of what is kept."""
        return list(self._kept)

    def drop(self, key: tuple) -> None:
        """Let go of a value."""
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._bytes = 0
