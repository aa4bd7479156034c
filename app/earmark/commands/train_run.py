"""The run of `earmark train`: each job in a process of its own, then the model and its report, or the table of all."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earmark import settings
from earmark.commands import FAILED, INTERRUPTED, tell
from earmark.commands.train_choice import Choice, estimated, folder_for, intent_of
from earmark.commands.train_output import print_check, print_model, print_table, tell_diagnosis
from earmark.commands.train_progress import TrainingBar
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.training.adoption import adopt
from earmark.training.job_file import read_job
from earmark.training.job_lock import is_trained
from earmark.training.job_process import JobProcess, events_of, followed, how_it_ended
from earmark.training.study import GOOD, Member, outcome, read_study
from earmark.training.study_report import make_report

BOUNDS = ("began", "ended")  # events
STATUS = {"failed": FAILED, "interrupted": FAILED, "cancelled": INTERRUPTED}


def train(choice: Choice) -> int:
    """Train and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    chosen = settings.read()
    engines = Engines(device=choice.device or chosen.device, deadline=chosen.deadline)
    try:
        if choice.resume:
            return _Run(choice, choice.resume.absolute(), engines).go()
        intent = intent_of(choice, engines)
        if choice.check_only:
            print_check(intent, estimated(intent), choice.format_name)
            return 0
        tell_diagnosis(intent)
        folder = folder_for(choice, intent)
        intent.write(folder)
        return _Run(choice, folder, engines).go()
    finally:
        engines.close()


@dataclass
class _Run:
    """A study on its way: what has ended well is not run again."""

    choice: Choice
    folder: Path
    engines: Engines

    def go(self) -> int:
        """Run what is left, tell what came of it, and return the exit status; follow what another process runs."""
        members = read_study(self.folder)
        if elsewhere := [each for each in members if is_trained(each.folder(self.folder))]:
            return self._follow(elsewhere[0])
        status, is_over = 0, False
        for number, member in enumerate(members, start=1):
            if is_over or how_it_ended(member.folder(self.folder)) in GOOD:
                continue
            how = self._job(member, f"{number} of {len(members)}, " if len(members) > 1 else "")
            status = max(status, STATUS.get(how, 0))
            is_over = how == "cancelled" or (member.role == "main" and how not in GOOD)  # no model: nothing to compare
        if members[0].role == "main":
            return self._tell_model(members, status)
        print_table(self.folder, [outcome(self.folder, each) for each in members], self.choice.format_name)
        return status

    def _job(self, member: Member, count: str) -> str:
        """Run one job to its end and return how it ended."""
        folder = member.folder(self.folder)
        job = read_job(folder)
        with TrainingBar(f"{count}{member}", job.batch_size) as bar:
            bar.tell(f"{count}{member}: {folder}")
            process = JobProcess(folder)
            last: dict[str, Any] = {}
            with _heeding(process, bar):
                for event in process.events():
                    bar.show(event)
                    last = dict(event)
        return self._how(member, last)

    def _how(self, member: Member, last: Mapping[str, Any]) -> str:
        """Return how a job ended by the last that it said, having told what went wrong."""
        folder = member.folder(self.folder)
        if last.get("event") == "ended":
            if last["how"] == "failed":
                tell(EarmarkError(last["sentence"], hint=last.get("hint", "")), str(member))
            return last["how"]
        hint = f"Its log is {folder / 'log.txt'}. Go on with it: earmark train --resume {self.folder}"
        tell(EarmarkError("The trainer ended without a word.", hint=hint), str(member))
        return "interrupted"

    def _follow(self, member: Member) -> int:
        """Show how a job gets on that another process trains, and return how it ended as a status."""
        folder = member.folder(self.folder)
        with TrainingBar(str(member), read_job(folder).batch_size) as bar:
            bar.tell(f"{member}: {folder} is being trained already; this follows it. Ctrl+C ends this, and not that.")
            for event in followed(folder, skip=_of_earlier_runs(folder)):
                bar.show(event)
        how = self._how(member, (events_of(folder) or [{}])[-1])
        if how in GOOD:
            print(f"It is {how}. Its model and report are made where it was started.", file=sys.stderr)
        return STATUS.get(how, 0)

    def _tell_model(self, members: Sequence[Member], status: int) -> int:
        """Write the report of the job that is the model, have the model adopted, and print what it reached."""
        if how_it_ended(members[0].folder(self.folder)) not in GOOD:
            self._tell_resume()
            return status or FAILED
        found = make_report(self.folder, self.engines)
        try:
            made = adopt(self.folder, self.engines)
        except EarmarkError as error:
            tell(error)
            return FAILED
        print_model(found, made, self.folder, self.choice.format_name)
        return status

    def _tell_resume(self) -> None:
        if any((self.folder / "checkpoints").glob("*")):
            print(f"What there is is kept; go on with it: earmark train --resume {self.folder}", file=sys.stderr)


def _of_earlier_runs(folder: Path) -> int:
    """Return how many of the events of a job are of runs before the one that goes on."""
    events = events_of(folder)
    marks = [number + (each["event"] == "ended") for number, each in enumerate(events) if each["event"] in BOUNDS]
    return max(marks, default=0)


@contextmanager
def _heeding(process: JobProcess, bar: TrainingBar) -> Iterator[None]:
    """Hand Ctrl+C on: once stops and keeps, twice cancels, and a third time ends the trainer at once."""
    wishes = iter(("stop", "cancel"))

    def heed(*_: object) -> None:
        wish = next(wishes, None)
        if wish is None:
            process.kill()
            return
        process.ask(wish)  # type: ignore[arg-type]  # one of the two above; before it is said, as the next may come then
        bar.tell("Stopping; Ctrl+C again cancels." if wish == "stop" else "Cancelling; Ctrl+C again ends it at once.")

    before = signal.signal(signal.SIGINT, heed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        process.close()
