"""One file from a web server: gone on with where it was cut, and compared with its hash.

What has arrived is in a file that ends in `.part`; beside it stands what the server called that version (`.json`), and
the rest is asked for on the condition that it is still the same.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from earmark.audio_file import shown
from earmark.checkpoints import sha256_of
from earmark.web import PAUSE, DownloadError, TryAgain, check, insist
from earmark.weights_text import size_text

OnBytes = Callable[[int, int | None], object]  # bytes that are here, in all
OnSaid = Callable[[str], object]
ROOM = "Make room, or let EARMARK_HOME name a folder on another disk."
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file on a server.

    Attributes:
        name: under which it is kept.
        headers: of the request.
        sha256, size: that it must have; None where nobody said.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    sha256: str | None = None
    size: int | None = None


class Download:
    """Brings one file into `part`, in as many tries as it takes."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        file: RemoteFile,
        part: Path,
        *,
        on_bytes: OnBytes,
        on_said: OnSaid,
        pause: float = PAUSE,
    ) -> None:
        self._client, self._file, self._part = client, file, part
        self._on_bytes, self._on_said, self._pause = on_bytes, on_said, pause
        self._version = part.with_name(f"{part.name}.json")
        self._is_pieced = self._has_advanced = False
        self._farthest = 0

    async def fetch(self) -> str:
        """Return the sha256 of the file, which is whole in `part` now.

        Raises:
            DownloadError: it is not given, does not fit on the disk, or is not what was published.
        """
        await self._bring()
        sha256 = sha256_of(self._part)
        if self._file.sha256 in (None, sha256):
            return sha256
        self.discard()
        if self._is_pieced:
            self._is_pieced = False
            self._on_said(f"{self._file.name} was put together wrongly; fetching it from the start.")
            return await self.fetch()
        raise DownloadError(
            f"{self._file.name} is not the file that was published: "
            f"its sha256 is {sha256[:12]}…, not {self._file.sha256[:12]}…."
        )

    def discard(self) -> None:
        """Forget what has arrived."""
        self._part.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)

    async def _bring(self) -> None:
        host = httpx2.URL(self._file.url).host
        self._is_pieced = self._here() > 0
        if self._file.size is not None and self._here() > self._file.size:
            self.discard()
        if self._file.size is None or self._here() < self._file.size or not self._part.exists():
            await insist(
                self._attempt,
                host=host,
                advanced=lambda: self._has_advanced,
                on_said=self._on_said,
                pause=self._pause,
            )

    def _here(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    async def _attempt(self) -> None:
        self._has_advanced = False
        here = self._here()
        headers = {**self._file.headers, **self._condition(here)}
        async with self._client.stream("GET", self._file.url, headers=headers) as response:
            if response.status_code == 416:
                self._end_or_begin_anew(response, here)
                return
            check(response)
            start, total = self._extent(response, here)
            self._refuse(response, start, total)
            await self._write(response, start, total)

    def _condition(self, here: int) -> dict[str, str]:
        """Return the headers that ask for the rest only, if it is a rest of the same."""
        version = self._known_version()
        if not here or not (version or self._file.sha256):
            return {}
        return {"Range": f"bytes={here}-"} | ({"If-Range": version} if version else {})

    def _known_version(self) -> str:
        try:
            return str(json.loads(self._version.read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _end_or_begin_anew(self, response: httpx2.Response, here: int) -> None:
        """Take the answer to a request for what is beyond the end: all of it is here, or it has become shorter."""
        if response.headers.get("Content-Range", "").rpartition("/")[2] != str(here):
            self.discard()
            raise TryAgain("the file there is another one now")

    def _extent(self, response: httpx2.Response, here: int) -> tuple[int, int | None]:
        """Return at which byte the answer begins, and how many the whole has."""
        if response.status_code != 206:
            length = response.headers.get("Content-Length", "")
            return 0, int(length) if length.isdigit() else None
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != here:
            self.discard()
            raise TryAgain("it sent another part than was asked for")
        return here, None if found[2] == "*" else int(found[2])

    def _refuse(self, response: httpx2.Response, start: int, total: int | None) -> None:
        """Refuse what cannot be the file, and what has no room."""
        file = self._file
        if file.url.startswith("https:") and response.url.scheme != "https":
            raise DownloadError(f"{response.url.host} would send {file.name} unencrypted.")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise DownloadError(f"{response.url.host} answers with a page to be read, not with {file.name}.")
        if file.size is not None and total not in (None, file.size):
            raise DownloadError(
                f"{file.name} has {total} bytes at {response.url.host}, but {file.size} bytes were published."
            )
        free = shutil.disk_usage(self._part.parent).free
        if total is not None and total - start > free:
            raise DownloadError(
                f"{file.name} needs {size_text(total - start)} more, and {shown(self._part.parent)} has room for "
                f"{size_text(free)}.",
                hint=ROOM,
            )

    async def _write(self, response: httpx2.Response, start: int, total: int | None) -> None:
        self._is_pieced = start > 0
        with self._on_disk():
            if not start:
                self._version.write_text(json.dumps({"version": _version_of(response)}), encoding="utf-8")
            part = self._part.open("ab" if start else "wb", buffering=0)
        done = start
        with part:
            async for piece in response.aiter_raw():
                with self._on_disk():
                    left = memoryview(piece)
                    while left:  # where room ends, what fits is written, and only the next try fails
                        left = left[part.write(left) :]
                done += len(piece)
                self._has_advanced |= done > self._farthest
                self._farthest = max(done, self._farthest)
                self._on_bytes(done, total)
        if total is not None and done != total:
            raise TryAgain("the connection was cut")

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            sentence = f"{self._file.name} cannot be written: {error.strerror or error}."
            raise DownloadError(sentence, hint=ROOM) from error


def _version_of(response: httpx2.Response) -> str:
    """Return what names this very version, as `If-Range` takes it: a strong ETag, or the date."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
