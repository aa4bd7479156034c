"""Something happens when a label is heard long enough: an alert, a recording."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class Trigger:
    """A label above its threshold for some seconds.

    Attributes:
        label: of any model, or "*": any label but silence's absence of one.
        threshold: score; seconds: how long; release: seconds below it until it may fire again.
    """

    label: str
    threshold: float = 0.5
    seconds: float = 0.0
    release: float = 2.0
    on: bool = False
    _above_since: float | None = None
    _below_since: float | None = None

    def follow(self, scores: dict[str, float], now: float) -> bool:
        """Return whether it fires now: once, until the label has been gone for a while.

        Args:
            now: seconds on the live clock.
        """
        score = max(scores.values(), default=0.0) if self.label == "*" else scores.get(self.label, 0.0)
        if score < self.threshold:
            self._above_since = None
            self._below_since = now if self._below_since is None else self._below_since
            self.on = self.on and now - self._below_since < self.release
            return False
        self._below_since = None
        self._above_since = now if self._above_since is None else self._above_since
        fires = not self.on and now - self._above_since >= self.seconds
        self.on = self.on or fires
        return fires


def run_command(command: Sequence[str], *, label: str, score: float, seconds: float) -> None:
    """Start a person's own command for an alert, without waiting for it; what it is about is in its environment.

    It gets EARMARK_LABEL, EARMARK_SCORE and EARMARK_SECONDS.
    """
    facts = {"EARMARK_LABEL": label, "EARMARK_SCORE": f"{score:.4f}", "EARMARK_SECONDS": f"{seconds:.3f}"}
    try:
        subprocess.Popen(
            list(command), env=os.environ | facts, stdin=subprocess.DEVNULL, start_new_session=True, close_fds=True
        )
    except OSError as error:
        log.warning("the alert's command %s: %s", command[:1], error)
