"""Models that are published but not here: offered in the list, downloaded or brought from a file, then used at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from earmark.api import CheckpointError, ModelCard, Weights
from earmark.gui.weights_window import ASKING, UNKNOWN

from .conftest import LABELS, KnownEngines, heading

LACKING = "Give --labels CSV."  # as plugins say it
CONTENT = np.random.default_rng(0).bytes(300_000)
FAR = ModelCard(model_id="toy/far", title="Far", sample_rate=32_000, window_seconds=1.0, labels=LABELS)
PAGED = ModelCard(model_id="toy/paged", title="Paged", sample_rate=32_000, window_seconds=1.0, labels=LABELS)


class PublishedEngines(KnownEngines):
    """Knows two models more, whose weights are published: `toy/far` as a file, `toy/paged` on a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        figures = {"mAP on AudioSet": 0.459}
        self.far = Weights(
            name="Far weights", url=url, licence="MIT", source="https://example.org/far", figures=figures
        )
        self.paged = Weights(name="Paged weights", url="https://drive.google.com/drive/folders/abc", licence="MIT")
        self.here: dict[str, bytes | Path] = {}
        self.refuses = ""
        self.lacks_labels, self.given_labels = False, None

    def cards(self) -> list[ModelCard]:
        return [replace(FAR, weights=(self.far,)), replace(PAGED, weights=(self.paged,))]

    def headings(self):
        ready = self.here
        others = [
            heading(card.model_id, title=card.title, published=card.weights, has_weights=card.model_id in ready)
            for card in self.cards()
        ]
        return [*super().headings(), *others]

    def convert(self, path, plugin, name, labels=None, *, published=None):
        if self.refuses:
            raise CheckpointError(self.refuses, hint="Fetch it again.")
        if self.lacks_labels and labels is None:
            raise CheckpointError(f"{path.name} scores 3 labels, whose names it does not hold.", hint=LACKING)
        self.given_labels = labels
        self.here[f"{plugin}/{name}"] = path.read_bytes() if published else path


@pytest.fixture
def engines(web) -> PublishedEngines:
    return PublishedEngines(web.serve("/far.ckpt", CONTENT))


@pytest.fixture
def offered(analysed):
    """The window of weights, opened for `toy/far` as from the toolbar's list."""
    analysed.tools.model.weights_asked.emit("toy/far")
    return analysed.getting.window


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def is_open(window) -> bool:
    return window.getting.window is not None


def arrived(home) -> int:
    return sum(part.stat().st_size for part in (home / "cache" / "weights").glob("*.part"))


def is_used(window, model_id):
    return window.desk.listening.model_id == model_id and window.tools.model.currentData() == model_id


def test_a_model_that_can_be_got_says_so_in_the_list(analysed):
    picker = analysed.tools.model
    row = picker.findData("toy/far")
    assert picker.itemText(row) == "Far (get…)"
    tip = picker.model().item(row).toolTip()
    for said in ("Licence: MIT", "Source: https://example.org/far", "Reaches: mAP on AudioSet 0.459", "choose it"):
        assert said in tip


def test_it_is_chosen_in_the_open_list_by_keyboard_and_passed_over_by_arrows(qtbot, analysed):
    picker = analysed.tools.model
    picker.setFocus()
    for _ in range(8):
        QTest.keyClick(picker, Qt.Key.Key_Down)
        if picker.currentData() == "toy/steps":
            break
    assert not is_open(analysed)
    picker.showPopup()
    view = picker.view()
    view.setCurrentIndex(picker.model().index(picker.findData("toy/far"), 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_open(analysed))
    assert analysed.getting.window.key == "toy/far"
    assert picker.currentData() == "toy/steps"


def test_the_window_shows_licence_source_figures_and_the_servers_size(qtbot, offered):
    shown = {name: label.text() for name, label in offered.facts.items()}
    assert shown["Licence"] == "MIT"
    assert "https://example.org/far" in shown["Source"]
    assert shown["Reaches"] == "mAP on AudioSet 0.459"
    qtbot.waitUntil(lambda: offered.facts["Size"].text() == "300 kB")


def test_a_server_that_cannot_be_asked_leaves_the_size_open(qtbot, analysed, engines, web):
    web.files.clear()
    analysed.getting.open("toy/far")
    assert analysed.getting.window.facts["Size"].text() in (ASKING, UNKNOWN)
    qtbot.waitUntil(lambda: analysed.getting.window.facts["Size"].text() == UNKNOWN)


def test_a_download_shows_how_far_it_is_and_the_model_is_used_at_once(qtbot, analysed, offered, engines, web):
    web.files["/far.ckpt"].bytes_a_second = 400_000
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: "of 300 kB" in offered.progress.label.whole)
    assert offered.progress.label.whole.startswith("Downloading, ")
    assert not offered.download.isEnabled()
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))
    assert engines.here["toy/far"] == CONTENT
    qtbot.waitUntil(lambda: engines.asked[-1][1] == "toy/far")
    assert "Far is ready" in analysed.desk.notices.shown[-1].text
    assert analysed.getting.window is None


