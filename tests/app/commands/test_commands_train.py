"""`earmark train`, with a plugin that learns in milliseconds: what a person types, and every way it can end."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.annotations import Annotation, Change, new_id
from earmark.library import Library
from earmark.training.job_file import read_job

from .beep import BEEP, beeps, quick

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def beep(shared_earmark):
    shared_earmark.install("beep", BEEP)
    beeps(shared_earmark.folder / "beeps")
    return shared_earmark


@pytest.fixture(scope="module")
def trained(beep):
    """The outcome of one training that asks for everything, as JSON."""
    words = ("--leaky", "--learning-curve", "--device", "cpu", "--format", "json")
    ended = beep("train", "beeps", "--model", "beep/bands", "--name", "mine", *words)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_the_report_tells_what_the_model_reached_on_sources_it_never_heard(trained):
    sides = trained["data"]["clips"]
    assert sum(sides.values()) == 60
    assert trained["test"]["clips"] == sides["test"] >= 9
    assert trained["test"]["accuracy"] > 0.8
    assert {each["label"] for each in trained["test"]["labels"]} == {"low", "middle", "high"}
    assert np.sum(trained["test"]["confusion"]) == sides["test"]
    assert all(0 <= each["right"] <= 1 for each in trained["reliability"])
    assert trained["thresholds"]["labels"]["low"]["threshold"] is not None
    assert [epoch for epoch, _ in trained["curve"]["loss"]] == [1, 2, 3]
    assert trained["run"]["how"] == "done"


def test_the_leaky_score_and_shares_of_the_data_stand_beside_the_honest_one(trained):
    assert trained["leaky"]["accuracy"] is not None
    points = trained["learning_curve"]["points"]
    assert [each["share"] for each in points] == [0.25, 0.5, 0.75, 1.0]
    assert [each["clips"] for each in points] == sorted({each["clips"] for each in points})
    assert "help" in trained["learning_curve"]["sentence"]


@pytest.fixture
def starting(earmark, web):
    """The command line with beeps that training can begin with weights of the server's: `seen`."""
    url = web.serve("/seen.pth", b"seen")
    starts = f'starts={{"seen": Weights(name="Seen", url="{url}", licence="MIT")}}'
    code = BEEP.replace("trainable=True,", f"trainable=True, {starts},").replace("ModelCard,", "ModelCard, Weights,", 1)
    earmark.install("beep", code)
    beeps(earmark.folder / "beeps")
    return earmark


def test_training_begins_with_a_published_network_by_its_name(starting, web):
    ended = quick(starting, "--start", "seen", "--out", "job")
    assert ended.returncode == 0, ended.stderr
    assert "Licence:  MIT" in ended.stderr
    job = read_job(starting.folder / "job")
    assert job.start_from == starting.home / "starts" / "beep" / "seen" / "seen.pth"
    assert (job.start_from.read_bytes(), job.settings["preset"]) == (b"seen", "few clips")
    assert "start from seen: Seen" in starting("models", "show", "beep/bands").stdout
    again = starting("models", "fetch", "beep/bands", "--start", "seen")
    assert again.stdout.strip() == "Ready: earmark train FOLDER --model beep/bands --start seen"
    assert len(web.gets("/seen.pth")) == 1


def test_a_start_that_is_no_file_and_has_no_such_name_is_said(starting):
    ended = quick(starting, "--start", "sen")
    assert ended.returncode == 2
    assert "There is no file sen to begin with." in ended.stderr
    assert "one of the starts of beep/bands: seen." in ended.stderr
    fetched = starting("models", "fetch", "beep/bands", "--start", "sen")
    assert (fetched.returncode, "has no start “sen”" in fetched.stderr) == (3, True)


def test_a_model_learns_from_what_was_judged_in_the_library(beep):
    ended = beep("train", "--judged", "--model", "beep/bands")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Nothing that is here was accepted in the library yet." in ended.stderr
    library = Library(beep.home / "library.sqlite")
    for path in sorted((beep.folder / "beeps").glob("*/*.wav")):
        there = Annotation(annotation_id=new_id(), label=path.parent.name, onset=0.1, offset=0.9)
        library.change(path, Change(name="Draw", after=(there,)))
    ended = beep("train", "--judged", "--model", "beep/bands", "--device", "cpu", "--format", "json")
    told = json.loads(ended.stdout)
    assert sum(told["data"]["clips"].values()) == 60
    assert told["test"]["accuracy"] > 0.8
    assert beep("models", "show", "beep/my-judgements").returncode == 0
    both = beep("train", "beeps", "--judged", "--model", "beep/bands")
    assert (both.returncode, both.stdout) == (2, "")
    assert both.stderr.startswith("FOLDER and --judged are two sets of recordings.")


