"""Published weights, brought into the cache from where they are published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import httpx2

from earmark import web
from earmark.api import Weights
from earmark.downloads import Download, OnBytes, OnSaid, RemoteFile
from earmark.hub import STALL_SECONDS, HubModel
from earmark.web import DownloadError
from earmark.weights_cache import Kept, KeptFile, WeightsCache
from earmark.weights_source import HubRepository, Page, Source, WebFile, source_of

_Answer = TypeVar("_Answer")


def _never() -> bool:
    return False


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Told:
    """Who is told how far it is, and who may stop it; called on the thread that fetches.

    Attributes:
        on_bytes: bytes that are here, and in all where that is known.
        on_said: a sentence about what happens meanwhile: another try, a difference, what comes next.
        cancelled: once it says so, `api.Cancelled` is raised; what has arrived is kept.
    """

    on_bytes: OnBytes = _nothing
    on_said: OnSaid = _nothing
    cancelled: Callable[[], bool] = _never


class WeightsFetch:
    """Fetches weights, from the cache where they are known.

    Args:
        stall_seconds: how long a server may send nothing.
        pause: seconds before the second try.
    """

    def __init__(
        self, cache: WeightsCache | None = None, *, stall_seconds: float = STALL_SECONDS, pause: float = web.PAUSE
    ) -> None:
        self._cache = cache or WeightsCache()
        self._stall_seconds, self._pause = stall_seconds, pause

    @contextmanager
    def fetched(self, weights: Weights, told: Told, *, again: bool = False) -> Iterator[Path]:
        """Give the file that was published, or the folder; meanwhile nobody else fetches it.

        Args:
            again: ask the server although it is here.

        Raises:
            DownloadError: it is not given, not whole, or has no room.
            Cancelled: somebody said so.
        """
        source = _fetchable(weights)
        url = weights.url
        waits = f"Another Earmark is fetching {weights.name}: waiting for it."
        with self._cache.held(url, waits=lambda: told.on_said(waits), cancelled=told.cancelled):
            kept = None if again else self._cache.whole(url)
            kept = kept or self._download(weights, source, told)
            with self._cache.laid_out(kept, _name_of(source)) as path:
                yield path

    def size_of(self, weights: Weights, told: Told) -> int | None:
        """Return how many bytes are to be fetched, asking the server where nobody has written it down; None: unknown.

        Raises:
            DownloadError: the server cannot be asked, or refuses.
            Cancelled: somebody said so.
        """
        if weights.size_bytes is not None:
            return weights.size_bytes
        if kept := self._cache.recorded(weights.url):
            return kept.size
        source = _fetchable(weights)

        async def ask(client: httpx2.AsyncClient) -> int | None:
            if isinstance(source, WebFile):
                return _length(await client.head(source.url))
            sizes = [file.size for file in await self._files(client, weights, source, told)]
            return sum(size for size in sizes if size is not None) if None not in sizes else None

        try:
            return self._online(ask, told)
        except httpx2.RequestError as error:
            raise DownloadError(f"{weights.url} cannot be reached: {error}.") from error

    def _online(self, work: Callable[[httpx2.AsyncClient], Awaitable[_Answer]], told: Told) -> _Answer:
        async def connected() -> _Answer:
            async with web.client(self._stall_seconds) as client:
                return await work(client)

        return web.run(connected(), told.cancelled)

    def _download(self, weights: Weights, source: HubRepository | WebFile, told: Told) -> Kept:
        async def bring_all(client: httpx2.AsyncClient) -> list[KeptFile]:
            files = await self._files(client, weights, source, told)
            done = _Sum(files, told.on_bytes)
            return [await self._bring(client, weights.url, file, done, told) for file in files]

        before = self._cache.recorded(weights.url)
        files = self._online(bring_all, told)
        if before and (changed := _changed(before, files)):
            told.on_said(f"{weights.url} is not what it was on {before.fetched}: {', '.join(changed)} changed.")
        return self._cache.record(weights.url, files)

    async def _files(
        self, client: httpx2.AsyncClient, weights: Weights, source: HubRepository | WebFile, told: Told
    ) -> list[RemoteFile]:
        """Return what is to be fetched, the weights first; what the card says of them counts."""
        if isinstance(source, WebFile):
            files = [RemoteFile(name=source.name, url=source.url)]
        else:
            files = await HubModel(client, source, told.on_said, self._pause).files()
        first = files[0]
        sha256, size = weights.sha256 or first.sha256, weights.size_bytes or first.size
        return [replace(first, sha256=sha256, size=size), *files[1:]]

    async def _bring(self, client: httpx2.AsyncClient, url: str, file: RemoteFile, done: _Sum, told: Told) -> KeptFile:
        if file.sha256 and self._cache.has(file.sha256):
            return self._cache.file(file.name, file.sha256)
        part = self._cache.part(url, file.name)
        download = Download(client, file, part, on_bytes=done.of(file), on_said=told.on_said, pause=self._pause)
        return self._cache.take(part, file.name, await download.fetch())


class _Sum:
    """Adds up how far several files are."""

    def __init__(self, files: Sequence[RemoteFile], on_bytes: OnBytes) -> None:
        self._done = {file.name: 0 for file in files}
        self._sizes = {file.name: file.size for file in files}
        self._on_bytes = on_bytes

    def of(self, file: RemoteFile) -> OnBytes:
        """Return what to call as one of them arrives."""

        def count(done: int, total: int | None) -> None:
            self._done[file.name], self._sizes[file.name] = done, total
            sizes = [size for size in self._sizes.values() if size is not None]
            self._on_bytes(sum(self._done.values()), sum(sizes) if len(sizes) == len(self._sizes) else None)

        return count


def _fetchable(weights: Weights) -> HubRepository | WebFile:
    source = source_of(weights.url)
    if source is None or isinstance(source, Page):
        raise DownloadError(f"{weights.name} cannot be fetched by a program.")
    return source


def _name_of(source: Source) -> str:
    return source.name.rpartition("/")[2] if isinstance(source, HubRepository) else "file"


def _length(response: httpx2.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if response.is_success and length.isdigit() else None


def _changed(before: Kept, files: Sequence[KeptFile]) -> list[str]:
    """Return the names of files that are not what they were."""
    known = {file.name: file.sha256 for file in before.files}
    return [file.name for file in files if known.get(file.name, file.sha256) != file.sha256]
