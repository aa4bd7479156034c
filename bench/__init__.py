"""What Earmark promises, measured.

A bench is a module here with a function `measure() -> dict`: JSON-able figures, and under `targets` a list of
`target(…)`. It compares both sides in one run. `python -m bench` runs all, each in a process of its own; nothing here
is a test.
"""

from __future__ import annotations

from typing import Any


def target(
    what: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None
) -> dict[str, Any]:
    """Return a promise and what was measured of it; exactly one of the limits is given."""
    if (at_least is None) == (at_most is None):
        raise ValueError("a target has one limit")
    met = value >= at_least if at_least is not None else value <= (at_most or 0.0)
    limit = {"at_least": at_least} if at_least is not None else {"at_most": at_most}
    return {"what": what, "value": value, "unit": unit, "met": met} | limit
