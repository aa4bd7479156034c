"""Answers what the parent asks, one request at a time, and says before each hook call which it is."""

from __future__ import annotations

import faulthandler
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import Cancelled, Clip, EarmarkError, Heard, Want
from earmark.checkpoints import DESCRIPTION, describe, read_checkpoint
from earmark.device import Device, choose, use_threads
from earmark.engine.hearing import FileHearing, FileJob, Part
from earmark.engine.inbox import Inbox
from earmark.engine.live import fitted_clip, own_frames
from earmark.engine.models import LoadedModel, LoadedModels
from earmark.engine.shifts import hear_shifted
from earmark.engine.trust import golden_answers
from earmark.host import Call, Host
from earmark.installed import Entry
from earmark.plain import card_from_plain, card_to_plain, error_to_plain
from earmark.wire import Connection, Message

log = logging.getLogger(__name__)

LIVE_FOR = 2.0  # seconds after the last live request in which one core is left to the window
SLOW_HOOKS = {"convert": 10.0, "load": 5.0}  # × the deadline: a busy machine reads slowly


@dataclass(frozen=True)
class Setup:
    """What the parent says first."""

    entries: tuple[Entry, ...]
    device: str
    deadline: float

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Setup:
        """Return the setup of a first message."""
        return cls(tuple(Entry(*each) for each in plain["entries"]), plain["device"], plain["deadline"])


