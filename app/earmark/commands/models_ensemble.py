"""`earmark models ensemble`: several models as one."""

from __future__ import annotations

from collections.abc import Sequence

import click

from earmark.commands.hearing import usable
from earmark.counted import counted
from earmark.engine_client import Engines
from earmark.ensembles import Ensemble, put_together

NAMED = 8  # labels in a sentence


def ensemble(engines: Engines, name: str, members: Sequence[str], shifts: int) -> int:
    """Write the ensemble, once all its models can be used and have labels in common; say what was made.

    Raises:
        EarmarkError: a model cannot be used, or they cannot be averaged.
    """
    made = Ensemble(name=name, members=tuple(members), shifts=shifts)
    labels = [usable(engines, member).labels for member in members]
    shared = put_together(made, labels)
    heard = f", each clip heard {shifts} times" if shifts > 1 else ""
    click.echo(f"{made.model_id} is ready: {counted(len(members), 'model')}{heard}, {counted(len(shared), 'label')}.")
    if left := sorted({label for own in labels for label in own} - set(shared)):
        click.echo(_left_out(left), err=True)
    return 0


def _left_out(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    named = ", ".join(labels[:NAMED])
    return f"Only labels that all models have are kept; {counted(len(labels), 'label')} left out: {named}{more}."
