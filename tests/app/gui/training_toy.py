"""A trainer that plays a part, and jobs for it: what the window's side of training is tested with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from earmark.api import Example, TrainJob
from earmark.training.plan import jobs_folder
from earmark.training.study import Member, StudyJob

# A trainer that says what one says, at 50 steps a second, and heeds what it is told.
TRAINER = """
import json, os, sys, threading, time
from pathlib import Path
from earmark.training.job_lock import held

folder, wish = Path(sys.argv[1]), ["continue"]
job = json.loads((folder / "job.json").read_text())

def watch():
    while line := os.read(0, 4096):
        wish[0] = line.decode().split()[-1]
    wish[0] = "stop"

def say(event, **told):
    line = json.dumps({"version": 1, "event": event, "time": time.time()} | told)
    print(line, flush=True)
    with (folder / "events.jsonl").open("a") as log:
        print(line, file=log)

def keep(epoch):
    place = folder / "checkpoints" / f"{epoch:05d}-000004"
    place.mkdir(parents=True, exist_ok=True)
    (place / "score.json").write_text(json.dumps({"score": epoch / 100}))
    say("checkpoint", epoch=epoch, step=4, score=epoch / 100)

def judge():
    import numpy as np
    held = [place for place, each in enumerate(job["examples"]) if each["split"] != "train"]
    truth = np.array([[label in job["examples"][place]["labels"] for label in job["labels"]] for place in held], int)
    if held:
        np.savez(folder / "judged.npz", numbers=held, scores=truth * 0.5 + 0.25, truth=truth)

lock = held(folder)
lock.__enter__()
threading.Thread(target=watch, daemon=True).start()
done = 4 * len(list((folder / "checkpoints").glob("*")))
say("preparing", done=1, total=2)
if "trouble" in job["settings"]:
    say("ended", how="failed", sentence=job["settings"]["trouble"], hint="Try again.")
    sys.exit(1)
say("began", epochs=job["epochs"], steps=4, done=done, device="CPU, toy", parameters=1000, precision="32-true")
for number in range(done, 4 * job["epochs"]):
    time.sleep(0.02)
    while wish[0] == "pause":
        time.sleep(0.02)
    if wish[0] in ("stop", "cancel"):
        say("ended", how={"stop": "stopped", "cancel": "cancelled"}[wish[0]])
        sys.exit(0)
    epoch, step = divmod(number, 4)
    say("progress", epoch=epoch, step=step, loss=1 / (number + 1), memory_mb=912)
    if step == 3:
        say("evaluated", epoch=epoch, metrics={"score": 0.5, "accuracy": 0.5, "loss": 0.7, "clips": 2})
        keep(epoch)
judge()
say("ended", how="done")
"""
LONG = 5000  # epochs: seven minutes, longer than any test waits


def install(folder: Path) -> Path:
    """Write the toy as the package of the trainer; return the folder it is imported from."""
    package = folder / "toy" / "earmark_trainer"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(TRAINER)
    return package.parent


BESIDE = (Member(place="leaky", role="leaky"), Member(place="share-75", role="share", share=0.75))


def study_of(name: str, **settings) -> list[StudyJob]:
    """Return a job and two beside it; they are not written yet."""
    main = job_of(name, **settings)
    sides = [(each, replace(main, job_id=each.place, folder=each.folder(main.folder))) for each in BESIDE]
    return [(Member(place="."), main), *sides]


def job_of(name: str, *, epochs: int = 2, **settings) -> TrainJob:
    """Return a job of two clips; it is not written yet."""
    clips = tuple(Example(path=Path(f"{name}{number}.wav"), labels=("tone",)) for number in range(2))
    settings = {"name": name, "model": "toy/frames", "trained_on": "toys", "evaluate_every": 1} | settings
    return TrainJob(
        job_id=name,
        model_id="toy/frames",
        folder=jobs_folder() / name,
        labels=("tone",),
        examples=clips,
        epochs=epochs,
        batch_size=2,
        settings=settings,
    )
