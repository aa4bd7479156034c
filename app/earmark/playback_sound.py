"""What goes to the loudspeaker: a passage of a recording, its channels, band and speed, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from earmark.api import Float
from earmark.audio_file import EACH, Channel, Recording
from earmark.band_pass import Band, band_passed
from earmark.route import Passage, Route
from earmark.time_stretch import FASTEST, SLOWEST, Piece, as_pieces, stretched

BLOCK_SECONDS = 0.1  # decoded at a time
LAP_KEPT_SECONDS = 30.0  # a loop no longer than this is decoded once


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a recording is played.

    Attributes:
        speed: 0.25 to 4 times its own, at the same pitch.
        band: the frequencies that are heard, in hertz; None is all of them.
        channel: "mix", heard in stereo where the recording is; or one channel's number, counted from 1.
    """

    speed: float = 1.0
    band: Band | None = None
    channel: Channel = "mix"

    def __post_init__(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise ValueError(f"A speed is {SLOWEST:g} to {FASTEST:g} times the recording's own.")


def pieces(recording: Recording, route: Route, manner: Manner, *, channels: int) -> Iterator[Piece]:
    """Yield a route's samples for a device of so many channels; without an end where something is repeated."""
    stereo = manner.channel == "mix" and recording.info.channels == 2 and channels == 2
    blocks = _along(recording, route, EACH if stereo else manner.channel)
    if manner.band:
        blocks = band_passed(blocks, manner.band, route.rate)
    return as_pieces(blocks) if manner.speed == 1 else stretched(blocks, route.rate, manner.speed)


def _along(recording: Recording, route: Route, channel: Channel) -> Iterator[Float]:
    """Yield [samples, channels] of a route, one repetition behind the other without a gap."""
    passage = route.passage
    if passage.loop is None:
        yield from _span(recording, route.rate, channel, passage)
        return
    begin, end = passage.loop
    yield from _exactly(route.first_lap, _span(recording, route.rate, channel, Passage(passage.start, end)))
    lap = Passage(begin, end)
    kept = []
    if route.lap <= LAP_KEPT_SECONDS * route.rate:
        kept = list(_exactly(route.lap, _span(recording, route.rate, channel, lap)))
    while True:
        yield from kept or _exactly(route.lap, _span(recording, route.rate, channel, lap))


def _span(recording: Recording, rate: int, channel: Channel, passage: Passage) -> Iterator[Float]:
    span = {"sample_rate": rate, "channel": channel, "start": passage.start, "end": passage.end}
    for block in recording.blocks(seconds=BLOCK_SECONDS, **span):
        yield block if block.ndim == 2 else block[:, None]


def _exactly(count: int, blocks: Iterator[Float]) -> Iterator[Float]:
    """Yield so many samples, with silence for what is not there."""
    channels = 1
    for block in blocks:
        channels = block.shape[1]
        yield block[:count]
        count -= min(len(block), count)
        if not count:
            return
    yield np.zeros((count, channels), np.float32)
