"""`earmark [FILE]…`: the window."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("window", hidden=True)
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> int:
    """Open the window, on the recordings that are named."""
    from earmark import display
    from earmark.commands import COMMANDS
    from earmark.errors import AudioFileError, EarmarkError

    for path in files:
        if not path.exists():
            hint = f"Commands are {', '.join(COMMANDS)}; `earmark --help` tells more."
            raise AudioFileError(f"There is no file and no command named {path}.", hint=hint)
    if sentence := display.missing():
        raise EarmarkError(sentence, hint=display.HINT)
    from earmark.gui import start

    return start(files)
