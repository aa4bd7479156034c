"""Choosing a label by a few letters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from earmark.gui.label_chooser import LabelChooser
from earmark.label_book import LabelBook

MODEL = ("dog_bark", "rain", "speech")


class Asked:
    """A chooser, and what was chosen in it."""

    def __init__(self, window: QWidget) -> None:
        self.window, self.chooser, self.answers = window, LabelChooser(window), []

    def rows(self) -> list[str]:
        return [self.chooser.list.item(row).text() for row in range(self.chooser.list.count())]


@pytest.fixture
def asked(qtbot) -> Asked:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    book = LabelBook()
    book.use("red deer", MODEL)
    book.follow(["rain"])
    asked = Asked(window)
    asked.chooser.offer(book, MODEL, ["bat"])
    asked.chooser.ask("What is it?", QPoint(0, 0), asked.answers.append)
    return asked


def test_labels_are_offered_in_groups_with_their_keys(asked):
    groups = ["Used last", "Red deer", "The model's", "Dog bark", "Rain   1", "Speech", "In this recording", "Bat"]
    assert asked.rows() == groups


def test_enter_takes_what_the_letters_leave(qtbot, asked):
    qtbot.keyClicks(asked.chooser.line, "spee")
    qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Return)
    assert asked.answers == ["speech"]
    assert not asked.chooser.isVisible()


def test_arrows_go_through_labels_and_leave_titles_out(qtbot, asked):
    for _ in range(2):
        qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Down)
    qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Return)
    assert asked.answers == ["rain"]


def test_what_nobody_knows_is_a_new_label(qtbot, asked):
    qtbot.keyClicks(asked.chooser.line, "Roe deer")
    assert asked.rows() == ["New label “Roe deer”"]
    qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Return)
    assert asked.answers == ["Roe deer"]


def test_a_label_typed_in_full_is_taken_before_one_that_holds_it(qtbot, asked):
    asked.chooser.offer(LabelBook(own=["rainstorm"]), MODEL, ())
    qtbot.keyClicks(asked.chooser.line, "rain")
    qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Return)
    assert asked.answers == ["rain"]


def test_a_label_of_ones_own_can_be_forgotten_and_a_models_cannot(qtbot, asked):
    for text in ("red", "rain"):
        asked.chooser.line.setText(text)
        qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    asked.chooser.line.clear()
    assert asked.rows() == ["The model's", "Dog bark", "Rain   1", "Speech", "In this recording", "Bat"]


def test_esc_chooses_nothing(qtbot, asked):
    qtbot.keyClick(asked.chooser.line, Qt.Key.Key_Escape)
    assert not asked.chooser.isVisible()
    assert asked.answers == []
