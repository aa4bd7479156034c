"""`earmark train`: from a labelled folder to a model."""

from __future__ import annotations

from pathlib import Path

import click

SHARE = click.FloatRange(0, 1, max_open=True)


@click.command("train")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option("--judged", "is_judged", is_flag=True, help="What you judged in the library, instead of a FOLDER.")
@click.option("--model", metavar="M", help="Which model to train on from, or whose network [htsat/everyday].")
@click.option("--name", metavar="N", help="What the new model is called [as the folder].")
@click.option(
    "--start",
    metavar="START",
    help="Begin with other weights than the model's own: a file or folder, or the name of a published image network "
    "that `earmark models show` lists; it is fetched.",
)
@click.option("--preset", metavar="P", help="A recipe of the model, or a report.json of a job.")
@click.option("--epochs", type=click.IntRange(1), metavar="E", help="How often every clip is heard.")
@click.option("--batch", "batch_size", type=click.IntRange(1), metavar="B", help="Clips at a time.")
@click.option("--rate", "learning_rate", type=click.FloatRange(0, min_open=True), metavar="LR", help="Learning rate.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Any setting of the recipe; may be repeated."
)
@click.option("--folds", type=click.IntRange(2), metavar="K", help="Train K times, each tested on another part.")
@click.option("--seeds", type=click.IntRange(1), default=1, metavar="N", help="Train N times from other seeds [1].")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="S", help="The first seed; also of the split [0].")
@click.option("--validate", type=SHARE, default=0.2, metavar="X", help="Share that decides when it is best [0.2].")
@click.option("--test", type=SHARE, default=0.2, metavar="X", help="Share that nothing is decided by [0.2].")
@click.option(
    "--split",
    type=click.Choice(["own", "drawn"]),
    default="own",
    help="The data set's own lists and folds where it has any, or all drawn by source [own].",
)
@click.option("--kind", metavar="K", help="How the folder is laid out, where that is not clear.")
@click.option("--leaky", "is_leaky", is_flag=True, help="Train once more on a split that ignores sources, to compare.")
@click.option("--learning-curve", "has_curve", is_flag=True, help="Train on shares of the data: would more help?")
@click.option("--resume", type=click.Path(path_type=Path), metavar="JOB", help="Go on with a job that was interrupted.")
@click.option("--check-only", is_flag=True, help="Say what would be trained on what, and stop.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The job's folder.")
@click.option("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps.")
@click.option("--format", "format_name", type=click.Choice(["json"]), help="Instead of text for people.")
def command(**chosen: object) -> int:
    """Train a model on the labelled recordings in FOLDER, or with --judged on what was judged in the library.

    Clips of one source stay on one side of the split. The best network becomes the model PLUGIN/NAME, with a report in
    its job's folder. Ctrl+C stops and keeps what there is, twice cancels; --resume goes on with what was interrupted.
    """
    from earmark.commands.train_choice import Choice
    from earmark.commands.train_run import train

    return train(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
