"""The wizard of a new model: from a folder to a job, with nothing chosen that cannot be trained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from earmark.annotations import Annotation, Change
from earmark.api import ModelCard, Weights
from earmark.catalogue import Model
from earmark.checkpoints import folder_of
from earmark.gui.training_wizard import TrainingWizard
from earmark.library import Library
from earmark.training.doctor import Kind
from earmark.training.job_file import read_job

from .test_reach import controls_in, name_of
from .training_toy import install

pytestmark = pytest.mark.timeout(900)
RATE = 16_000
PATIENCE = 180_000  # ms, where much else runs
RECIPE = {
    "from scratch": {"epochs": 3, "batch_size": 4, "learning_rate": 0.001, "about": "Ours."},
}
CARD = ModelCard(
    model_id="toy/frames",
    title="Frames",
    sample_rate=RATE,
    window_seconds=1.0,
    labels=("speech",),
    trainable=True,
    recipe=RECIPE,
)


@pytest.fixture
def engines(engines):
    """Let `toy/frames` be one that can be trained."""
    engines.cards = lambda: [
        CARD,
        ModelCard(model_id="toy/fixed", title="Fixed", sample_rate=RATE, window_seconds=1.0, labels=("x",)),
    ]
    engines.model = lambda model_id: Model(model_id, CARD)
    return engines


def fill(folder: Path, first: int, last: int) -> None:
    """Write clips of hiss and hum, of these numbers."""
    rng = np.random.default_rng(first)
    for label in ("hiss", "hum"):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(first, last):
            tone = np.sin(2 * np.pi * rng.uniform(200, 3000) * np.arange(RATE) / RATE) * (label == "hum")
            clip = (0.2 * tone + rng.normal(0, 0.05, RATE)).astype(np.float32)
            soundfile.write(folder / label / f"{label}{number}.wav", clip, RATE)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Six clips of each of two labels; one of them is there twice."""
    fill(tmp_path / "two sounds", 0, 6)
    hum = tmp_path / "two sounds" / "hum"
    (hum / "again.wav").write_bytes((hum / "hum0.wav").read_bytes())
    return tmp_path / "two sounds"


@pytest.fixture
def wizard(qtbot, make_window, tmp_path, monkeypatch):
    """The wizard of a window whose trainer is a toy."""
    monkeypatch.setenv("PYTHONPATH", str(install(tmp_path)))
    window = make_window()
    window.do["new_model"].trigger()
    return window.training.wizard


def goes_on(qtbot, wizard) -> None:
    """Press Next once it can be pressed."""
    button = wizard.button(wizard.WizardButton.NextButton)
    qtbot.waitUntil(button.isEnabled, timeout=PATIENCE)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def found(qtbot, wizard, folder):
    """The wizard where the folder was read and checked."""
    wizard.choose(folder)
    goes_on(qtbot, wizard)
    qtbot.waitUntil(wizard.found.isComplete, timeout=PATIENCE)
    return wizard


def test_a_folder_that_is_none_or_holds_nothing_is_said_and_leads_nowhere(qtbot, wizard, tmp_path):
    assert wizard.folder.said.text() == "Choose a folder, or drop one here."
    (tmp_path / "empty").mkdir()
    for name, sentence in (("nowhere", "There is no folder"), ("empty", "is no data set that Earmark knows")):
        wizard.choose(tmp_path / name)
        qtbot.waitUntil(lambda sentence=sentence: sentence in wizard.folder.said.text())
        assert not wizard.button(wizard.WizardButton.NextButton).isEnabled()


def test_where_nothing_was_judged_only_a_folder_can_be_chosen(qtbot, wizard, folder):
    wizard.choose(folder)
    qtbot.waitUntil(wizard.folder.isComplete)
    assert not wizard.folder.judged.isEnabled()
    assert "Nothing was accepted" in wizard.folder.judged.toolTip()


def test_a_folder_that_can_be_read_in_two_ways_is_asked_about(qtbot, wizard, folder):
    hiss = folder / "hiss" / "hiss0.wav"
    hiss.with_suffix(".txt").write_text("0.1\t0.5\thiss\n")
    (folder / "labels.csv").write_text("filename,label\nhiss0.wav,hiss\n")
    wizard.choose(folder)
    qtbot.waitUntil(wizard.folder.kind.isVisible)
    assert wizard.folder.kind.count() == 2
    wizard.folder.kind.setCurrentIndex(0)
    wizard.folder.kind.activated.emit(0)
    qtbot.waitUntil(wizard.folder.isComplete)


