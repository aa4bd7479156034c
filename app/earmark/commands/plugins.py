"""`earmark plugins`: what is installed, what was refused, and whether a plugin keeps its promises."""

from __future__ import annotations

import click

from earmark.commands import FAILED


@click.group("plugins", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """The plugins that are installed beside Earmark; without a command, list."""
    return context.invoke(list_plugins) if context.invoked_subcommand is None else 0


@command.command("list")
def list_plugins() -> int:
    """List every plugin: the distribution it came with and its models, or why it was refused."""
    from importlib.metadata import version

    from earmark import installed
    from earmark.commands.models import started_engines

    entries, _ = installed.plugins()
    with started_engines() as engines:
        models = [heading.model_id for heading in engines.headings()]
        faults = engines.faults()
    width = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        own = [model for model in models if model.partition("/")[0] == entry.name]
        offers = ", ".join(own) if own else "nothing"
        click.echo(f"{entry.name:<{width}}  {entry.distribution} {version(entry.distribution)}: {offers}")
    for fault in faults:
        click.echo(f"Refused: {fault.sentence}", err=True)
    return FAILED if faults else 0


@command.command("check")
@click.argument("module")
def check(module: str) -> int:
    """Hold the plugin in MODULE to the contract: its hooks, its cards, what its models answer."""
    import subprocess
    import sys

    # In a process of its own: what a plugin does to it must not end this one without a word.
    status = subprocess.run([sys.executable, "-m", "earmark.commands.plugin_check", module], check=False).returncode
    if status < 0:
        click.echo(f"{module} ended the process that checked it (signal {-status}).", err=True)
    return 0 if status == 0 else FAILED
