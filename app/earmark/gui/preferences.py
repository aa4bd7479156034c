"""What comes of the settings window: each change acts on the window, and is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from PySide6.QtCore import QObject, Signal

from earmark import folders, settings
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.listening import Running
from earmark.gui.outputs import Outputs
from earmark.gui.settings_window import SettingsWindow

GIGABYTE = 1e9
HIDDEN = "hidden_models"  # in settings.window


class Preferences(QObject):
    """Opens the settings window, fills it, and does what it says."""

    theme_chosen = Signal(str)
    models_chosen = Signal(list)  # ids of models that are not to be offered

    def __init__(self, desk: Desk, outputs: Outputs, errands: Errands) -> None:
        super().__init__(desk)
        self.hidden: Sequence[str] = ()
        self._desk, self._outputs, self._errands = desk, outputs, errands
        self._window: SettingsWindow | None = None
        desk.listening.running_changed.connect(self._keep_running)

    def show(self) -> SettingsWindow:
        """Open the settings window, or bring it to the front, and return it."""
        if self._window is None:
            self._window = window = SettingsWindow(self._desk.window)
            window.add_place("&Library", folders.library_path())
            window.add_place("&Log", folders.log_path())
            self._connect(window)
        self._fill(self._window)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        return self._window

    def close(self) -> None:
        """Close the settings window, so that a name being typed is kept."""
        if self._window:
            self._window.close()

    def _connect(self, window: SettingsWindow) -> None:
        window.author_named.connect(self._name_author)
        window.running_chosen.connect(self._desk.listening.run_as)
        window.models_chosen.connect(self._hide_models)
        window.theme_chosen.connect(self.theme_chosen)
        window.wheel_chosen.connect(self._choose_wheel)
        window.output_chosen.connect(self._outputs.choose)
        window.cache_limited.connect(self._limit_cache)
        window.cache_cleared.connect(self._clear_cache)

    def _fill(self, window: SettingsWindow) -> None:
        kept, desk = settings.read(), self._desk
        window.author.setText(kept.author)
        window.show_running(desk.listening.running)
        window.show_models(desk.listening.headings, self.hidden)
        window.theme.setCurrentIndex(window.theme.findData(desk.appearance.choice))
        window.wheel.setCurrentIndex(window.wheel.findData("zooms" if desk.span.wheel_zooms else "pans"))
        window.show_outputs(self._outputs.names, self._outputs.wished)
        window.show_cache(kept.cache_gigabytes)
        self._measure_cache()

    def _name_author(self, name: str) -> None:
        name = name or settings.login_name()
        settings.change(author=name)
        if self._window:
            self._window.author.setText(name)

    def _keep_running(self, running: Running) -> None:
        settings.change(**asdict(running))
        if self._window:
            self._window.show_running(running)

    def _hide_models(self, hidden: list[str]) -> None:
        self.hidden = hidden
        self.models_chosen.emit(hidden)

    def _choose_wheel(self, choice: str) -> None:
        if (choice == "zooms") != self._desk.span.wheel_zooms:
            self._desk.do["wheel_zooms"].trigger()

    def limit_cache(self) -> None:
        """Keep as many spectrograms as is set."""
        self._desk.shown.drawing.cache.limit(round(settings.read().cache_gigabytes * GIGABYTE))

    def _limit_cache(self, gigabytes: float) -> None:
        settings.change(cache_gigabytes=gigabytes)
        self.limit_cache()
        self._errands.run(self._desk.shown.drawing.cache.sweep, lambda _: self._measure_cache())

    def _clear_cache(self) -> None:
        self._errands.run(self._desk.shown.drawing.cache.clear, lambda _: self._measure_cache())

    def _measure_cache(self) -> None:
        if self._window:
            self._errands.run(self._desk.shown.drawing.cache.size, self._window.show_used)
