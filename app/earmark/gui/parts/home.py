"""At home: settings, presets, recent files, keys, help, theme, hints; what makes the window a person's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from earmark import about
from earmark.gui.about_window import AboutWindow
from earmark.gui.actions import Deed
from earmark.gui.choices import Choices
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.folding import Folding, fold_tools
from earmark.gui.help import KeysWindow, keys
from earmark.gui.hints import Hint, Hints
from earmark.gui.layout import Tools
from earmark.gui.outputs import Outputs
from earmark.gui.part import Menus, Part
from earmark.gui.preferences import HIDDEN, Preferences
from earmark.gui.presets import Presets
from earmark.gui.recent import Recent
from earmark.gui.theme import CHOICES, Theme
from earmark.gui.view_settings import ViewSettings
from earmark.presets import Preset

DEEDS = (
    Deed(name="settings", menu="|&Edit", text="Settin&gs…", keys=("Ctrl+,",)),
    Deed(name="quit", menu="|&File", text="&Quit", keys=("Ctrl+Q",)),
    Deed(name="full_screen", menu="|&View", text="F&ull screen", keys=("F11",)),
    Deed(name="keys", menu="&Help", text="&Keys", keys=("F1",)),
    Deed(name="hints", menu="&Help", text="Show the &hints again"),
    Deed(name="about", menu="|&Help", text="&About Earmark"),
)
FOLDED = {"recordings": "recordings", "library": "library", "queue": "queue"}  # a panel's name → its icon's


class Home:
    """What makes the window a person's own."""

    def __init__(self, desk: Desk, view: ViewSettings, outputs: Outputs) -> None:
        self._desk, self._view = desk, view
        self.errands = Errands(desk, desk.notices.report)
        self.recent = Recent(desk, self.errands)
        self.presets = Presets(desk.window, self._now)
        self.preferences = Preferences(desk, outputs, self.errands)
        self.folding = Folding(desk.window, FOLDED)
        self._hints: Hints | None = None  # once there are actions that they wait for
        self._known_hints: set[str] = set()
        self._connect()

    def _connect(self) -> None:
        desk = self._desk
        desk.shown.opened.connect(self.recent.add)
        self.recent.chosen.connect(lambda path: desk.open([path]))
        self.presets.chosen.connect(self.use)
        self.presets.failed.connect(desk.notices.report)
        self.presets.told.connect(desk.notices.tell)
        self.preferences.theme_chosen.connect(lambda name: self._themes.pick(name))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            menus=self._fill,
            keep=self._keep,
            restore=self._restore,
            wear=self._wear,
            escape=self._desk.notices.close_last,
            close=self._close,
        )

    def equip(self, tools: Tools) -> None:
        """Know the toolbar: it says what the device is, and offers the models."""
        self._tools = tools
        self.preferences.models_chosen.connect(tools.model.hide_models)
        self.folding.narrowed.connect(lambda narrow: fold_tools(tools, self._desk.do, narrow=narrow))

    @property
    def hints(self) -> Hints:
        """Return the hints; they are shown once somebody begins them."""
        if self._hints is None:
            self._hints = Hints(self._desk.centre, self._all_hints())
            self._hints.known = self._known_hints
        return self._hints

    def take(self, paths: Sequence[Path]) -> list[Path]:
        """Import presets that were dropped, and return the other files."""
        return self.presets.take(paths)

    def use(self, preset: Preset) -> None:
        """Set what a preset says, and leave the rest."""
        if preset.view:
            self._view.apply(preset.view)
        if preset.events:
            self._desk.settings_row.use(preset.events)
        if preset.model_id:
            self._tools.model.choose(preset.model_id)
        self._desk.notices.tell(f"The preset {preset.name} is on.")

    def _now(self) -> Preset:
        """Return what is set now."""
        events = self._desk.settings_row.settings()
        return Preset(name="", events=events, view=self._view.state(), model_id=self._desk.listening.model_id)

    def _doing(self) -> Mapping[str, Callable[[], object]]:
        window = self._desk.window
        return {
            "settings": self.preferences.show,
            "quit": window.close,
            "full_screen": lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
            "keys": self.show_keys,
            "hints": lambda: self.hints.forget(),
            "about": self.show_about,
        }

    def show_keys(self) -> KeysWindow:
        """Show what has a key."""
        deeds = self._desk.do.deeds
        done = {self._desk.do[deed.name] for deed in deeds}
        others = [action for action in self._desk.window.findChildren(QAction) if action.shortcuts()]
        dialog = KeysWindow(self._desk.window, keys(deeds, [each for each in others if each not in done]))
        dialog.show()
        return dialog

    def show_about(self) -> AboutWindow:
        """Show versions, licences and credits."""
        dialog = AboutWindow(self._desk.window, self._tools.device_line)
        self.errands.run(about.facts, dialog.show_facts)
        dialog.show()
        return dialog

    def _fill(self, menus: Menus) -> None:
        appearance, do = self._desk.appearance, self._desk.do
        self._themes = Choices(menus["&View"], "&Theme", CHOICES, appearance.choice, appearance.choose)
        menus["&File"].insertMenu(do["open_demo"], self.recent.menu)
        menus["&Tools"].addMenu(self.presets.menu)
        self.folding.build()

    def _keep(self) -> Mapping[str, Any]:
        self.folding.unfold()
        hints = self._hints.known if self._hints else self._known_hints
        return {
            "theme": self._desk.appearance.choice,
            "recent": [str(path) for path in self.recent.paths],
            "hints_known": sorted(hints),
            HIDDEN: list(self.preferences.hidden),
        }

    def _restore(self, kept: Mapping[str, Any]) -> None:
        self.recent.show([Path(each) for each in _texts(kept.get("recent"))])
        self._known_hints = set(_texts(kept.get("hints_known")))
        self.preferences.hidden = _texts(kept.get(HIDDEN))
        self._tools.model.hide_models(self.preferences.hidden)
        self.preferences.limit_cache()

    def _close(self) -> None:
        self.preferences.close()
        self.errands.close()

    def _wear(self, theme: Theme) -> None:
        self.folding.wear(theme)

    def _all_hints(self) -> Sequence[Hint]:
        desk = self._desk
        opened = "Drop a recording, or a folder of them, into the window: it is drawn, heard and kept in the library."
        moved = "Move the threshold below: events come and go at once, and the model need not listen again."
        reviewed = "Ctrl+R walks through the uncertain events: ↑ accepts, ↓ rejects, ← takes it back."
        trained = "Train ▸ New model… teaches a model your own sounds: all it needs is a folder of them for each label."
        return (
            Hint("open", opened, self.recent.added),
            Hint("threshold", moved, desk.settings_row.changed),
            Hint("review", reviewed, desk.do["review"].triggered),
            Hint("train", trained, desk.do["new_model"].triggered),
        )


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
