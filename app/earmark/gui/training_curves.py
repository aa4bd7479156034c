"""The curves of a fine-tuning job: its loss and its metrics over the epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from earmark.gui.theme import DARK, Theme, muted
from earmark.gui.training_job import METRICS, TrainingJob, metrics_text

MOST = 300  # points of a line: the mean of the steps between
DOTTED_UP_TO = 40  # points, each with a dot on it
SHARES = ("accuracy", "mAP", "AUC")  # metrics between 0 and 1
SOLID, DASHED, DOTTED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
LOSSES = {"training clips": SOLID, "held-out clips": DASHED}
MARKS = {SOLID: "───", DASHED: "─ ─", DOTTED: "···"}
Points = tuple[np.ndarray, np.ndarray]


class EpochAxis(pg.AxisItem):
    """An axis of epochs: no tick between two."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N802, N803
        """Return the distances of ticks, the widest first, each with where it begins."""
        return [each for each in super().tickSpacing(minVal, maxVal, size) if each[0] >= 1] or [(1.0, 0.0)]


class Chart(QWidget):
    """A plot over epochs, above it what its lines are: they differ in style, not in colour alone."""

    def __init__(self, title: str, lines: Mapping[str, Qt.PenStyle]) -> None:
        super().__init__()
        self.plot = pg.PlotWidget(axisItems={"bottom": EpochAxis()})
        self._styles = lines
        named = "   ".join(f"{MARKS[style]} {METRICS.get(name, name)}" for name, style in lines.items())
        self.caption = muted(f"{title} by epoch:   {named}")
        self._item: Any = self.plot.getPlotItem()
        self._lines = {name: self._item.plot(symbol="o", symbolSize=4, symbolPen=None) for name in lines}
        self._build()

    def _build(self) -> None:
        self._item.hideButtons()
        self._item.setMenuEnabled(False)
        self._item.setMouseEnabled(x=False, y=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumWidth(120)
        self.caption.setMinimumWidth(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.caption)
        layout.addWidget(self.plot, 1)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        for side in ("left", "bottom"):
            self._item.getAxis(side).setPen(QColor(theme.muted))
            self._item.getAxis(side).setTextPen(QColor(theme.muted))
        for name, style in self._styles.items():
            self._lines[name].setPen(pg.mkPen(theme.accent, width=1, style=style))
            self._lines[name].setSymbolBrush(QColor(theme.accent))

    def show_lines(self, lines: Mapping[str, Points], epochs: int) -> None:
        """Show lines; dots where there are few points."""
        for name, points in lines.items():
            self._lines[name].setData(*points, symbol="o" if len(points[0]) <= DOTTED_UP_TO else None)
        self._item.setXRange(0, max(epochs, 1))


class Curves(QWidget):
    """Loss at the left; metrics of the clips that are held out at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = Chart("Loss", LOSSES)
        self.metrics = Chart("Held out", dict(zip(SHARES, (SOLID, DASHED, DOTTED), strict=True)))
        self.metrics.plot.setYRange(0, 1)
        self._shown: tuple[int, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.loss, 1)
        row.addWidget(self.metrics, 1)
        self.setAccessibleName("Curves of the training")
        self.wear(DARK)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.loss.wear(theme)
        self.metrics.wear(theme)

    def show_job(self, job: TrainingJob) -> None:
        """Show what a job has said so far; what would look as before is not drawn again."""
        judged = (id(job), len(job.evaluations), job.epochs, job.steps)
        shown = (*judged, len(job.losses) // per_point(job))
        if shown != self._shown:
            losses = (thinned(job), of_metric(job, "loss"))
            self.loss.show_lines(dict(zip(LOSSES, losses, strict=True)), job.epochs)
        if judged != self._shown[:-1]:
            self.metrics.show_lines({name: of_metric(job, name) for name in SHARES}, job.epochs)
        self._shown = shown
        self.setAccessibleDescription(metrics_text(job.evaluations[-1][1]) if job.evaluations else "Nothing yet")


def per_point(job: TrainingJob) -> int:
    """Return how many steps of a job make a point of its curve: as many as leave at most `MOST` points in the end."""
    return max(1, -(-job.steps * job.epochs // MOST))


def thinned(job: TrainingJob) -> Points:
    """Return epochs and losses, each the mean of the steps that make a point; those of the last one are not whole."""
    size = per_point(job)
    whole = len(job.losses) // size * size
    means = np.array(job.losses[:whole], float).reshape(-1, size, 2).mean(1)
    return means[:, 0] / max(job.steps, 1), means[:, 1]


def of_metric(job: TrainingJob, name: str) -> Points:
    """Return epochs and a metric, where it was measured."""
    found = [(done, metrics[name]) for done, metrics in job.evaluations if name in metrics]
    points = np.array(found, float).reshape(-1, 2)
    return points[:, 0] / max(job.steps, 1), points[:, 1]
