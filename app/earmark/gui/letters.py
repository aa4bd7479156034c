"""Underlined letters in menus: each entry has one of its own, whoever put the entry there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtWidgets import QMenu


def keep_letters_apart(menus: Iterable[QMenu]) -> None:
    """See to it whenever one of these menus, or a menu in them, is shown: entries come, go and change."""
    for menu in list(_all(menus)):
        menu.aboutToShow.connect(lambda menu=menu: give_letters(menu))


def give_letters(menu: QMenu) -> None:
    """Give each entry a letter of its own: the one that its text wishes for, if no entry above it has that."""
    actions = [action for action in menu.actions() if action.isVisible() and not action.isSeparator()]
    taken: set[str] = set()
    others = []
    for action in actions:
        letter = letter_of(action.text())
        if letter and letter not in taken:
            taken.add(letter)
        else:
            others.append(action)
    for action in others:
        text = marked(action.text(), taken)
        taken.add(letter_of(text))
        if text != action.text():
            action.setText(text)


def letter_of(text: str) -> str:
    """Return the letter that is underlined in a text, small; "" where none is."""
    return text.replace("&&", "").partition("&")[2][:1].casefold()


def marked(text: str, taken: set[str]) -> str:
    """Return a text with the first letter underlined that is not taken: of its words, or else of any within them."""
    plain = text.replace("&&", "\0").replace("&", "")
    begins = [place for place, letter in enumerate(plain) if place == 0 or plain[place - 1] == " "]
    for place in (*begins, *range(len(plain))):
        if plain[place : place + 1].isalnum() and plain[place].casefold() not in taken:
            plain = f"{plain[:place]}&{plain[place:]}"
            break
    return plain.replace("\0", "&&")


def _all(menus: Iterable[QMenu]) -> Iterator[QMenu]:
    for menu in menus:
        yield menu
        yield from _all(below for action in menu.actions() if isinstance(below := action.menu(), QMenu))
