"""Dark and light, following the system unless the person chose."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QLabel

CHOICES = ("system", "light", "dark", "high contrast")


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The colours that the window is made of, as #rrggbb.

    Attributes:
        window, base, raised: the frame, what is written on, what can be pressed.
        muted: text of less weight, still 4.5 : 1 on `window` and `base`.
        plot: behind spectrogram and lanes.
        alarm: behind a notice.
        recording: of the words that say so.
        disabled: text of what cannot be used now, still readable.
        faint: icons of what cannot be used now.
    """

    name: str
    window: str
    base: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    plot: str
    grid: str
    alarm: str
    alarm_text: str
    recording: str
    disabled: str
    faint: str


DARK = Theme(
    name="dark",
    window="#1d2025",
    base="#15171b",
    raised="#2a2e35",
    border="#383e47",
    text="#e6e8eb",
    muted="#a2aab5",
    accent="#5aa9ff",
    accent_text="#0b1118",
    plot="#121212",
    grid="#2c3036",
    alarm="#46351a",
    alarm_text="#ffe3b0",
    recording="#ff8a80",
    disabled="#a2aab5",
    faint="#666d76",
)
LIGHT = Theme(
    name="light",
    window="#f2f4f6",
    base="#ffffff",
    raised="#ffffff",
    border="#cbd1d8",
    text="#1a1d21",
    muted="#57606a",
    accent="#0b63c5",
    accent_text="#ffffff",
    plot="#ffffff",
    grid="#e2e6ea",
    alarm="#fff1d6",
    alarm_text="#4d3400",
    recording="#b3261e",
    disabled="#57606a",
    faint="#9aa2ab",
)
HIGH_CONTRAST = Theme(
    name="high contrast",
    window="#000000",
    base="#000000",
    raised="#000000",
    border="#ffffff",
    text="#ffffff",
    muted="#ffffff",
    accent="#ffe14d",
    accent_text="#000000",
    plot="#000000",
    grid="#8c8c8c",
    alarm="#000000",
    alarm_text="#ffe14d",
    recording="#ffe14d",
    disabled="#9a9a9a",
    faint="#7a7a7a",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, HIGH_CONTRAST)}


class Appearance(QObject):
    """Which theme is on; says so when it changes."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._hints = application.styleHints()
        self.theme = LIGHT
        self.choice = choice
        application.setStyle("Fusion")
        self._hints.colorSchemeChanged.connect(self._follow)
        if contrast := _contrast(self._hints):
            contrast.contrastPreferenceChanged.connect(self._follow)
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Be one of `CHOICES`; whatever else is what the system is."""
        dark = Qt.ColorScheme.Dark
        schemes = {"light": Qt.ColorScheme.Light, "dark": dark, "high contrast": dark}
        self.choice = choice if choice in CHOICES else "system"
        self._hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._follow()

    def _follow(self) -> None:
        self.theme = THEMES.get(self.choice) or self._of_the_system()
        self._application.setPalette(palette(self.theme))
        self._application.setStyleSheet(style_sheet(self.theme))
        self.changed.emit()

    def _of_the_system(self) -> Theme:
        contrast = _contrast(self._hints)
        if contrast and contrast.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _contrast(hints: QStyleHints):
    """Return what knows the contrast that the system asks for; None where Qt is too old to tell."""
    return hints.accessibility() if hasattr(hints, "accessibility") else None


def palette(theme: Theme) -> QPalette:
    """Return Qt's palette of a theme."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.accent_text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.Mid: theme.border,
        role.Dark: theme.border,
    }
    chosen = QPalette()
    for each, colour in colours.items():
        chosen.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        chosen.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.disabled))
    return chosen


def muted(text: str = "") -> QLabel:
    """Return text of less weight."""
    label = QLabel(text)
    label.setObjectName("muted")
    return label


def style_sheet(theme: Theme) -> str:
    """Return the style sheet, its `@names` replaced by the theme's colours."""
    names = ("earmark", "contrast") if theme is HIGH_CONTRAST else ("earmark",)
    folder = files("earmark_resources") / "style"
    text = "\n".join((folder / f"{name}.qss").read_text(encoding="utf-8") for name in names)
    for name in sorted(vars(theme), key=len, reverse=True):
        text = text.replace(f"@{name}", getattr(theme, name))
    return text
