"""Engines as the window and the command line see them: start them, ask them, survive them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from earmark.analysis import Analysis, Heading
from earmark.api import Checkpoint, EarmarkError, Float, Heard, ModelCard, PluginError

OnProgress = Callable[[float, float, float], None]  # done_seconds, total_seconds, times_real_time
OnScores = Callable[[float, Float, Float | None], None]  # start_seconds, scores [labels], frames [frames, labels]


class Engines:
    """Routes a model to the process of its distribution; the built-in share one, third parties get their own.

    Every method may be called from any thread and blocks; callbacks come on the caller's thread.
    """

    def __init__(self, *, device: str = "auto", precision: str = "fp32", deadline: float = 60.0) -> None:
        self.device, self.precision, self.deadline = device, precision, deadline
        self.on_notice: Callable[[EarmarkError], None] | None = None

    def cards(self) -> list[ModelCard]:
        """Return every model on offer, those of imported and fine-tuned checkpoints included."""
        raise NotImplementedError

    def headings(self) -> list[Heading]:
        """Return every model on offer, and whether it can be used here."""
        raise NotImplementedError

    def faults(self) -> list[PluginError]:
        """Return the plugins that were refused, with their sentence."""
        raise NotImplementedError

    def prepare(self, model_id: str) -> None:
        """Load a model, so that the first sound is heard at once."""
        raise NotImplementedError

    def analyse(
        self,
        path: Path,
        model_id: str,
        *,
        channel: str = "mix",
        start: float = 0.0,
        end: float | None = None,
        on_progress: OnProgress | None = None,
        on_scores: OnScores | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Analysis:
        """Return what the model heard in a file.

        Args:
            on_scores: called per window; `frames` are the stitched ones from `start_seconds` on that are now final,
                to be appended to those given before, or None where the model draws no timeline.
            cancelled: asked ten times a second; once it says True, `api.Cancelled` is raised.
        """
        raise NotImplementedError

    def hear(self, samples: Float, sample_rate: int, model_id: str, *, start: float = 0.0) -> Heard | None:
        """Return what the model heard in live sound, or None where newer sound overtook it."""
        raise NotImplementedError

    def convert(self, path: Path, plugin: str, name: str, labels: Sequence[str] | None = None) -> Checkpoint:
        """Import published weights as `plugin/name`."""
        raise NotImplementedError

    def device_line(self) -> str:
        """Return the device in use and why: `CPU, 2 threads: no CUDA device was found`."""
        raise NotImplementedError

    def close(self) -> None:
        """End every engine."""
