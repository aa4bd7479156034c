"""The strip of scores: whose they are, where they count from, and that it follows what is selected."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from earmark.gui.label_colours import label_colour
from earmark.gui.score_strip import Curve, ScoreStrip
from earmark.gui.theme import DARK
from earmark.gui.time_span import TimeSpan
from earmark.score_line import ScoreLine


@pytest.fixture
def strip(qtbot) -> ScoreStrip:
    span = TimeSpan()
    span.cover(10.0)
    strip = ScoreStrip(span)
    qtbot.addWidget(strip)
    strip.resize(600, 64)
    strip.wear(DARK)
    strip.show()
    return strip


def curve(label: str, scores) -> Curve:
    return Curve(label, ScoreLine(np.array(scores, np.float32), 10 / len(scores)), 0.5, 0.1)


def colours(strip: ScoreStrip, seconds: float) -> set[str]:
    """Return the colours at a time, from top to bottom."""
    picture = strip.plot.grab().toImage()
    box = strip.plot.getPlotItem().getViewBox()
    x = round(box.mapViewToScene(box.viewRect().center()).x() + (seconds - 5) / box.viewPixelSize()[0])
    return {QColor(picture.pixel(x, y)).name() for y in range(picture.height())}


def test_a_single_label_is_drawn_in_its_colour_with_its_name(strip):
    strip.show_curves([curve("dog_bark", [0.0, 0.0, 0.9, 0.9, 0.0, 0.0])], "from 0.50")
    assert label_colour("dog_bark").name() in colours(strip, 4.2)
    assert strip.plot.accessibleDescription() == "Dog bark"


def test_nothing_is_filled_above_the_score(strip):
    strip.show_curves([curve("dog_bark", [0.2] * 25 + [0.9] * 25)])
    picture = strip.plot.grab().toImage()
    colour = {seconds: picture.pixelColor(place_of(strip, seconds, 0.7)).name() for seconds in (2.0, 8.0)}
    assert colour[2.0] == DARK.plot
    assert colour[8.0] != DARK.plot


def test_several_labels_are_drawn_as_lines_over_each_other(strip):
    strip.show_curves([curve("dog_bark", [0.3] * 9), curve("rain", [0.8] * 9)])
    assert {label_colour("dog_bark").name(), label_colour("rain").name()} <= colours(strip, 5.0)


def test_a_click_moves_the_playhead_there(strip, qtbot):
    with qtbot.waitSignal(strip.sought) as sought:
        qtbot.mouseClick(strip.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(strip, 3.0, 0.2))
    assert sought.args == [pytest.approx(3.0, abs=0.1)]


def place_of(strip: ScoreStrip, seconds: float, score: float) -> QPoint:
    return strip.plot.mapFromScene(strip.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(seconds, score)))


def drag(strip: ScoreStrip, qtbot, start: QPoint, end: QPoint) -> None:
    viewport, button, none = strip.plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(viewport, button, pos=start)
    for part in range(1, 6):
        at = QPointF(start + (end - start) * part / 5)
        move = QMouseEvent(QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton, button, none)
        QApplication.sendEvent(viewport, move)
    qtbot.mouseRelease(viewport, button, pos=end)


def test_the_dashed_line_is_dragged_to_another_threshold(strip, qtbot, monkeypatch):
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)  # no hand is that fast
    strip.show_curves([curve("dog_bark", [0.2] * 9)])
    dragged = []
    strip.threshold_dragged.connect(lambda *each: dragged.append(each))
    drag(strip, qtbot, place_of(strip, 4, 0.5), place_of(strip, 4, 0.9))
    assert dragged[-1] == ("dog_bark", pytest.approx(0.9, abs=0.03))


def test_a_drag_beside_the_dashed_line_moves_no_threshold(strip, qtbot, monkeypatch):
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)
    strip.show_curves([curve("dog_bark", [0.2] * 9)])
    with qtbot.assertNotEmitted(strip.threshold_dragged):
        drag(strip, qtbot, place_of(strip, 4, 0.8), place_of(strip, 6, 0.3))


def test_a_threshold_that_is_dragged_in_the_strip_is_that_labels_own(analysed, qtbot):
    with qtbot.waitSignal(analysed.desk.findings.changed):
        analysed.desk.centre.scores.threshold_dragged.emit("speech", 0.95)
    assert [event.label for event in analysed.desk.findings.events] == ["dog_bark"]


def test_a_tag_that_is_picked_shows_its_scores(analysed):
    tags = analysed.desk.tags
    labels = [tags.model.label_at(row) for row in range(tags.model.rowCount())]
    tags.view.selectRow(labels.index("rain"))
    assert shown(analysed) == ["rain"]


def shown(window) -> list[str]:
    return [each.label for each in window.desk.centre.scores.item.curves]


def test_the_strip_shows_the_surest_label_until_an_event_is_selected(analysed):
    assert shown(analysed) == ["speech"]
    numbers = {event.label: number for number, event in enumerate(analysed.desk.findings.events)}
    analysed.desk.findings.select((numbers["dog_bark"],))
    assert shown(analysed) == ["dog_bark"]
    analysed.desk.findings.select(())
    assert shown(analysed) == ["dog_bark"]
    analysed.desk.findings.select((numbers["dog_bark"], numbers["speech"]))
    assert shown(analysed) == ["dog_bark", "speech"]


def test_its_dashed_line_is_the_threshold_of_the_label(qtbot, analysed):
    (drawn,) = analysed.desk.centre.scores.item.curves
    assert (drawn.threshold, drawn.lasting) == (0.5, pytest.approx(0.1))
    with qtbot.waitSignal(analysed.desk.findings.changed):
        analysed.desk.settings_row.threshold.slider.setValue(30)
    (drawn,) = analysed.desk.centre.scores.item.curves
    assert drawn.threshold == 0.3


def test_smoothed_scores_are_shown_smoothed(qtbot, analysed):
    analysed.desk.tags.picked.emit("dog_bark")
    with qtbot.waitSignal(analysed.desk.findings.changed):
        analysed.desk.settings_row.smooth.number.setValue(1.5)  # three times as long as the bark
    (drawn,) = analysed.desk.centre.scores.item.curves
    assert drawn.label == "dog_bark"
    assert drawn.line.between(0, 4, 400)[1].max() == 0


def test_the_strip_is_hidden_and_stays_so_at_the_next_start(analysed, make_window):
    assert analysed.desk.do["scores"].isChecked()
    analysed.desk.do["scores"].trigger()
    assert not analysed.desk.centre.scores.isVisible()
    analysed.close()
    again = make_window()
    assert not again.desk.do["scores"].isChecked()
    assert again.desk.centre.scores.isHidden()
