"""`earmark compare`: what several models hear in the same recordings, and where they disagree."""

from __future__ import annotations

from pathlib import Path

import click

SHOWN_TAGS = 10


@click.command("compare")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--model",
    "models",
    multiple=True,
    required=True,
    metavar="M",
    help="A model, as `earmark models list` names it; twice or more.",
)
@click.option("--format", "format_name", type=click.Choice(["json"]), help="Instead of tables for people.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="X", help="One for all, instead of each model's own.")
@click.option("--top", type=click.IntRange(1), default=SHOWN_TAGS, metavar="N", help=f"How many tags [{SHOWN_TAGS}].")
@click.option(
    "--edge",
    type=click.FloatRange(0, 60),
    default=0.2,
    metavar="S",
    help="Seconds by which two models may place an edge differently and still agree [0.2].",
)
@click.option("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps.")
@click.option("--again", is_flag=True, help="Also analyse what the library knows: the speeds are then today's.")
def command(**chosen: object) -> int:
    """Tell what several models hear, side by side, and where one hears a label that another knows and does not hear.

    Labels are the same where they are read alike: dog_bark and Dog bark. Folders are walked.
    """
    models = chosen["models"]
    if len(dict.fromkeys(models)) < 2:  # type: ignore[call-overload]  # a tuple of texts
        raise click.UsageError("Two models are needed: name --model twice.")
    from earmark.commands.compare_run import Choice, compare

    return compare(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
