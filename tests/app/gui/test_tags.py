"""Tags: the whole recording, the selection, the playhead; scores stay scores unless they were calibrated."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from earmark.calibration import Calibration
from earmark.gui.tags import Tags
from earmark.gui.tags_model import HERE, READING, SELECTION, WHOLE

TAGS = [("rain", 0.9), ("dog_bark", 0.4)]
DOG = Calibration(label="dog_bark", slope=1.0, intercept=1.0, judged=54, right=30, lowest=0.3, highest=0.8)


@pytest.fixture
def tags(qtbot) -> Tags:
    tags = Tags()
    qtbot.addWidget(tags)
    tags.model.show_tags(TAGS)
    return tags


def texts(tags: Tags, column: int) -> list[str]:
    readings = [tags.model.index(row, column).data(READING) for row in range(len(TAGS))]
    return [reading.text if reading else "" for reading in readings]


def test_the_selection_has_a_column_while_there_is_one(tags):
    assert tags.view.isColumnHidden(SELECTION)
    tags.show_selection({"rain": 0.2})
    assert not tags.view.isColumnHidden(SELECTION)
    assert texts(tags, SELECTION) == [".20", ""]
    tags.show_selection(None)
    assert tags.view.isColumnHidden(SELECTION)


def test_calibrated_labels_show_marked_probabilities_and_others_their_scores(tags):
    tags.show_probabilities({"dog_bark": DOG})
    assert texts(tags, WHOLE) == [".90", "64 %"]
    assert [tags.model.index(row, WHOLE).data(READING).is_probability for row in range(2)] == [False, True]
    assert "◆ probability" in tags.note.text()
    tags.show_probabilities({})
    assert texts(tags, WHOLE) == [".90", ".40"]
    assert tags.note.text() == "Scores are not probabilities."


def test_a_probability_says_what_it_rests_on(tags):
    tags.show_probabilities({"dog_bark": DOG})
    tip = tags.model.index(1, WHOLE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "Probability 64 %, calibrated on 54 judgements; score 0.40."
    assert "not probabilities" in tags.model.index(0, WHOLE).data(Qt.ItemDataRole.ToolTipRole)


def test_a_score_beyond_the_judged_ones_is_called_a_guess(tags):
    tags.model.show_here({"dog_bark": 0.99})
    tags.show_probabilities({"dog_bark": DOG})
    assert texts(tags, HERE)[1] == "~99 %"
    assert "this is a guess" in tags.model.index(1, HERE).data(Qt.ItemDataRole.ToolTipRole)


def test_a_screen_reader_is_told_which_numbers_are_probabilities(tags):
    tags.show_probabilities({"dog_bark": DOG})
    said = [tags.model.index(row, WHOLE).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert said == ["0.90", "64 % probability"]
    assert tags.model.index(0, HERE).data(Qt.ItemDataRole.AccessibleTextRole) == "none"
