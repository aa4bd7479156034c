"""Engines as the window and the command line see them: start them, ask them, survive them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from earmark import catalogue, installed
from earmark.analysis import Analysis, Heading
from earmark.api import Checkpoint, CheckpointError, EarmarkError, Float, Heard, ModelCard, PluginError
from earmark.checkpoints import DESCRIPTION, TENSORS, folder_of, read_checkpoint, write_checkpoint, written_beside
from earmark.engine_keeper import Cancel, Keeper
from earmark.file_news import FileNews, OnProgress, OnScores
from earmark.host import plugin_of
from earmark.plain import card_from_plain, card_to_plain


class Engines:
    """Routes a model to the process of its distribution; the built-in share one, third parties get their own.

    Every method may be called from any thread and blocks; callbacks come on the caller's thread, but `on_notice`, which
    may come on any.

    Args:
        device: "auto", "cpu", "cuda", "cuda:1" or "mps".
        precision: "fp32", "bf16" or "fp16".
        deadline: seconds that a plugin may take for one hook call.
    """

    def __init__(self, *, device: str = "auto", precision: str = "fp32", deadline: float = 60.0) -> None:
        self.device, self.precision, self.deadline = device, precision, deadline
        self.on_notice: Callable[[EarmarkError], None] | None = None
        self._listing = threading.Lock()
        self._keeping = threading.Lock()
        self._keepers: dict[str, Keeper] = {}
        self._offer: catalogue.Offer | None = None
        self._device_line = ""
        self._installed: tuple[list[installed.Entry], list[PluginError]] | None = None

    def cards(self) -> list[ModelCard]:
        """Return every model on offer, those of imported and fine-tuned checkpoints included."""
        return [model.card for model in self._models() if model.card]

    def headings(self) -> list[Heading]:
        """Return every model on offer, and whether it can be used here."""
        return [model.heading() for model in self._models()]

    def faults(self) -> list[PluginError]:
        """Return the plugins that were refused, with their sentence."""
        return list(self._offered().faults)

    def refresh(self) -> None:
        """Ask the plugins again what they offer, in new processes, whatever was known of them."""
        self.close()
        with self._listing:
            self._installed = installed.plugins()
            self._offer = self._ask_all(*self._installed)

    def prepare(self, model_id: str) -> None:
        """Load a model, so that the first sound is heard at once."""
        model = self._usable(model_id)
        self._keeper(plugin_of(model_id)).ask(plugin_of(model_id), {"do": "prepare", **self._naming(model)})

    def analyse(
        self,
        path: Path,
        model_id: str,
        *,
        channel: str | int = "mix",
        start: float = 0.0,
        end: float | None = None,
        on_progress: OnProgress | None = None,
        on_scores: OnScores | None = None,
        cancelled: Cancel | None = None,
    ) -> Analysis:
        """Return what the model heard in a file.

        Args:
            channel: "mix", or a channel's number, counted from 1.
            on_scores: called per window; `frames` are the stitched ones from `start_seconds` on that are now final,
                to be appended to those given before, or None where the model draws no timeline.
            cancelled: asked ten times a second; once it says True, `api.Cancelled` is raised.

        Raises:
            AudioFileError, CheckpointError, PluginError: with the sentence for the person.
        """
        model, plugin = self._usable(model_id), plugin_of(model_id)
        news = FileNews(on_progress, on_scores)
        span = {"path": str(Path(path).absolute()), "channel": channel, "start": start, "end": end}
        request = {"do": "analyse", **self._naming(model), **span}
        answer = self._keeper(plugin).ask(plugin, request, news=news, cancelled=cancelled)
        assert answer is not None  # only live sound is overtaken
        return news.analysis(
            answer.header,
            path=Path(path),
            model_id=model_id,
            labels=model.card.labels if model.card else (),
            channel=str(channel),
            precision=self.precision,
            start=start,
            end=end,
        )

    def hear(
        self, samples: Float, sample_rate: int, model_id: str, *, start: float = 0.0, precision: str | None = None
    ) -> Heard | None:
        """Return what the model heard in live sound, or None where newer sound overtook it.

        Args:
            samples: mono [samples] at the device's rate; the newest window of them counts.
            start: seconds on the live clock of the first sample.
        """
        model, plugin = self._usable(model_id), plugin_of(model_id)
        naming = self._naming(model) | {"precision": precision or self.precision}
        request = {"do": "hear", **naming, "sample_rate": sample_rate, "start": start}
        answer = self._keeper(plugin).ask(plugin, request, samples)
        if answer is None:
            return None
        scores, *frames = answer.arrays
        return Heard(scores=scores, frames=frames[0] if frames else None, hop=answer.header["hop"])

    def convert(self, path: Path, plugin: str, name: str, labels: Sequence[str] | None = None) -> Checkpoint:
        """Import published weights, or a folder that Earmark wrote, as `plugin/name`.

        Raises:
            CheckpointError: they are damaged, or no model of this plugin.
        """
        folder = folder_of(f"{plugin}/{name}")
        if (path / DESCRIPTION).is_file():
            ready = read_checkpoint(path, verify=True)
            self._require_base(ready, plugin)
            return write_checkpoint(folder, path / TENSORS, ready)
        with written_beside(folder) as beside:
            request = {"do": "convert", "plugin": plugin, "path": str(path.absolute()), "folder": str(beside)}
            self._keeper(plugin).ask(plugin, request | {"labels": None if labels is None else list(labels)})
            self._require_base(read_checkpoint(beside, verify=True), plugin)
        return read_checkpoint(folder)

    def device_line(self) -> str:
        """Return the device in use and why: `CPU, 2 threads: no CUDA device was found`."""
        if not self._device_line:
            answer = self._keeper_of(installed.OURS, self._plugins()[0]).ask("", {"do": "device"})
            self._device_line = answer.header["line"] if answer else ""
        return self._device_line

    def close(self) -> None:
        """End every engine; what is waited for ends with an error."""
        with self._keeping:
            keepers, self._keepers = list(self._keepers.values()), {}
        for keeper in keepers:
            keeper.close()

    def _models(self) -> list[catalogue.Model]:
        return catalogue.models(self._offered().cards)

    def _usable(self, model_id: str) -> catalogue.Model:
        """Return a model that can be run, or raise why it cannot."""
        model = next((model for model in self._models() if model.model_id == model_id), None)
        if model is None:
            raise self._unknown(model_id)
        if model.error:
            raise model.error
        return model

    def _unknown(self, model_id: str) -> EarmarkError:
        for fault in self._offered().faults:
            if fault.plugin == plugin_of(model_id):
                return fault
        return PluginError(
            f"There is no model “{model_id}”.", plugin=plugin_of(model_id), hint="See: earmark models list"
        )

    def _naming(self, model: catalogue.Model) -> dict[str, Any]:
        assert model.card is not None  # it would not be usable
        return {
            "plugin": plugin_of(model.model_id),
            "card": card_to_plain(model.card),
            "checkpoint": str(model.checkpoint.path) if model.checkpoint else None,
            "precision": self.precision,
        }

    def _require_base(self, checkpoint: Checkpoint, plugin: str) -> None:
        if all(card.model_id != checkpoint.model_id for card in self._offered().cards) or (
            plugin_of(checkpoint.model_id) != plugin
        ):
            raise CheckpointError(f"These weights are for {checkpoint.model_id}, which {plugin} does not offer.")

    def _offered(self) -> catalogue.Offer:
        """Return what the plugins offer: known since, known from the last start, or asked now."""
        with self._listing:
            if self._offer is None:
                entries, refused = self._plugins()
                known = catalogue.load_offer(installed.fingerprint(entries))
                self._offer = known or self._ask_all(entries, refused)
            return self._offer

    def _plugins(self) -> tuple[list[installed.Entry], list[PluginError]]:
        """Return the installed plugins, looked up once: that reads every distribution's metadata."""
        if self._installed is None:
            self._installed = installed.plugins()
        return self._installed

    def _ask_all(self, entries: list[installed.Entry], refused: list[PluginError]) -> catalogue.Offer:
        """Ask every plugin for its cards, the distributions side by side, and keep the answer on disk."""
        offer = catalogue.Offer(faults=list(refused))
        distributions = dict.fromkeys(entry.distribution for entry in entries)
        with ThreadPoolExecutor(max(1, len(distributions))) as threads:
            for part in threads.map(lambda name: self._ask_one(name, entries), distributions):
                offer.cards += part.cards
                offer.faults += part.faults
        with contextlib.suppress(OSError):  # where nothing may be written, they are asked at each start
            catalogue.store_offer(installed.fingerprint(entries), offer)
        return offer

    def _ask_one(self, distribution: str, entries: Iterable[installed.Entry]) -> catalogue.Offer:
        """Ask the plugins of one distribution; one that is at fault, hangs or dies is in `faults`."""
        offer = catalogue.Offer()
        keeper = self._keeper_of(distribution, entries)
        for entry in keeper.entries:
            try:
                answer = keeper.ask(entry.name, {"do": "cards", "plugin": entry.name})
            except PluginError as fault:
                offer.faults.append(fault)
                continue
            offer.cards += [card_from_plain(plain) for plain in answer.header["cards"]] if answer else []
        return offer

    def _keeper(self, plugin: str) -> Keeper:
        """Return the keeper of the plugin's distribution."""
        entries = self._plugins()[0]
        entry = next((entry for entry in entries if entry.name == plugin), None)
        if entry is None:
            raise PluginError(f"There is no plugin “{plugin}”.", plugin=plugin, hint="See: earmark plugins list")
        return self._keeper_of(entry.distribution, entries)

    def _keeper_of(self, distribution: str, entries: Iterable[installed.Entry]) -> Keeper:
        with self._keeping:
            if distribution not in self._keepers:
                own = [entry for entry in entries if entry.distribution == distribution]
                self._keepers[distribution] = Keeper(own, device=self.device, deadline=self.deadline, notice=self._tell)
            return self._keepers[distribution]

    def _tell(self, error: EarmarkError) -> None:
        if self.on_notice:
            self.on_notice(error)