def test_the_page_needs_nothing_beside_it(beep, trained):
    page = (beep.home / "training" / trained["job"] / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    assert "http" not in page.replace("https://arxiv.org", "")
    assert "<script" not in page


def test_the_model_is_used_at_once_and_knows_what_it_was_trained_on(beep, trained):
    told = beep("tag", "beeps/low/lowa_0.wav", "--model", "beep/mine", "--format", "json", "--top", "all")
    assert json.loads(told.stdout)["tags"][0]["label"] == "low"
    page = beep("models", "show", "beep/mine").stdout
    assert "beeps (a folder for each class)" in page
    judged = beep("evaluate", "beeps", "--model", "beep/mine", "--format", "json")
    assert json.loads(judged.stdout)["clips"] == trained["data"]["clips"]["test"]
    assert "the model was trained on them" in judged.stderr


def test_a_model_is_given_away_as_one_file_and_taken_back(beep, trained):
    assert beep("models", "export", "beep/mine", "mine").returncode == 0
    assert beep("models", "import", "mine.earmark").returncode == 2  # that name is taken
    taken = beep("models", "import", "mine.earmark", "--as", "theirs")
    assert taken.stdout == "beep/theirs is ready: 3 labels.\n"
    models = beep.home / "models" / "beep"
    for name in ("network.safetensors", "clips.sha256", "report.json", "golden.json"):
        assert (models / "theirs" / name).read_bytes() == (models / "mine" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("../../evil.py", b"x", "which belongs to none"),
        ("run.py", b"x", "which belongs to none"),
        ("report.json", b"\0" * 30_000_000, "far too large"),
        ("checkpoint.json", b"{}", "incomplete"),
    ],
)
def test_a_file_that_holds_what_no_model_does_is_refused(beep, trained, name, content, sentence):
    beep("models", "export", "beep/mine", "good")
    with (
        zipfile.ZipFile(beep.folder / "good.earmark") as good,
        zipfile.ZipFile(beep.folder / "bad.earmark", "w") as bad,
    ):
        for each in good.namelist():
            if each != name:
                bad.writestr(each, good.read(each))
        bad.writestr(name, content, zipfile.ZIP_DEFLATED)
    refused = beep("models", "import", "bad.earmark", "--as", "bad")
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert not (beep.home / "models" / "beep" / "bad").exists()


def test_a_report_loads_back_as_a_recipe(beep, trained):
    path = beep.home / "training" / trained["job"] / "report.json"
    checked = quick(beep, "--preset", path, "--epochs", "7", "--check-only", "--format", "json")
    found = json.loads(checked.stdout)
    assert found["recipe"] == {**trained["recipe"], "epochs": 7}
    assert found["doctor"]["clips"] == 60


def test_it_goes_on_from_a_model_of_ones_own_and_is_compared_with_it(beep, trained):
    ended = beep("train", "beeps", "--model", "beep/mine", "--device", "cpu", "--format", "json")
    found = json.loads(ended.stdout)
    assert found["model"] == "beep/beeps"
    assert found["recipe"]["preset"] == "few clips"
    assert found["start"]["model"] == "beep/mine"
    assert found["start"]["accuracy"] is not None


def test_folds_and_seeds_are_told_in_one_table_of_mean_and_deviation(beep):
    ended = quick(beep, "--folds", "2", "--seeds", "2", "--format", "json")
    found = json.loads(ended.stdout)
    assert [(each["fold"], each["seed"]) for each in found["jobs"]] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert {each["how"] for each in found["jobs"]} == {"done"}
    accuracies = [each["accuracy"] for each in found["jobs"]]
    assert found["mean"]["accuracy"]["mean"] == pytest.approx(np.mean(accuracies))
    assert found["mean"]["accuracy"]["deviation"] == pytest.approx(np.std(accuracies, ddof=1))
    tested = [each["test_clips"] for each in found["jobs"][::2]]
    assert sum(tested) == 60
    again = beep("train", "--resume", found["folder"])
    assert "mean ± deviation" in again.stdout


