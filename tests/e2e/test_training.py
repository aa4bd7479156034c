"""From a folder of sounds to a model that tells them, by mouse and key."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.document import Document, read_documents
from earmark.gui.training_wizard import SIZE
from earmark.training.job_process import events_of, how_it_ended

from .conftest import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

RATE = 16_000
SOUNDS = ("hum", "hiss", "ticks")
MODEL = "htsat/three-sounds"
NEXT = (112, 24)  # pixels from the wizard's right lower corner
LONG = 300.0  # seconds for what takes a few where nothing else runs
LOADED = 15.0  # seconds after which a press of a button has certainly been answered, or not been taken
USE_IT_NOW = (1155, 778)  # on the screen: the button of the newest notice, the lowest line of the window


def sound(label: str, seed: int) -> np.ndarray:
    """Return a second of one of three kinds of sound, [samples]."""
    rng, times = np.random.default_rng(seed), np.arange(RATE) / RATE
    made = {
        "hum": lambda: np.sin(2 * np.pi * rng.uniform(150, 300) * times),
        "hiss": lambda: rng.normal(0, 0.4, RATE),
        "ticks": lambda: 2.0 * (np.arange(RATE) % int(rng.uniform(1500, 2500)) < 20),
    }[label]()
    return (0.3 * made + rng.normal(0, 0.002, RATE)).astype(np.float32)


@pytest.fixture
def sounds(tmp_path):
    """A folder of ten clips of each kind."""
    folder = tmp_path / "three sounds"
    for number, label in enumerate(SOUNDS):
        (folder / label).mkdir(parents=True)
        for clip in range(10):
            soundfile.write(folder / label / f"{label}{clip}.wav", sound(label, 100 * number + clip), RATE)
    return folder


def wizard(page: str) -> str:
    """Return what stands over the wizard on one of its pages."""
    return f"New model: {page} — Earmark"


def presses_next(person) -> None:
    """Click where Next is, and Train on the last page."""
    x, y = (str(size - away) for size, away in zip(SIZE, NEXT, strict=True))
    person.does("search", "--onlyvisible", "--name", "New model", "mousemove", "--window", "%1", x, y, "click", "1")


def presses_until(press: Callable[[], object], true: Callable[[], object], what: str, *, each: float = LOADED) -> None:
    """Press until something is so: a button does nothing before it may; an answer is waited for before the next."""

    def is_so() -> bool:
        if true():
            return True
        press()
        until = time.monotonic() + each
        while not true() and time.monotonic() < until:
            time.sleep(0.1)
        return bool(true())

    wait_until(is_so, what, seconds=LONG)


def goes_on(person, title: str) -> None:
    """Press Next until the page of that title is shown."""
    presses_until(lambda: presses_next(person), lambda: wizard(title) in person.titles(), f"the page “{title}”")


def kinds(folder) -> list[str]:
    """Return the kinds of events that a job's trainer has told."""
    return [event["event"] for event in events_of(folder)]


def trainers(program) -> list[int]:
    """Return the processes that train."""
    commands = {pid: Path(f"/proc/{pid}/cmdline") for pid in program.processes()}
    return [pid for pid, command in commands.items() if command.exists() and b"earmark_trainer" in command.read_bytes()]


def export(person, path) -> Document:
    person.presses("ctrl+shift+e")
    person.answers_dialog("Export — Earmark", str(path))
    wait_until(path.exists, "the exported file")
    [document] = read_documents(path)
    return document


def test_three_sounds_are_learnt_from_the_wizard_and_told_by_the_new_model(person, start, home, sounds, tmp_path):
    settings = json.loads((home / "settings.json").read_text())
    (home / "settings.json").write_text(json.dumps(settings | {"models": ["htsat/everyday"]}))
    unheard = tmp_path / "unheard.wav"
    soundfile.write(unheard, sound("hiss", 999), RATE)
    program = start(unheard)
    person.waits_for_window("unheard.wav – Earmark")

    person.presses("ctrl+n")
    person.waits_for_window(wizard("Your sounds"))
    person.waits_for_keyboard(wizard("Your sounds"))
    person.types(str(sounds))
    for title in ("What was found", "Model and start", "Settings"):
        goes_on(person, title)
    for key, text in (("alt+e", "8"), ("alt+a", "6"), ("alt+l", "0.002")):
        person.presses(key)
        person.presses("ctrl+a")
        person.types(text)
    goes_on(person, "Train")
    presses_next(person)

    jobs = home / "training"
    for kind in ("began", "checkpoint", "ended"):
        wait_until(lambda kind=kind: any(kind in kinds(each) for each in jobs.glob("*/")), f"“{kind}”", seconds=LONG)
    assert [how_it_ended(each) for each in jobs.glob("*/")] == ["done"]
    wait_until(lambda: not trainers(program), "the end of the trainer's process")
    is_there = (home / "models" / MODEL / "checkpoint.json").exists
    presses_until(lambda: person.clicks(*USE_IT_NOW), is_there, "the new model", each=60.0)
    told: list[Document] = []

    def is_heard() -> bool:
        told.append(export(person, tmp_path / f"told {len(told)}.json"))
        return told[-1]["model"] == MODEL

    wait_until(is_heard, "what the new model hears", seconds=LONG)
    assert told[-1]["tags"][0]["label"] == "hiss"

    person.presses("ctrl+q")
    assert program.ended() == 0
    wait_until(lambda: program.processes() == [], "the end of every process")
