"""Models beside each other: groups of lanes, tags, and the disagreements, listed, stepped through and played."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from earmark.api import PluginError
from earmark.gui.group_title import GroupTitle
from earmark.gui.model_picker import COMPARE
from earmark.gui.tags_model import BESIDE, LABEL, READING, WHOLE

FAINT = ("Speech", "siren", "rain")  # what `toy/faint` calls what the others know; it knows no bark


SPOKEN = (1.0, 2.0)  # seconds, of what the engines hear


@pytest.fixture
def engines(engines):
    """Know one more model: it hears half as loud, writes its labels otherwise, and fails where it is told to."""

    class ComparedEngines(type(engines)):
        faint_fails = False

        def headings(self):
            others = super().headings()
            return [*others, replace(others[0], model_id="toy/faint", title="Faint", labels=FAINT)]

        def analyse(self, path, model_id, **told):
            heard = super().analyse(path, model_id, **told)
            if model_id != "toy/faint":
                return heard
            if self.faint_fails:
                raise PluginError("toy/faint has a headache.")
            halved = {"frames": heard.frames / 2, "window_scores": heard.window_scores / 2}
            return replace(heard, labels=FAINT, thresholds={"Speech": 0.5}, **halved)

    return ComparedEngines()


def wait_for(qtbot, window, count: int) -> None:
    """Wait until so many models are compared and each has heard the recording."""

    def all_heard() -> bool:
        comparison = window.comparing.comparison
        groups = window.desk.centre.groups.groups
        return len(groups) == count and all(comparison.analysis_of(each.model_id) for each in groups)

    qtbot.waitUntil(all_heard, timeout=10_000)
    qtbot.waitUntil(lambda: all("event" in each.state for each in window.desk.centre.groups.groups))


@pytest.fixture
def compared(qtbot, analysed):
    """A window in which `toy/frames` is judged and `toy/faint` stands beside it."""
    analysed.comparing.comparison.choose(["toy/frames", "toy/faint"])
    wait_for(qtbot, analysed, 2)
    qtbot.waitUntil(lambda: bool(analysed.comparing.panel.model.rows))
    return analysed


def lanes_of(window, place: int):
    return [lanes for _, lanes in window.desk.centre.groups.views][place]


def test_each_model_has_its_own_lanes_with_its_title_and_speed(compared):
    groups = compared.desk.centre.groups
    assert [group.name for group in groups.groups] == ["A Toy/frames", "B Faint"]
    assert [group.state for group in groups.groups] == ["2 events · 50× real time", "0 events · 50× real time"]
    assert all(lanes.isVisible() for _, lanes in groups.views)
    assert [lane.label for lane in lanes_of(compared, 0).item.lanes] == ["speech", "dog_bark"]


def test_a_disagreement_is_hatched_in_the_lanes_of_both(compared):
    for place, label in ((0, "speech"), (1, "Speech")):
        (span,) = lanes_of(compared, place).item.differing[label].tolist()
        assert span == [pytest.approx(SPOKEN[0], abs=0.11), pytest.approx(SPOKEN[1], abs=0.11)]
        assert label in [lane.label for lane in lanes_of(compared, place).item.lanes]


def test_what_only_one_model_knows_is_shown_but_not_listed(compared):
    assert [row.label for row in compared.comparing.panel.model.rows] == ["speech"]
    assert "dog_bark" in [event.label for event in compared.desk.findings.events]


def test_the_list_says_who_hears_it_and_how_sure_both_are(compared):
    model = compared.comparing.panel.model
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[2:] == ["Speech", "A", "0.90", "0.45"]
    assert "Toy/frames hears it, Faint does not." in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_tags_stand_beside_each_other(compared):
    tags = compared.desk.tags
    rows = range(tags.model.rowCount())
    readings = [[tags.model.index(row, column).data(READING) for column in (BESIDE, BESIDE + 1)] for row in rows]
    texts = {
        tags.model.index(row, LABEL).data(): [reading.text if reading else "" for reading in readings[row]]
        for row in rows
    }
    assert texts == {"Speech": [".90", ".45"], "Dog bark": [".60", ""], "Siren": ["", ".30"], "Rain": [".20", ".10"]}
    assert tags.view.isColumnHidden(WHOLE)


def test_keys_step_through_the_disagreements_and_enter_plays_one(qtbot, compared, card):
    compared.activateWindow()
    compared.desk.span.show(3.0, 3.5)
    compared.do["next_event"].trigger()
    assert compared.do["next_event"].text() == "&Next disagreement"
    assert compared.desk.player.position == pytest.approx(SPOKEN[0], abs=0.11)
    assert compared.desk.span.start <= SPOKEN[0]
    assert [event.label for event in compared.desk.findings.selected_events] == ["speech"]
    QTest.keyClick(compared.comparing.panel.view, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)
    assert compared.desk.player.playing


def test_what_the_judged_model_does_not_hear_shows_its_scores(qtbot, compared):
    compared.comparing.judge("toy/faint")
    qtbot.waitUntil(lambda: compared.desk.findings.search is not None and bool(compared.comparing.panel.model.rows))
    compared.do["next_event"].trigger()
    assert not compared.desk.findings.selected
    assert [curve.label for curve in compared.desk.centre.scores.item.curves] == ["Speech"]


def test_a_threshold_acts_on_all_models_at_once(qtbot, compared):
    asked = list(compared.desk.engines.asked)
    compared.desk.settings_row.threshold.set_value(0.4)
    compared.desk.settings_row.own.setChecked(False)
    qtbot.waitUntil(lambda: not compared.comparing.panel.model.rows)
    assert compared.desk.centre.groups.groups[1].state.startswith("1 event ")
    compared.desk.settings_row.own.setChecked(True)
    qtbot.waitUntil(lambda: bool(compared.comparing.panel.model.rows))
    assert compared.desk.engines.asked == asked


def test_a_click_into_another_models_lanes_judges_its_events(qtbot, compared):
    compared.desk.settings_row.own.setChecked(False)
    qtbot.waitUntil(lambda: bool(lanes_of(compared, 1).events))
    asked = list(compared.desk.engines.asked)
    viewport = lanes_of(compared, 1).plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(viewport.width() // 2, 12))
    qtbot.waitUntil(lambda: compared.desk.listening.model_id == "toy/faint")
    assert [event.label for event in compared.desk.findings.events] == ["Speech"]
    assert [group.name for group in compared.desk.centre.groups.groups] == ["A Toy/frames", "B Faint"]
    wait_for(qtbot, compared, 2)
    qtbot.waitUntil(lambda: lanes_of(compared, 1) is compared.desk.centre.lanes)
    assert compared.desk.engines.asked == asked
    assert compared.tools.model.currentData() == "toy/faint"


def test_another_model_in_the_picker_takes_the_place_of_the_judged_one(qtbot, compared):
    compared.tools.model.choose("toy/steps")
    qtbot.waitUntil(lambda: [each.title for each in compared.desk.centre.groups.groups] == ["Toy/steps", "Faint"])
    wait_for(qtbot, compared, 2)


def test_leaving_the_comparison_restores_the_plain_view(qtbot, analysed):
    sizes = analysed.desk.centre.splitter.sizes()
    analysed.comparing.comparison.choose(["toy/frames", "toy/faint", "toy/steps"])
    wait_for(qtbot, analysed, 3)
    qtbot.waitUntil(lambda: analysed.desk.centre.splitter.sizes() != sizes)
    analysed.do["stop_comparing"].trigger()
    qtbot.waitUntil(lambda: not analysed.desk.centre.groups.groups)
    qtbot.waitUntil(lambda: analysed.desk.centre.splitter.sizes() == sizes)
    assert [lane.label for lane in analysed.desk.centre.lanes.item.lanes] == ["speech", "dog_bark"]
    assert not analysed.desk.centre.lanes.item.differing
    assert not analysed.desk.tags.view.isColumnHidden(WHOLE)
    assert analysed.do["next_event"].text() == "&Next event"
    assert not analysed.comparing.panel.isVisible()


def test_a_group_is_left_out_and_the_last_one_is_judged(qtbot, compared):
    compared.comparing.leave_out("toy/frames")
    qtbot.waitUntil(lambda: not compared.desk.centre.groups.groups)
    assert compared.desk.findings.analysis.model_id == "toy/faint"


def test_another_recording_is_compared_too_and_the_first_one_is_there_at_once(qtbot, compared, make_recording):
    first = compared.desk.shown.path
    compared.desk.open([make_recording("night.wav")])
    qtbot.waitUntil(lambda: ("night.wav", "toy/faint") in compared.desk.engines.asked, timeout=10_000)
    wait_for(qtbot, compared, 2)
    asked = list(compared.desk.engines.asked)
    compared.desk.open([first])
    wait_for(qtbot, compared, 2)
    assert compared.desk.engines.asked == asked


def test_a_comparison_is_remembered(qtbot, compared, make_window, recording):
    compared.close()
    again = make_window([recording])
    wait_for(qtbot, again, 2)
    assert [group.name for group in again.desk.centre.groups.groups] == ["A Toy/frames", "B Faint"]


def test_a_model_that_fails_says_why_and_the_others_go_on(qtbot, analysed):
    analysed.desk.engines.faint_fails = True
    analysed.comparing.comparison.choose(["toy/frames", "toy/faint", "toy/steps"])
    states = lambda: [group.state for group in analysed.desk.centre.groups.groups]  # noqa: E731
    qtbot.waitUntil(lambda: len(states()) == 3 and "event" in states()[2], timeout=10_000)
    assert states()[1] == "toy/faint has a headache."
    assert analysed.desk.recordings.state(analysed.desk.shown.path) == "Speech, Dog bark"


def test_models_are_ticked_in_a_dialog_that_the_picker_offers_too(qtbot, analysed):
    picker, dialogs = analysed.tools.model, []
    assert picker.findData(COMPARE) >= 0
    ask = analysed.comparing.ask
    picker.compare_asked.disconnect()
    picker.compare_asked.connect(lambda: dialogs.append(ask()))
    picker.activated.emit(picker.findData(COMPARE))
    assert picker.currentData() == "toy/frames"
    (dialog,) = dialogs
    offered = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert offered == ["Toy/steps", "Faint"]  # what cannot be used here is not offered
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    wait_for(qtbot, analysed, 2)


def test_screen_readers_are_told_whose_lanes_they_are(compared):
    names = [lanes.plot.accessibleName() for _, lanes in compared.desk.centre.groups.views]
    assert names[0].startswith("A Toy/frames: event lanes")
    assert names[1].startswith("B Faint: event lanes")


def test_every_control_of_a_group_is_named_and_reached_by_tab(compared):
    titles = [title for title in compared.findChildren(GroupTitle) if title.isVisible()]
    buttons = [each for title in titles for each in (title.judge, title.leave) if each.isVisible()]
    assert [each.accessibleName() for each in buttons] == [
        "Compare without Toy/frames",
        "Judge the events of Faint",
        "Compare without Faint",
    ]
    assert all(each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.toolTip() for each in buttons)


def test_a_picture_shows_the_groups_of_all_models(qtbot, compared):
    both = compared.exchanging.pictures.picture().height()
    compared.do["stop_comparing"].trigger()
    qtbot.waitUntil(lambda: not compared.desk.centre.groups.groups)
    assert compared.exchanging.pictures.picture().height() < both
