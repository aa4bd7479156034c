"""Bugs, as opposed to errors: on whatever thread, they become a notice with details, and a line in the log."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, qVersion

from earmark import __version__, folders

SENTENCE = "Something went wrong inside Earmark."
log = logging.getLogger(__name__)


class Faults(QObject):
    """The exception hook. It may be called on any thread, so it only writes the log and emits."""

    caught = Signal(str, str, str)  # sentence, hint, details

    def install(self) -> None:
        """Be the hook of this process."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._catch
        threading.excepthook = lambda args: self._catch(args.exc_type, args.exc_value, args.exc_traceback)

    def uninstall(self) -> None:
        """Leave it as it was."""
        sys.excepthook, threading.excepthook = self._before

    def _catch(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error or kind(), trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected: %s", text)
        said = str(error).rstrip(".")
        self.caught.emit(f"{SENTENCE} {kind.__name__}: {said}.", "It goes on.", f"{versions()}\n{text}")


def versions() -> str:
    """Return the lines that a report of a bug begins with."""
    return (
        f"Earmark {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}\n"
        f"Log: {folders.log_path()}"
    )
