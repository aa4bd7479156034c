"""Listening in the window: frames a second while it records, tags and writes; how late labels are; what it costs.

The window is the real one, offscreen at 1600×900, with the bundled model in its engine; the microphone is a recording
that comes in at its own pace. `EARMARK_BENCH_SECONDS` makes it longer than half a minute.

How late a label is has two parts. A model needs some of a sound before it can say what that is: however fast it is
asked. The rest is what listening adds: waiting for the next window, hearing it, showing what was said. "Sound to label"
is the second part, for which there is a promise: from the earliest moment at which the model itself says the label to
when the window has it. The earliest moment is found afterwards: the same engine hears windows of the same length that
end at each frame from the event's onset on, one after the other without any hurry, and the newest frames of each, as
many as a hop has, are held against the same threshold; they are not smoothed, since live lanes are not. Where a model
wavers, and says it early in one of these windows that was no live window's, the wait for when it says it again counts
in full. From the onset in the file to the label, both parts together, is told beside it, without a promise. An event
that the model says offline and that is never told live has no delay; so that this hides nothing, such events have a
line of their own, where the promise is none. One that is not said offline has no earliest moment; it is counted, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import target

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "earmark_resources" / "demo.flac"
MODEL = "htsat/everyday"
SECONDS = float(os.environ.get("EARMARK_BENCH_SECONDS", "30"))
SIZE = (1600, 900)
IN_VIEW = 10.0  # seconds: each frame is some pixels further than the last
BEGIN = IN_VIEW + 2.0  # from when on it flows
END = BEGIN + SECONDS
SURE = 0.5  # a label of which the file's analysis says more than that must be heard live, too
LATEST = 2.0  # seconds after an event in which its label still counts
CAPTURE_LATENCY = 0.04 + 0.02  # seconds: what a microphone adds that a recording does not, and its block


def measure() -> dict[str, Any]:
    """Return the figures of one run, in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        ended = subprocess.run(
            [sys.executable, "-m", "bench.live", home],
            cwd=ROOT,
            env=os.environ | {"EARMARK_HOME": home, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=SECONDS + 240,
            check=False,
        )
    if ended.returncode:
        raise RuntimeError(f"Listening failed: {ended.stderr}")
    results = json.loads(ended.stdout.splitlines()[-1])
    limit = results["hop_s"] + results["inference_s"] + results["frame_s"] + 0.1
    return results | {
        "targets": [
            target("frames a second while listening, 1600×900", results["frames_per_second"], "/s", at_least=60),
            target("99th percentile between two frames while listening", results["p99_ms"], "ms", at_most=33),
            target("sound to label, 95th percentile", results["latency_p95_s"], "s", at_most=round(limit, 3)),
            target(
                "labels that the model says and listening never does",
                results["events_told_offline_only"],
                "",
                at_most=0,
            ),
            target("capture and drawing, part of one core", results["window_core"], "", at_most=0.2),
            target("blocks dropped", results["dropped"], "", at_most=0),
            target("samples that were not recorded", results["not_recorded"], "", at_most=0),
        ]
    }


def sound(path: Path) -> Path:
    """Write the demo as often as it takes, at 48 kHz."""
    import soundfile

    from earmark import audio_file

    once = audio_file.read(DEMO, sample_rate=48_000)
    whole = np.tile(once, int(END * 48_000 / len(once)) + 1)[: round((END + 2) * 48_000)]
    soundfile.write(path, whole, 48_000, subtype="PCM_16")
    return path


class Watched:
    """A window that listens, and what was seen of it."""

    def __init__(self, home: Path) -> None:
        from PySide6.QtCore import QEvent, QObject, Qt

        from earmark.gui.application import application_of, open_window, spare_the_collector
        from earmark.gui.live_session import LiveWishes

        self.application = application_of(["bench"])
        self.window = open_window(self.application, theme="dark")
        self.window.is_remembered = False
        self.window.setWindowState(Qt.WindowState.WindowNoState)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.begin([])
        self.window.live.wishes = LiveWishes(rehearsal=sound(home / "mic.wav"), folder=home / "recorded")
        self.painted: list[float] = []
        self.moments: list[Any] = []
        self.shown_at: list[float] = []  # seconds of sound that had come when the window had each moment
        seen = self.painted

        class Watch(QObject):
            def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
                if event.type() == QEvent.Type.Paint:
                    seen.append(time.perf_counter())
                return False

        self._watch = Watch()
        self.window.live.view.flow.belts[0].installEventFilter(self._watch)  # it is seen instead of the spectrogram
        spare_the_collector()

    def until(self, true, patience: float = 120.0) -> None:
        """Let the window work until something is so."""
        from PySide6.QtCore import QEventLoop, QTimer

        ends, loop, look = time.monotonic() + patience, QEventLoop(), QTimer(interval=50)
        look.timeout.connect(lambda: loop.quit() if true() or time.monotonic() > ends else None)
        look.start()
        loop.exec()

    def run(self) -> dict[str, Any]:
        """Listen, record and tag; return the figures."""
        window = self.window
        self.until(lambda: window.desk.listening.heading is not None)
        window.desk.engines.prepare(MODEL)
        window.do["record"].trigger()
        self.until(lambda: window.live.view.is_on)
        session = window.live.session
        session.heard.connect(lambda ear, moment: self._note(moment))  # after the window's own
        window.desk.span.cover(IN_VIEW)
        self.until(lambda: session.station.seconds > BEGIN)
        self.painted.clear()
        began, busy = time.monotonic(), time.process_time()
        self.until(lambda: session.station.seconds >= END, patience=SECONDS + 60)
        core = (time.process_time() - busy) / (time.monotonic() - began)
        frames = np.diff(self.painted)
        ear = session.station.ears[0]
        dropped = len(session.station.capture.gaps) + session.station.recorder.lost
        events = self._heard_in_the_file()
        window.do["listen"].trigger()
        self.until(lambda: window.live.session is None)
        dense = Dense(window.desk.engines, ear, window.live.wishes.rehearsal)
        return {
            "seconds": SECONDS,
            "frames_per_second": len(frames) / float(frames.sum()),
            "p99_ms": 1000 * float(np.percentile(frames, 99)),
            "longest_ms": 1000 * float(frames.max()),
            "window_core": core,
            "dropped": dropped,
            "not_recorded": self._not_recorded(),
            "hop_s": ear.hop,
            "frame_s": ear.track.hop,
            "inference_s": float(np.median([moment.inference for moment in self.moments])),
            "skipped_answers": ear.late,
            **self._latency(events, dense),
        }

    def _note(self, moment: Any) -> None:
        self.moments.append(moment)
        self.shown_at.append(self.window.live.session.station.seconds)

    def _heard_in_the_file(self) -> list[Any]:
        from earmark.events import EventSettings, find_events

        analysis = self.window.desk.engines.analyse(DEMO, MODEL)
        settings = EventSettings(threshold=SURE)
        frames, hop = analysis.timeline()
        return find_events(frames, hop, analysis.labels, settings, duration=analysis.duration)

    def _latency(self, events: list[Any], dense: Dense) -> dict[str, Any]:
        """Return how long after the model could say it, and after its onset, each event's label was shown."""
        counted = [event for event in events if event.onset >= 1.0 and event.offset <= END - 3]
        pairs = [(event, self._told(event, dense), dense.told(event)) for event in counted]
        both = [each for each in pairs if None not in each]
        added = np.array([told - able for _, told, able in both]) + CAPTURE_LATENCY
        whole = np.array([told - event.onset for event, told, _ in both]) + CAPTURE_LATENCY
        return {
            "latency_p95_s": float(np.percentile(added, 95)),
            "latency_median_s": float(np.median(added)),
            "from_onset_p95_s": float(np.percentile(whole, 95)),
            "from_onset_median_s": float(np.median(whole)),
            "events_told": len(both),
            "events_told_live_only": sum(told is not None and able is None for _, told, able in pairs),
            "events_told_offline_only": sum(told is None and able is not None for _, told, able in pairs),
            "events_told_by_neither": sum(told is None and able is None for _, told, able in pairs),
        }

    def _told(self, event: Any, dense: Dense) -> float | None:
        """Return when the window first had an event's label, in seconds of sound."""
        for moment, shown in zip(self.moments, self.shown_at, strict=True):
            if event.onset < moment.seconds < event.offset + LATEST and dense.says(event.label, moment.newest):
                return shown
        return None

    def _not_recorded(self) -> int:
        """Return how many samples of what was recorded differ from what came in."""
        import soundfile

        [path] = self.window.live.wishes.folder.glob("*.wav")
        heard, said = soundfile.read(path)[0], soundfile.read(self.window.live.wishes.rehearsal)[0]
        size = 1 << (len(heard) + len(said)).bit_length()
        alike = np.fft.irfft(np.fft.rfft(said, size) * np.conj(np.fft.rfft(heard, size)), size)
        begin = int(alike[: len(said)].argmax())
        both = min(len(heard), len(said) - begin)
        return int((np.abs(heard[:both] - said[begin : begin + both]) > 2**-15).sum())


class Dense:
    """The model without the hurry of listening: windows that end at each frame."""

    def __init__(self, engines: Any, ear: Any, path: Path) -> None:
        import soundfile

        self._engines, self._heading = engines, ear.heading
        self._step, self._newest = ear.track.hop, max(1, round(ear.hop / ear.track.hop))
        self._samples, self._rate = soundfile.read(path, dtype="float32")
        self._scores: dict[int, Any] = {}  # [labels] of the newest frames, by the frame at which the window ends

    def told(self, event: Any) -> float | None:
        """Return the earliest end of a window whose newest frames say an event's label, in seconds; None is never."""
        ends = range(int(event.onset / self._step) + 1, int((event.offset + LATEST) / self._step))
        return next((end * self._step for end in ends if self.says(event.label, self._heard(end))), None)

    def says(self, label: str, scores: Any) -> bool:
        """Tell whether scores [labels] pass the model's own threshold of a label."""
        place = self._heading.labels.index(label)
        return bool(scores[place] >= self._heading.thresholds.get(label, SURE))

    def _heard(self, end: int) -> Any:
        if end not in self._scores:
            last = round(end * self._step * self._rate)
            first = max(0, last - round(self._heading.window_seconds * self._rate))
            window = np.ascontiguousarray(self._samples[first:last])
            heard = self._engines.hear(window, self._rate, self._heading.model_id, start=first / self._rate)
            self._scores[end] = heard.frames[-self._newest :].max(axis=0)
        return self._scores[end]


def main(home: str) -> None:
    """Run once, and print the figures."""
    watched = Watched(Path(home))
    results = watched.run()
    watched.window.close()
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1])
