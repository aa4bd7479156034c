"""The spectrogram of the recording shown: computed in another way while it is shown, kept, bounded."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from earmark.gui.colour_maps import colours_of
from earmark.gui.spectrogram_item import tiles_between
from earmark.gui.spectrogram_loader import SpectrogramLoader
from earmark.spectrogram import TILE_COLUMNS, Grid, SpectrogramSettings
from earmark.tile_cache import TileCache

SETTINGS = SpectrogramSettings(fft_size=4096, window="blackman-harris", overlap=0.75)


@pytest.fixture
def window(qtbot, make_window, recording):
    """A window in which a recording is drawn."""
    window = make_window([recording])
    qtbot.waitUntil(lambda: pixels_of(window) is not None and pixels_of(window).is_complete)
    return window


def pixels_of(window):
    return window.desk.centre.spectrogram.item.pixels


def test_other_settings_are_drawn_and_the_view_stays(qtbot, window):
    window.desk.span.show(1.0, 2.0)
    window.desk.shown.drawing.compute(SETTINGS)
    assert pixels_of(window).grid.fft_size == 1024  # until there is something to show instead
    qtbot.waitUntil(lambda: pixels_of(window).grid.settings == SETTINGS and pixels_of(window).is_complete)
    assert (window.desk.span.start, window.desk.span.end) == (1.0, 2.0)
    assert pixels_of(window).decibels_at(1.5, 1000) == -6.0  # amplitude 0.5


def test_tiles_of_the_old_settings_are_not_asked_of_the_new(qtbot, window):
    window.desk.shown.drawing.compute(SETTINGS)
    window.desk.centre.spectrogram.item.lacked.emit([(0, 900)])  # there are fewer with the new ones
    qtbot.waitUntil(lambda: pixels_of(window).grid.settings == SETTINGS and pixels_of(window).is_complete)


def test_settings_may_change_while_it_plays(qtbot, window, card):
    window.desk.player.play(0.0)
    qtbot.waitUntil(card.started.is_set)
    window.desk.shown.drawing.compute(SETTINGS)
    qtbot.waitUntil(lambda: pixels_of(window).grid.settings == SETTINGS)
    card.streams[0].pull(0.5)
    qtbot.waitUntil(lambda: window.desk.player.position > 0.2)
    assert window.desk.player.playing


def test_only_the_last_of_many_settings_is_drawn(qtbot, window):
    for size in (256, 512, 2048, 8192):
        window.desk.shown.drawing.compute(SpectrogramSettings(fft_size=size))
    qtbot.waitUntil(lambda: pixels_of(window).grid.fft_size == 8192 and pixels_of(window).is_complete)
    qtbot.waitUntil(lambda: not window.desk.shown.drawing._leaving)
    assert pixels_of(window).grid.fft_size == 8192


def test_settings_are_those_of_the_next_recording_too(qtbot, window, make_recording):
    window.desk.shown.drawing.compute(SETTINGS)
    window.desk.open([make_recording("pond.wav")])
    qtbot.waitUntil(lambda: window.desk.shown.path.name == "pond.wav" and pixels_of(window) is not None)
    assert pixels_of(window).grid.settings == SETTINGS


def test_a_channel_that_the_recording_has_not_is_drawn_mixed(qtbot, window):
    window.desk.shown.drawing.compute(SpectrogramSettings(), channel=2)
    with qtbot.waitSignal(window.desk.shown.drawing.begun) as begun:
        pass
    assert begun.args[0].channel == "mix"


def test_the_waveform_comes_with_the_spectrogram(qtbot, window):
    drawing, peaks = window.desk.shown.drawing, []
    drawing.peaks_grown.connect(lambda first, grown: peaks.append((first, grown)))
    with qtbot.waitSignal(drawing.ended):
        drawing.compute(SpectrogramSettings(), channel=1)
    assert peaks[0][0] == 0
    assert max(grown.max() for _, grown in peaks) == pytest.approx(0.5, abs=0.01)


def test_a_range_that_follows_from_the_recording_is_told(qtbot, window):
    item = window.desk.centre.spectrogram.item
    with qtbot.waitSignal(item.range_changed) as changed:
        item.show_range(-70.0, -20.0)
    assert changed.args == [-70.0, -20.0]
    with qtbot.waitSignal(item.range_changed) as changed:
        item.show_default()
    assert changed.args == [-86.0, -6.0]
    with qtbot.waitSignal(item.range_changed) as changed:
        item.show_auto()
    assert changed.args[1] < -6.0


def test_tiles_ahead_are_wanted_where_the_view_is_going(qtbot, make_window, make_recording):
    window = make_window([make_recording("long.wav", seconds=120.0)])
    qtbot.waitUntil(lambda: pixels_of(window) is not None)
    grid, wanted = pixels_of(window).grid, []
    window.desk.centre.spectrogram.item.lacked.connect(wanted.extend)
    window.desk.span.show(60.0, 61.0)
    qtbot.waitUntil(lambda: bool(wanted))
    window.desk.span.show(58.0, 59.0)
    first = tiles_between(grid, 0, 58.0, 59.0).start
    qtbot.waitUntil(lambda: (0, first - 1) in wanted)
    qtbot.waitUntil(lambda: pixels_of(window).has_tile(0, first - 1))


def test_what_is_known_in_half_the_detail_is_drawn_until_the_rest_comes(qtbot, make_window, make_recording):
    window = make_window([make_recording("long.wav", seconds=60.0)])
    qtbot.waitUntil(lambda: pixels_of(window) is not None and pixels_of(window).is_complete)
    item, pixels = window.desk.centre.spectrogram.item, pixels_of(window)
    item.lacked.disconnect()  # nothing comes
    loud = np.full((TILE_COLUMNS, pixels.grid.rows), 250, np.uint8)
    for index in tiles_between(pixels.grid, 1, 50.0, 52.0):
        pixels.add_tile(1, index, loud)
    window.desk.span.show(50.0, 51.0)
    picture = window.desk.centre.spectrogram.plot.viewport().grab().toImage()
    brightest = QColor(*map(int, colours_of("viridis")[-1]))
    assert picture.pixelColor(picture.width() - 50, picture.height() // 2) == brightest


def test_tiles_between_two_times_are_those_of_the_recording():
    grid = Grid(32_000, 10.0)
    seconds = 256 * 128 / 32_000
    assert tiles_between(grid, 0, 0.0, seconds) == range(1)
    assert tiles_between(grid, 0, seconds * 1.5, seconds * 2.5) == range(1, 3)
    assert tiles_between(grid, 0, -5.0, 1e6) == range(grid.tiles(0))
    assert len(tiles_between(grid, 0, 20.0, 30.0)) == 0


def test_a_tile_on_its_way_is_not_computed_twice(qtbot, tmp_path, recording):
    loader = SpectrogramLoader(recording, TileCache(tmp_path / "cache"))
    ready = []
    loader.tile_ready.connect(lambda level, index, _: ready.append((level, index)))
    with qtbot.waitSignal(loader.whole_ended):
        loader.start()
    loader.want([(0, 0), (0, 1)])
    qtbot.waitUntil(lambda: len(ready) == 2)
    loader.want([(0, 1), (0, 0), (0, 2)])
    qtbot.waitUntil(lambda: (0, 2) in ready)
    loader.stop()
    loader.wait()
    assert ready == [(0, 0), (0, 1), (0, 2)]


def test_a_recording_that_has_gone_is_said_once_and_ends_the_thread(qtbot, tmp_path, recording):
    loader = SpectrogramLoader(recording, TileCache(tmp_path / "cache"))
    recording.unlink()
    with qtbot.waitSignals([loader.failed, loader.finished]):
        loader.start()
