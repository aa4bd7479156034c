"""What is known of one fine-tuning job: what it was told, and what it has said since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

from earmark.api import TrainJob
from earmark.counted import counted
from earmark.training.study import Member

State = Literal[
    "waiting",
    "starting",
    "preparing",
    "training",
    "evaluating",
    "done",
    "stopped",
    "cancelled",
    "failed",
    "interrupted",
]
RUNNING = frozenset({"starting", "preparing", "training", "evaluating"})
RESUMABLE = frozenset({"stopped", "cancelled", "failed", "interrupted"})
MODEL = Member(place=".")
PACED = 20  # steps over which the pace is taken


@dataclass
class TrainingJob:
    """A job as the window shows it.

    Attributes:
        steps: of an epoch; `done` over all epochs.
        losses: (steps done, loss) of each step, in order.
        evaluations: (steps done, name → metric), in order.
        log: what it said, in words.
        heard: how many things it said.
        is_paused, is_ending: the person holds it, or wants it to end; the trainer does not say so.
        is_elsewhere: another process has started its trainer, and alone can steer it.
        member: what it is there for.
        main: the job that makes the model, where this one only says something about that.
        sides: the jobs beside this one, in the order in which they run.
    """

    folder: Path
    name: str
    model: str = ""
    title: str = ""
    batch_size: int = 1
    epochs: int = 0
    evaluate_every: int = 5
    clips: int = 0  # to train with
    state: State = "interrupted"
    steps: int = 0
    done: int = 0
    prepared: tuple[int, int] = (0, 0)
    device: str = ""
    memory_mb: int = 0  # needed at most; 0 where nobody knows
    sentence: str = ""
    hint: str = ""
    is_paused: bool = False
    is_ending: bool = False
    is_elsewhere: bool = False
    heard: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    evaluations: list[tuple[int, Mapping[str, float]]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    has_checkpoint: bool = False
    is_judged: bool = False  # its best network heard the clips that are held out
    times: list[tuple[float, int]] = field(default_factory=list)  # of late: when, how many steps were done then
    member: Member = MODEL
    main: TrainingJob | None = field(default=None, repr=False, compare=False)
    sides: list[TrainingJob] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, job: TrainJob, member: Member = MODEL) -> TrainingJob:
        """Return a job that has said nothing yet."""
        told = job.settings
        name = str(told.get("name", job.job_id))
        return cls(
            folder=job.folder,
            member=member,
            name=f"{name}, {member}" if member.is_beside else name,
            model=str(told.get("model", job.model_id)),
            title=str(told.get("trained_on", "")),
            batch_size=job.batch_size,
            epochs=job.epochs,
            evaluate_every=int(told.get("evaluate_every", 5)),
            clips=sum(each.split == "train" for each in job.examples),
        )

    @property
    def is_running(self) -> bool:
        """Whether its trainer runs."""
        return self.is_elsewhere or self.state in RUNNING

    @property
    def is_resumable(self) -> bool:
        """Whether it can be gone on with."""
        is_steered = self.is_elsewhere or (self.main is not None and self.main.is_elsewhere)
        return not is_steered and self.state in RESUMABLE

    @property
    def is_on_its_way(self) -> bool:
        """Whether it runs or waits."""
        return self.is_running or self.state == "waiting"

    @property
    def part(self) -> float:
        """Share of the steps that are done."""
        return min(1.0, self.done / (self.steps * self.epochs)) if self.steps and self.epochs else 0.0

    @property
    def step_seconds(self) -> float | None:
        """Seconds that a step takes lately; None before the first."""
        pairs = zip(self.times, self.times[1:], strict=False)
        taken = [after[0] - before[0] for before, after in pairs if after[1] > before[1]]
        return median(taken) if taken else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the last step; None while nobody knows."""
        pace = self.step_seconds
        return None if pace is None else pace * (self.steps * self.epochs - self.done)

    @property
    def best(self) -> Mapping[str, float]:
        """Metrics of the evaluation with the best score; none before the first."""
        return max((metrics for _, metrics in self.evaluations), key=lambda each: each.get("score", 0.0), default={})

    def take(self, event: Mapping[str, Any]) -> None:
        """Learn from one thing that the trainer said."""
        self.heard += 1
        kind = event.get("event")
        if take := _TAKERS.get(str(kind)):
            take(self, event)
        if words := _words(self, event):
            self.log.append(words)

    def begin(self) -> None:
        """Be started, or started again."""
        self.state, self.sentence, self.hint = "starting", "", ""
        self.is_paused = self.is_ending = False
        self.times.clear()

    def leave(self) -> None:
        """Be without a trainer: one that did not say how it ended was interrupted."""
        self.is_paused = self.is_ending = self.is_elsewhere = False
        if self.is_running:
            self.state, self.sentence = "interrupted", "The trainer ended without a word."


