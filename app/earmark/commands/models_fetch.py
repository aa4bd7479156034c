"""`earmark models fetch`: one model after another, and how far it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from earmark.api import CheckpointError, ModelCard, Weights
from earmark.commands import FAILED, tell
from earmark.engine_client import Engines
from earmark.fetching import fetch_model, fetchable_weights, ready_weights
from earmark.weights_fetch import Told
from earmark.weights_text import facts

SAID_FIRST = ("Licence", "Source", "Address", "Size", "Reaches")


def fetch_all(engines: Engines, model_ids: Sequence[str], *, again: bool) -> int:
    """Fetch models, name those that could not be, and return the exit status."""
    cards = cards_of(engines, model_ids)
    fetched = [_fetch(engines, cards.get(model_id), model_id, again=again) for model_id in model_ids]
    return 0 if all(fetched) else FAILED


def cards_of(engines: Engines, model_ids: Sequence[str]) -> dict[str, ModelCard]:
    """Return the cards that can be used here, by their ids; a model that does not exist is told at once.

    Raises:
        EarmarkError: there is no such model.
    """
    for model_id in model_ids:
        engines.heading(model_id)
    return {card.model_id: card for card in engines.cards()}


def _fetch(engines: Engines, card: ModelCard | None, model_id: str, *, again: bool) -> bool:
    try:
        if card is None:
            raise CheckpointError(f"{model_id} cannot be used here.", hint="See: earmark models list")
        labels = len(card.labels) if _is_ready(card, again=again) else _bring(engines, card, again=again)
    except CheckpointError as error:
        tell(error, model_id)
        return False
    click.echo(f"{model_id} is ready: {labels} labels.")
    return True


def _is_ready(card: ModelCard, *, again: bool) -> bool:
    return not card.weights or (not again and ready_weights(card) is not None)


def _bring(engines: Engines, card: ModelCard, *, again: bool) -> int:
    """Return the number of labels of a model that was fetched."""
    weights = fetchable_weights(card)
    say_what_comes(weights, card.model_id)
    with DownloadBar(weights.name) as bar:
        return len(fetch_model(engines, card, told=bar.told, again=again).labels)


def say_what_comes(weights: Weights, model_id: str) -> None:
    """Say on stderr what is published, before it is fetched."""
    known = facts(weights)
    click.echo(f"{weights.name}, for {model_id}", err=True)
    for name in SAID_FIRST:
        if known[name]:
            click.echo(f"  {name + ':':<10}{known[name]}", err=True)


class DownloadBar:
    """Bytes, bytes a second and time left, on stderr where somebody looks; sentences stand above it."""

    def __init__(self, what: str) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._is_shown = sys.stderr.isatty()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self._is_shown,
        )
        self._task = self._progress.add_task(what, total=None)

    @property
    def told(self) -> Told:
        """Return who is told of the download."""
        return Told(on_bytes=self._go_on, on_said=self._say)

    def __enter__(self) -> DownloadBar:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def _go_on(self, done: int, total: int | None) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def _say(self, sentence: str) -> None:
        if self._is_shown:
            self._console.print(sentence, markup=False)
        else:
            click.echo(sentence, err=True)
