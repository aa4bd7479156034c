"""The view follows the playhead."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from earmark.gui.following import Following
from earmark.gui.time_span import TimeSpan


class Moving(QObject):
    """A player of which only the playhead is real."""

    moved = Signal(float)
    playing_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.playing, self.position = False, 0.0

    def play(self) -> None:
        self.playing = True
        self.playing_changed.emit(True)

    def move(self, seconds: float) -> None:
        self.position = seconds
        self.moved.emit(seconds)


@pytest.fixture
def span(qapp) -> TimeSpan:
    span = TimeSpan()
    span.cover(100.0)
    span.show(0, 10)
    return span


@pytest.fixture
def player() -> Moving:
    return Moving()


@pytest.fixture
def following(span, player, monkeypatch) -> Following:
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.NoButton)
    return Following(span, player)


def test_pages_are_turned(following, span, player):
    player.play()
    player.move(9.9)
    assert span.start == 0
    player.move(10.1)
    assert span.start == pytest.approx(9.6)


def test_in_the_middle_the_view_moves_and_not_the_playhead(following, span, player):
    following.choose("centre")
    player.play()
    player.move(4.0)
    assert span.start == 0  # it runs to the middle first: nothing jumps
    for tick in range(50, 80):
        player.move(tick / 10)
        assert (span.start + span.end) / 2 == pytest.approx(tick / 10, abs=0.11)


def test_off_lets_the_view_be(following, span, player):
    following.choose("off")
    player.play()
    player.move(50)
    assert span.start == 0


def test_a_playhead_that_is_moved_on_purpose_is_brought_into_view(following, span, player):
    following.choose("off")
    player.move(50)
    assert span.start <= 50 <= span.end


def test_who_scrolls_away_is_left_alone(following, span, player):
    player.play()
    player.move(5)
    span.show(40, 50)
    player.move(6)
    assert span.start == 40


@pytest.mark.parametrize("playing", [True, False])
def test_nothing_moves_under_a_pressed_button(following, span, player, monkeypatch, playing):
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    player.playing = playing
    player.move(50)
    assert span.start == 0


@pytest.mark.parametrize("choice", ["page", "centre"])
def test_it_goes_on_once_the_playhead_is_in_view_again(following, span, player, choice):
    following.choose(choice)
    player.play()
    player.move(5)
    span.show(40, 50)
    for tick in range(60, 600, 2):
        player.move(tick / 10)
        if 40 <= tick / 10 <= 45:
            assert span.start == 40
    assert span.start <= player.position <= span.end


def test_playing_anew_follows_again(following, span, player):
    player.play()
    player.move(5)
    span.show(40, 50)
    player.play()
    player.move(5.1)
    assert span.start <= 5.1 <= span.end


def test_in_the_middle_a_view_that_is_moved_stays_until_the_playhead_leaves_it(following, span, player):
    following.choose("centre")
    player.play()
    player.move(20)
    span.show(11, 21)
    player.move(20.5)
    assert span.start == 11
    player.move(21.1)
    assert span.start == pytest.approx(16.1)
