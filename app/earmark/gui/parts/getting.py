"""Getting models that are published but not here: downloaded, or from a file that a person has; then used at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from earmark.analysis import Heading
from earmark.api import Cancelled, CheckpointError, ModelCard, Weights
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.layout import Tools
from earmark.gui.model_picker import is_gettable
from earmark.gui.part import Part
from earmark.gui.weights_window import Offer, WeightsWindow
from earmark.label_file import read_labels
from earmark.starts import fetch_start, keep_start, kept_start

if TYPE_CHECKING:
    from earmark.weights_fetch import Told

DEEDS = (Deed(name="get_weights", menu="|&Model", text="&Get weights…", needs="gettable"),)
SHOWN_EVERY = 0.1  # seconds between two reports of how far it is
NEEDS_LABELS = "--labels"  # in the hint of an error: the file does not name its labels


class Getting(QObject):
    """The window of weights, and what is done from it."""

    start_came = Signal(object, str)  # ModelCard, name: training can begin with it now
    _went_on = Signal(str, object, object)  # what, bytes done, in all or None
    _said = Signal(str)
    _lacked = Signal(object, str)  # Path of a file without the names of its labels, what is said of it

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._errands = Errands(desk, desk.notices.report)
        self._stop, self._unasked = threading.Event(), threading.Event()  # downloading; asking for a size
        self.window: WeightsWindow | None = None  # while it is open
        self._start: tuple[ModelCard, str] | None = None  # what it offers, where that is no model
        desk.listening.headings_known.connect(lambda headings: desk.changed.emit())
        self._went_on.connect(self._show_progress)
        self._said.connect(self._show_step)
        self._lacked.connect(lambda file, sentence: self.window and self.window.ask_for_labels(file, sentence))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={"get_weights": self.open},
            given=lambda: {"gettable"} if self._gettable() else set(),
            close=self._close,
        )

    def equip(self, tools: Tools) -> None:
        """Be asked by the toolbar's list of models, and have it use what has come."""
        self._tools = tools
        tools.model.weights_asked.connect(self.open)

    def open(self, model_id: str = "") -> None:
        """Show what is published for a model, or for the first that is not here."""
        headings = self._gettable()
        if not headings:
            return
        model_id = model_id or headings[0].model_id
        self._show([Offer(each.model_id, each.title, each.published) for each in headings], model_id)

    def open_start(self, card: ModelCard, name: str) -> None:
        """Show what training of a card's network can begin with."""
        if self.window is None:
            weights = card.starts[name]
            self._start = card, name
            is_here = kept_start(card, name) is not None
            found = "what comes takes the place of the one that is here" if is_here else "it is not on this machine"
            about = f"training can begin with it; {found}."
            self._show([Offer(name, weights.name, (weights,), about)], name)

    def _show(self, offers: Sequence[Offer], key: str) -> None:
        if self.window:
            self.window.show_offer(key)
            return
        self.window = window = WeightsWindow(self._desk.window, offers, key)
        window.picked.connect(self._ask_for_size)
        window.download_asked.connect(self._download)
        window.file_given.connect(self._import)
        window.cancelled.connect(self._stop.set)
        window.finished.connect(lambda _: self._forget())
        window.show()
        self._ask_for_size()

    def _forget(self) -> None:
        self.window = self._start = None
        self._unasked.set()

    def _gettable(self) -> list[Heading]:
        return [heading for heading in self._desk.listening.headings if is_gettable(heading)]

    def _ask_for_size(self) -> None:
        """Ask the server how much it is, where nobody has written it down; without an answer it stays unknown."""
        window, weights = self.window, self.window.weights if self.window else None
        if window is None or weights is None or not window.lacks_size:
            return
        self._unasked.set()
        self._unasked = unasked = threading.Event()
        key = window.key
        self._errands.run(lambda: _size_of(weights, unasked.is_set), lambda size: self._show_size(key, size))

    def _show_size(self, key: str, size: int | None) -> None:
        if self.window:
            self.window.show_size(key, size)

    def _download(self, key: str) -> None:
        if self._start:
            card, name = self._start
            self._bring_start("Downloading", lambda: fetch_start(card, name, told=self._told(), again=True))
        else:
            self._bring(key, "Downloading", self._fetch)

    def _import(self, key: str, path: Path, list_of_labels: Path | None) -> None:
        if self._start:
            card, name = self._start
            self._bring_start(f"Reading {path.name}", lambda: keep_start(card, name, path))
            return
        plugin, _, name = key.partition("/")
        engines = self._desk.engines

        def bring(card: ModelCard) -> None:
            labels = read_labels(list_of_labels) if list_of_labels else None
            try:
                engines.convert(path, plugin, name, labels)
            except CheckpointError as error:
                if labels is not None or NEEDS_LABELS not in error.hint:
                    raise
                self._lacked.emit(path, error.sentence)
                raise Cancelled from error  # the window asks for them, and gives the file again

        self._bring(key, f"Reading {path.name}", bring)

    def _bring(self, model_id: str, what: str, bring: Callable[[ModelCard], object]) -> None:
        """Have a model's weights brought on a thread, and use it then."""
        self._run(what, lambda: self._work(model_id, bring), self._use)

    def _bring_start(self, what: str, bring: Callable[[], Path]) -> None:
        """Have a start brought on a thread, and say then that it is here."""

        def work() -> Path | None:
            try:
                return bring()
            except Cancelled:
                return None

        self._run(what, work, self._use_start)

    def _run(self, what: str, work: Callable[[], Any], use: Callable[[Any], None]) -> None:
        if self.window is None:
            return
        self._stop.clear()
        self.window.begin(what)
        self._errands.run(work, use, ended=self._end)

    def _work(self, model_id: str, bring: Callable[[ModelCard], object]) -> tuple[str, list[Heading]] | None:
        """Return the model and the models that there are then; None where it was cancelled."""
        engines = self._desk.engines
        card = next((card for card in engines.cards() if card.model_id == model_id), None)
        if card is None:
            raise CheckpointError(f"{model_id} is not offered any more.")
        try:
            bring(card)
        except Cancelled:
            return None
        return model_id, engines.headings()

    def _fetch(self, card: ModelCard) -> None:
        from earmark.fetching import fetch_model

        fetch_model(self._desk.engines, card, told=self._told())

    def _told(self) -> Told:
        from earmark.weights_fetch import Told

        return Told(on_bytes=self._teller(), on_said=self._said.emit, cancelled=self._stop.is_set)

    def _teller(self) -> Callable[[int, int | None], None]:
        told_at = 0.0

        def tell(done: int, total: int | None) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= SHOWN_EVERY or done == total:
                told_at = time.monotonic()
                self._went_on.emit("Downloading", done, total)

        return tell

    def _show_progress(self, what: str, done: int, total: int | None) -> None:
        if self.window:
            self.window.go_on(what, done, total)

    def _show_step(self, sentence: str) -> None:
        if self.window:
            self.window.progress.label.show_text(sentence)

    def _use(self, brought: tuple[str, list[Heading]] | None) -> None:
        if brought is None:
            return
        model_id, headings = brought
        self._desk.listening.learn(headings)
        self._tools.model.choose(model_id)
        title = next((each.title for each in headings if each.model_id == model_id), model_id)
        self._desk.notices.tell(f"{title} is ready, and listens from now on.")
        if self.window:
            self.window.end()
            self.window.accept()

    def _use_start(self, path: Path | None) -> None:
        if path is None or self._start is None:
            return
        card, name = self._start
        self._desk.notices.tell(f"{card.starts[name].name} is here: training can begin with it.")
        if self.window:
            self.window.end()
            self.window.accept()
        self.start_came.emit(card, name)

    def _end(self) -> None:
        if self.window:
            self.window.end()

    def _close(self) -> None:
        self._stop.set()
        self._unasked.set()
        if self.window:
            self.window.hide()
        self._errands.close()


def _size_of(weights: Weights, cancelled: Callable[[], bool]) -> int | None:
    from earmark.weights_fetch import Told, WeightsFetch

    try:
        return WeightsFetch().size_of(weights, Told(cancelled=cancelled))
    except (Cancelled, CheckpointError):
        return None