@pytest.fixture
def judged(home, tmp_path, make_window) -> TrainingWizard:
    """The wizard of a window in whose library six recordings were looked through."""
    library = Library(home / "library.sqlite")
    for number in range(6):
        path = tmp_path / f"night{number}.wav"
        noise = np.random.default_rng(number).normal(0, 0.05, 4 * RATE)
        soundfile.write(path, noise.astype(np.float32), RATE)
        hum = Annotation(annotation_id=f"a{number}", label="hum", onset=1.0, offset=2.0)
        no = Annotation(annotation_id=f"b{number}", label="hum", onset=3.0, offset=3.5, status="rejected")
        library.change(path, Change(name="Judge", after=(hum, no)))
    window = make_window(library=library)
    window.do["new_model"].trigger()
    return window.training.wizard


def test_what_was_judged_in_the_library_can_be_learnt_from(qtbot, judged):
    page = judged.folder
    qtbot.waitUntil(page.judged.isEnabled)
    qtbot.mouseClick(page.judged, Qt.MouseButton.LeftButton)
    assert page.said.text() == "What you judged in 6 recordings: 12 clips, 1 label, with times."
    goes_on(qtbot, judged)
    qtbot.waitUntil(judged.found.isComplete, timeout=PATIENCE)
    assert judged.found.summary.text().startswith("12 clips of 1.0 to 1.5 s")
    assert judged.draft.name == "my-judgements"
    assert judged.draft.sounds == "12 clips of what was judged in the library"
    divided = judged.draft.divided()
    for path in {each.path for each in divided.examples}:
        assert len({each.split for each in divided.examples if each.path == path}) == 1


def test_a_folder_takes_the_place_of_what_was_judged(qtbot, judged, folder):
    qtbot.waitUntil(judged.folder.judged.isEnabled)
    judged.folder.judged.click()
    judged.choose(folder)
    qtbot.waitUntil(lambda: "13 recordings, 2 labels" in judged.folder.said.text())
    assert judged.draft.dataset.folder == folder


def test_what_was_found_is_counted_and_measured_and_can_be_heard(qtbot, found, card):
    page = found.found
    qtbot.waitUntil(lambda: page.summary.text() == "13 clips of 1.0 s, 0:13 in all; one label a clip.")
    rows = [[page.labels.model().index(row, column).data() for column in range(3)] for row in range(2)]
    assert rows == [["Hiss", 6, "0:06"], ["Hum", 7, "0:07"]]
    page.labels.selectRow(1)
    page.clips.view.setCurrentRow(2)
    QTest.keyClick(page.clips.view, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)


def test_a_finding_is_acted_on_by_its_button_and_taken_back(qtbot, found):
    page = found.found
    [number] = [row for row, each in enumerate(page.findings.findings) if each.kind is Kind.EXACT]
    page.findings.view.setCurrentRow(number)
    assert page.clips.view.count() == 2
    assert page.findings.act.text() == "Leave out"
    page.findings.act.click()
    qtbot.waitUntil(lambda: page.summary.text().startswith("12 clips"))
    page.findings.act.click()
    qtbot.waitUntil(lambda: page.summary.text().startswith("13 clips"))


def test_what_cannot_be_heard_is_left_out_unasked(qtbot, wizard, folder):
    (folder / "hum" / "broken.wav").write_bytes(b"RIFF, but no more")
    wizard.choose(folder)
    goes_on(qtbot, wizard)
    qtbot.waitUntil(lambda: wizard.found.summary.text().startswith("13 clips"), timeout=PATIENCE)
    (done,) = wizard.found.findings.done
    assert done.kind is Kind.UNREADABLE
    assert {each.path.name for each in wizard.draft.dataset.examples}.isdisjoint({"broken.wav"})