class Service:
    """One engine: its plugins, its device, the models it holds."""

    def __init__(self, connection: Connection, inbox: Inbox, setup: Setup) -> None:
        self._connection, self._inbox, self._setup = connection, inbox, setup
        self._host = Host(self._announced)
        self._models = LoadedModels(self._host)
        self._chosen: Device | None = None
        self._request = 0
        self._last_live = -LIVE_FOR

    def serve(self) -> None:
        """Answer until the parent is gone (then the inbox ends the process)."""
        self._connection.send({"about": "ready"})
        while True:
            self._answer(self._inbox.next())

    def _answer(self, message: Message) -> None:
        """Answer one request; whatever happens, there is exactly one last word on it."""
        before, self._request = self._request, message.header["id"]
        try:
            self._end_if_cancelled()
            self._say("done", self._does[message.header["do"]](self, message))
        except Cancelled:
            self._say("cancelled", {})
        except EarmarkError as error:
            self._say("failed", {"error": error_to_plain(error)})
        except Exception as error:  # a bug of ours must not end the engine
            log.exception("request %s", message.header.get("do"))
            bug = EarmarkError(
                f"Something went wrong inside Earmark: {type(error).__name__}: {error}.", hint="See the log."
            )
            self._say("failed", {"error": error_to_plain(bug)})
        finally:
            self._inbox.forget(self._request)
            self._request = before

    def _cards(self, message: Message) -> dict[str, Any]:
        plugin = message.header["plugin"]
        self._install(plugin)
        return {"cards": [card_to_plain(card) for card in self._host.cards(plugin)]}

    def _device(self, message: Message) -> dict[str, Any]:
        return {"line": self._on().line}

    def _prepare(self, message: Message) -> dict[str, Any]:
        return {"doubt": self._loaded(message).doubt}

    def _golden(self, message: Message) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Answer what a model answers to its golden clips; at import on the processor in fp32, without keeping it."""
        header = message.header
        if not header["at_import"]:
            loaded = self._loaded(message)
            device = self._device_for(header["plugin"])
            return {"device": device.name}, [golden_answers(self._host, loaded.card, loaded.model)]
        self._install(header["plugin"])
        card = card_from_plain(header["card"])
        model = self._host.load(card, read_checkpoint(Path(header["checkpoint"])), "cpu", "fp32")
        return {"device": "cpu"}, [golden_answers(self._host, card, model)]

    def _analyse(self, message: Message) -> dict[str, Any]:
        header = message.header
        loaded = self._loaded(message)
        job = FileJob(path=Path(header["path"]), channel=header["channel"], start=header["start"], end=header["end"])
        began = time.perf_counter()
        hearing = FileHearing(
            job,
            loaded,
            infer=partial(self._infer, embedding=header["embeddings"], shifts=header["shifts"]),
            pause=self._pause,
            tell=lambda news: self._tell(news, hearing.total_seconds, time.perf_counter() - began),
        )
        heard = hearing.hear()
        heard["warnings"] += [loaded.doubt] if loaded.doubt else []
        return heard | self._used(loaded)

    def _hear(self, message: Message) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Answer live sound: samples at the device's rate, of which the newest window counts."""
        self._last_live = time.monotonic()
        loaded = self._loaded(message)
        clip, seconds = fitted_clip(
            message.arrays[0], message.header["sample_rate"], loaded.card, message.header["start"]
        )
        (heard,) = self._infer(loaded, [clip], "live sound", shifts=message.header["shifts"])
        heard = own_frames(heard, seconds, loaded.card)
        arrays = [heard.scores] if heard.frames is None else [heard.scores, heard.frames]
        return {"hop": heard.hop} | self._used(loaded), arrays

    def _convert(self, message: Message) -> dict[str, Any]:
        header, folder = message.header, Path(message.header["folder"])
        self._install(header["plugin"])
        labels = None if header["labels"] is None else tuple(header["labels"])
        checkpoint = self._host.convert(header["plugin"], Path(header["path"]), labels, folder)
        if not (folder / DESCRIPTION).is_file():
            describe(folder, checkpoint)
        return {}

    _does: Mapping[str, Callable[..., Any]] = {
        "cards": _cards,
        "device": _device,
        "prepare": _prepare,
        "golden": _golden,
        "analyse": _analyse,
        "hear": _hear,
        "convert": _convert,
    }

    def _install(self, plugin: str) -> None:
        """Import a plugin when it is first needed, so that one that hangs there hurts no other."""
        if plugin not in self._host.plugins():
            self._host.install(entry for entry in self._setup.entries if entry.name == plugin)

    def _loaded(self, message: Message) -> LoadedModel:
        header = message.header
        self._install(header["plugin"])
        folder = Path(header["checkpoint"]) if header["checkpoint"] else None
        loaded = self._models.get(
            card_from_plain(header["card"]),
            folder,
            self._device_for(header["plugin"]),
            header["precision"],
            together=header["together"],
        )
        return loaded

    def _device_for(self, plugin: str) -> Device:
        """Return the device; a plugin without `load` needs none, and torch need not be imported to look for it."""
        needs_one = plugin in self._host.plugins() and "load" in self._host.hooks(plugin)
        return self._on() if needs_one else Device("cpu", "CPU")

    def _on(self) -> Device:
        if self._chosen is None:
            self._chosen = choose(self._setup.device)
        return self._chosen

    def _infer(
        self, loaded: LoadedModel, clips: Sequence[Clip], where: str, *, shifts: int, embedding: bool = False
    ) -> Sequence[Heard]:
        use_threads(spare=int(time.monotonic() - self._last_live < LIVE_FOR))
        want = Want(frames=loaded.card.draws_timeline, embedding=embedding)

        def ask(clips: Sequence[Clip], only_scores: bool) -> Sequence[Heard]:
            wanted = Want(frames=False) if only_scores else want
            return self._host.infer(loaded.card, loaded.model, clips, wanted, what=where)

        return ask(clips, False) if shifts == 1 else hear_shifted(ask, clips, shifts)

    def _pause(self) -> None:
        """Between two batches of file work: answer what is more urgent; end this if nobody wants it any more."""
        while urgent := self._inbox.next_urgent():
            self._answer(urgent)
        self._end_if_cancelled()

    def _end_if_cancelled(self) -> None:
        if self._inbox.is_cancelled(self._request):
            raise Cancelled

    def _tell(self, news: Part, total: float, taken: float) -> None:
        total = max(total, news.done_seconds)
        header = {
            "starts": news.starts,
            "frame_counts": [len(frames) for frames in news.frames],
            "has_embeddings": bool(news.embeddings),
            "done_seconds": news.done_seconds,
            "total_seconds": total,
            "times_real_time": news.done_seconds / max(taken, 1e-9),
        }
        arrays = [np.concatenate(news.frames)] if news.frames else []
        if news.starts:
            arrays.insert(0, np.stack(news.scores))
        if news.embeddings:
            arrays.append(np.stack(news.embeddings))
        self._say("heard", (header, arrays))

    def _used(self, loaded: LoadedModel) -> dict[str, Any]:
        return {
            "device": self._chosen.line if self._chosen else "CPU",
            "weights": loaded.checkpoint.sha256 if loaded.checkpoint else "",
            "thresholds": dict(loaded.checkpoint.thresholds) if loaded.checkpoint else {},
            "doubt": loaded.doubt,
        }

    def _say(self, about: str, what: dict[str, Any] | tuple[dict[str, Any], list[np.ndarray]]) -> None:
        header, arrays = what if isinstance(what, tuple) else (what, [])
        self._connection.send({"about": about, "id": self._request, **header}, *arrays)

    @contextmanager
    def _announced(self, call: Call) -> Iterator[None]:
        """Tell the parent of a hook call, so that it can end a hang, and name what was in flight when this died.

        Should the parent be gone and the plugin hold Python's lock for ever, faulthandler's own thread ends us.
        """
        seconds = self._setup.deadline * SLOW_HOOKS.get(call.hook, 1.0)
        self._connection.send({"about": "call", "id": self._request, "seconds": seconds, "call": vars(call)})
        faulthandler.dump_traceback_later(1.5 * seconds + 10, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            self._connection.send({"about": "returned"})
