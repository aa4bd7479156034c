"""`earmark clips`: events as sound files of their own."""

from __future__ import annotations

from pathlib import Path

import click

FORMS = ("wav", "flac")
WHICH = ("kept", "accepted", "all")
PATTERN = "{recording}_{label}_{onset}"


@click.command("clips")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where they go."
)
@click.option(
    "--labels",
    "label_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Cut what these label files name, of any program, instead of what was heard; may be repeated.",
)
@click.option("--model", metavar="M", help="Whose events, as `earmark models list` names it.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="X", help="Instead of the model's own.")
@click.option("--which", type=click.Choice(WHICH), default="kept", help="kept is all but the rejected [kept].")
@click.option("--label", "only", multiple=True, metavar="L", help="Only events of this label; may be repeated.")
@click.option(
    "--padding", type=click.FloatRange(0, 600), default=0.0, metavar="S", help="Seconds around each event [0]."
)
@click.option("--form", type=click.Choice(FORMS), default="wav", help="FLAC is smaller; of 32 bits it keeps 24 [wav].")
@click.option("--name", "pattern", default=PATTERN, metavar="PATTERN", help=f"Of the clips' names [{PATTERN}].")
@click.option("--table", "has_list", is_flag=True, help="Write clips.csv beside them.")
def command(**chosen: object) -> int:
    """Cut the events of recordings out, every channel and sample as it is. Folders are walked.

    The clips' names go to stdout. No file is ever written over. A pattern may have {recording}, {label}, {onset},
    {offset}, {score}, {status} and {n}; a slash makes folders: '{label}/{recording}_{n}'.
    """
    from earmark.commands.clips_run import Choice, cut

    return cut(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
