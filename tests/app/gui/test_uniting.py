"""Models are put together in a window, and the new one listens at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from earmark.ensembles import Ensemble, read, scan, write

from .conftest import KnownEngines, heading
from .test_reach import controls_in, name_of


class UnitingEngines(KnownEngines):
    """Offers what was put together, and a model that knows nothing that the others do."""

    def headings(self):
        found, _ = scan()
        made = [heading(each.model_id, title=each.name) for each in found]
        return [*super().headings(), heading("toy/other", labels=("bats",)), *made]


@pytest.fixture
def engines() -> UnitingEngines:
    return UnitingEngines()


@pytest.fixture
def window(home, qtbot, make_window):
    window = make_window()
    qtbot.waitUntil(lambda: window.tools.model.findData("toy/steps") >= 0)
    window.do["put_together"].trigger()
    return window


@pytest.fixture
def asked(window):
    return window.uniting.window


def tick(asked, *titles: str) -> None:
    for row in range(asked.list.count()):
        item = asked.list.item(row)
        if item.text().partition(" · ")[0] in titles:
            item.setCheckState(Qt.CheckState.Checked)


def test_models_that_are_here_can_be_put_together_and_listen_at_once(qtbot, window, asked):
    titles = [asked.list.item(row).text() for row in range(asked.list.count())]
    assert titles == ["Toy/frames · 3 labels", "Toy/steps · 3 labels", "Toy/other · 1 label"]
    assert not asked.put.isEnabled()
    tick(asked, "Toy/frames", "Toy/steps")
    assert asked.told.text() == "3 labels in common."
    asked.name.setText("both")
    qtbot.mouseClick(asked.put, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.tools.model.currentData() == "ensemble/both")
    assert read("ensemble/both") == Ensemble(name="both", members=("toy/frames", "toy/steps"))
    assert window.desk.listening.model_id == "ensemble/both"
    assert window.uniting.window is None


def test_one_model_can_hear_each_clip_several_times(qtbot, window, asked):
    tick(asked, "Toy/steps")
    assert "two models, or one that hears each clip several times" in asked.told.text()
    assert "--" not in asked.told.text()
    asked.shifts.setValue(10)
    qtbot.mouseClick(asked.put, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.tools.model.currentData() == "ensemble/together")
    assert read("ensemble/together").shifts == 10


def test_why_nothing_comes_of_it_is_said(home, asked):
    tick(asked, "Toy/frames", "Toy/other")
    assert "no label in common" in asked.told.text()
    for row in range(asked.list.count()):
        asked.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    tick(asked, "Toy/frames", "Toy/steps")
    write(Ensemble(name="taken", members=("toy/frames", "toy/steps")))
    for name, said in (("taken", "There is ensemble/taken already."), ("a/b", "cannot name"), ("", "cannot name")):
        asked.name.setText(name)
        assert said in asked.told.text()
        assert not asked.put.isEnabled()


def test_it_is_done_by_keyboard_and_everything_has_a_name(asked):
    asked.list.setFocus()
    asked.list.setCurrentRow(0)
    QTest.keyClick(asked.list, Qt.Key.Key_Space)
    assert [heading.model_id for heading in asked.chosen] == ["toy/frames"]
    assert [each for each in controls_in(asked) if not name_of(each) or not each.toolTip()] == []
