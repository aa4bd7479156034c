"""Walking through unreviewed events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from earmark import judging
from earmark.audio_file import probe
from earmark.events import Event, EventSettings
from earmark.gui.findings import Findings
from earmark.gui.review import Review, next_step
from earmark.gui.review_bar import ReviewBar
from earmark.journal import Memory
from earmark.judging import JudgedEvent

FOUND = (Event("dog", 0.0, 1.0, 0.95), Event("dog", 2.0, 3.0, 0.4), Event("rain", 4.0, 5.0, 0.6))


@pytest.fixture
def findings(qtbot, qapp, recording):
    """The events of a recording without an analysis."""
    findings = Findings(Memory())
    findings.settings = EventSettings(threshold=0.35)
    findings.open(recording, probe(recording))
    findings._found = FOUND
    findings._merge()
    yield findings
    findings.close()


@pytest.fixture
def review(findings) -> Review:
    return Review(findings)


def asked(review: Review) -> float | None:
    """Return when the event that is asked about begins."""
    number = review.number
    return None if number is None else review._findings.events[number].onset


def accept(review: Review) -> None:
    findings = review._findings
    findings.apply(judging.accept([findings.events[review.number]], "someone"))


@pytest.mark.parametrize(
    ("order", "onsets"), [("time", [0.0, 2.0, 4.0]), ("uncertain", [2.0, 4.0, 0.0]), ("spread", [2.0, 0.0, 4.0])]
)
def test_events_come_in_the_order_that_was_asked_for(review, order, onsets):
    review.begin(order, range(3))
    met = []
    while review.is_running:
        met.append(asked(review))
        review.skip()
    assert met == onsets


def test_only_what_is_listed_is_walked_through(review):
    review.begin("spread", [2])
    assert asked(review) == 4.0
    assert review.counts() == (0, 1)


def test_an_answer_goes_on_and_what_is_left_is_counted(review):
    review.begin("time", range(3))
    assert review.counts() == (0, 3)
    accept(review)
    assert asked(review) == 2.0
    assert review.counts() == (1, 3)


def test_back_takes_the_last_answer_back(review):
    review.begin("time", range(3))
    accept(review)
    review.back()
    assert asked(review) == 0.0
    assert review.counts() == (0, 3)
    assert review._findings.events[0].status == "unreviewed"


def test_back_returns_to_what_was_skipped(review):
    review.begin("time", range(3))
    review.skip()
    review.back()
    assert asked(review) == 0.0


def test_undo_anywhere_returns_to_the_event(review):
    review.begin("time", range(3))
    accept(review)
    review.skip()
    review._findings.undo()
    assert asked(review) == 0.0


def test_a_new_label_is_an_answer_too(review):
    review.begin("time", range(3))
    findings = review._findings
    findings.apply(judging.relabel([findings.events[0]], "fox", "someone"))
    assert asked(review) == 2.0


def test_an_answer_to_another_event_is_counted_and_passed_over(review):
    review.begin("time", range(3))
    findings = review._findings
    findings.apply(judging.reject([findings.events[1]], "someone"))
    assert asked(review) == 0.0
    assert review.counts() == (1, 3)
    accept(review)
    assert asked(review) == 4.0


def test_the_end_says_what_to_do_next(qtbot, review):
    review.begin("time", range(3))
    accept(review)
    accept(review)
    with qtbot.waitSignal(review.ended) as ended:
        accept(review)
    assert ended.args == ["All 3 events are reviewed. Dog has 2 of the 30 judgements that probabilities need."]
    assert not review.is_running


def test_thirty_judgements_of_a_label_are_enough_for_probabilities():
    heard = JudgedEvent("dog", 0.0, 1.0, 0.5)
    events = [replace(heard, onset=at, offset=at + 0.5) for at in range(31)]
    events[:30] = [judging.shown_as(judging.accept([event], "").after[0]) for event in events[:30]]
    assert "Dog has 30 judgements: Model ▸ Thresholds and calibration" in next_step(events)


def test_the_bar_shows_what_is_left_and_of_the_label_that_is_asked_about(qtbot):
    bar = ReviewBar()
    qtbot.addWidget(bar)
    bar.show_left((12, 80), {"dog_bark": (3, 10), "rain": (9, 70)}, asked="rain")
    assert bar.words.text() == "12 of 80 reviewed · 68 left"
    assert bar.of_label.text() == "Rain: 9 of 70"
    assert bar.words.toolTip() == "Dog bark: 3 of 10\nRain: 9 of 70"
    assert (bar.part.value(), bar.part.maximum()) == (12, 80)


def test_arrows_in_the_table_answer_while_a_review_goes_on(qtbot, analysed):
    table, findings = analysed.desk.events, analysed.desk.findings
    qtbot.keyClick(analysed, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert table.hasFocus()
    first = findings.selected
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert findings.events[first[0]].status == "accepted"
    qtbot.keyClick(table, Qt.Key.Key_Left)
    assert findings.events[first[0]].status == "unreviewed"
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert findings.events[first[0]].status == "rejected"
    qtbot.keyClick(analysed, Qt.Key.Key_Escape)
    assert not analysed.judging.reviewing.review.is_running


def test_the_event_that_is_asked_about_is_in_view_with_what_is_around_it_and_played(qtbot, analysed, card):
    analysed.desk.span.show(3.0, 4.0)
    analysed.judging.reviewing.begin("time")
    qtbot.waitUntil(card.started.is_set)
    span, event = analysed.desk.span, analysed.desk.findings.events[0]
    assert analysed.desk.findings.selected == (0,)
    assert span.start <= max(event.onset - 1.5, 0.0)
    assert span.end >= event.offset + 1.5
