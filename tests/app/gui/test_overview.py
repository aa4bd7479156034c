"""The overview strip."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from earmark.gui.axes import LEFT, RIGHT
from earmark.gui.label_colours import label_colour
from earmark.gui.overview import Overview
from earmark.gui.overview_picture import Waveform, ticks_of
from earmark.gui.theme import LIGHT
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent
from earmark.waveform import bin_count

LEFT_BUTTON = Qt.MouseButton.LeftButton
SAMPLES = 100_000  # of 100 s


def event(label: str, onset: float, offset: float, status="unreviewed") -> JudgedEvent:
    return JudgedEvent(label, onset, offset, 0.5, status)


@pytest.fixture
def overview(qtbot) -> Overview:
    """100 s at 10 pixels a second, 40 to 60 s of it in view."""
    span = TimeSpan()
    span.cover(100.0)
    overview = Overview(span)
    overview.span = span
    qtbot.addWidget(overview)
    overview.wear(LIGHT)
    overview.resize(LEFT + 1000 + RIGHT, overview.height())
    overview.show_recording(SAMPLES)
    span.show(40, 60)
    overview.show()
    return overview


def drag(qtbot, overview: Overview, start: float, end: float) -> None:
    places = [QPoint(round(overview.x_of(seconds)), 20) for seconds in (start, (start + end) / 2, end)]
    qtbot.mousePress(overview, LEFT_BUTTON, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(overview, place)
    qtbot.mouseRelease(overview, LEFT_BUTTON, pos=places[-1])


def in_view(overview: Overview) -> list[float]:
    return pytest.approx([overview.span.start, overview.span.end], abs=0.11)  # a pixel


def test_pixels_and_times_are_each_others_inverse(overview):
    assert overview.x_of(0) == LEFT
    assert overview.x_of(100) == LEFT + 1000
    assert [overview.seconds_at(overview.x_of(each)) for each in (0, 12.345, 100)] == pytest.approx([0, 12.345, 100])
    assert overview.seconds_at(-50) == 0


def test_dragging_the_frame_pans(qtbot, overview):
    drag(qtbot, overview, 50, 70)
    assert in_view(overview) == [60, 80]


def test_dragging_an_edge_of_the_frame_zooms(qtbot, overview):
    drag(qtbot, overview, 60, 90)
    assert in_view(overview) == [40, 90]
    drag(qtbot, overview, 40, 10)
    assert in_view(overview) == [10, 90]


def test_dragging_outside_draws_a_new_frame(qtbot, overview):
    drag(qtbot, overview, 90, 75)
    assert in_view(overview) == [75, 90]


def test_a_click_brings_the_middle_of_the_view_there(qtbot, overview):
    qtbot.mouseClick(overview, LEFT_BUTTON, pos=QPoint(LEFT + 800, 20))
    assert in_view(overview) == [70, 90]


def test_when_everything_is_in_view_a_drag_draws_a_frame(qtbot, overview):
    overview.span.fit()
    drag(qtbot, overview, 20, 30)
    assert in_view(overview) == [20, 30]


def test_a_frame_too_narrow_to_see_can_still_be_dragged(qtbot, overview):
    overview.span.show(50, 50.02)
    drag(qtbot, overview, 50, 80)
    assert overview.span.start == pytest.approx(80, abs=0.11)
    assert overview.span.length == pytest.approx(0.02)


def test_the_wheel_pans_and_with_ctrl_zooms(overview):
    turn(overview, Qt.KeyboardModifier.NoModifier)
    assert in_view(overview) == [37.6, 57.6]
    turn(overview, Qt.KeyboardModifier.ControlModifier)
    assert overview.span.length == pytest.approx(16)


def turn(overview: Overview, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(overview.x_of(50), 20)
    notch, nothing = QPoint(0, 120), QPoint()
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, overview.mapToGlobal(at), nothing, notch, buttons, modifiers, phase, False)
    QApplication.sendEvent(overview, wheel)


def test_arrows_move_the_frame(qtbot, overview):
    qtbot.keyClick(overview, Qt.Key.Key_Right)
    assert in_view(overview) == [42.4, 62.4]
    qtbot.keyClick(overview, Qt.Key.Key_Home)
    assert in_view(overview) == [0, 20]


def test_events_are_ticks_in_their_colours_at_their_times(overview):
    overview.show_events([event("rain", 45, 55)])
    image = overview.grab().toImage()
    colour = label_colour("rain").rgb()
    columns = [x for x in range(image.width()) if any(image.pixel(x, y) == colour for y in range(image.height()))]
    assert (columns[0], columns[-1]) == pytest.approx((LEFT + 450, LEFT + 550), abs=1.5)


def test_rejected_events_have_no_colour(overview):
    overview.show_events([event("rain", 45, 55, "rejected")])
    image = overview.grab().toImage()
    colour = label_colour("rain").rgb()
    assert not any(image.pixel(x, y) == colour for x in range(image.width()) for y in range(image.height()))


def test_a_click_on_a_tick_selects_its_event(qtbot, overview):
    overview.show_events([event("rain", 10, 20), event("dog", 45, 55)])
    with qtbot.waitSignal(overview.picked) as picked:
        qtbot.mouseClick(overview, LEFT_BUTTON, pos=QPoint(LEFT + 500, overview.height() - 6))
    assert picked.args == [1]
    with qtbot.assertNotEmitted(overview.picked):
        qtbot.mouseClick(overview, LEFT_BUTTON, pos=QPoint(LEFT + 800, overview.height() - 6))


def test_an_event_shorter_than_a_pixel_is_seen():
    colours = ticks_of([event("rain", 5.0, 5.0001)]).colours(100, 10.0, rejected_colour=1)
    assert np.flatnonzero(colours.any(0)).tolist() == [50, 51]


def test_labels_have_rows_of_their_own():
    colours = ticks_of([event("dog", 1, 2), event("rain", 1, 2)]).colours(100, 10.0, rejected_colour=1)
    rows = [np.flatnonzero((colours == label_colour(label).rgba()).any(1))[0] for label in ("dog", "rain")]
    assert rows == [0, 3]


def test_what_was_rejected_is_thinner_and_grey():
    colours = ticks_of([event("rain", 1, 2, "rejected")]).colours(100, 10.0, rejected_colour=7)
    assert set(np.unique(colours)) == {0, 7}
    assert len(np.flatnonzero(colours.any(1))) == 1


def test_the_waveform_reaches_as_far_as_it_is_known():
    waveform = Waveform(SAMPLES)
    assert len(waveform.columns(100)) == 0
    half = bin_count(SAMPLES) // 2
    waveform.add(0, np.tile([[-0.5, 0.25]], (half, 1)).astype(np.float32))
    columns = waveform.columns(100)
    assert len(columns) == 50
    assert columns[0].tolist() == [-1.0, 0.5]  # the loudest reaches the edge


def test_peaks_beyond_what_was_announced_are_left_out():
    waveform = Waveform(64)
    waveform.add(0, np.ones((1000, 2), np.float32))
    assert len(waveform.columns(10)) == 10


def test_the_playhead_repaints_only_when_it_reaches_another_pixel(overview, monkeypatch):
    updated = []
    monkeypatch.setattr(overview, "update", updated.append)
    overview.show_playhead(0.01)
    assert updated == []
    overview.show_playhead(0.3)
    assert len(updated) == 2


def test_it_says_what_is_in_view(overview):
    overview.span.show(10, 20)
    assert overview.accessibleDescription() == "In view: 0:10.000 to 0:20.000"
