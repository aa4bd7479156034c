"""Tools ▸ Map of sounds…: what is to be on it, the map, and its labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from earmark.analysis import Heading
from earmark.counted import counted
from earmark.evaluation.embeddings import MapPoint
from earmark.evaluation.sound_map import SoundMap
from earmark.gui.elided import Elided
from earmark.gui.label_colours import label_icon, label_text
from earmark.gui.map_plot import NOTHING, MapPlot, words
from earmark.gui.own_keys import BUTTON, PICKER, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.progress_row import ProgressRow
from earmark.gui.theme import Theme, muted

OPEN, LIBRARY, FOLDER = "open", "library", "folder"
SOURCES = {OPEN: "Recordings that are open", LIBRARY: "The library", FOLDER: "A labelled folder…"}
EMPTY = "Draw puts each window of the recordings on a map: near are those that the model takes for similar."
LABEL = Qt.ItemDataRole.UserRole
SIZE = (900, 620)


class MapWindow(QDialog):
    """Asks what to draw, and shows it."""

    asked = Signal(str, str)  # of SOURCES, model_id
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.source, self.model, self.draw = QComboBox(), QComboBox(), QPushButton("&Draw")
        self.plot, self.labels = MapPlot(), QListWidget()
        self.caption, self.pointed, self.progress = muted(EMPTY), Elided(), ProgressRow()
        self._build()
        self._lay_out()
        self.draw.clicked.connect(lambda: self.asked.emit(self.source.currentData(), self.model.currentData()))
        self.progress.cancelled.connect(self.cancelled)
        self.plot.reached.connect(lambda point: self.pointed.show_text(words(point)))
        self.labels.currentItemChanged.connect(self._look_at)

    def _build(self) -> None:
        self.setWindowTitle("Map of sounds")
        self.resize(*SIZE)
        for name, title in SOURCES.items():
            self.source.addItem(title, name)
        for box, name in ((self.source, "What to draw"), (self.model, "The model that compares")):
            box.setAccessibleName(name)
            box.setToolTip(name)
            keep_keys(box, PICKER)
        self.draw.setToolTip("Have the recordings heard and placed on the map")
        self.draw.setDefault(True)
        keep_keys(self.draw, BUTTON)
        self.labels.setAccessibleName("Labels on the map")
        self.labels.setToolTip("Choose a label, and its sounds stand out")
        Placeholder(self.labels, "Labels appear here.")
        self.caption.setWordWrap(True)

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        for widget in (self.source, self.model, self.draw):
            above.addWidget(widget)
        above.addWidget(self.progress, 1)
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.addWidget(self.plot)
        middle.addWidget(self.labels)
        middle.setStretchFactor(0, 1)
        middle.setSizes([SIZE[0] - 230, 230])
        layout = QVBoxLayout(self)
        layout.addLayout(above)
        layout.addWidget(middle, 1)
        layout.addWidget(self.pointed)
        layout.addWidget(self.caption)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.wear(theme)

    def offer(self, headings: Sequence[Heading], model_id: str) -> None:
        """Offer these models, one of them chosen if it is among them."""
        self.model.clear()
        for heading in headings:
            self.model.addItem(heading.title, heading.model_id)
        self.model.setCurrentIndex(max(self.model.findData(model_id), 0))

    def work(self, *, is_on: bool) -> None:
        """Show whether a map is being made."""
        self.draw.setEnabled(not is_on)
        (self.progress.begin("Hearing") if is_on else self.progress.end())

    def show_map(self, found: SoundMap) -> None:
        """Show a map and how it was made."""
        placed = found.map
        self.plot.show_points(placed.points)
        self._list(placed.points)
        self.pointed.show_text("")
        made = f"{counted(len(placed.points), 'window')}, {placed.method}."
        near = f"Near are those that {placed.model_id} takes for similar."
        self.caption.setText(" ".join((made, near, *found.warnings[:2])))
        self.caption.setToolTip("\n".join(found.warnings))
        self.plot.setFocus()

    def _list(self, points: Sequence[MapPoint]) -> None:
        self.labels.clear()
        counts = Counter(point.label for point in points)
        every = QListWidgetItem(f"All ({len(points)})")
        self.labels.addItem(every)
        for label, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            item = QListWidgetItem(f"{label_text(label) or NOTHING} ({count})")
            if label:
                item.setIcon(label_icon(label))
            item.setData(LABEL, label)
            self.labels.addItem(item)

    def _look_at(self, item: QListWidgetItem | None) -> None:
        self.plot.look_at(item.data(LABEL) if item else None)
