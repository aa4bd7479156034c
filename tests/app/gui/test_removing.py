"""Models of a person's own are removed from the list, once that is confirmed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from earmark import ensembles
from earmark.api import Checkpoint
from earmark.checkpoints import folder_of, write_checkpoint
from earmark.ensembles import Ensemble
from earmark.gui.model_picker import REMOVE

from .conftest import KnownEngines, heading


class OwnEngines(KnownEngines):
    """Offers `toy/garden` as long as it is on the disk."""

    def headings(self):
        own = [heading("toy/garden", title="Garden")] if folder_of("toy/garden").exists() else []
        return [*super().headings(), *own]


@pytest.fixture
def engines() -> OwnEngines:
    return OwnEngines()


@pytest.fixture
def window(home, qtbot, make_window):
    """A window with a model that was brought in, which listens."""
    folder = folder_of("toy/garden")
    known = Checkpoint(path=folder, model_id="toy/frames", labels=("x",), origin="Garden weights")
    write_checkpoint(folder, {"a": np.zeros(1, np.float32)}, known)
    window = make_window()
    qtbot.waitUntil(lambda: window.tools.model.findData(REMOVE) >= 0)
    window.tools.model.choose("toy/garden")
    return window


@pytest.fixture
def asked(window):
    """Its window of models, as the toolbar's list opens it."""
    window.tools.model.activated.emit(window.tools.model.findData(REMOVE))
    return window.removing.window


def removes(qtbot, asked, answer: str) -> str:
    """Press Remove and then a button of the question; return what that said."""
    said = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(f"{box.text()} {box.informativeText()}")
        [button] = [each for each in box.buttons() if each.text().replace("&", "") == answer]
        button.click()

    QTimer.singleShot(0, press)
    qtbot.mouseClick(asked.remove, Qt.MouseButton.LeftButton)
    return said[0]


def test_what_is_ones_own_is_listed_and_the_choice_stays(window, asked):
    assert [asked.list.item(row).text() for row in range(asked.list.count())] == ["Garden"]
    assert window.tools.model.currentData() == "toy/garden"


def test_one_is_removed_once_that_is_confirmed_and_another_listens(qtbot, window, asked):
    assert removes(qtbot, asked, "Remove").startswith("Remove “Garden” from the disk?")
    qtbot.waitUntil(lambda: window.tools.model.findData("toy/garden") < 0)
    assert not folder_of("toy/garden").exists()
    assert window.desk.listening.model_id == window.tools.model.currentData() == "toy/frames"
    qtbot.waitUntil(lambda: asked.list.count() == 0)
    assert not asked.remove.isEnabled()
    assert not window.do["remove_model"].isEnabled()
    assert window.tools.model.findData(REMOVE) < 0


def test_without_a_yes_it_stays(qtbot, asked):
    removes(qtbot, asked, "Keep")
    assert folder_of("toy/garden").exists()
    assert asked.list.count() == 1


def test_an_ensemble_that_needs_it_is_named(qtbot, window):
    ensembles.write(Ensemble(name="both", members=("toy/garden", "toy/frames")))
    window.desk.listening.learn(window.desk.engines.headings())
    window.do["remove_model"].trigger()
    asked = window.removing.window
    qtbot.waitUntil(lambda: asked.list.count() == 2)
    asked.list.setCurrentRow(1)
    assert "ensemble/both cannot be used without it." in removes(qtbot, asked, "Keep")


def test_where_nothing_is_ones_own_nothing_is_offered(qtbot, make_window):
    window = make_window()
    qtbot.waitUntil(lambda: window.tools.model.count() > 0)
    assert window.tools.model.findData(REMOVE) < 0
    assert not window.do["remove_model"].isEnabled()


def test_everything_in_it_is_named_and_explained(asked):
    for each in (asked.list, asked.remove, asked.shut):
        assert each.toolTip()
    assert asked.list.accessibleName()
