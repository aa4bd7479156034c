"""Errors as lines."""

from __future__ import annotations

import pytest

from earmark.api import AudioFileError
from earmark.gui.notices import Notices


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices(qtbot, clock) -> Notices:
    notices = Notices(clock=clock)
    qtbot.addWidget(notices)
    return notices


def test_an_error_is_a_line_with_its_hint(notices):
    notices.report(AudioFileError("It is empty.", hint="Take another."))
    assert [notice.text for notice in notices.shown] == ["⚠ It is empty. Take another."]
    assert notices.shown[0].accessibleName() == "⚠ It is empty. Take another."


def test_equal_notices_within_ten_seconds_become_one_with_a_count(notices, clock):
    for _ in range(3):
        notices.say("It is empty.")
        clock.now += 9
    assert [notice.text for notice in notices.shown] == ["⚠ It is empty. (3 times)"]
    clock.now += 11
    notices.say("It is empty.")
    assert len(notices.shown) == 2


def test_a_notice_can_be_closed(notices):
    notices.say("It is empty.")
    notices.shown[0].close_button.click()
    assert notices.shown == []
    assert not notices.isVisibleTo(notices.parentWidget())


def test_details_are_shown_on_demand(notices):
    notices.say("A bug.", details="Traceback")
    [notice] = notices.shown
    assert notice.details.isHidden()
    notice.details_button.click()
    assert not notice.details.isHidden()
    assert notice.details.toPlainText() == "Traceback"


def test_there_are_never_more_than_three(notices):
    for number in range(5):
        notices.say(f"Error {number}.")
    assert [notice.sentence for notice in notices.shown] == ["Error 2.", "Error 3.", "Error 4."]


def test_good_news_go_by_themselves(notices, qtbot, monkeypatch):
    monkeypatch.setattr("earmark.gui.notices.NEWS_MS", 20)
    notices.tell("Written.")
    assert notices.shown[0].text == "✓ Written."
    qtbot.waitUntil(lambda: notices.shown == [])
