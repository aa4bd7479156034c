"""The window in which it is chosen how the spectrogram looks; everything acts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QWidget

from earmark.frequency_scale import NAMES as SCALES
from earmark.gui import colour_maps
from earmark.gui.beside import beside
from earmark.gui.decibel_bar import CLOSEST, HIGHEST, LOWEST
from earmark.gui.look import AUTOMATIC, BELOW_LOUDEST, channel_names, resolution_text
from earmark.gui.theme import muted
from earmark.gui.view_settings import ViewSettings
from earmark.spectrogram import FFT_SIZES, OVERLAPS, WINDOWS

GRADIENT = QSize(64, 12)  # pixels
FIXED = "fixed"
SCALE_NAMES = {"linear": "Linear", "log": "Logarithmic", "mel": "Mel"}
RANGES = {BELOW_LOUDEST: "80 dB below the loudest", AUTOMATIC: "Automatic", FIXED: "Fixed"}
MOST_HERTZ = 10_000_000


class ViewPanel(QDialog):
    """All of `Look`, in a form."""

    def __init__(self, settings: ViewSettings, channels: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._channels = settings, channels
        self._build()
        self._lay_out()
        self._connect()
        self.show_anew()

    def _build(self) -> None:
        self.scale = _choice("Frequency axis", {name: SCALE_NAMES[name] for name in SCALES})
        self.lowest = _hertz("Lowest frequency in view", "0 Hz")
        self.highest = _hertz("Highest frequency in view", "the highest")
        self.colours = _choice("Colours", {name: name.capitalize() for name in colour_maps.NAMES})
        self.colours.setIconSize(GRADIENT)
        for row, name in enumerate(colour_maps.NAMES):
            self.colours.setItemIcon(row, gradient(name))
        self.range = _choice("Range of the colours", RANGES)
        self.low = _decibels("Decibels of the darkest colour", LOWEST, HIGHEST - CLOSEST)
        self.high = _decibels("Decibels of the brightest colour", LOWEST + CLOSEST, HIGHEST)
        self.fft_size = _choice("FFT size", {None: "Automatic"} | {size: f"{size} samples" for size in FFT_SIZES})
        self.window_shape = _choice("FFT window", {name: name.replace("-", "–").capitalize() for name in WINDOWS})
        self.overlap = _choice("Overlap", {part: f"{part * 100:g} %" for part in OVERLAPS})
        self.resolution = muted()
        self.channel = _choice("Channel", {"mix": "All mixed"})

    def _lay_out(self) -> None:
        self.setWindowTitle("View settings")
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Frequency axis", self.scale)
        form.addRow("Fre&quencies", beside(self.lowest, QLabel("to"), self.highest))
        form.addRow("&Colours", self.colours)
        form.addRow("&Decibels", self.range)
        form.addRow("", beside(self.low, QLabel("to"), self.high))
        form.addRow("FFT &size", self.fft_size)
        form.addRow("&Window", self.window_shape)
        form.addRow("&Overlap", self.overlap)
        form.addRow("Resolution", self.resolution)
        form.addRow("C&hannel", self.channel)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.RestoreDefaults | QDialogButtonBox.StandardButton.Close
        )
        self.defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        self.defaults.setText("De&faults")
        buttons.rejected.connect(self.close)
        form.addRow(buttons)

    def _connect(self) -> None:
        change = self._settings.change
        for name, choice in self._choices().items():
            choice.activated.connect(lambda row, name=name, choice=choice: change(**{name: choice.itemData(row)}))
        self.range.activated.connect(lambda row: self._choose_range(self.range.itemData(row)))
        self.low.valueChanged.connect(lambda level: self._fix(level, max(self.high.value(), level + CLOSEST)))
        self.high.valueChanged.connect(lambda level: self._fix(min(self.low.value(), level - CLOSEST), level))
        self.lowest.valueChanged.connect(self._choose_frequencies)
        self.highest.valueChanged.connect(self._choose_frequencies)
        self.defaults.clicked.connect(self._settings.reset)
        self._settings.changed.connect(self.show_anew)

    def _choices(self) -> dict[str, QComboBox]:
        """Return the choices, by what they choose of a look."""
        chosen = {"scale": self.scale, "colours": self.colours, "fft_size": self.fft_size}
        return chosen | {"window": self.window_shape, "overlap": self.overlap, "channel": self.channel}

    def show_anew(self) -> None:
        """Show what is chosen now."""
        look, grid = self._settings.look, self._settings.grid
        self._offer_channels()
        for name, choice in self._choices().items():
            choice.setCurrentIndex(max(choice.findData(getattr(look, name)), 0))
        fixed = isinstance(look.decibels, tuple)
        self.range.setCurrentIndex(self.range.findData(FIXED if fixed else look.decibels))
        self.show_range(*self._settings.decibel_range)
        for box, hertz in ((self.lowest, look.lowest), (self.highest, look.highest)):
            _show_silently(box, round(hertz or 0))
        automatic = f"Automatic ({grid.fft_size} samples)" if grid and look.fft_size is None else "Automatic"
        self.fft_size.setItemText(0, automatic)
        self.resolution.setText(resolution_text(grid) if grid else "Open a recording to see it")

    def show_range(self, low: float, high: float) -> None:
        """Show the decibels that the colours span now."""
        _show_silently(self.low, round(low))
        _show_silently(self.high, round(high))

    def _offer_channels(self) -> None:
        names = channel_names(self._channels())
        self.channel.clear()
        for value, text in names.items():
            self.channel.addItem(text, value)
        self.channel.setEnabled(len(names) > 1)

    def _choose_range(self, rule: str) -> None:
        if rule == FIXED:
            self._fix(self.low.value(), self.high.value())
        else:
            self._settings.change(decibels=rule)

    def _fix(self, low: float, high: float) -> None:
        self._settings.change(decibels=(float(low), float(high)))

    def _choose_frequencies(self) -> None:
        lowest, highest = self.lowest.value() or None, self.highest.value() or None
        if lowest is None or highest is None or lowest < highest:  # else a number is still being typed
            self._settings.change(lowest=lowest, highest=highest)


def gradient(name: str) -> QIcon:
    """Return a colour map as a little picture, dark at the left."""
    colours = colour_maps.colours_of(name).copy()
    image = QImage(colours.data, len(colours), 1, QImage.Format.Format_RGB888)
    return QIcon(QPixmap.fromImage(image.scaled(GRADIENT)))


def _choice(name: str, texts: Mapping[Any, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    for value, text in texts.items():
        box.addItem(text, value)
    return box


def _hertz(name: str, none: str) -> QSpinBox:
    box = QSpinBox(maximum=MOST_HERTZ, singleStep=100, suffix=" Hz")
    box.setSpecialValueText(none)
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setKeyboardTracking(False)
    return box


def _decibels(name: str, lowest: int, highest: int) -> QSpinBox:
    box = QSpinBox(minimum=lowest, maximum=highest, suffix=" dB")
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setKeyboardTracking(False)
    return box


def _show_silently(box: QSpinBox, value: int) -> None:
    box.blockSignals(True)
    box.setValue(value)
    box.blockSignals(False)
