"""What a part of the window adds to it: deeds for its menus, something to remember, something to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from earmark.gui.actions import Deed
from earmark.gui.theme import Theme

Menus = Mapping[str, QMenu]


def _nothing(*_: object) -> None:
    pass


def _yes() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the window, as the window sees it.

    Attributes:
        deeds: what a person can do with it.
        doing: what is called for each deed, by name; with its new state where the deed is checkable.
        menus: puts into the menus what is no deed: choices, submenus. They are named "&File", "&View", …
        given: what is there now, for the deeds that need it.
        keep, restore: what is remembered in `settings.window` under names of its own.
        wear: draw in a theme's colours.
        panes: what F6 goes to.
        may_close: whether the window may close; asked once, before anything is ended.
        escape: Esc was pressed: whether this part had something to leave or cancel.
        close: end what runs.
    """

    deeds: Sequence[Deed] = ()
    doing: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    menus: Callable[[Menus], None] = _nothing
    given: Callable[[], set[str]] = set
    keep: Callable[[], Mapping[str, Any]] = dict
    restore: Callable[[Mapping[str, Any]], None] = _nothing
    wear: Callable[[Theme], None] = _nothing
    panes: Sequence[QWidget] = ()
    may_close: Callable[[], bool] = _yes
    escape: Callable[[], bool] = bool
    close: Callable[[], None] = _nothing
