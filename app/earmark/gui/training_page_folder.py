"""The first page of a new model: which folder, or what was judged in the library."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWizardPage,
)

from earmark.api import DatasetError, EarmarkError
from earmark.counted import counted
from earmark.dataset import Dataset, Reader, fitting_readers, judgements, open_dataset
from earmark.gui.beside import beside
from earmark.gui.errand import Errands
from earmark.gui.own_keys import BUTTON, PICKER, keep_keys
from earmark.gui.theme import muted
from earmark.gui.training_draft import Draft
from earmark.library import Library

SETTLE_MS = 300  # after a letter
DROP_HEIGHT = 160  # pixels
ABOUT = """A folder in which the sounds of each class are in a folder named after it is all that is needed. Data sets \
as they are published are recognised too: ESC-50, UrbanSound8K, Speech Commands, AudioSet, VGGSound, BirdCLEF, tables \
of labels, Audacity or Raven labels beside the recordings."""
NOWHERE = "Choose a folder, or drop one here."
JUDGED = "Learn from what you accepted, drew and rejected in recordings that you looked through"
UNJUDGED = "Nothing was accepted in the library yet: look through some events first (Edit ▸ Review)"


class FolderPage(QWizardPage):
    """Asks for the folder and says how it is read."""

    def __init__(self, draft: Draft, library: Library | None) -> None:
        super().__init__()
        self._draft, self._library = draft, library
        self._errands = Errands(self, self._refuse)
        self._asked: tuple[Path, str | None] | None = None
        self._known: Dataset | None = None  # what was judged
        self.judged = QPushButton("Use what I &judged")
        self.path, self.browse, self.kind = QLineEdit(), QPushButton("B&rowse…"), QComboBox()
        self.said, self.hint = QLabel(NOWHERE), muted()
        self._settling = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._form = QFormLayout()
        self._build()
        self._lay_out()
        self._settling.timeout.connect(self._look)
        self.path.textChanged.connect(self._change)
        self.kind.activated.connect(lambda _: self._look())
        self.browse.clicked.connect(self._browse)
        self.judged.clicked.connect(self._take_judged)

    def _build(self) -> None:
        self.setTitle("Your sounds")
        self.setSubTitle("A new model learns from a folder of labelled recordings, or from what you have judged.")
        self.setAcceptDrops(True)
        self.path.setAccessibleName("Folder of labelled recordings")
        self.path.setToolTip("Type its path, choose it, or drop it here")
        self.browse.setToolTip("Choose the folder")
        self.browse.setAutoDefault(False)
        self.judged.setAutoDefault(False)
        self.judged.setEnabled(False)
        self.judged.setToolTip(UNJUDGED)
        for button in (self.browse, self.judged):
            keep_keys(button, BUTTON)
        self.kind.setAccessibleName("How the folder is laid out")
        self.kind.setToolTip("This folder can be read in several ways: say which is meant")
        keep_keys(self.kind, PICKER)
        for label in (self.said, self.hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.setAccessibleName("What the folder is")

    def _lay_out(self) -> None:
        folder, kind = QLabel("&Folder"), QLabel("&Layout")
        folder.setBuddy(self.path)
        kind.setBuddy(self.kind)
        self._form.addRow(folder, beside(self.path, self.browse, self.judged))
        self._form.addRow(kind, self.kind)
        self._form.setRowVisible(self.kind, False)
        told = QFrame()
        told.setObjectName("hint")
        told.setMinimumHeight(DROP_HEIGHT)
        inside = QVBoxLayout(told)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.addStretch(1)
        inside.addWidget(self.said)
        inside.addWidget(self.hint)
        inside.addStretch(1)
        about = muted(ABOUT)
        about.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addLayout(self._form)
        layout.addWidget(told)
        layout.addWidget(about)
        layout.addStretch(1)

    def initializePage(self) -> None:  # noqa: N802 - Qt's
        """Look on a thread what was judged in the library."""
        if library := self._library:
            self._errands.run(lambda: _judged(library), self._know)

    def choose(self, folder: Path) -> None:
        """Be given a folder."""
        self.path.setText(str(folder))

    def isComplete(self) -> bool:  # noqa: N802 - Qt's
        """Say whether the folder was read."""
        return self._draft.dataset is not None

    def close_down(self) -> None:
        """End what runs."""
        self._settling.stop()
        self._errands.close()

    def dragEnterEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Take a folder."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Be given what was dropped: a folder, or the one that a file is in."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.choose(paths[0] if paths[0].is_dir() else paths[0].parent)
            event.acceptProposedAction()

    def _browse(self) -> None:
        if name := QFileDialog.getExistingDirectory(self, "A labelled folder", self.path.text()):
            self.choose(Path(name))

    def _know(self, judged: Dataset | None) -> None:
        self._known = judged
        self.judged.setEnabled(judged is not None)
        self.judged.setToolTip(JUDGED if judged else UNJUDGED)

    def _take_judged(self) -> None:
        if self._known:
            self.path.clear()
            self._asked = None  # a folder that is still read comes too late
            self._draft.take(self._known)
            self._say(summary_of_judged(self._known), " ".join(self._known.warnings))
            self.completeChanged.emit()

    def _change(self) -> None:
        self.kind.clear()
        self._form.setRowVisible(self.kind, False)
        self._forget()
        self._say("Reading…" if self.path.text().strip() else NOWHERE)
        self._settling.start()

    def _forget(self) -> None:
        self._draft.take(None)
        self.completeChanged.emit()

    def _look(self) -> None:
        """Have the folder read on a thread."""
        text = self.path.text().strip()
        if not text:
            return
        asked = self._asked = (Path(text).expanduser(), self.kind.currentData())
        self._forget()
        self._errands.run(lambda: (asked, _read(*asked)), lambda answer: self._show(*answer))

    def _show(self, asked: tuple[Path, str | None], found: Dataset | list[Reader]) -> None:
        if asked != self._asked:
            return
        if isinstance(found, Dataset):
            self._draft.take(found)
            self._say(summary(found), " ".join(found.warnings))
            self.completeChanged.emit()
        else:
            self._ask_for_kind(found)

    def _ask_for_kind(self, readers: list[Reader]) -> None:
        for reader in readers:
            self.kind.addItem(reader.title, reader.kind)
        self.kind.setCurrentIndex(-1)
        self._form.setRowVisible(self.kind, True)
        self._say("This folder can be read in several ways.", "Choose its layout above.")

    def _refuse(self, error: EarmarkError) -> None:
        self._say(error.sentence, error.hint)

    def _say(self, sentence: str, hint: str = "") -> None:
        self.said.setText(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))


def _read(folder: Path, kind: str | None) -> Dataset | list[Reader]:
    """Return what is in a folder, or the layouts of which one must be chosen."""
    readers = fitting_readers(folder) if folder.is_dir() and kind is None else []
    return readers if len(readers) > 1 else open_dataset(folder, kind)


def _judged(library: Library) -> Dataset | None:
    """Return what was judged in the library; None where nothing was."""
    try:
        return judgements.dataset_of(library)
    except DatasetError:
        return None


def summary_of_judged(dataset: Dataset) -> str:
    """Return what was judged in a sentence."""
    recordings = len({each.path for each in dataset.examples})
    labels = counted(len(dataset.labels), "label")
    number = counted(len(dataset.examples), "clip")
    return f"What you judged in {counted(recordings, 'recording')}: {number}, {labels}, with times."


def summary(dataset: Dataset) -> str:
    """Return what a data set is in a sentence."""
    labels = [label for label, count in dataset.counts().items() if count]
    number = counted(len(dataset.examples), "recording")
    events = ", with times" if dataset.has_events else ""
    return f"Read as {dataset.title}: {number}, {counted(len(labels), 'label')}{events}."
