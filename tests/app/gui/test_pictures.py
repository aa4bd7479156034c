"""Pictures are the same whatever the theme, on white, at twice the resolution, and leave the window as it was."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtSvg import QSvgRenderer

from earmark.gui.picture_page import levels_between
from earmark.gui.selection import Stretch


def picture(window):
    return window.exchanging.pictures.picture()


@pytest.fixture
def drawn(analysed, qtbot):
    """A window whose spectrogram is all there."""
    pixels = lambda: analysed.desk.centre.spectrogram.item.pixels  # noqa: E731
    qtbot.waitUntil(lambda: pixels() is not None and not pixels().is_empty)
    return analysed


def test_a_picture_is_on_white_at_twice_the_resolution(drawn):
    image, plot = picture(drawn), drawn.desk.centre.spectrogram.plot
    assert image.devicePixelRatio() == 2
    assert image.width() > 2 * plot.width()
    assert image.pixelColor(2, 2) == QColor("white")


def test_a_picture_is_the_same_in_either_theme(drawn):
    dark = picture(drawn)
    drawn.desk.appearance.choose("light")
    assert picture(drawn) == dark


def test_the_playhead_and_what_is_selected_are_not_in_it(drawn):
    before = picture(drawn)
    drawn.desk.player.seek(1.5)
    drawn.desk.selection.select(Stretch(start=1.0, end=2.0, low=500.0, high=5000.0))
    drawn.desk.findings.select([0])
    assert picture(drawn) == before


def test_the_window_looks_as_before(drawn, qtbot):
    shown = drawn.desk.centre.spectrogram.grab().toImage()
    picture(drawn)
    assert drawn.desk.centre.spectrogram.grab().toImage() == shown


def test_only_labels_in_view_have_lanes_in_it(drawn):
    both = picture(drawn).height()
    drawn.desk.span.show(0.5, 2.2)  # speech only
    assert picture(drawn).height() < both


def test_a_picture_is_put_on_the_clipboard(drawn, qtbot):
    drawn.do["copy_picture"].trigger()
    qtbot.waitUntil(lambda: any("on the clipboard" in notice.text for notice in drawn.desk.notices.shown))
    assert QGuiApplication.clipboard().image().width() == picture(drawn).width()


def test_a_picture_is_written_as_pixels_or_vectors(drawn, tmp_path):
    assert drawn.exchanging.pictures.write(tmp_path / "a.png")
    assert drawn.exchanging.pictures.write(tmp_path / "a.svg")
    assert QSvgRenderer(str(tmp_path / "a.svg")).isValid()
    assert "Speech" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_written_says_so(drawn, tmp_path):
    assert not drawn.exchanging.pictures.write(tmp_path / "nowhere" / "a.png")
    assert not drawn.exchanging.pictures.write(tmp_path / "nowhere" / "a.svg")


def test_levels_are_named_in_round_steps_that_have_room():
    assert levels_between(-90.0, -10.0, room=400) == [-90, -80, -70, -60, -50, -40, -30, -20, -10]
    assert levels_between(-90.0, -10.0, room=150) == [-80, -60, -40, -20]
