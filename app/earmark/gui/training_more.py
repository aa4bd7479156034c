"""Would more clips help? The score of a model over the number of clips that it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from earmark.gui.theme import DARK, Theme
from earmark.training.report_page import TITLES

DOT, FRAME = 7, 8  # pixels: a point, around the axes
ROOM = 0.15  # of the height, above and below the line


class MoreClips(QWidget):
    """What the curve says in a sentence, and the curve."""

    def __init__(self) -> None:
        super().__init__()
        self.said, self.plot = QLabel(), pg.PlotWidget()
        self._item: Any = self.plot.getPlotItem()
        self._line = self._item.plot(symbol="o", symbolSize=DOT, symbolPen=None)
        self._build()
        self.wear(DARK)

    def _build(self) -> None:
        self.said.setWordWrap(True)
        self._item.hideButtons()
        self._item.setMenuEnabled(False)
        self._item.setMouseEnabled(x=False, y=False)
        self._item.setDefaultPadding(ROOM)
        for side in ("left", "bottom"):
            self._item.getAxis(side).enableAutoSIPrefix(False)
        self._item.setContentsMargins(0, FRAME, FRAME, FRAME)
        self._item.setLabel("bottom", "Clips to learn from")
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName("Score over the number of clips")
        self.plot.setToolTip("Each point is a model that learnt from so many of the clips, judged by the same others")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.said)
        column.addWidget(self.plot, 1)
        column.addStretch()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        for side in ("left", "bottom"):
            self._item.getAxis(side).setPen(QColor(theme.muted))
            self._item.getAxis(side).setTextPen(QColor(theme.muted))
        self._line.setPen(pg.mkPen(theme.accent, width=2))
        self._line.setSymbolBrush(QColor(theme.accent))

    def show_curve(self, sentence: str, curve: Mapping[str, Any] | None) -> None:
        """Show a learning curve as a report has it; only the sentence where there is none."""
        self.said.setText(sentence)
        self.plot.setVisible(curve is not None)
        if curve is None:
            return
        points = [(each["clips"], each["score"]) for each in curve["points"]]
        title = TITLES[curve["metric"]]
        self._item.setLabel("left", title[0].upper() + title[1:])
        self._line.setData(*zip(*points, strict=True))
        self.plot.setAccessibleDescription("; ".join(f"{clips} clips: {score:.3f}" for clips, score in points))
