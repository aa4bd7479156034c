"""The web as it is: servers that are busy, cut, stall or refuse, and people who change their mind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import httpx2

from earmark import __version__
from earmark.api import Cancelled, CheckpointError

TRIES = 5  # in a row in which nothing came
FIRST_TRIES = 2  # of a server that has never answered
PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before the second try, doubled each time
LOOKING = 0.1  # seconds between two looks whether it was cancelled
BUSY = frozenset([408, 425, 429, 500, 502, 503, 504])
_Answer = TypeVar("_Answer")


class DownloadError(CheckpointError):
    """Weights cannot be fetched."""


class TryAgain(Exception):  # noqa: N818 - a request, not an error
    """It did not work this time; `pause` is how many seconds the server asks to be left alone."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = min(pause, LONGEST_PAUSE)


def client(stall_seconds: float) -> httpx2.AsyncClient:
    """Return what asks servers; one that sends nothing for `stall_seconds` is given up for that time."""
    return httpx2.AsyncClient(
        follow_redirects=True,
        timeout=httpx2.Timeout(stall_seconds),
        headers={"User-Agent": f"earmark/{__version__}", "Accept-Encoding": "identity"},
    )


def run(work: Coroutine[Any, Any, _Answer], cancelled: Callable[[], bool]) -> _Answer:
    """Return what comes of it, or raise `Cancelled` soon after `cancelled` says so, whatever the server does."""
    return asyncio.run(_unless(cancelled, work))


async def _unless(cancelled: Callable[[], bool], work: Coroutine[Any, Any, _Answer]) -> _Answer:
    task = asyncio.ensure_future(work)
    while not task.done():
        if cancelled():
            task.cancel()
            await asyncio.wait({task})
            raise Cancelled
        await asyncio.wait({task}, timeout=LOOKING)
    return task.result()


def check(response: httpx2.Response) -> None:
    """Let an answer pass that is one.

    Raises:
        TryAgain: the server is busy.
        DownloadError: it refuses.
    """
    status, host = response.status_code, response.url.host
    if status in BUSY:
        raise TryAgain(f"it answered {status}", _seconds(response.headers.get("Retry-After", "")))
    if status in (401, 403):
        raise DownloadError(f"{host} does not let this be fetched: it answered {status}.")
    if status in (404, 410):
        raise DownloadError(f"There is nothing at {response.url} any more.")
    if status >= 400:
        raise DownloadError(f"{host} does not give this: it answered {status}.")


async def insist(
    attempt: Callable[[], Awaitable[_Answer]],
    *,
    host: str,
    advanced: Callable[[], bool] = bool,
    on_said: Callable[[str], object],
    pause: float = PAUSE,
) -> _Answer:
    """Return what an attempt gives, trying again as long as the server may come to itself.

    Args:
        advanced: whether the last attempt brought something, though not all; counting begins anew then.

    Raises:
        DownloadError: it was tried often enough.
    """
    tries, has_answered = 0, False
    while True:
        try:
            return await attempt()
        except (httpx2.RequestError, TryAgain) as error:
            has_answered |= not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            tries = 1 if advanced() else tries + 1
            if tries >= (TRIES if has_answered else FIRST_TRIES):
                raise _given_up(error, host, has_answered=has_answered) from error
            on_said(f"{host}: {_reason(error)}; trying again.")
            asked = error.pause if isinstance(error, TryAgain) else 0.0
            await asyncio.sleep(asked or min(pause * 2 ** (tries - 1), LONGEST_PAUSE))


def _given_up(error: Exception, host: str, *, has_answered: bool) -> DownloadError:
    if not has_answered:
        return DownloadError(f"{host} cannot be reached: {_reason(error)}.", hint="Is this machine online?")
    hint = "What has arrived is kept: asked again, it goes on from there."
    return DownloadError(f"{host} was tried {TRIES} times without getting on: {_reason(error)}.", hint=hint)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
        return "the connection was cut"
    return str(error).rstrip(".") or type(error).__name__


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
