"""The overview: the whole recording in one strip, with what is in view framed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from earmark.api import Float
from earmark.gui.axes import LEFT, RIGHT
from earmark.gui.overview_picture import TICKS_HEIGHT, OverviewPicture, Ticks, Waveform, ticks_of
from earmark.gui.own_keys import SLIDER, keep_keys
from earmark.gui.plot import PAN_A_NOTCH, STILL, WHEEL_STEP, has_control, turn
from earmark.gui.selection import Stretch
from earmark.gui.theme import DARK, Theme
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent
from earmark.times import time_text

HEIGHT = 46  # pixels
EDGE = 5  # pixels beside an edge of the frame that still mean the edge
NARROWEST_FRAME = 6  # pixels: less cannot be seen or grasped
DIM = 110  # of 255: the cover of what is not in view
GROW_MS = 100  # between two pictures while the waveform comes in

Dragging = Callable[[float], None]  # with the pointer's x


class Overview(QWidget):
    """Drag the frame to pan, its edges to zoom, elsewhere to draw a new one; click to go there."""

    picked = Signal(int)  # an event's number

    def __init__(self, span: TimeSpan) -> None:
        super().__init__()
        self._span, self._theme = span, DARK
        self._waveform: Waveform | None = None  # that is drawn
        self._coming: Waveform | None = None  # that peaks are added to
        self._ticks = Ticks()
        self._marked: Sequence[JudgedEvent] = ()
        self._selected: Stretch | None = None
        self._playhead = 0.0
        self._picture: QPixmap | None = None
        self._dragging: Dragging | None = None
        self._pressed_at: float | None = None
        self._redraw = QTimer(self, interval=GROW_MS, singleShot=True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Overview of the recording")
        self.setToolTip("The whole recording. Drag the frame or its edges, or draw a new frame; arrows move it.")
        keep_keys(self, SLIDER)

    def _connect(self) -> None:
        self._span.moved.connect(self._show_span)
        self._redraw.timeout.connect(self._draw_anew)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self._draw_anew()

    def show_recording(self, samples: int | None) -> None:
        """Begin with a recording of so many samples, or show none; a waveform that is there stays until others come."""
        self._coming = None if samples is None else Waveform(samples)
        if samples is None or self._waveform is None:
            self._waveform = self._coming
        self._draw_anew()

    def add_peaks(self, first: int, peaks: Float) -> None:
        """Draw peaks [bins, 2] of `earmark.waveform` that have been found."""
        if self._coming:
            self._waveform = self._coming
            self._waveform.add(first, peaks)
            if not self._redraw.isActive():
                self._redraw.start()

    def show_events(self, events: Sequence[JudgedEvent]) -> None:
        """Draw a tick for each event."""
        self._ticks = ticks_of(events)
        self._draw_anew()

    def show_selected(self, events: Sequence[JudgedEvent]) -> None:
        """Frame the ticks of the events that are selected."""
        self._marked = events
        self.update()

    def show_selection(self, selected: Stretch | None) -> None:
        """Draw the stretch of time that is selected."""
        self._selected = selected
        self.update()

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead; only the pixels that it leaves and enters are drawn."""
        before, self._playhead = self._playhead, seconds
        if round(self.x_of(before)) != round(self.x_of(seconds)):
            for each in (before, seconds):
                self.update(QRect(round(self.x_of(each)) - 3, 0, 7, HEIGHT))

    def x_of(self, seconds: float) -> float:
        """Return where a time stands, in pixels."""
        room = self._room()
        return room.left() + seconds / self._span.duration * room.width()

    def seconds_at(self, x: float) -> float:
        """Return the time at a pixel, within the recording."""
        room = self._room()
        part = (x - room.left()) / max(room.width(), 1)
        return min(max(part, 0.0), 1.0) * self._span.duration

    def _room(self) -> QRectF:
        return QRectF(LEFT, 0, max(self.width() - LEFT - RIGHT, 1), HEIGHT)

    def _frame(self) -> QRectF:
        left, right = self.x_of(self._span.start), self.x_of(self._span.end)
        wider = max(NARROWEST_FRAME - (right - left), 0) / 2
        return QRectF(left - wider, 0, right - left + 2 * wider, HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)

    def _show_span(self, start: float, end: float) -> None:
        self.setAccessibleDescription(f"In view: {time_text(start)} to {time_text(end)}")
        self.update()

    def _draw_anew(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw at another size."""
        self._draw_anew()

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw the kept picture, and on it what moves."""
        painter, room = QPainter(self), self._room()
        if self._picture is None:
            picture = OverviewPicture(self._waveform, self._ticks, self._span.duration, self._theme)
            self._picture = picture.drawn(room.size().toSize(), self.devicePixelRatioF())
        painter.drawPixmap(room.topLeft(), self._picture)
        self._draw_name(painter)
        if self._waveform:
            self._draw_selection(painter)
            self._draw_frame(painter, room)
            self._draw_marks(painter)
            self._draw_playhead(painter)

    def _draw_name(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.muted))
        length = f"\n{time_text(self._span.duration, 0)}" if self._waveform else ""
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, LEFT - 8, HEIGHT), right, f"Overview{length}")

    def _draw_selection(self, painter: QPainter) -> None:
        if self._selected:
            left, right = self.x_of(self._selected.start), self.x_of(self._selected.end)
            band = QColor(self._theme.accent)
            band.setAlpha(90)
            painter.fillRect(QRectF(left, 0, max(right - left, 1), HEIGHT), band)

    def _draw_frame(self, painter: QPainter, room: QRectF) -> None:
        frame, cover = self._frame(), QColor(self._theme.window)
        cover.setAlpha(DIM)
        painter.fillRect(QRectF(room.left(), 0, max(frame.left() - room.left(), 0), HEIGHT), cover)
        painter.fillRect(QRectF(frame.right(), 0, max(room.right() - frame.right(), 0), HEIGHT), cover)
        painter.setPen(QPen(QColor(self._theme.accent if self.hasFocus() else self._theme.text), 1))
        painter.drawRect(frame)

    def _draw_marks(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.text), 1))
        for event in self._marked:
            left, right = round(self.x_of(event.onset)) - 1.5, round(self.x_of(event.offset)) + 1.5
            painter.drawRect(QRectF(left, HEIGHT - TICKS_HEIGHT + 0.5, right - left, TICKS_HEIGHT - 1))

    def _draw_playhead(self, painter: QPainter) -> None:
        x = round(self.x_of(self._playhead)) + 0.5
        for colour, width in (("#101010", 3), ("#ffffff", 1)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(QPointF(x, 0), QPointF(x, HEIGHT))

    def mousePressEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Begin to drag what is under the pointer."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._waveform:
            x = event.position().x()
            self._pressed_at, self._dragging = x, self._drag_of(x)
            event.accept()

    def mouseMoveEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Drag, or show what could be dragged here."""
        x = event.position().x()
        if self._dragging is None:
            self.setCursor(self._cursor_at(x))
        elif self._pressed_at is None or abs(x - self._pressed_at) >= STILL:
            self._pressed_at = None
            self._dragging(x)

    def mouseReleaseEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Where nothing was dragged: select the event whose tick was clicked, or go there."""
        if self._dragging and self._pressed_at is not None:
            self._click(self._pressed_at, event.position().y())
        self._dragging = self._pressed_at = None

    def _click(self, x: float, y: float) -> None:
        seconds, slack = self.seconds_at(x), EDGE / self._room().width() * self._span.duration
        number = self._ticks.at(seconds, slack) if y >= HEIGHT - TICKS_HEIGHT else None
        if number is not None:
            self.picked.emit(number)
        else:
            self._span.show(seconds - self._span.length / 2, seconds + self._span.length / 2)

    def wheelEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Pan and zoom, as over the spectrogram."""
        sideways, notches = event.angleDelta().x() / WHEEL_STEP, event.angleDelta().y() / WHEEL_STEP
        if abs(sideways) > abs(notches):
            self._span.pan(-sideways * PAN_A_NOTCH)
        else:
            seconds = min(max(self.seconds_at(event.position().x()), self._span.start), self._span.end)
            turn(self._span, notches, seconds, with_control=has_control(event))
        event.accept()

    def keyPressEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Move the frame with arrows and pages."""
        span, key = self._span, Qt.Key
        moves = {
            key.Key_Left: partial(span.pan, -PAN_A_NOTCH),
            key.Key_Right: partial(span.pan, PAN_A_NOTCH),
            key.Key_PageUp: partial(span.pan, -1),
            key.Key_PageDown: partial(span.pan, 1),
            key.Key_Home: partial(span.show, 0.0, span.length),
            key.Key_End: partial(span.show, span.duration - span.length, span.duration),
        }
        move = moves.get(event.key())
        move() if move else super().keyPressEvent(event)

    def _drag_of(self, x: float) -> Dragging:
        """Return what a drag that begins at a pixel does."""
        span, seconds = self._span, self.seconds_at(x)
        match self._grasped(x):
            case "frame":
                ahead, length = seconds - span.start, span.length
                return lambda to: span.show(self.seconds_at(to) - ahead, self.seconds_at(to) - ahead + length)
            case "start":
                fixed = span.end
            case "end":
                fixed = span.start
            case _:
                fixed = seconds
        return lambda to: span.show(*sorted((fixed, self.seconds_at(to))))

    def _grasped(self, x: float) -> str:
        """Return "start", "end" or "frame", or "" where a new frame would begin."""
        frame = self._frame()
        can_be_moved = self._span.length < self._span.duration * 0.999
        if frame.width() > 3 * EDGE:
            for name, edge in (("start", frame.left()), ("end", frame.right())):
                if abs(x - edge) <= EDGE:
                    return name
        inside = frame.left() - EDGE <= x <= frame.right() + EDGE
        return "frame" if inside and can_be_moved else ""

    def _cursor_at(self, x: float) -> Qt.CursorShape:
        cursors = {"frame": Qt.CursorShape.OpenHandCursor, "": Qt.CursorShape.CrossCursor}
        return cursors.get(self._grasped(x), Qt.CursorShape.SizeHorCursor)
