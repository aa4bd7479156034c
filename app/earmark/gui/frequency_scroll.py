"""The scroll bar of the frequency axis, there while not all frequencies are in view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar, QWidget

from earmark.gui.axes import RULER
from earmark.gui.frequency_span import FrequencySpan

UNITS = 10_000  # of the scroll bar in the whole axis
WIDTH, LEFT_MARGIN = 12, 2  # pixels


class FrequencyScroll(QScrollBar):
    """Stands at the left of the axis' texts, over the plot."""

    def __init__(self, frequencies: FrequencySpan, over: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, over)
        self._frequencies, self._over = frequencies, over
        self.setAccessibleName("Frequencies in view")
        self.setToolTip("Which frequencies are in view")
        self.setInvertedAppearance(True)
        self.setInvertedControls(False)
        self.valueChanged.connect(self._scroll)
        frequencies.moved.connect(self.show_anew)
        over.installEventFilter(self)
        self.show_anew()

    def show_anew(self) -> None:
        """Show what is in view now."""
        span, (bottom, top) = self._frequencies, self._frequencies.limits
        self.blockSignals(True)
        self.setPageStep(round(span.length * UNITS))
        self.setSingleStep(max(1, self.pageStep() // 10))
        self.setRange(round(bottom * UNITS), round((top - span.length) * UNITS))
        self.setValue(round(span.bottom * UNITS))
        self.blockSignals(False)
        self.setVisible(not span.is_whole)

    def _scroll(self, units: int) -> None:
        self._frequencies.scroll(units / UNITS - self._frequencies.bottom)

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Stay as high as the plot."""
        if event.type() == event.Type.Resize:
            self.setGeometry(LEFT_MARGIN, RULER, WIDTH, self._over.height() - RULER)
        return False
