"""Exchanging: what was found, in the files of other programs; their labels; clips and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earmark.gui.actions import Deed
from earmark.gui.cutting import Cutting
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.exporting import Exporting
from earmark.gui.import_labels import ImportLabels, is_label_file
from earmark.gui.part import Menus, Part
from earmark.gui.pictures import Pictures

DEEDS = (
    Deed(name="import_labels", menu="|&File", text="&Import labels…", keys=("Ctrl+Shift+I",), needs="recording"),
    Deed(name="export", menu="&File", text="&Export…", keys=("Ctrl+Shift+E",), needs="recording"),
    Deed(name="export_clips", menu="&File", text="Export &clips…", needs="events"),
    Deed(name="copy_picture", menu="|&View", text="Cop&y picture", keys=("Ctrl+Shift+C",), needs="recording"),
    Deed(name="save_picture", menu="&View", text="Sa&ve picture…", needs="recording"),
    Deed(name="save_screenshot", menu="&View", text="S&ave a screenshot…"),
)


class Exchanging:
    """What comes from other programs and goes to them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._errands = Errands(desk, desk.notices.report)
        self.exporting = Exporting(desk, self._errands)
        self.importing = ImportLabels(desk, self._errands, self.exporting.gatherer)
        self.cutting = Cutting(desk, self._errands)
        self.pictures = Pictures(desk)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={
                "import_labels": self.importing.ask,
                "export": self.exporting.open,
                "export_clips": self.cutting.open,
                "copy_picture": self.pictures.copy,
                "save_picture": self.pictures.save,
                "save_screenshot": self.pictures.save_screenshot,
            },
            menus=self._fill,
            keep=lambda: {**self.exporting.keep(), **self.cutting.keep()},
            restore=self._restore,
            close=self._close,
        )

    def take_labels(self, paths: Sequence[Path]) -> list[Path]:
        """Import the label files among these and return the others."""
        labels = [path for path in paths if is_label_file(path)]
        others = [path for path in paths if path not in labels]
        self.importing.take(labels, after_opening=bool(others))
        return others

    def _fill(self, menus: Menus) -> None:
        """Put pictures under what they are pictures of."""
        menu = menus["&View"]
        menu.addSeparator()
        for name in ("copy_picture", "save_picture", "save_screenshot"):
            menu.removeAction(self._desk.do[name])
            menu.addAction(self._desk.do[name])
        menu.addSeparator()

    def _restore(self, kept: Mapping[str, Any]) -> None:
        self.exporting.restore(kept)
        self.cutting.restore(kept)

    def _close(self) -> None:
        self.cutting.close()
        self.exporting.close()
        self._errands.close()
