"""Exchanging: what was found, in the files of other programs."""

from __future__ import annotations

from earmark.api import EarmarkError
from earmark.gui import exports
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.part import Part

DEEDS = (Deed(name="export", menu="|&File", text="&Export…", keys=("Ctrl+Shift+E",), needs="analysis"),)


class Exchanging:
    """File ▸ Export…"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(deeds=DEEDS, doing={"export": self.export})

    def export(self) -> None:
        """Write what was found in a format of the person's choice."""
        desk, analysis = self._desk, self._desk.findings.analysis
        chosen = exports.ask_for_file(desk.window, analysis.path) if analysis else None
        if analysis is None or chosen is None:
            return
        try:
            exports.write(*chosen, analysis, desk.findings.events)
        except EarmarkError as error:
            desk.notices.report(error)
        else:
            desk.notices.tell(f"{chosen[0].name} was written. Events: {len(desk.findings.events)}.")