@pytest.fixture
def faulty(beep):
    """Beeps, of which one cannot be read, one is empty and one is silent."""
    folder = beep.folder / "faulty"
    if not folder.exists():
        beeps(folder, sources=6)
        (folder / "low" / "broken.wav").write_bytes(b"RIFF, but no more")
        soundfile.write(folder / "low" / "empty.wav", np.zeros(0), 8000)
        soundfile.write(folder / "high" / "silent.wav", np.zeros(8000), 8000)
    return folder


def test_what_cannot_be_heard_is_left_out_and_said_and_what_is_doubtful_stays(beep, faulty):
    ended = beep("train", faulty, "--model", "beep/bands", "--name", "faulty", "--device", "cpu", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    said = [line for line in ended.stderr.splitlines() if line.startswith("Left out: ")]
    assert len(said) == 2
    assert any("broken.wav" in line for line in said)
    assert any("empty.wav" in line for line in said)
    trained = read_job(beep.home / "training" / json.loads(ended.stdout)["job"]).examples
    assert {each.path.name for each in trained} & {"broken.wav", "empty.wav", "silent.wav"} == {"silent.wav"}


def test_the_check_says_what_would_be_left_out(beep, faulty):
    words = ("train", faulty, "--model", "beep/bands", "--check-only")
    found = json.loads(beep(*words, "--format", "json").stdout)
    assert [path.name for each in found["left_out"] for path in map(Path, each["files"])] == ["broken.wav", "empty.wav"]
    assert sum(found["clips"].values()) == 37
    assert found["doctor"]["clips"] == 39
    assert beep(*words).stdout.count("Will be left out: ") == 2


def test_the_check_tries_a_few_steps_and_says_how_long_all_will_take(beep):
    words = ("--set", "pause=0.2", "--epochs", "20", "--check-only")
    found = json.loads(quick(beep, *words, "--format", "json").stdout)["estimate"]
    assert 0.2 < found["step_seconds"] < 2
    clips = 60 * 0.8 * 0.8
    assert found["seconds"] > 20 * (clips // 4) * 0.2
    assert 20 < found["memory_mb"] < 2000
    assert quick(beep, *words).stdout.splitlines()[-1].startswith("About ")
    assert not (beep.home / "training" / "beeps").exists()


def test_a_folder_of_which_nothing_can_be_heard_is_said(beep):
    for label in ("low", "high"):
        (beep.folder / "deaf" / label).mkdir(parents=True)
        (beep.folder / "deaf" / label / "a.wav").write_bytes(b"RIFF, but no more")
    refused = beep("train", "deaf", "--model", "beep/bands")
    assert refused.returncode == 2
    assert "can be heard" in refused.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere",), "There is no folder"),
        (("beeps", "--model", "beep/none"), "There is no model “beep/none”"),
        (("beeps", "--model", "beep/bands", "--set", "epoch=3"), "No recipe has a setting “epoch”"),
        (("beeps", "--model", "beep/bands", "--set", "paus"), "sets nothing"),
        (("beeps", "--model", "beep/bands", "--preset", "paper"), "has no recipe “paper”"),
        (("beeps", "--model", "beep/bands", "--validate", "0.6", "--test", "0.5"), "nothing is left to train on"),
        (("--resume", "nowhere"), "is no job folder"),
        ((), "There is nothing to train on"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(beep, words, sentence):
    refused = beep("train", *words)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("number", "The loss is not a number any more."),
        ("killed", "The trainer ended without a word."),
    ],
)
def test_a_training_that_fails_says_why_and_is_gone_on_with(beep, how, sentence):
    out = beep.folder / how
    failed = quick(beep, "--set", f"ends={how}", "--name", how, "--out", out)
    assert failed.returncode == 3
    assert sentence in failed.stderr
    assert "--resume" in failed.stderr
    job = json.loads((out / "job.json").read_text())
    (out / "job.json").write_text(json.dumps(job | {"settings": job["settings"] | {"ends": ""}}))
    assert beep("train", "--resume", out).returncode == 0
    assert (beep.home / "models" / "beep" / how).is_dir()
