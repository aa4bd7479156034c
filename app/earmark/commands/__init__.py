"""The command line: one module per command, loaded when it is asked for.

Results go to stdout, everything else to stderr. Exit status: 0 all done, 2 nothing could be started, 3 some or all
failed and were named, 130 interrupted, 141 nobody reads the output any more.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from earmark import __version__
from earmark.errors import EarmarkError

COMMANDS = ("tag", "listen", "compare", "evaluate", "train", "clips", "library", "models", "plugins", "doctor")
WINDOW = "window"
NOTHING_STARTED, FAILED, INTERRUPTED, OUTPUT_CLOSED = 2, 3, 130, 141


class CommandLine(click.Group):
    """The commands, and the window for whatever is not one: `earmark garden.wav`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in (*COMMANDS, WINDOW):
            return None
        return importlib.import_module(f"earmark.commands.{cmd_name}").command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or [WINDOW])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in (*COMMANDS, WINDOW):
            return super().resolve_command(ctx, args)
        return WINDOW, self.get_command(ctx, WINDOW), args


@click.command(
    cls=CommandLine,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    subcommand_metavar="[FILE]… | COMMAND …",
)
@click.version_option(__version__, prog_name="earmark", message="%(prog)s %(version)s")
def command_line() -> None:
    """Hear what is in a sound.

    Without a command the window opens, on the recordings that are named.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files are any bytes
    try:
        status = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would write the rest at exit and complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = OUTPUT_CLOSED
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; what a person must know is on stderr."""
    try:  # not `command_line.main`, which makes an exit of its own of a reader that left
        with command_line.make_context("earmark", list(sys.argv[1:] if arguments is None else arguments)) as context:
            result = command_line.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except EarmarkError as error:
        tell(error)
        return NOTHING_STARTED
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def tell(error: EarmarkError, about: str = "") -> None:
    """Print an error to stderr: what it is about, its sentence, and what to do."""
    click.echo(f"{about}: {error.sentence}" if about else error.sentence, err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