def linked(jobs: Sequence[TrainingJob]) -> list[TrainingJob]:
    """Return the jobs of a study, the model's first, told of each other."""
    main, *sides = jobs
    main.sides = sides
    for side in sides:
        side.main = main
    return [main, *sides]


def _began(job: TrainingJob, event: Mapping[str, Any]) -> None:
    job.state, job.device = "training", str(event.get("device", ""))
    job.steps, job.epochs, job.done = event["steps"], event["epochs"], event["done"]
    job.losses = [each for each in job.losses if each[0] <= job.done]  # steps after a checkpoint are taken again
    job.evaluations = [each for each in job.evaluations if each[0] <= job.done]
    job.times = [(event["time"], job.done)]


def _preparing(job: TrainingJob, event: Mapping[str, Any]) -> None:
    job.state, job.prepared = "preparing", (event["done"], event["total"])


def _progress(job: TrainingJob, event: Mapping[str, Any]) -> None:
    epoch, step = event["epoch"], event["step"]
    job.done = epoch * job.steps + step + 1
    job.losses.append((job.done, event["loss"]))
    job.memory_mb = event.get("memory_mb", 0)
    job.times.append((event["time"], job.done))
    del job.times[:-PACED]
    ends = step + 1 == job.steps
    evaluated = ends and ((epoch + 1) % job.evaluate_every == 0 or epoch + 1 == job.epochs)
    job.state = "evaluating" if evaluated else "training"


def _evaluated(job: TrainingJob, event: Mapping[str, Any]) -> None:
    metrics = {name: value for name, value in event["metrics"].items() if isinstance(value, int | float)}
    job.evaluations.append((job.done, metrics))
    job.times.append((event["time"], job.done))  # the time that judging took is no step's
    if job.done < job.steps * job.epochs:
        job.state = "training"


def _checkpoint(job: TrainingJob, event: Mapping[str, Any]) -> None:
    job.has_checkpoint = True


def _ended(job: TrainingJob, event: Mapping[str, Any]) -> None:
    job.state = event["how"]
    job.sentence, job.hint = str(event.get("sentence", "")), str(event.get("hint", ""))


_TAKERS = {
    "began": _began,
    "preparing": _preparing,
    "progress": _progress,
    "evaluated": _evaluated,
    "checkpoint": _checkpoint,
    "ended": _ended,
}


def _words(job: TrainingJob, event: Mapping[str, Any]) -> str:
    """Return what is written down of an event; "" of most."""
    match event.get("event"):
        case "began":
            size = f", {event['parameters'] / 1e6:.2f} million parameters" if event.get("parameters") else ""
            return f"{'Went on' if event['done'] else 'Began'} on {job.device}{size}, {event.get('precision', '')}."
        case "skipped":
            return f"Left out: {Path(event['path']).name}. {event['sentence']}"
        case "evaluated":
            return f"Epoch {event['epoch'] + 1}: {metrics_text(event['metrics'])}"
        case "ended":
            return " ".join(filter(None, (ENDED[event["how"]], job.sentence, job.hint)))
    return ""


ENDED = {"done": "Done.", "stopped": "Stopped and kept.", "cancelled": "Cancelled.", "failed": "Failed."}
METRICS = {"accuracy": "accuracy", "mAP": "mAP", "AUC": "AUC", "d_prime": "d′", "top_5": "top 5", "loss": "loss"}


def metrics_text(metrics: Mapping[str, float]) -> str:
    """Return metrics as they are read: "accuracy 93.3 %, mAP 0.941, loss 0.212"."""
    parts = []
    for name, words in METRICS.items():
        if (value := metrics.get(name)) is not None:
            shown = f"{value:.1%}".replace("%", " %") if name in ("accuracy", "top_5") else f"{value:.3f}"
            parts.append(f"{words} {shown}")
    return ", ".join(parts) or counted(int(metrics.get("clips", 0)), "clip")


def headline(metrics: Mapping[str, float]) -> str:
    """Return the metric that counts most."""
    name = next((each for each in ("accuracy", "mAP") if metrics.get(each) is not None), "")
    return metrics_text({name: metrics[name]}) if name else ""
