"""Model repositories of the Hugging Face hub: which of their files are a model, and where each is.

`HF_ENDPOINT`, `HF_TOKEN` (or what `hf auth login` kept) and `HF_HUB_OFFLINE` mean here what they mean to the hub's own
library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

import httpx2
from huggingface_hub import constants, hf_hub_url
from huggingface_hub.utils import build_hf_headers

from earmark.downloads import RemoteFile
from earmark.web import DownloadError, check, insist
from earmark.weights_source import HubRepository

WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the first that is there
BESIDE = ("config.json", "preprocessor_config.json")  # those that are there
STALL_SECONDS = constants.HF_HUB_DOWNLOAD_TIMEOUT
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HOPS = 5


class HubModel:
    """The files of one repository, all of one commit."""

    def __init__(
        self, client: httpx2.AsyncClient, repository: HubRepository, on_said: Callable[[str], object], pause: float
    ) -> None:
        self._client, self._repository = client, repository
        self._on_said, self._pause = on_said, pause
        self._commit = ""
        self._headers = build_hf_headers(library_name="earmark")

    async def files(self) -> list[RemoteFile]:
        """Return the weights, then what stands beside them.

        Raises:
            DownloadError: there is no such repository, it is not given, or it holds no weights.
        """
        if constants.is_offline_mode():
            raise DownloadError("HF_HUB_OFFLINE is set: nothing is fetched from the hub.", hint="Unset it.")
        weights = await self._first(WEIGHTS)
        if weights is None:
            raise DownloadError(f"{self._repository.page} holds neither {' nor '.join(WEIGHTS)}.")
        beside = [await self._file(name) for name in BESIDE]
        return [weights, *(file for file in beside if file)]

    async def _first(self, names: tuple[str, ...]) -> RemoteFile | None:
        for name in names:
            if file := await self._file(name):
                return file
        return None

    async def _file(self, name: str) -> RemoteFile | None:
        """Return a file of the repository; None where it has none of that name."""
        endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
        url = hf_hub_url(self._repository.name, name, revision=self._repository.revision, endpoint=endpoint)
        host = httpx2.URL(url).host
        headers = await insist(lambda: self._ask(url), host=host, on_said=self._on_said, pause=self._pause)
        if headers is None:
            return None
        self._require_one(headers.get("x-repo-commit", ""))
        etag = headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
        size = headers.get("x-linked-size", "")
        return RemoteFile(
            name=name,
            url=url,
            headers={"Authorization": token} if (token := self._headers.get("authorization")) else {},
            sha256=etag if _SHA256.fullmatch(etag) else None,
            size=int(size) if size.isdigit() else None,
        )

    def _require_one(self, commit: str) -> None:
        self._commit = self._commit or commit
        if commit not in ("", self._commit):
            raise DownloadError(f"{self._repository.page} was changed just now.", hint="Fetch again.")

    async def _ask(self, url: str) -> Mapping[str, str] | None:
        """Return what the hub says of a file, in lower case; None where it is not in the repository.

        The hub says it in the answer that leads on to where the bytes are; only within the hub is that followed.
        """
        known: dict[str, str] = {}
        for _ in range(_HOPS):
            response = await self._client.head(url, headers=self._headers, follow_redirects=False)
            if response.status_code == 404 and response.headers.get("x-error-code") in (None, "EntryNotFound"):
                return None
            self._refuse(response)
            known = dict(response.headers) | known
            location = response.headers.get("location", "")
            if not response.is_redirect or urlsplit(location).netloc:
                return _with_own(known, response) if response.is_success else known
            url = urljoin(url, location)
        raise DownloadError(f"{self._repository.page} leads in circles.")

    def _refuse(self, response: httpx2.Response) -> None:
        """Say what the hub says when it gives nothing."""
        page, revision = self._repository.page, self._repository.revision
        code = response.headers.get("x-error-code", "")
        has_token = "authorization" in self._headers
        if code == "GatedRepo" or (response.status_code == 403 and not code):
            raise DownloadError(
                f"{page} is given only to those who have agreed to its terms.",
                hint="Agree to them on that page, then sign in: hf auth login, or HF_TOKEN.",
            )
        if code == "RevisionNotFound":
            raise DownloadError(f"{page} has no “{revision}”.")
        if code == "RepoNotFound" or response.status_code == 401:
            way = "" if has_token else "If it is private, sign in first: hf auth login, or HF_TOKEN."
            raise DownloadError(f"{page} is not there, or not for everybody.", hint=way)
        check(response)


def _with_own(known: Mapping[str, str], response: httpx2.Response) -> Mapping[str, str]:
    """Return what is known of a file with what its own headers say, where it was itself that was asked."""
    own = {
        "x-linked-etag": response.headers.get("etag", ""),
        "x-linked-size": response.headers.get("content-length", ""),
    }
    return own | dict(known)
