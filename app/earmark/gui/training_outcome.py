"""What came of a job: its report, written once, and the clips behind its figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import DatasetError, Example, TrainJob
from earmark.calibration import Judgement
from earmark.engine_client import Engines
from earmark.gui.label_colours import label_text
from earmark.gui.training_job import headline
from earmark.reliability import Study, reliability
from earmark.training.job_file import read_job
from earmark.training.judged import Side, for_precision, read_judged
from earmark.training.report_page import UNTRIED
from earmark.training.study import read_study
from earmark.training.study_report import kept_report, make_report

UNENDED = "The runs on parts of the clips have not ended yet: this shows then whether more clips would help."
Clip = tuple[Example, str]  # and what is said of it


@dataclass(frozen=True)
class Outcome:
    """A job's report and what its network said of the clips that it is about.

    Attributes:
        side: the clips for testing, or where there are none those for validation.
        held: all clips that were held out.
        has_shares: whether parts of the clips are trained on, too.
    """

    job: TrainJob
    report: Mapping[str, Any]
    side: Side
    held: Side
    has_shares: bool = False

    @property
    def told(self) -> Mapping[str, Any]:
        """The figures of the report that are about `side`."""
        return self.report["test"] or self.report["validate"]

    def headline(self) -> str:
        """Return how good the model is in a sentence."""
        told = self.told
        shown = {"mean_average_precision": "mAP {:.3f}", "auc": "AUC {:.3f}", "d_prime": "d′ {:.2f}"}
        figures = [form.format(told[name]) for name, form in shown.items() if told[name] is not None]
        if told["accuracy"] is not None:
            figures.insert(0, f"Accuracy {told['accuracy']:.1%}")
        side = "that decided nothing" if self.report["test"] else "by which it was chosen"
        return f"{', '.join(figures)} on {told['clips']} clips {side}".replace("%", " %")

    def start(self) -> str:
        """Return how good the model that it started from is on them; "" where that cannot be said."""
        start = self.report.get("start")
        if not start or not (reached := _reached(start)):
            return ""
        return f"{start['model']}, from which it started: {reached} on {start['clips']} clips that it can tell."

    def leaky(self) -> str:
        """Return what a split that ignores sources says; "" where none was tried."""
        leaky = self.report.get("leaky")
        if not leaky or not (reached := _reached(leaky)):
            return ""
        return (
            f"On a split that ignores sources: {reached} on {leaky['test_clips']} clips, which is not to be believed."
        )

    def more(self) -> str:
        """Return whether more clips would help, in a sentence."""
        curve = self.report.get("learning_curve")
        return curve["sentence"] if curve else UNENDED if self.has_shares else UNTRIED

    def limits(self, wanted: float) -> dict[str, Any]:
        """Return the report's thresholds, those for a precision reckoned anew over all clips that were held out."""
        known, held = self.report["thresholds"]["labels"], self.held
        found = {
            label: known[label] | asdict(for_precision(held.scores[:, place], held.truth[:, place], wanted))
            for place, label in enumerate(self.job.labels)
        }
        return {"wanted": wanted, "labels": found}

    def trust(self, place: int | None) -> Study:
        """Return how often scores were right, of a label or of all, over all clips that were held out."""
        own = slice(None) if place is None else slice(place, place + 1)
        scores, truth = self.held.scores[:, own].ravel().tolist(), self.held.truth[:, own].ravel().tolist()
        label = "" if place is None else self.job.labels[place]
        judged = [Judgement(label, score, is_right) for score, is_right in zip(scores, truth, strict=True)]
        return Study(label=label, judged=len(judged), right=sum(truth), bins=reliability(judged))

    def of_label(self, place: int) -> list[Clip]:
        """Return the clips of a label, the least sure first."""
        scores = self.side.scores[:, place]
        own = [number for number in np.argsort(scores, kind="stable") if self.side.truth[number, place]]
        return [(self.side.examples[number], f"scored {scores[number]:.2f}") for number in own]

    def of_cell(self, true: int, told: int) -> list[Clip]:
        """Return the clips of one label that were told to be of another, the surest first."""
        scores = self.side.scores
        fits = self.side.truth[:, true] & (scores.argmax(1) == told)
        own = sorted(np.flatnonzero(fits).tolist(), key=lambda number: -scores[number, told])
        return [(self.side.examples[number], f"scored {scores[number, told]:.2f}") for number in own]

    def mistakes(self) -> list[Clip]:
        """Return the worst mistakes."""
        return list(_mistakes(self.report["mistakes"]))


def outcome_of(folder: Path, engines: Engines) -> Outcome:
    """Return what came of a job; its report is made unless it is there and of its newest run.

    Raises:
        DatasetError: it has judged nothing yet.
    """
    job = read_job(folder)
    sides = read_judged(job)
    if sides is None or not any(side.examples for side in sides.values()):
        raise DatasetError("No clip was judged yet.", hint="Resume the job: at its end it judges what was held out.")
    found = kept_report(folder) or make_report(folder, engines)
    side = sides["test"] if sides["test"].examples else sides["validate"]
    has_shares = any(each.role == "share" for each in read_study(folder))
    return Outcome(job, found, side, _joined(sides.values()), has_shares)


def _reached(told: Mapping[str, Any]) -> str:
    """Return the figure that counts most: "accuracy 93.3 %"; "" where there is none."""
    figures = {"accuracy": told["accuracy"], "mAP": told["mean_average_precision"]}
    return headline({name: value for name, value in figures.items() if value is not None})


def _joined(sides: Collection[Side]) -> Side:
    return Side(
        tuple(example for side in sides for example in side.examples),
        np.concatenate([side.scores for side in sides]),
        np.concatenate([side.truth for side in sides]),
    )


def _mistakes(mistakes: Sequence[Mapping[str, Any]]) -> Iterator[Clip]:
    for each in mistakes:
        example = Example(path=Path(each["file"]), start=each["start"], end=each["end"], labels=tuple(each["is"]))
        own = ", ".join(f"{label_text(label)} {score:.2f}" for label, score in each["is"].items()) or "none of them"
        yield example, f"said {label_text(each['said'])} {each['score']:.2f}, is {own}"
