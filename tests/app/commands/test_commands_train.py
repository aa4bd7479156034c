"""`earmark train`, with a plugin that learns in milliseconds: what a person types, and every way it can end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.training.job_file import read_job

pytestmark = pytest.mark.timeout(900)

PATIENCE = 240  # seconds
BEEP = '''
"""Knows beeps by the mean of their spectra; takes as long, and ends, as its settings say."""
import time
import numpy as np
from dataclasses import replace
from earmark.api import Checkpoint, Heard, ModelCard, hookimpl
from earmark.audio_file import read
from earmark.checkpoints import write_checkpoint
from safetensors.numpy import load_file

RECIPE = {
    "from scratch": {"epochs": 3, "batch_size": 4, "learning_rate": 0.1, "settings": {"pause": 0.0, "ends": ""}},
    "few clips": {"epochs": 2, "batch_size": 4, "learning_rate": 0.2, "settings": {"pause": 0.0, "ends": ""}},
}

@hookimpl
def models():
    return [ModelCard(model_id="beep/bands", title="Beeps", sample_rate=8000, window_seconds=1.0, labels=("a", "b"),
                      trainable=True, recipe=RECIPE)]

@hookimpl
def load(model_id, checkpoint, device, precision):
    return load_file(checkpoint.path / "network.safetensors")["means"]

@hookimpl
def infer(model, clips, want):
    return [Heard(scores=scores(model, clip.samples)) for clip in clips]

def bands(samples):
    power = np.abs(np.fft.rfft(samples, 8000)[:4000].reshape(16, -1)) ** 2
    return power.sum(1) / (power.sum() + 1e-9)

def scores(means, samples):
    likeness = np.exp(-20 * ((means - bands(samples)) ** 2).sum(1))
    return (likeness / likeness.sum()).astype(np.float32)

def means_of(job, share):
    heard = {label: [] for label in job.labels}
    for example in job.examples:
        if example.split == "train":
            heard[example.labels[0]].append(bands(read(example.path, sample_rate=8000)))
    return np.stack([np.mean(heard[label], axis=0) * share for label in job.labels]).astype(np.float32)

@hookimpl
def train(job, run):
    steps, done = 4, 0
    if folder := run.latest():
        done = 4 * (1 + int(folder.name.partition("-")[0]))
    run.began(job.epochs, steps, done, parameters=32)
    for step in range(done, steps * job.epochs):
        time.sleep(job.settings["pause"])
        run.progress(step // steps, step % steps, 1 / (1 + step))
        if step == 5:
            end(job.settings["ends"])
        if step % steps == 3:
            keep(job, run, step // steps)
    judge(job, load_file(run.best() / "network.safetensors")["means"])

def end(how):
    match how:
        case "number": raise FloatingPointError
        case "killed": __import__("os").kill(__import__("os").getpid(), 9)

def keep(job, run, epoch):
    score = (epoch + 1) / job.epochs
    run.evaluated(epoch, {"score": score, "accuracy": score, "loss": 1 - score})
    with run.checkpoint(epoch, score, 4) as folder:
        about = Checkpoint(path=folder, model_id=job.model_id, labels=job.labels, front_end={"short": "pad"})
        write_checkpoint(folder / "whole", {"means": means_of(job, score)}, about)
        for each in (folder / "whole").iterdir():
            each.rename(folder / each.name)
        (folder / "whole").rmdir()

def judge(job, means):
    held = [n for n, each in enumerate(job.examples) if each.split != "train"]
    samples = [read(job.examples[n].path, sample_rate=8000) for n in held]
    found = np.array([scores(means, each) for each in samples], np.float32).reshape(len(held), len(job.labels))
    truth = np.array([[label in job.examples[n].labels for label in job.labels] for n in held], np.float32)
    np.savez(job.folder / "judged.npz", numbers=np.array(held, int), scores=found, truth=truth.reshape(found.shape))
'''


def beeps(folder, *, sources: int = 10, clips: int = 2) -> None:
    """Write beeps of three pitches, several clips a source."""
    rng, at = np.random.default_rng(0), np.arange(8000) / 8000
    for label, pitch in (("low", 300), ("middle", 900), ("high", 2500)):
        (folder / label).mkdir(parents=True)
        for source in range(sources):
            own = pitch * rng.uniform(0.8, 1.25)
            for clip in range(clips):
                sound = 0.3 * np.sin(2 * np.pi * own * at) + 0.02 * rng.standard_normal(8000)
                soundfile.write(folder / label / f"{label}{chr(97 + source)}_{clip}.wav", sound, 8000)


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


def quick(beep, *words, **more):
    return beep("train", "beeps", "--model", "beep/bands", "--device", "cpu", *words, **more)


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


@pytest.fixture
def elsewhere(beep):
    """Train slowly in a process of its own, as in another terminal; return a starter, given a name and pauses."""
    started = []

    def start(name, *words):
        out = beep.folder / name
        asked = ("beeps", "--model", "beep/bands", "--name", name, "--out", out, "--device", "cpu", *words)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(beep.words("train", *asked), cwd=beep.folder, env=beep.variables(), **pipes))
        wait_for(lambda: told(out, "progress"))
        return out, started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def told(folder, kind: str) -> int:
    """Return how often a job's trainer has told something."""
    events = folder / "events.jsonl"
    return events.read_text().count(f'"event": "{kind}"') if events.exists() else 0