def test_what_was_chosen_becomes_the_job_that_is_trained(qtbot, found, folder):
    training = found.parent().training
    for _ in range(2):
        goes_on(qtbot, found)
    found.settings.name.setText("garden")
    found.settings.epochs.setValue(2)
    qtbot.waitUntil(lambda: found.settings.time.text().startswith("About"), timeout=PATIENCE)
    assert "0.9 GB of memory" in found.settings.time.text()
    goes_on(qtbot, found)
    assert found.begin.rows["Becomes"].text() == "toy/garden"
    assert found.begin.rows["Recipe"].text() == "from scratch · epochs 2"
    qtbot.mouseClick(found.button(found.WizardButton.FinishButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in training.jobs.jobs] == ["done"], timeout=PATIENCE)
    job = read_job(training.jobs.jobs[0].folder)
    assert (job.model_id, job.labels, job.epochs, job.settings["name"]) == ("toy/frames", ("hiss", "hum"), 2, "garden")
    assert {each.split for each in job.examples} == {"train", "validate", "test"}
    copies = {each.split for each in job.examples if each.path.name in ("hum0.wav", "again.wav")}
    assert len(copies) == 1
    assert training.dock_widget.isVisible()


def test_what_is_asked_beside_the_model_is_run_after_it_and_told_in_its_report(qtbot, wizard, folder):
    fill(folder, 6, 12)
    wizard.choose(folder)
    for _ in range(3):
        goes_on(qtbot, wizard)
    training = wizard.parent().training
    wizard.settings.curve.click()
    wizard.settings.leaky.click()
    qtbot.waitUntil(lambda: "4 more runs after it: " in wizard.settings.time.text(), timeout=PATIENCE)
    goes_on(qtbot, wizard)
    said = "Whether more clips would help and what a careless split would say, by more runs after it"
    assert wizard.begin.rows["Finds out"].text() == said
    qtbot.mouseClick(wizard.button(wizard.WizardButton.FinishButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in training.jobs.jobs] == ["done"] * 5, timeout=PATIENCE)
    folder = training.jobs.jobs[0].folder
    places = (".", "leaky", "share-25", "share-50", "share-75")
    assert [job.folder for job in training.jobs.jobs] == [folder / place for place in places]
    qtbot.waitUntil((folder / "report.html").exists, timeout=PATIENCE)
    report = json.loads((folder / "report.json").read_text())
    assert report["leaky"]["accuracy"] == 1.0
    assert [each["share"] for each in report["learning_curve"]["points"]] == [0.25, 0.5, 0.75, 1.0]


def test_what_cannot_be_answered_cannot_be_asked(qtbot, wizard, folder):
    for name in ("hum/again.wav", "hum/hum5.wav", "hiss/hiss5.wav"):
        (folder / name).unlink()
    wizard.choose(folder)
    for _ in range(3):
        goes_on(qtbot, wizard)
    qtbot.waitUntil(wizard.settings.isComplete, timeout=PATIENCE)
    assert not wizard.settings.leaky.isEnabled()
    assert wizard.settings.leaky.toolTip().startswith("Each clip is a source of its own")
    assert not wizard.settings.curve.isEnabled()
    assert wizard.settings.curve.toolTip().startswith("There are too few clips")
    assert wizard.draft.jobs()[1:] == []


def test_what_is_measured_is_given_up_when_one_goes_back(qtbot, found):
    for _ in range(2):
        goes_on(qtbot, found)
    qtbot.waitUntil(lambda: found.settings.forecast._measuring is not None, timeout=PATIENCE)
    measuring = found.settings.forecast._measuring
    qtbot.waitUntil(lambda: measuring._process is not None, timeout=PATIENCE)
    found.back()
    qtbot.waitUntil(lambda: measuring._process._process.poll() is not None, timeout=2_000)
    assert found.settings.forecast._measuring is None


def test_a_name_that_is_taken_or_none_is_said(qtbot, found):
    folder_of("toy/taken").mkdir(parents=True)
    for _ in range(2):
        goes_on(qtbot, found)
    for name, sentence in (("taken", "There is a model toy/taken already."), ("a/b", "cannot name a model")):
        found.settings.name.setText(name)
        assert sentence in found.settings.trouble.text()
        assert not found.settings.isComplete()


@pytest.fixture
def settings(qtbot, found):
    """The page of settings, reached."""
    for _ in range(2):
        goes_on(qtbot, found)
    return found.settings


def give(page, tmp_path, monkeypatch, **recipe) -> None:
    """Choose the report of another job, trained so."""
    (tmp_path / "report.json").write_text(json.dumps({"version": 1, "recipe": recipe}))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "report.json"), ""))
    page.load.click()


