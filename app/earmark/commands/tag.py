"""`earmark tag`: what is in recordings, and when."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("json", "csv", "audacity", "raven", "dcase", "jams")
SHOWN_TAGS, WRITTEN_TAGS = 5, 10


class Top(click.ParamType):
    """A number of tags, or all."""

    name = "N|all"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        if value is None or isinstance(value, int) or value == "all":
            return value
        if str(value).isdigit() and int(str(value)) > 0:
            return int(str(value))
        self.fail(f"{value!r} is neither a number of tags nor “all”.", param, ctx)


@click.command("tag")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--model", "models", multiple=True, metavar="M", help="A model, as `earmark models list` names it; may be repeated."
)
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="Instead of a table for people.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write files there instead of to stdout.",
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1), metavar="X", help="One for all labels, instead of the model's own."
)
@click.option(
    "--top", type=Top(), metavar="N|all", help=f"How many tags [{SHOWN_TAGS} in the table, {WRITTEN_TAGS} in JSON]."
)
@click.option("--pool", type=click.Choice(["max", "mean"]), default="max", help="How tags are made of windows [max].")
@click.option("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps.")
@click.option(
    "--precision", type=click.Choice(["fp32", "bf16", "fp16"]), help="fp32 gives the same scores on any machine."
)
@click.option("--again", is_flag=True, help="Also analyse what the library knows.")
def command(**chosen: object) -> int:
    """Tell what is in recordings, and when. Folders are walked.

    Results go to stdout, one after the other as they are ready; progress and messages to stderr.
    """
    if chosen["out"] and not chosen["format_name"]:
        raise click.UsageError(f"--out needs a --format: {', '.join(FORMATS)}.")
    from earmark.commands.tag_run import Choice, tag

    return tag(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
