"""`earmark listen`: what the microphone hears, as it hears it."""

from __future__ import annotations

from pathlib import Path

import click

from earmark.errors import EarmarkError


class TriggerText(click.ParamType):
    """LABEL, LABEL:SCORE or LABEL:SCORE:SECONDS."""

    name = "LABEL[:SCORE[:SECONDS]]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        label, *numbers = str(value).split(":")
        try:
            score, seconds = [float(number) for number in numbers] + [0.5, 0.0][len(numbers) :]
        except ValueError:
            self.fail(f"{value!r} is not LABEL, LABEL:SCORE or LABEL:SCORE:SECONDS.", param, ctx)
        if not label or not 0 <= score <= 1 or seconds < 0:
            self.fail(f"{value!r}: a score is between 0 and 1, and seconds are not negative.", param, ctx)
        return label, score, seconds


@click.command("listen")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Stop after so long.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.wav", help="Record everything.")
@click.option("--split", type=click.FloatRange(min=0), default=0.0, metavar="MIN", help="Begin a new file that often.")
@click.option("--model", "models", multiple=True, metavar="M", help="May be repeated; default: as the settings say.")
@click.option("--device", default="", metavar="NAME", help="A microphone, or a part of its name.")
@click.option("--devices", is_flag=True, help="List the microphones, and end.")
@click.option("--rate", type=click.IntRange(min=0), default=0, metavar="HZ", help="Default: the device's own.")
@click.option("--channels", type=click.IntRange(min=1), default=1, metavar="N", help="To record; models hear the mean.")
@click.option(
    "--from",
    "rehearsal",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="Hear a recording as if it came in now.",
)
@click.option("--hop", type=click.FloatRange(min=0.02), default=0.5, metavar="S", help="Between two answers [0.5].")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="X", help="Instead of the models' own.")
@click.option("--top", type=click.IntRange(min=0), default=3, metavar="N", help="Tags in each line [3].")
@click.option(
    "--trigger",
    "triggers",
    type=TriggerText(),
    multiple=True,
    metavar="LABEL[:SCORE[:SECONDS]]",
    help="Record when this is heard; may be repeated.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where triggered recordings go.",
)
@click.option(
    "--pre-roll", type=click.FloatRange(0, 55), default=5.0, metavar="S", help="Recorded before a trigger [5]."
)
@click.option("--post-roll", type=click.FloatRange(min=0), default=5.0, metavar="S", help="Recorded after it [5].")
@click.option("--run", "command_line", metavar="COMMAND", help="Started when a trigger fires; no shell.")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text")
def command(**chosen: object) -> int:
    """Tell what the microphone hears: tags as they change, events as they end.

    Lines go to stdout, messages to stderr; Ctrl+C ends it, and what is recorded is whole.
    """
    if chosen["devices"]:
        from earmark.live.source import microphones

        found = microphones()
        click.echo("\n".join(found) if found else "No microphone was found.", err=not found)
        return 0 if found else 2
    from earmark.commands.listen_run import Choice, listen

    try:
        return listen(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
    except KeyboardInterrupt as interrupt:
        raise EarmarkError("Interrupted before anything was heard.") from interrupt
