"""Live sound in the views that recordings have: the time axis runs, and one can look back while it does."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from earmark.analysis import Heading
from earmark.events import Event
from earmark.gui.desk import Desk
from earmark.gui.gap_marks import GapMarks
from earmark.gui.label_colours import label_text
from earmark.gui.live_drawing import LiveDrawing
from earmark.gui.live_flow import LiveFlow
from earmark.gui.live_session import LiveSession
from earmark.live.ear import Ear, Moment
from earmark.live.live_clock import LiveClock

TICK_MS = 16  # 62 a second
GROW_TICKS = 3  # the spectrogram grows a third as often: a few columns cost as much as thrice as many
SLOW_TICKS = 15  # text four times a second
FIRST_LENGTH = 20.0  # seconds in view at first
KEPT_EVENTS = 2000
# seconds from the newest sample to what is drawn: a late block, half a window of the spectrogram, two ticks' wait
LAG = 0.092


class LiveView(QObject):
    """Shows one session from `begin` to `end`."""

    ticked = Signal()  # four times a second

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.follows = True
        self.drawing, self.gaps = LiveDrawing(desk.centre.spectrogram), GapMarks()
        desk.centre.spectrogram.add(self.gaps)
        self.flow = LiveFlow(desk.centre, self.drawing, self._show_span)
        self._clock = LiveClock(lag=LAG)
        self._session: LiveSession | None = None
        self._ended: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._going_on: dict[str, list[Event]] = {}
        self._highest: dict[str, float] = {}
        self._tags: list[tuple[str, float]] = []  # as they are listed
        self._is_moving, self._ticks = False, 0
        self._has_news = False  # events that have not been shown yet
        self._tick = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._follow)
        desk.span.moved.connect(self._note_hand)

    @property
    def is_on(self) -> bool:
        """Return whether a session is shown."""
        return self._session is not None

    def begin(self, session: LiveSession) -> None:
        """Show a session that has begun."""
        desk = self._desk
        self._session, self.follows = session, True
        self._clock = LiveClock(lag=LAG)
        self._ended.clear()
        self._going_on, self._highest, self._has_news = {}, {}, False
        self._tags = []
        desk.centre.show_recording(True)
        for view in (desk.centre.overview, desk.centre.scores):  # they are of what is finished
            view.hide()
        self._move(lambda: desk.span.cover(FIRST_LENGTH))
        self.drawing.begin(session.history, session.station.source.sample_rate, desk.shown.drawing.settings)
        session.heard.connect(self._hear)
        session.ended_event.connect(self._note_event)
        self._tick.start()

    def end(self) -> None:
        """Show nothing live any more."""
        self._tick.stop()
        self._session = None
        self.flow.rest()
        self.gaps.show_gaps((), 1)
        self.drawing.leave()
        self._desk.centre.overview.show()
        self._desk.centre.scores.setVisible(self._desk.do["scores"].isChecked())
        self._desk.findings.show_live(())
        self._desk.tags.model.show_tags(())

    def to_now(self) -> None:
        """Follow what comes in."""
        self.follows = True

    def _follow(self) -> None:
        if self._session is None:
            return
        now = self._clock.follow(self._session.station.seconds)
        fresh = self.drawing.grow() if self._ticks % GROW_TICKS == 0 else []
        self._ticks += 1
        is_slow = self._ticks % SLOW_TICKS == 0
        is_held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if self.follows and not is_held:
            self.flow.push(now, fresh)
        elif self.follows or is_slow:
            self.drawing.settle()
            self._show_span(now, 0.0)
        if not self.follows or is_held:
            self._show_itself(now)
        if is_slow:
            self._tell(now)
        elif self._has_news:
            self._show_events()

    def _show_itself(self, now: float) -> None:
        """Show the plots themselves, with what is played, or now."""
        self.flow.rest()
        player = self._desk.player
        self._desk.centre.show_playhead(player.position if player.playing else now)

    def _tell(self, now: float) -> None:
        """Bring up to date what need not be so at each tick."""
        assert self._session
        if self.follows:
            self._desk.centre.show_playhead(now)
        self.gaps.show_gaps(self._session.station.capture.gaps, self._session.station.source.sample_rate)
        self.ticked.emit()

    def _show_span(self, now: float, step: float) -> None:
        """Show the seconds until now, in whole steps, or note how much there is by now."""
        span = self._desk.span
        if not self.follows:
            span.grow(max(now, span.duration))
            return
        span.duration = max(now, span.length)
        start = span.duration - span.length
        start = math.floor(start / step) * step if step else start
        self._move(lambda: span.show(start, start + span.length))

    def _note_hand(self) -> None:
        """Whoever moves the view away from now is left alone; who zooms while now is in view follows on."""
        if self._session and not self._is_moving:
            span = self._desk.span
            self.follows = span.end >= span.duration - 0.01 * span.length
            self.flow.draw_anew()

    def _move(self, move) -> None:
        self._is_moving = True
        try:
            move()
        finally:
            self._is_moving = False

    def _hear(self, ear: Ear, moment: Moment) -> None:
        if self._session is None:
            return
        self._show_tags(ear.heading, moment)
        going_on = self._session.station.going_on(ear.heading)
        self._going_on[ear.heading.model_id] = [self._named(ear.heading, event) for event in going_on]
        self._has_news = True  # shown at a tick: with the tags it would take longer than a frame may

    def _show_tags(self, heading: Heading, moment: Moment) -> None:
        model = self._desk.tags.model
        smoothed = zip(heading.labels, moment.smoothed.tolist(), strict=True)
        here = {self._label(heading, label): round(score, 2) for label, score in smoothed}  # as it is read
        for label, score in zip(heading.labels, moment.scores.tolist(), strict=True):
            name = self._label(heading, label)
            self._highest[name] = max(score, self._highest.get(name, 0.0))
        order = np.argsort([-here.get(name, 0.0) for name in self._highest], kind="stable")
        names = list(self._highest)
        tags = [(names[each], self._highest[names[each]]) for each in order]
        if tags != self._tags:  # else one column is drawn, not all
            self._tags = tags
            model.show_tags(tags)
        model.show_here(here)

    def _note_event(self, heading: Heading, event: Event) -> None:
        self._ended.append(self._named(heading, event))

    def _show_events(self) -> None:
        self._has_news = False
        going_on = [event for events in self._going_on.values() for event in events]
        self._desk.findings.show_live([*self._ended, *going_on])
        self.flow.draw_soon()

    def _named(self, heading: Heading, event: Event) -> Event:
        return Event(self._label(heading, event.label), event.onset, event.offset, event.score)

    def _label(self, heading: Heading, label: str) -> str:
        """Return a label, with its model where several listen: each model has its own lanes."""
        several = self._session is not None and len(self._session.headings) > 1
        return f"{label_text(label)} · {heading.title}" if several else label
