"""The queue in the window: its panel, its thread, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QFileDialog

from earmark.audio_file import SUFFIXES
from earmark.batch import Counts, Item
from earmark.gui import layout
from earmark.gui.desk import Desk
from earmark.gui.queue_model import PAGE
from earmark.gui.queue_panel import QueuePanel
from earmark.gui.queue_thread import QueueThread

TICK_MS = 400  # between two looks at the queue while it moves
LISTED = 2_000  # recordings of the queue that are put into the list of recordings as they are heard


class Queueing(QObject):
    """Has many recordings heard, and shows how far that is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self._batch = desk, desk.listening.batch
        self.panel = QueuePanel()
        self.dock_widget: QDockWidget | None = None
        self._thread = QueueThread(self._batch.queue)
        self._early: list[Sequence[Path]] = []  # asked for before it is known which models there are
        self._is_paused = self._has_begun = False
        self._listed = 0
        self._tick = QTimer(self, interval=TICK_MS, singleShot=True)
        self._connect()

    def _connect(self) -> None:
        thread, panel, listening = self._thread, self.panel, self._desk.listening
        thread.counted.connect(self._show_counts)
        thread.paged.connect(panel.model.show_page)
        thread.met.connect(self._desk.met)
        thread.grew.connect(self._grow)
        thread.listed.connect(self._tell_listed)
        thread.changed.connect(self._change)
        thread.failed.connect(self._desk.notices.report)
        self._tick.timeout.connect(self._look)
        listening.settled.connect(self._settle)
        listening.worked.connect(panel.model.show_work)
        listening.worked.connect(lambda *_: self._move())
        listening.ended.connect(panel.model.end_work)
        listening.headings_known.connect(lambda headings: self._add_early())
        self._connect_panel()

    def _connect_panel(self) -> None:
        thread, panel, queue = self._thread, self.panel, self._batch.queue
        panel.model.lacked.connect(lambda state, first: thread.page(state, first, PAGE))
        panel.files_wanted.connect(self.ask_for_files)
        panel.folder_wanted.connect(self.ask_for_folder)
        panel.continued.connect(self.go_on)
        panel.paused.connect(self.pause)
        panel.finished_removed.connect(self.remove_finished)
        panel.retried.connect(self.retry)
        panel.removed.connect(lambda numbers: thread.change(lambda: queue.remove(numbers)))
        panel.put_first.connect(lambda numbers: thread.change(lambda: queue.put_first(numbers)))
        panel.opened.connect(lambda path: self._desk.open([path]))
        self._desk.queued.connect(self.add)

    def start(self) -> None:
        """Start the thread; what waits from before is offered, and not begun by itself."""
        self._thread.start()
        self._thread.do(self._batch.expect)
        self._thread.count()

    def close(self) -> None:
        """End the thread."""
        self._tick.stop()
        self._thread.stop()
        self._thread.wait()

    def dock(self) -> None:
        """Stand beside the recordings, behind them."""
        window = self._desk.window
        self.dock_widget = layout.dock(window, "Queue", self.panel, Qt.DockWidgetArea.LeftDockWidgetArea)
        recordings = window.findChild(QDockWidget, "recordings")
        if recordings:
            window.tabifyDockWidget(recordings, self.dock_widget)
            recordings.raise_()

    def show(self) -> None:
        """Bring the panel to the front."""
        if self.dock_widget:
            self.dock_widget.show()
            self.dock_widget.raise_()
            self.panel.view.setFocus()

    def given(self) -> set[str]:
        """Return what there is in the queue."""
        counts = self.panel.counts
        there = {"queue_waits": counts.waiting, "queue_failed": counts.failed, "queue_done": counts.done}
        return {name for name, count in there.items() if count}

    def add(self, paths: Sequence[Path]) -> None:
        """Have recordings heard by the chosen model, the files of folders too."""
        self._has_begun = True
        if heading := self._desk.listening.heading:
            self._thread.add(paths, heading, self._desk.engines.precision)
        else:
            self._early.append(paths)

    def ask_for_files(self) -> None:
        """Let the person choose recordings."""
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self._desk.window, "Add files to the queue", self._folder(), f"Recordings ({suffixes});;All files (*)"
        )
        self._add_chosen(names)

    def ask_for_folder(self) -> None:
        """Let the person choose a folder."""
        name = QFileDialog.getExistingDirectory(self._desk.window, "Add a folder to the queue", self._folder())
        self._add_chosen([name] if name else [])

    def go_on(self) -> None:
        """Have what waits heard."""
        self._is_paused, self._has_begun = False, True
        self._desk.listening.go_on()
        self._show_going()

    def pause(self) -> None:
        """Leave what waits; the recording in work is heard to its end."""
        self._is_paused = True
        self._desk.listening.pause()
        self._show_going()

    def retry(self, numbers: Sequence[int] | None = None) -> None:
        """Have what failed heard again: some recordings, or all."""
        self._has_begun = True
        self._thread.change(lambda: self._batch.queue.retry(numbers))

    def remove_finished(self) -> None:
        """Take out what is done."""
        self._thread.change(self._batch.queue.remove_finished)

    def _add_chosen(self, names: Sequence[str]) -> None:
        if names:
            self.show()
            self.add([Path(name) for name in names])

    def _add_early(self) -> None:
        early, self._early = self._early, []
        for paths in early:
            self.add(paths)

    def _folder(self) -> str:
        path = self._desk.shown.path
        return str(path.parent) if path else ""

    def _tell_listed(self, count: int, added: int) -> None:
        if not count:
            self._desk.notices.say("There are no recordings in there.", hint="Nothing in it has a suffix of sound.")
        elif not added:
            self._desk.notices.tell("All of these were heard already, and have not changed since.")

    def _grow(self, found: int) -> None:
        """A folder is being listed: what is known of it can be heard already."""
        self.panel.show_found(found)
        self._go_on_by_itself()

    def _change(self) -> None:
        """The queue is another one now: count it anew, and go on where nobody has paused it."""
        self._thread.do(self._batch.expect)
        self._go_on_by_itself()
        self._move()

    def _go_on_by_itself(self) -> None:
        """Go on where something was asked for, and nobody has paused it."""
        if self._has_begun and not self._is_paused:
            self.go_on()

    def _show_going(self) -> None:
        going = self._batch.going
        self.panel.show_going(going=going)
        self._desk.do["pause_queue"].setChecked(not going)
        self._move()

    def _settle(self, item: Item) -> None:
        self.panel.model.show_item(item)
        if item.state == "done" and self._listed < LISTED:
            self._listed += 1
            self._desk.recordings.add(item.path)
        self._move()

    def _move(self) -> None:
        if not self._tick.isActive():
            self._tick.start()

    def _look(self) -> None:
        self._thread.count()

    def _show_counts(self, counts: Counts) -> None:
        before = self.given()
        if self.panel.is_going != self._batch.going:  # it paused by itself
            self._is_paused = not self._batch.going
            self._show_going()
        self.panel.show_counts(counts)
        self.panel.show_pace(self._batch.pace)
        if counts.waiting and not self._has_begun:
            self._has_begun = True
            self._show_going()
            self._offer(counts.waiting)
        if self.given() != before:
            self._desk.changed.emit()

    def _offer(self, waiting: int) -> None:
        sentence = f"{waiting} recordings wait" if waiting > 1 else "1 recording waits"
        self._desk.notices.offer(f"{sentence} in the queue.", "Continue", self.go_on)
