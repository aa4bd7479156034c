"""Every error that a person may see: one sentence and, where there is one, a hint.

EarmarkError
├── PluginError        a plugin broke its contract, raised, hung or died
├── AudioDeviceError   no sound system, no device, a device that vanished
├── AudioFileError     a file that cannot be read, or holds nothing
├── CheckpointError    weights that are missing, damaged, or for another network
├── DatasetError       a labelled folder that cannot be used as it is
└── LibraryError       the library of recordings and results
"""


class EarmarkError(Exception):
    """An expected error: `sentence` says what happened, `hint` what to do about it."""

    def __init__(self, sentence: str, *, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


class PluginError(EarmarkError):
    """A plugin broke its contract; names the plugin and the hook."""

    def __init__(self, sentence: str, *, plugin: str = "", hook: str = "", hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.plugin = plugin
        self.hook = hook


class AudioDeviceError(EarmarkError):
    """The sound system or a device cannot be used."""


class AudioFileError(EarmarkError):
    """A file cannot be read as audio."""


class CheckpointError(EarmarkError):
    """Weights are missing, damaged, or belong to another network."""


class DatasetError(EarmarkError):
    """A labelled folder cannot be used as it is."""


class LibraryError(EarmarkError):
    """The library cannot be read or written."""
