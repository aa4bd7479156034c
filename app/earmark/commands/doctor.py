"""`earmark doctor`: what this machine has, what is missing, what to do."""

from __future__ import annotations

import click

from earmark.commands import FAILED


@click.command("doctor")
@click.option("--models", "every_model", is_flag=True, help="Have every model hear its golden clips; it takes a while.")
def command(every_model: bool) -> int:
    """Say what this machine has, what is missing and what to do.

    The models that are in use hear short clips whose scores are known. Exits with 3 where something is missing that
    analysing cannot do without.
    """
    from earmark.doctor import examine

    unwell = 0
    for finding in examine(every_model=every_model):
        mark = "  ok  " if finding.is_well else (" FAIL " if finding.essential else " note ")
        click.echo(f"{mark} {finding.name:<10} {finding.found}")
        if finding.advice:
            click.echo(f"{'':17} → {finding.advice}")
        unwell += finding.essential and not finding.is_well
    return FAILED if unwell else 0