@pytest.fixture
def following(beep):
    """Follow a job in a process of its own; return it once it says so."""
    started = []

    def follow(out):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        words = beep.words("train", "--resume", out)
        started.append(subprocess.Popen(words, cwd=beep.folder, env=beep.variables(), **pipes))
        assert "is being trained already" in started[-1].stderr.readline()
        return started[-1]

    yield follow
    for process in started:
        process.kill()
        process.communicate()


def test_a_job_that_another_process_trains_is_followed_to_its_end_and_left_to_it(beep, elsewhere, following):
    out, other = elsewhere("terminal", "--set", "pause=0.2")
    (trainer,) = children_of(other.pid, "earmark_trainer")
    os.kill(trainer, signal.SIGSTOP)
    follower = following(out)
    os.kill(trainer, signal.SIGCONT)
    heard, said = follower.communicate(timeout=PATIENCE)
    assert follower.returncode == 0, said
    assert "epoch 3 of 3" in said
    assert heard == ""
    assert other.wait(PATIENCE) == 0
    assert told(out, "began") == told(out, "ended") == 1
    assert (beep.home / "models" / "beep" / "terminal").is_dir()


def test_who_follows_a_job_hears_that_its_trainer_was_killed(elsewhere, following):
    out, other = elsewhere("shot", "--set", "pause=0.2", "--epochs", "999")
    follower = following(out)
    (trainer,) = children_of(other.pid, "earmark_trainer")
    os.kill(trainer, signal.SIGKILL)
    assert "ended without a word" in follower.communicate(timeout=PATIENCE)[1]
    assert follower.returncode == 3


@pytest.mark.parametrize(
    ("answers", "status", "how", "pause"),
    [(("Stopping",), 0, "stopped", 0.2), (("Stopping", "Cancelling"), 130, "cancelled", 5.0)],
)
def test_ctrl_c_stops_and_keeps_and_twice_cancels(elsewhere, answers, status, how, pause):
    out, process = elsewhere(how, "--set", f"pause={pause}", "--epochs", "500")
    if how == "stopped":
        wait_for(lambda: told(out, "checkpoint"))
    for answer in answers:  # within a pause of the trainer, which heeds wishes between its steps
        process.send_signal(signal.SIGINT)
        assert any(answer in line for line in process.stderr)
    _, said = process.communicate(timeout=PATIENCE)
    assert json.loads((out / "events.jsonl").read_text().splitlines()[-1])["how"] == how
    assert process.returncode == status, said


def test_when_the_command_line_is_killed_its_trainer_stops_by_itself(beep):
    out = beep.folder / "orphan"
    words = ("beeps", "--model", "beep/bands", "--name", "orphan", "--out", out, "--device", "cpu")
    process = subprocess.Popen(
        beep.words("train", *words, "--set", "pause=0.2", "--epochs", "99"),
        cwd=beep.folder,
        env=beep.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    events = out / "events.jsonl"
    wait_for(lambda: events.exists() and "progress" in events.read_text())
    (trainer,) = children_of(process.pid, "earmark_trainer")
    process.kill()
    process.wait()
    wait_for(lambda: not os.path.exists(f"/proc/{trainer}") or is_dead(trainer))  # noqa: PTH110
    assert json.loads(events.read_text().splitlines()[-1])["how"] == "stopped"


def wait_for(is_so, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.05)


def children_of(pid: int, name: str) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return [int(own) for own, parent, words in rows if int(parent) == pid and name in words]


def is_dead(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return listed.startswith("Z") or not listed.strip()
