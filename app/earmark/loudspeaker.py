"""Handing samples to the device: what its own thread does, without waiting for anything."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from earmark.api import Float
from earmark.playing_clock import Clock, Given
from earmark.route import Route
from earmark.time_stretch import Piece

FADE_SECONDS = 0.01  # from one line to the next, so that nothing clicks


class Line:
    """Pieces on their way: put in by the thread that decodes, taken out by the device's.

    Attributes:
        since: where the line before was when this one began: it is joined as far on as that has come by then. None: it
            is heard from its beginning.
        at: the sample of the route that comes next.
        complete: no more pieces will come.
    """

    def __init__(self, route: Route, *, since: float | None = None) -> None:
        self.route, self.since = route, since
        self.at = 0.0
        self.complete = False
        self._pieces: deque[Piece] = deque()
        self._put = self._taken = 0  # samples

    @property
    def ahead(self) -> int:
        """Return the samples that wait."""
        return self._put - self._taken

    @property
    def is_over(self) -> bool:
        """Return whether everything was taken."""
        return self.complete and not self._pieces

    def put(self, piece: Piece) -> None:
        """Add a piece at the end."""
        if len(piece.samples):
            self._put += len(piece.samples)
            self._pieces.append(piece)

    def put_next(self, coming: Iterator[Piece]) -> None:
        """Add the next piece, or know that there is none."""
        piece = next(coming, None)
        if piece is None:
            self.complete = True
        else:
            self.put(piece)

    def take(self, most: int) -> Piece | None:
        """Return the next samples, `most` at most, or None where none wait."""
        if not self._pieces:
            return None
        piece = self._pieces.popleft()
        if len(piece.samples) > most:
            self._pieces.appendleft(Piece(piece.samples[most:], piece.first + most * piece.pace, piece.pace))
            piece = Piece(piece.samples[:most], piece.first, piece.pace)
        self._taken += len(piece.samples)
        self.at = piece.first + len(piece.samples) * piece.pace
        return piece

    def skip_to(self, sample: float) -> None:
        """Leave out what comes before a sample of the route."""
        while self._pieces and self._pieces[0].first < sample:
            piece = self._pieces[0]
            missing = int((sample - piece.first) / piece.pace) if piece.pace > 0 else len(piece.samples)
            if not missing:
                return
            self.take(min(missing, len(piece.samples)))


class Loudspeaker:
    """Fills the device's buffers from one line, and fades over to another when there is one.

    Attributes:
        gain: what samples are multiplied by; changes glide.
        silent_for: samples of silence since the end of the line.
    """

    def __init__(self, line: Line, *, rate: int, gain: float) -> None:
        self.line, self.gain = line, gain
        self.clock = Clock(rate)
        self.silent_for = 0
        self._rate, self._gain = rate, gain
        self._next: Line | None = None

    def turn_to(self, line: Line) -> None:
        """Play another line from the next buffer on."""
        self._next = line

    @property
    def newest(self) -> Line:
        """Return the line that is played, or is about to be."""
        return self._next or self.line

    def fill(self, out: Float, heard_at: float) -> None:
        """Fill `out` [samples, channels], which is heard from a time of the stream on; silence where nothing is."""
        coming, self._next = self._next, None
        before = self._faded_out(out.shape) if coming else None
        if coming:
            self._join(coming)
        filled = self._pour(out, heard_at)
        if before is not None:
            count = min(len(before), len(out))
            rising = np.linspace(0, 1, count, dtype=np.float32)[:, None]
            out[:count] = out[:count] * rising + before[:count] * (1 - rising)
        self.silent_for = self.silent_for + len(out) - filled if self.line.is_over else 0
        self._turn_up(out)
        self.clock.measure(out, heard_at)

    def _join(self, coming: Line) -> None:
        if coming.since is not None:
            coming.skip_to(self._line_at - coming.since)
        self.line = coming

    def _faded_out(self, shape: tuple[int, ...]) -> Float:
        """Take from the line that is left what is heard while it fades."""
        self._line_at = self.line.at
        fading = np.zeros((round(FADE_SECONDS * self._rate), shape[1]), np.float32)
        self._copy(fading)
        return fading

    def _pour(self, out: Float, heard_at: float) -> int:
        line, filled = self.line, 0
        for piece in self._copy(out):
            count = len(piece.samples)
            self.clock.give(Given(heard_at + filled / self._rate, count, line.route, piece.first, piece.pace))
            filled += count
        return filled

    def _copy(self, out: Float) -> list[Piece]:
        """Copy what waits into `out` and return it; one channel goes to all, two go to one."""
        taken, filled = [], 0
        while filled < len(out) and (piece := self.line.take(len(out) - filled)):
            samples = piece.samples
            if samples.shape[1] > out.shape[1]:
                samples = samples.mean(1, keepdims=True)
            out[filled : filled + len(samples)] = samples
            filled += len(samples)
            taken.append(piece)
        out[filled:] = 0
        return taken

    def _turn_up(self, out: Float) -> None:
        gain = self.gain
        if gain != self._gain:
            out *= np.linspace(self._gain, gain, len(out), dtype=np.float32)[:, None]
            self._gain = gain
        elif gain != 1:
            out *= np.float32(gain)
