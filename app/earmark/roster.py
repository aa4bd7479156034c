"""What each installed distribution offers: asked once, kept on disk until something that is installed changes."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from earmark import installed
from earmark.api import ModelCard, PluginError
from earmark.folders import cache_folder
from earmark.plain import card_from_plain, card_to_plain, error_from_plain, error_to_plain

Ask = Callable[[installed.Entry], list[ModelCard]]


@dataclass
class Offer:
    """What plugins offer, and those that were refused."""

    cards: list[ModelCard] = field(default_factory=list)
    faults: list[PluginError] = field(default_factory=list)


class Roster:
    """Knows what every distribution offers; each is asked by itself, so that one that hangs keeps only its own waiting.

    Args:
        ask: returns a plugin's cards, or raises the PluginError for which it is refused.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._looking = threading.Lock()
        self._asking: dict[str, threading.Lock] = {}
        self._found: tuple[list[installed.Entry], list[PluginError]] | None = None
        self._offers: dict[str, Offer] = {}

    def entries(self, distribution: str) -> list[installed.Entry]:
        """Return the plugins of a distribution."""
        return [entry for entry in self._plugins()[0] if entry.distribution == distribution]

    def distribution_of(self, plugin: str) -> str:
        """Return the distribution of a plugin.

        Raises:
            PluginError: there is no such plugin.
        """
        for entry in self._plugins()[0]:
            if entry.name == plugin:
                return entry.distribution
        raise PluginError(f"There is no plugin “{plugin}”.", plugin=plugin, hint="See: earmark plugins list")

    def offer_of(self, plugin: str) -> Offer:
        """Return what the plugin's distribution offers; nothing where there is no such plugin."""
        if all(entry.name != plugin for entry in self._plugins()[0]):
            return Offer()
        return self._offer(self.distribution_of(plugin))

    def whole(self) -> Offer:
        """Return what all offer, ours first; those not known are asked side by side."""
        entries, refused = self._plugins()
        distributions = list(dict.fromkeys(entry.distribution for entry in entries))
        whole = Offer(faults=list(refused))
        with ThreadPoolExecutor(max(1, len(distributions))) as threads:
            for offer in threads.map(self._offer, distributions):
                whole.cards += offer.cards
                whole.faults += offer.faults
        return whole

    def forget(self) -> None:
        """Know nothing any more, on disk neither: all are asked again."""
        with self._looking:
            self._found = None
            self._offers.clear()
        with contextlib.suppress(OSError):
            _path().unlink(missing_ok=True)

    def _plugins(self) -> tuple[list[installed.Entry], list[PluginError]]:
        """Return the installed plugins, looked up once: that reads every distribution's metadata."""
        with self._looking:
            if self._found is None:
                self._found = installed.plugins()
            return self._found

    def _offer(self, distribution: str) -> Offer:
        with self._asking.setdefault(distribution, threading.Lock()):
            if distribution not in self._offers:
                self._offers[distribution] = self._known_or_asked(distribution)
            return self._offers[distribution]

    def _known_or_asked(self, distribution: str) -> Offer:
        entries = self.entries(distribution)
        fingerprint = installed.fingerprint(entries)
        if known := _read(distribution, fingerprint):
            return known
        offer = Offer()
        for entry in entries:
            try:
                offer.cards += self._ask(entry)
            except PluginError as fault:
                offer.faults.append(fault)
        with contextlib.suppress(OSError):  # where nothing may be written, they are asked at each start
            _write(distribution, fingerprint, offer)
        return offer


_writing = threading.Lock()


def _path() -> Path:
    return cache_folder() / "cards.json"


def _stored() -> dict[str, Any]:
    try:
        plain = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return plain if isinstance(plain, dict) else {}


def _read(distribution: str, fingerprint: str) -> Offer | None:
    """Return what was offered when the same was installed, if that is known."""
    try:
        plain: Mapping[str, Any] = _stored()[distribution]
        if plain["fingerprint"] != fingerprint:
            return None
        faults = [error_from_plain(each) for each in plain["faults"]]
        cards = [card_from_plain(each) for each in plain["cards"]]
    except (KeyError, TypeError):
        return None  # it is asked again
    return Offer(cards, [fault for fault in faults if isinstance(fault, PluginError)])


def _write(distribution: str, fingerprint: str, offer: Offer) -> None:
    """Keep an offer for the next start, beside those of other distributions."""
    plain = {
        "fingerprint": fingerprint,
        "cards": [card_to_plain(card) for card in offer.cards],
        "faults": [error_to_plain(fault) for fault in offer.faults],
    }
    path = _path()
    with _writing:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(_stored() | {distribution: plain}), encoding="utf-8")
        beside.replace(path)