def test_a_recipe_is_read_from_the_report_of_another_training(found, settings, tmp_path, monkeypatch):
    figures = {"epochs": 7, "batch_size": 3, "learning_rate": 0.02, "settings": {"mix": 0.25}}
    give(settings, tmp_path, monkeypatch, plugin="toy", preset="from scratch", **figures)
    assert settings.recipe.currentText() == f"from scratch, of {tmp_path.name}/report.json"
    assert (settings.epochs.value(), settings.batch.value(), settings.rate.text()) == (7, 3, "0.02")
    [(_, job)] = found.draft.jobs()
    assert (job.epochs, job.settings["mix"], job.settings["preset"]) == (7, 0.25, "from scratch")


def test_a_recipe_of_another_family_is_refused_and_the_one_before_stays(settings, tmp_path, monkeypatch):
    figures = {"epochs": 7, "batch_size": 3, "learning_rate": 0.02}
    give(settings, tmp_path, monkeypatch, plugin="ast", preset="from scratch", **figures)
    assert settings.trouble.text() == "The recipe in report.json is for ast, not for toy."
    assert settings.recipe.currentText() == "from scratch"


def test_only_models_that_can_be_trained_are_offered(qtbot, found):
    goes_on(qtbot, found)
    qtbot.waitUntil(lambda: found.model.models.count() == 1)
    assert found.model.heading.text() == "Frames"
    assert found.model.scratch.isChecked()
    assert not found.model.trained.isEnabled()


@pytest.fixture
def published(engines, web):
    """The same model, whose training can begin with an image network of the server's."""
    starts = {"seen": Weights(name="Seen", url=web.serve("/seen.pth", b"seen"), licence="MIT")}
    few = {"few clips": {"epochs": 2, "batch_size": 4, "learning_rate": 0.01, "about": "Ours."}}
    card = replace(CARD, starts=starts, recipe=few | RECIPE)
    engines.cards = lambda: [card]
    engines.model = lambda model_id: Model(model_id, card)
    return card


def test_an_image_network_is_fetched_and_begun_with(qtbot, published, found):
    goes_on(qtbot, found)
    page, getting = found.model, found.parent().getting
    qtbot.waitUntil(lambda: page.models.count() == 1)
    assert page.starts.currentText() == "Seen"
    page.image.setChecked(True)
    assert page.get_start.isVisible()
    assert not page.isComplete()
    page.get_start.click()
    assert "training can begin with it" in getting.window.about.text()
    getting.window.download.click()
    qtbot.waitUntil(page.isComplete, timeout=PATIENCE)
    assert page.get_start.text() == "Ano&ther…"
    assert (found.draft.start, found.draft.preset) == ("seen", "few clips")
    [(_, job)] = found.draft.jobs()
    assert job.start_from.read_bytes() == b"seen"
    goes_on(qtbot, found)
    goes_on(qtbot, found)
    assert found.begin.rows["Starts from"].text() == "Seen, in Frames"


def test_the_file_of_an_image_network_can_be_given(qtbot, published, found, tmp_path, monkeypatch):
    goes_on(qtbot, found)
    page, getting = found.model, found.parent().getting
    qtbot.waitUntil(lambda: page.models.count() == 1)
    page.image.setChecked(True)
    page.get_start.click()
    (tmp_path / "own.pth").write_bytes(b"own")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "own.pth"), ""))
    getting.window.file.click()
    qtbot.waitUntil(page.isComplete, timeout=PATIENCE)
    assert found.draft.start_path.read_bytes() == b"own"
    page.get_start.click()  # it was the wrong one
    assert "takes the place" in getting.window.about.text()
    getting.window.download.click()
    qtbot.waitUntil(lambda: found.draft.start_path.read_bytes() == b"seen", timeout=PATIENCE)
    page.scratch.setChecked(True)
    assert (found.draft.start, found.draft.preset) == ("", "from scratch")


def test_every_control_of_every_page_has_a_name_and_says_what_it_is_for(found):
    controls = [each for page in found.pageIds() for each in controls_in(found.page(page))]
    assert len(controls) > 15
    assert [each for each in controls if not name_of(each) or not each.toolTip()] == []
