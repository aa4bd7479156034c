"""ASCA, a plugin of Earmark: its hooks. What is heavy is imported by the hook that needs it."""

from __future__ import annotations

from collections.abc import Sequence

from earmark.api import ModelCard, hookimpl


@hookimpl
def models() -> Sequence[ModelCard]:
    """Return the cards on offer."""
    return ()
