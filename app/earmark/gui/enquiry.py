"""Asks the engines at start-up what there is: models, refused plugins, the device. It takes seconds: on a thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QThread, Signal

from earmark.api import EarmarkError, PluginError
from earmark.engine_client import Engines

log = logging.getLogger(__name__)


class Enquiry(QThread):
    """Asks once, and ends."""

    headings_known = Signal(list)
    fault_known = Signal(object)  # PluginError
    device_known = Signal(str)
    failed = Signal(object)  # EarmarkError

    def __init__(self, engines: Engines) -> None:
        super().__init__()
        self._engines = engines
        self.stopping = False

    def run(self) -> None:
        """Ask, the quick things first."""
        try:
            self.headings_known.emit(self._engines.headings())
            for fault in self._engines.faults():
                self.fault_known.emit(fault)
            self.device_known.emit(self._engines.device_line())
        except EarmarkError as error:
            self._fail(error)
        except Exception as error:  # the edge of a thread
            log.exception("asking the engines")
            self._fail(PluginError(f"The engine does not answer: {error!r}."))

    def _fail(self, error: EarmarkError) -> None:
        if not self.stopping:  # an engine that is closed while it is asked is no fault
            self.failed.emit(error)
