"""`earmark models`: which there are, what one is, bringing in published weights, taking them out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from earmark.counted import counted

if TYPE_CHECKING:
    from earmark.engine_client import Engines


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """The models on offer, and the weights for them; without a command, list."""
    return context.invoke(list_models) if context.invoked_subcommand is None else 0


@command.command("list")
def list_models() -> int:
    """List every model: its id, whether it is ready, its labels and its window."""
    with started_engines() as engines:
        headings = engines.headings()
        faults = engines.faults()
    width = max((len(heading.model_id) for heading in headings), default=0)
    for heading in headings:
        ready = "ready     " if heading.has_weights else "no weights"
        gives = " embeddings" if heading.only_embeds else f"{len(heading.labels):>4} labels"
        size = f"{gives}, {heading.window_seconds:g} s at {heading.sample_rate / 1000:g} kHz"
        click.echo(f"{heading.model_id:<{width}}  {ready}  {size}  {heading.title}")
    for fault in faults:
        click.echo(fault.sentence, err=True)
    return 0


@command.command("show")
@click.argument("model")
def show(model: str) -> int:
    """Tell all that is known about a MODEL: its labels and thresholds, its weights and what they reach."""
    from earmark.commands.model_page import lines

    with started_engines() as engines:
        heading = engines.heading(model)
        card = next((card for card in engines.cards() if card.model_id == model), None)
    for line in lines(heading, card):
        click.echo(line)
    return 0


@command.command("fetch")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--start", metavar="NAME", help="Not the weights, but this network for `earmark train --start NAME`.")
@click.option("--again", is_flag=True, help="Ask the server although the weights are here, and convert them anew.")
def fetch(models: tuple[str, ...], start: str | None, again: bool) -> int:
    """Download the published weights of each MODEL, verify and convert them; what was cut off goes on where it was."""
    from earmark.commands.models_fetch import fetch_all
    from earmark.commands.starts import fetch_starts

    with started_engines() as engines:
        return fetch_starts(engines, models, start, again=again) if start else fetch_all(engines, models, again=again)


@command.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--as", "name", metavar="NAME", help="It will be PLUGIN/NAME; an .earmark file has a name.")
@click.option("--plugin", help="Whose network this is: asca, ast, ham, htsat, mast …; an .earmark file says it.")
@click.option(
    "--labels",
    "label_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The labels in the order of the network's outputs: one a line, or a CSV with display_name, label or name.",
)
def import_model(path: Path, name: str | None, plugin: str | None, label_file: Path | None) -> int:
    """Bring in published weights from PATH, a file or a folder (config.json with the weights), or an .earmark file.

    Nothing in it is executed.
    """
    from earmark.commands.models_file import import_file
    from earmark.label_file import read_labels
    from earmark.model_file import is_model_file

    if is_model_file(path):
        with started_engines() as engines:
            return import_file(engines, path, name)
    if not name or not plugin:
        raise click.UsageError("Published weights need --as NAME and --plugin.")
    labels = read_labels(label_file) if label_file else None
    with started_engines() as engines:
        checkpoint = engines.convert(path.absolute(), plugin, name, labels)
    click.echo(f"{plugin}/{name} is ready: {gives(checkpoint.labels)}.")
    return 0


@command.command("export")
@click.argument("model")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(model: str, file: Path) -> int:
    """Write a MODEL that was trained or brought in as one FILE (NAME.earmark), to be imported elsewhere."""
    from earmark.commands.models_file import export_file

    with started_engines() as engines:
        return export_file(engines, model, file)


@command.command("ensemble")
@click.argument("name")
@click.option("--of", "members", multiple=True, required=True, metavar="MODEL", help="A model; to be repeated.")
@click.option(
    "--shifts",
    type=click.IntRange(1, 100),
    default=1,
    metavar="N",
    help="Hear each clip N times, shifted a little. [1]",
)
def ensemble(name: str, members: tuple[str, ...], shifts: int) -> int:
    """Offer several models as one, ensemble/NAME: each hears by itself, and their scores are averaged."""
    from earmark.commands import models_ensemble

    with started_engines() as engines:
        return models_ensemble.ensemble(engines, name, members, shifts)


@command.command("average")
@click.argument("models", nargs=-1, required=True, metavar="MODEL MODEL...")
@click.option("--as", "name", required=True, metavar="NAME", help="It will be PLUGIN/NAME.")
def average(models: tuple[str, ...], name: str) -> int:
    """Average the weights of checkpoints of one network, as of the last epochs of a training, into a new model."""
    from earmark.commands.models_average import average_models

    with started_engines() as engines:
        return average_models(engines, models, name)


@command.command("remove")
@click.argument("name")
def remove(name: str) -> int:
    """Delete the weights of the imported or fine-tuned model NAME (PLUGIN/NAME), or an ensemble (ensemble/NAME)."""
    from earmark import own_models

    own_models.remove(name)
    click.echo(f"{name} was removed.")
    return 0


def gives(labels: Sequence[str]) -> str:
    """Return in words what a model with these labels gives."""
    return counted(len(labels), "label") if labels else "it gives embeddings only"


@contextmanager
def started_engines() -> Iterator[Engines]:
    from earmark import settings
    from earmark.commands import tell
    from earmark.engine_client import Engines

    engines = Engines(deadline=settings.read().deadline)
    engines.on_notice = tell
    try:
        yield engines
    finally:
        engines.close()
