"""Tags, sliders, progress, axes, pixels: what they show."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.gui.analyser import Growing
from earmark.gui.axes import time_step
from earmark.gui.pixels import Bounded, Heights, Pixels
from earmark.gui.progress_row import ProgressRow
from earmark.gui.settings_row import SettingsRow
from earmark.gui.tags import Tags
from earmark.gui.tags_model import HERE, WHOLE
from earmark.gui.tags_model import SCORE as TAG_SCORE
from earmark.spectrogram import Grid
from earmark.times import time_text


def test_tags_show_the_whole_and_the_place_of_the_playhead(qtbot):
    tags = Tags()
    qtbot.addWidget(tags)
    tags.model.show_tags([("rain", 0.9), ("dog_bark", 0.4)])
    tags.model.show_here({"dog_bark": 0.3})
    rows = [[tags.model.index(row, column).data(TAG_SCORE) for column in (WHOLE, HERE)] for row in range(2)]
    assert rows == [[0.9, None], [0.4, 0.3]]
    assert tags.model.index(1, 0).data() == "Dog bark"


def test_only_the_highest_tags_are_shown_unless_all_are_asked_for(qtbot):
    tags = Tags()
    qtbot.addWidget(tags)
    tags.model.show_tags([(f"label {number}", 1 - number / 100) for number in range(60)])
    assert tags.model.rowCount() == 20
    tags.top.setCurrentIndex(3)
    assert tags.model.rowCount() == 60


def test_a_models_own_thresholds_are_used_until_the_slider_moves(qtbot):
    row = SettingsRow()
    qtbot.addWidget(row)
    row.offer_thresholds({"rain": 0.8})
    assert row.settings().threshold_of("rain") == 0.8
    row.threshold.slider.setValue(60)
    assert row.settings().threshold_of("rain") == 0.6
    assert not row.own.isChecked()
    row.own.setChecked(True)
    assert row.settings().threshold_of("rain") == 0.8


def test_a_number_can_be_typed_instead_of_slid(qtbot):
    row = SettingsRow()
    qtbot.addWidget(row)
    with qtbot.waitSignal(row.changed):
        row.close_gaps.number.setValue(1.5)
    assert row.settings().close_gaps == 1.5
    assert row.close_gaps.slider.value() == 50


def test_progress_says_how_long_it_still_takes(qtbot):
    moments = iter([0.0, 1.0, 30.0])
    row = ProgressRow(clock=lambda: next(moments))
    qtbot.addWidget(row)
    row.begin("Analysing a.wav")
    row.go_on("Analysing a.wav", 10, 400)
    assert row.label.whole == "Analysing a.wav 2%"  # too early to tell
    row.go_on("Analysing a.wav", 100, 400)
    assert row.label.whole == "Analysing a.wav 25% · 1:30 left"


def test_short_work_is_not_shown_at_all(qtbot):
    row = ProgressRow()
    qtbot.addWidget(row)
    row.begin("Analysing a.wav")
    row.end()
    qtbot.wait(350)
    assert not row.bar.isVisibleTo(row)


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [
        (0, 3, "0:00.000"),
        (83.4564, 3, "1:23.456"),
        (59.9996, 3, "1:00.000"),
        (3723.5, 1, "1:02:03.5"),
        (7200, 0, "2:00:00"),
    ],
)
def test_times_are_written_as_a_clock(seconds, decimals, text):
    assert time_text(seconds, decimals) == text


def test_ticks_of_time_are_in_steps_of_the_clock():
    assert [time_step(span, 960) for span in (0.1, 1, 57, 600, 7200)] == [0.01, 0.1, 10, 60, 900]


def test_scores_that_come_piece_by_piece_know_their_hop():
    growing = Growing(("rain",))
    assert growing.growth() is None
    for window in range(3):
        growing.add(window * 2.5, np.array([0.1 * window], np.float32), np.full((25, 1), window, np.float32))
    growth = growing.growth()
    assert growth is not None
    assert growth.hop == pytest.approx(0.1)
    assert growth.duration == pytest.approx(7.5)
    assert growth.highest.tolist() == pytest.approx([0.2])


def test_windows_without_frames_grow_as_steps():
    growing = Growing(("rain",))
    for window in range(4):
        growing.add(window * 5.0, np.array([0.5], np.float32), None)
    growth = growing.growth()
    assert growth is not None
    assert growth.hop == 5.0


def test_the_most_recent_are_kept_within_their_bytes():
    kept = Bounded(100)
    for number in range(5):
        kept.keep((number,), number, 30)
        kept.get((2,))
    assert sorted(kept.all_keys()) == [(2,), (3,), (4,)]


def test_a_picture_has_high_frequencies_on_top_and_the_loudest_brightest():
    pixels = Pixels(Grid(32_000, 1.0))
    level = pixels.grid.whole_level
    columns = np.zeros((pixels.grid.columns(level), pixels.grid.rows), np.uint8)
    columns[:, 128] = 200
    pixels.add_whole(0, columns)
    picture = pixels.picture(level, 0, Heights(0.0, 1.0, 512))
    assert picture is not None
    bright = [row for row in range(512) if picture.pixelColor(10, row).green() > 200]
    assert bright == [pytest.approx(512 * 0.75, abs=2)]
    assert pixels.decibel_range == (-100.0, -20.0)