def test_cancelling_ends_it_and_the_next_time_it_goes_on(qtbot, analysed, offered, home, web):
    web.files["/far.ckpt"].stalls = [120_000]
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: arrived(home) == 120_000)
    offered.reject()
    qtbot.waitUntil(offered.download.isEnabled)
    assert not offered.progress.working
    assert analysed.desk.notices.shown == []
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))
    assert web.gets("/far.ckpt") == ["", "bytes=120000-"]
    qtbot.waitUntil(lambda: not web.silent)


def test_the_window_closes_at_once_while_a_server_says_nothing(qtbot, analysed, offered, home, web):
    web.files["/far.ckpt"].stalls = [120_000]
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: arrived(home) == 120_000)
    with qtbot.waitSignal(analysed.closed, timeout=3_000):
        analysed.close()
    qtbot.waitUntil(lambda: not web.silent)


def test_what_fails_is_a_notice_with_a_hint_and_can_be_tried_again(qtbot, analysed, offered, web):
    qtbot.waitUntil(lambda: not offered.lacks_size)
    web.files["/far.ckpt"].failures = [(404, {})]
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: bool(analysed.desk.notices.shown))
    notice = analysed.desk.notices.shown[-1]
    assert "There is nothing at" in notice.sentence
    assert "earmark models import FILE --as far --plugin toy" in notice.hint
    qtbot.waitUntil(offered.download.isEnabled)
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))


def test_a_file_that_a_person_has_is_brought_in_and_used(qtbot, analysed, offered, engines, tmp_path, monkeypatch):
    path = tmp_path / "far.ckpt"
    path.write_bytes(b"weights")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, offered.file)
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))
    assert engines.here["toy/far"] == path


def test_a_folder_is_brought_in_too(qtbot, analysed, offered, engines, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    press(qtbot, offered.folder)
    qtbot.waitUntil(lambda: engines.here.get("toy/far") == tmp_path)


def test_a_file_that_is_no_checkpoint_is_a_notice(qtbot, analysed, offered, engines, tmp_path, monkeypatch):
    engines.refuses = "far.ckpt is damaged."
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "far.ckpt"), ""))
    press(qtbot, offered.file)
    qtbot.waitUntil(lambda: bool(analysed.desk.notices.shown))
    assert analysed.desk.notices.shown[-1].text == "⚠ far.ckpt is damaged. Fetch it again."
    qtbot.waitUntil(offered.file.isEnabled)


@pytest.fixture
def lacking(qtbot, offered, engines, tmp_path, monkeypatch):
    """The window of weights once a file was given that does not name its labels."""
    engines.lacks_labels = True
    (tmp_path / "far.ckpt").write_bytes(b"weights")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "far.ckpt"), ""))
    assert not offered.labels.isVisible()
    press(qtbot, offered.file)
    qtbot.waitUntil(lambda: offered.labels.isVisible() and offered.labels.isEnabled())
    return offered


def test_a_file_that_does_not_name_its_labels_is_brought_in_with_a_list_of_them(
    qtbot, analysed, lacking, engines, tmp_path, monkeypatch
):
    assert lacking.lacking.text().startswith("far.ckpt scores 3 labels, whose names it does not hold.")
    assert analysed.desk.notices.shown == []
    (tmp_path / "labels.csv").write_text("index,display_name\n1,rain\n0,dog\n2,siren\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "labels.csv"), ""))
    press(qtbot, lacking.labels.browse)
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))
    assert engines.given_labels == ("dog", "rain", "siren")
    assert engines.here["toy/far"] == tmp_path / "far.ckpt"


def test_a_list_that_names_nothing_is_a_notice_and_another_can_be_given(qtbot, analysed, lacking, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    lacking.labels.line.setText(str(tmp_path / "empty.csv"))
    QTest.keyClick(lacking.labels.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(analysed.desk.notices.shown))
    assert "names no labels" in analysed.desk.notices.shown[-1].sentence
    qtbot.waitUntil(lacking.labels.isEnabled)
    assert lacking.labels.isVisible()


def test_what_only_a_person_can_fetch_offers_no_download(offered):
    offered.show_offer("toy/paged")
    assert not offered.download.isVisible()
    assert "Google Drive gives nothing to a program" in offered.by_hand.text()
    assert "https://drive.google.com/drive/folders/abc" in offered.facts["Address"].text()
    assert offered.file.isEnabled()


def test_the_menu_offers_it_as_long_as_a_model_is_missing(qtbot, analysed, engines):
    action = analysed.do["get_weights"]
    assert action.isEnabled()
    engines.here |= {"toy/far": CONTENT, "toy/paged": CONTENT}
    analysed.desk.listening.learn(engines.headings())
    qtbot.waitUntil(lambda: not action.isEnabled())


def test_the_hash_of_what_came_is_kept(qtbot, analysed, offered, home):
    press(qtbot, offered.download)
    qtbot.waitUntil(lambda: is_used(analysed, "toy/far"))
    assert (home / "cache" / "weights" / hashlib.sha256(CONTENT).hexdigest()).is_file()


def test_everything_in_it_is_reached_by_tab_named_and_explained(offered):
    offered.activateWindow()
    wanted = {offered.model, offered.download, offered.file, offered.folder, offered.close_button}
    assert all(each.accessibleName() and each.toolTip() for each in wanted)
    visited = set()
    for _ in range(20):
        QTest.keyClick(QApplication.focusWidget() or offered, Qt.Key.Key_Tab)
        visited.add(QApplication.focusWidget())
    assert wanted <= visited
