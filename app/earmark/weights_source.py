"""Where published weights are: a repository of the Hugging Face hub, one file on the web, or a page for a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from earmark.api import ModelCard, Weights

HUB = "hf:"
HUB_PAGE = "https://huggingface.co/"
BUNDLED = "bundled:"
_WEB = re.compile(r"https://[^/\s]+/\S|http://(127\.0\.0\.1|localhost):\d+/\S")  # unencrypted on this machine only
_REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
_WITH_REVISION = re.compile(r"([\w.-]+/[\w.-]+)(?:/tree/([\w./-]+?))?/?")
# What these hosts offer is picked by hand: they answer a program with a page.
_PAGES = (
    (re.compile(r"(drive|docs)\.google\.com/"), "Google Drive"),
    (re.compile(r"www\.dropbox\.com/(sh|scl/fo)/"), "Dropbox"),
    (re.compile(r"(1drv\.ms|onedrive\.live\.com|[\w-]+\.sharepoint\.com)/"), "OneDrive"),
    (re.compile(r"(share\.weiyun|pan\.baidu)\.com/"), "a file-sharing page"),
)


@dataclass(frozen=True, kw_only=True)
class HubRepository:
    """A model repository: its name, `ORG/NAME`, and a branch, tag or commit."""

    name: str
    revision: str = "main"

    @property
    def page(self) -> str:
        """Return the address that a person visits."""
        return HUB_PAGE + self.name


@dataclass(frozen=True, kw_only=True)
class WebFile:
    """One file."""

    url: str

    @property
    def page(self) -> str:
        """Return the address that a person visits."""
        return self.url

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return PurePosixPath(unquote(urlsplit(self.url).path)).name or "weights"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, on `host`, from which a person fetches."""

    url: str
    host: str

    @property
    def page(self) -> str:
        """Return the address that a person visits."""
        return self.url


Source = HubRepository | WebFile | Page


def source_of(url: str) -> Source | None:
    """Return where the `url` of an `api.Weights` leads; None where nothing is to be fetched: `bundled:`, `file:`."""
    for prefix, pattern in ((HUB, _REPOSITORY), (HUB_PAGE, _WITH_REVISION)):
        if url.startswith(prefix) and (found := pattern.fullmatch(url.removeprefix(prefix))):
            return HubRepository(name=found[1], revision=found[2] or "main")
    if not _WEB.match(url):
        return None
    place = url.partition("://")[2]
    for pattern, host in _PAGES:
        if pattern.match(place):
            return Page(url=url, host=host)
    return WebFile(url=url)


def is_address(url: str) -> bool:
    """Tell whether a card may say that its weights are there."""
    return url.startswith(BUNDLED) or source_of(url) is not None


def published_weights(offered: Sequence[Weights]) -> tuple[Weights, Source] | None:
    """Return the first weights that can be fetched, or else the first on a page; None where none are on the web."""
    found = [(weights, source) for weights in offered if (source := source_of(weights.url))]
    return min(found, key=lambda each: isinstance(each[1], Page), default=None)


def import_line(model_id: str) -> str:
    """Return the command that brings in weights which a person fetched."""
    plugin, _, variant = model_id.partition("/")
    return f"earmark models import FILE --as {variant} --plugin {plugin}"


def way_to(card: ModelCard) -> str:
    """Return how the weights of a card come to this machine, as a hint."""
    found = published_weights(card.weights)
    if found is None:
        trained = f"; or train it: earmark train FOLDER --model {card.model_id} --start {next(iter(card.starts), '')}"
        return f"Import them: {import_line(card.model_id)}{trained if card.starts else ''}"
    if isinstance(found[1], Page):
        return f"Download them in a browser from {found[1].page}, then: {import_line(card.model_id)}"
    return f"Fetch them: earmark models fetch {card.model_id}; or bring a file: {import_line(card.model_id)}"
