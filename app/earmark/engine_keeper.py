"""Keeps the engine of one distribution alive: starts it, starts it again, and gives up on a plugin that dies twice."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from earmark.api import Cancelled, EarmarkError, Float, PluginError
from earmark.engine_process import LAST_WORDS, Death, EngineProcess
from earmark.folders import engine_log_path
from earmark.installed import Entry
from earmark.plain import error_from_plain
from earmark.wire import Message

MOST_DEATHS = 2  # of one plugin, before it is switched off
MOST_STARTS = 3  # of one request that was not to blame
LOOK_EVERY = 0.1  # seconds, whether somebody cancelled


Cancel = Callable[[], bool]


class News(Protocol):
    """Whoever wants to know what comes before the answer."""

    def begin(self) -> None:
        """Expect it from the start: the first time, and again when a new process begins anew."""
        ...

    def take(self, message: Message) -> None:
        """Take one message."""
        ...


class Keeper:
    """Asks the engine of one distribution, and survives it.

    When the process dies, the request whose hook call was in flight fails and is not sent again; the others are, to a
    new process. Any thread may ask.
    """

    def __init__(
        self, entries: Sequence[Entry], *, device: str, deadline: float, notice: Callable[[EarmarkError], None]
    ) -> None:
        self.entries = tuple(entries)
        self._device, self._deadline, self._notice = device, deadline, notice
        self._starting = threading.Lock()
        self._process: EngineProcess | None = None
        self._closed = False
        self._deaths: Counter[str] = Counter()

    @property
    def pid(self) -> int | None:
        """The number of the running process, if there is one."""
        return self._process.pid if self._process and self._process.is_alive else None

    def ask(
        self,
        plugin: str,
        request: dict[str, Any],
        *arrays: Float,
        news: News | None = None,
        cancelled: Cancel | None = None,
    ) -> Message | None:
        """Return the answer, or None where newer live sound overtook it.

        Args:
            news: is told what comes before the answer.

        Raises:
            PluginError: the plugin is switched off, or died over this request.
            Cancelled: `cancelled` said so.
            EarmarkError: whatever else the engine answered.
        """
        how = ""
        for _ in range(MOST_STARTS):
            self._refuse_the_dead(plugin)
            if news:
                news.begin()
            answer = self._ask_once(request, arrays, news, cancelled)
            if not isinstance(answer, _NotToBlame):
                return answer
            how = answer.how
        raise PluginError(
            f"The engine ended {MOST_STARTS} times before it answered: it {how}.",
            plugin=plugin,
            hint=f"If memory is short, close other programs. The log has more: {engine_log_path()}",
        )

    def close(self) -> None:
        """End the process for good."""
        with self._starting:
            self._closed = True
            if self._process:
                self._process.end()

    def _ask_once(
        self, request: dict[str, Any], arrays: tuple[Float, ...], news: News | None, cancelled: Cancel | None
    ) -> Message | _NotToBlame | None:
        process = self._running()
        number, answers = process.ask(request, *arrays)
        try:
            while isinstance(answer := _next(answers, cancelled), Message):
                if answer.header["about"] in LAST_WORDS:
                    return _last(answer)
                if news:
                    news.take(answer)
        finally:
            process.forget(number)
        if self._closed:
            raise EarmarkError("Earmark is closing.")
        if answer.call and answer.request == number:
            raise self._error(answer)
        return _NotToBlame(answer.how)

    def _running(self) -> EngineProcess:
        with self._starting:
            if self._closed:
                raise EarmarkError("Earmark is closing.")
            if self._process is None or not self._process.is_alive:
                self._process = EngineProcess(
                    self.entries, device=self._device, deadline=self._deadline, on_death=self._died
                )
            return self._process

    def _died(self, death: Death) -> None:
        """Count a death against the plugin that was running, and tell the person."""
        if self._closed:
            return
        if death.call and death.call.plugin:
            self._deaths[death.call.plugin] += 1
        self._notice(self._error(death))

    def _error(self, death: Death) -> PluginError:
        call = death.call
        if call is None or not call.plugin:
            return PluginError(f"The engine {death.how}.", hint="It is started again.")
        model = f" of {call.model_id}" if call.model_id else ""
        over = f" over {call.what}" if call.what else ""
        return PluginError(
            f"The plugin “{call.plugin}” {death.how}, in its hook `{call.hook}`{model}{over}.",
            plugin=call.plugin,
            hook=call.hook,
            hint=self._way_on(call.plugin),
        )

    def _way_on(self, plugin: str) -> str:
        if self._deaths[plugin] >= MOST_DEATHS:
            return "That was the second time: it is switched off until Earmark is started again."
        return "The engine is started again; the other models go on."

    def _refuse_the_dead(self, plugin: str) -> None:
        if self._deaths[plugin] >= MOST_DEATHS:
            raise PluginError(
                f"The plugin “{plugin}” is switched off: its process died {MOST_DEATHS} times.",
                plugin=plugin,
                hint="Start Earmark again to give it another chance, or update the plugin.",
            )


@dataclass(frozen=True)
class _NotToBlame:
    """The engine ended, and not over this request."""

    how: str


def _last(answer: Message) -> Message | None:
    """Return an answer's last word, or None where it was overtaken; raise what it says otherwise."""
    match answer.header["about"]:
        case "failed":
            raise error_from_plain(answer.header["error"])
        case "cancelled":
            raise Cancelled
        case "overtaken":
            return None
    return answer


def _next(answers: queue.Queue[Message | Death], cancelled: Cancel | None) -> Message | Death:
    """Return the next answer; look now and then whether it is still wanted."""
    if cancelled is None:
        return answers.get()
    while not cancelled():
        try:
            return answers.get(timeout=LOOK_EVERY)
        except queue.Empty:
            continue
    raise Cancelled
