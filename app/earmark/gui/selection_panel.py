"""The selection in numbers: typed to the millisecond and the hertz."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from earmark.errors import EarmarkError
from earmark.gui.selecting import Ground
from earmark.gui.selection import Selection, Stretch
from earmark.times import seconds_of, time_text

ALL = "all"
WIDTH = 340  # pixels: a sentence of what is wrong takes two lines


class SelectionTextError(EarmarkError):
    """What was typed cannot be selected."""


class SelectionPanel(QDialog):
    """Start, end, lowest and highest frequency; what cannot be selected is said below them."""

    def __init__(self, selection: Selection, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection, self._ground = selection, ground
        self.start, self.end = _line("Start of the selection"), _line("End of the selection")
        self.low, self.high = _line("Lowest frequency in Hz"), _line("Highest frequency in Hz")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self._fill(selection.stretch or Stretch(start=0.0, end=ground.duration))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        self.setWindowTitle("Selection")
        self.setMinimumWidth(WIDTH)
        form = QFormLayout(self)
        form.addRow("&Start", self.start)
        form.addRow("&End", self.end)
        form.addRow("&Lowest, Hz", self.low)
        form.addRow("&Highest, Hz", self.high)
        form.addRow(self.problem)
        form.addRow(self.buttons)
        for line in (self.low, self.high):
            line.setPlaceholderText(ALL)
        self.problem.hide()

    def _fill(self, stretch: Stretch) -> None:
        self.start.setText(time_text(stretch.start))
        self.end.setText(time_text(stretch.end))
        self.low.setText("" if stretch.low is None else f"{stretch.low:.0f}")
        self.high.setText("" if stretch.high is None else f"{stretch.high:.0f}")

    def accept(self) -> None:
        """Select what was typed, or say why that cannot be."""
        try:
            frequencies = hertz_of(self.low.text()), hertz_of(self.high.text())
            stretch = typed(seconds_of(self.start.text()), seconds_of(self.end.text()), frequencies, self._ground)
        except EarmarkError as error:
            self.problem.setText(" ".join(filter(None, (error.sentence, error.hint))))
            self.problem.show()
            self.adjustSize()
            return
        self._selection.select(stretch)
        super().accept()


def hertz_of(text: str) -> float | None:
    """Return the frequency that was typed: "3140", "3 140", "3.1 kHz"; None where nothing was.

    Raises:
        SelectionTextError: it is not a frequency.
    """
    bare = "".join(text.split()).lower().removesuffix("hz")
    if bare in ("", ALL):
        return None
    try:
        hertz = float(bare.removesuffix("k").replace(",", ".")) * (1000 if bare.endswith("k") else 1)
    except ValueError as error:
        raise SelectionTextError(f"“{text.strip()}” is not a frequency.", hint="Write 3140 or 3.14 kHz.") from error
    if not 0 <= hertz < float("inf"):
        raise SelectionTextError(f"“{text.strip()}” is not a frequency.", hint="Write 3140 or 3.14 kHz.")
    return hertz


def typed(start: float, end: float, frequencies: tuple[float | None, float | None], ground: Ground) -> Stretch:
    """Return the stretch that was typed, as far as the recording reaches.

    Raises:
        SelectionTextError: it has no length, lies behind the recording's end, or above its highest frequency.
    """
    start, end = ground.instant(start), ground.instant(end)
    if end <= start:
        hint = f"The recording lasts {time_text(ground.duration)}."
        raise SelectionTextError("The end must be later than the start, and the start within the recording.", hint=hint)
    low, high = frequencies
    if low is None and high is None:
        return Stretch(start=start, end=end)
    low, high = low or 0.0, min(high or ground.scale.nyquist, ground.scale.nyquist)
    if high <= low:
        hint = f"The recording has frequencies up to {ground.scale.nyquist:.0f} Hz."
        raise SelectionTextError("The highest frequency must be above the lowest.", hint=hint)
    return Stretch(start=start, end=end, low=low, high=high)


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    return line
