"""The run of `earmark evaluate`: every clip through every model, then the scores of each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import click

from earmark import ensembles, settings
from earmark.analysis import Heading
from earmark.api import Checkpoint, Example
from earmark.checkpoints import checkpoint_for
from earmark.commands import FAILED, INTERRUPTED
from earmark.commands.evaluate_choice import Choice, Part, part_of
from earmark.commands.evaluate_output import Output
from earmark.commands.evaluate_predictions import score_predictions
from earmark.commands.hearing import library, usable
from earmark.commands.progress import Bar
from earmark.counted import counted
from earmark.engine_client import Engines
from earmark.errors import DatasetError, EarmarkError
from earmark.evaluation import htsat_protocol
from earmark.evaluation.document import ours, protocol_of, result_document
from earmark.evaluation.map_picture import check_suffix, write_map
from earmark.evaluation.published import published_beside
from earmark.evaluation.training_clips import doubt, without_training_clips
from earmark.evaluation.trial import Conditions, Result, Trial
from earmark.pace import Pace, weight_of
from earmark.tagging import Tagger


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that is evaluated, and on which clips."""

    heading: Heading
    examples: tuple[Example, ...]
    trial: Trial
    warnings: tuple[str, ...]


def evaluate(choice: Choice) -> int:
    """Evaluate and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    if choice.picture:
        check_suffix(choice.picture)
    if choice.predictions:
        return score_predictions(choice)
    part, how, chosen = part_of(choice), choice.conditions, settings.read()
    engines = Engines(
        device=choice.device or chosen.device,
        precision=choice.precision or chosen.precision,
        deadline=chosen.deadline,
    )
    try:
        if choice.device not in (None, "auto"):
            engines.device_line()  # one that is not here ends it now, and not at each file
        models = dict.fromkeys(choice.models or chosen.models)
        candidates = [_candidate(engines, model, part, choice, how) for model in models]
        return Run(choice, how, part, engines).run(candidates)
    finally:
        engines.close()


def _candidate(engines: Engines, model_id: str, part: Part, choice: Choice, how: Conditions) -> Candidate:
    """Return a model with the clips that it may be judged by: none that it was trained on."""
    heading = usable(engines, model_id)
    if how.draws_map and not heading.embeds:
        raise EarmarkError(f"{model_id} gives no embeddings.", hint="Leave out --embeddings and --map.")
    checkpoints = _checkpoints(engines, model_id)
    examples, trained_on = without_training_clips(part.examples, checkpoints)
    if not examples:
        raise DatasetError(f"{model_id} was trained on every one of these clips.", hint="Evaluate it on others.")
    said = [f"{counted(trained_on, 'clip')} left out: the model was trained on them."] if trained_on else []
    if not trained_on and part.side not in ("test", "validate"):
        said += filter(None, (doubt(part.dataset, checkpoint) for checkpoint in checkpoints))
    trial = Trial(part.dataset, examples, heading, how)
    if choice.protocol == "htsat":
        htsat_protocol.check_labels(trial.match.labels)
    return Candidate(heading=heading, examples=examples, trial=trial, warnings=tuple(said))


def _checkpoints(engines: Engines, model_id: str) -> list[Checkpoint]:
    """Return the weights that a model is run with, of an ensemble those of all members."""
    members = ensembles.members_of(model_id) or (model_id,)
    cards = (card for card in engines.cards() if card.model_id in members)
    return [checkpoint for card in cards if (checkpoint := checkpoint_for(card))]


class Run:
    """Every clip through every model; a clip that fails is named and the rest goes on."""

    def __init__(self, choice: Choice, how: Conditions, part: Part, engines: Engines) -> None:
        self._choice, self._how, self._dataset, self._side = choice, how, part.dataset, part.side
        self._engines, self._pace = engines, Pace()
        self._tagger = Tagger(engines, library(), again=choice.again)

    def run(self, candidates: Sequence[Candidate]) -> int:
        """Evaluate, and return the exit status."""
        output, failed = Output(self._choice.format_name, self._choice.out), False
        self._pace.expect_all(weight_of(example.path) for each in candidates for example in each.examples)
        with Bar(sum(len(each.examples) for each in candidates), self._pace) as bar:
            self._engines.on_notice = lambda notice: bar.tell(str(notice))
            bar.tell(f"{self._dataset.folder}: {self._dataset.title}, {self._side}")
            for sentence in self._dataset.warnings:
                bar.tell(sentence)
            try:
                for each in candidates:
                    result = self._result(bar, each)
                    failed = failed or bool(result.failures)
                    with bar.printing():
                        self._write(output, each, result, alone=len(candidates) == 1)
            except KeyboardInterrupt:
                bar.tell("Interrupted. What was heard is in the library.")
                return INTERRUPTED
        output.compare()
        return FAILED if failed else 0

    def _result(self, bar: Bar, candidate: Candidate) -> Result:
        for sentence in candidate.warnings:
            bar.tell(f"{candidate.heading.model_id}: {sentence}")
        for example in candidate.examples:
            self._hear(bar, candidate, example)
        result = candidate.trial.result()
        if not result.clips:
            raise DatasetError(f"{candidate.heading.model_id} could not hear any of the clips.")
        return replace(result, warnings=(*candidate.warnings, *result.warnings))

    def _hear(self, bar: Bar, candidate: Candidate, example: Example) -> None:
        """Hear one clip; where that fails, say so and go on."""
        began, weight, failure = time.monotonic(), weight_of(example.path), None
        try:
            if heard := self._add(bar, candidate, example):
                self._pace.heard(weight, sound=heard, taken=time.monotonic() - began)
        except EarmarkError as error:
            failure = error
            candidate.trial.fail(example, error)
            bar.tell(f"{example.path}: {error}")
        self._pace.passed(weight)
        bar.ended(well=failure is None)

    def _add(self, bar: Bar, candidate: Candidate, example: Example) -> float:
        """Have a clip heard and judged; return the seconds that were heard anew."""
        model_id = candidate.heading.model_id
        if self._choice.protocol == "htsat":
            heard, samples = htsat_protocol.hear_clip(self._engines, example.path, model_id)
            candidate.trial.add_as_htsat(example, heard, samples)
            return samples / htsat_protocol.SAMPLE_RATE
        if self._how.draws_map:
            analysis = self._engines.analyse(
                example.path, model_id, on_progress=bar.during(example.path), embeddings=True
            )
            candidate.trial.add(example, analysis)
            return analysis.duration
        tagged = self._tagger.hear(example.path, candidate.heading, on_progress=bar.during(example.path))
        candidate.trial.add(example, tagged.analysis)
        return 0.0 if tagged.was_known else tagged.analysis.duration

    def _write(self, output: Output, candidate: Candidate, result: Result, *, alone: bool) -> None:
        published = published_beside(candidate.heading.published, self._dataset, ours(result))
        protocol = protocol_of(
            self._dataset,
            candidate.heading,
            self._how,
            side=self._side,
            clips=result.clips,
            is_htsat=self._choice.protocol == "htsat",
        )
        document = result_document(result, self._dataset, side=self._side, protocol=protocol, published=published)
        output.add(document, result.events.events if result.events else None)
        if self._choice.picture and result.map:
            path = self._choice.picture
            path = path if alone else path.with_stem(f"{path.stem}-{result.model_id.replace('/', '-')}")
            write_map(result.map, path)
            click.echo(f"The map is in {path}.", err=True)
