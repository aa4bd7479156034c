"""Engines as the window and the command line see them: start them, ask them, survive them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from earmark import catalogue, ensembles, golden, installed
from earmark.analysis import Analysis, Heading
from earmark.api import Checkpoint, CheckpointError, EarmarkError, Float, Heard, ModelCard, PluginError, Weights
from earmark.bringing_in import bring_in
from earmark.engine_keeper import Cancel, Keeper
from earmark.file_news import FileNews, OnProgress, OnScores, shared_progress, tell_whole
from earmark.host import plugin_of
from earmark.plain import card_from_plain, card_to_plain
from earmark.roster import Roster
from earmark.wire import Message


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
        self._keeping = threading.Lock()
        self._keepers: dict[str, Keeper] = {}
        self._roster = Roster(self._ask_for_cards)
        self._device_line = ""
        self._doubts: set[str] = set()

    def cards(self) -> list[ModelCard]:
        """Return every model on offer, those of imported and fine-tuned checkpoints included."""
        return [model.card for model in catalogue.models(self._roster.whole().cards) if model.card]

    def headings(self) -> list[Heading]:
        """Return every model on offer, and whether it can be used here."""
        return [model.heading() for model in catalogue.models(self._roster.whole().cards)]

    def heading(self, model_id: str) -> Heading:
        """Return one model; only its own distribution is asked, so that no other can keep it waiting.

        Raises:
            PluginError: there is none of that id, or its plugin was refused.
        """
        return self._model(model_id).heading()

    def model(self, model_id: str) -> catalogue.Model:
        """Return one model with its card and the weights it would be run with; raises as `heading` does."""
        return self._model(model_id)

    def faults(self) -> list[PluginError]:
        """Return the plugins that were refused, with their sentence."""
        return self._roster.whole().faults

    def refresh(self) -> None:
        """Ask the plugins again what they offer, in new processes, whatever was known of them."""
        self.close()
        self._roster.forget()
        self._roster.whole()

    def prepare(self, model_id: str) -> None:
        """Load a model, so that the first sound is heard at once."""
        for model in self._usable(model_id).alone():
            plugin = plugin_of(model.model_id)
            self._heed(self._keeper(plugin).ask(plugin, {"do": "prepare", **self._naming(model)}))

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
        embeddings: bool = False,
    ) -> Analysis:
        """Return what the model heard in a file.

        Args:
            channel: "mix", or a channel's number, counted from 1.
            on_scores: called per window; `frames` are the stitched ones from `start_seconds` on that are now final,
                to be appended to those given before, or None where the model draws no timeline.
            cancelled: asked ten times a second; once it says True, `api.Cancelled` is raised.
            embeddings: also return what the model makes of each window, for models whose card says that they embed.

        Raises:
            AudioFileError, CheckpointError, PluginError: with the sentence for the person.
        """
        model = self._usable(model_id)
        if embeddings and not (model.card and model.card.embeds):
            raise PluginError(f"{model_id} gives no embeddings.", plugin=plugin_of(model_id))
        asked = {"channel": channel, "start": start, "end": end, "embeddings": embeddings}
        if not model.members:
            return self._analyse(model, path, asked, FileNews(on_progress, on_scores), cancelled)
        shares = shared_progress(on_progress, len(model.members))
        analyses = [
            self._analyse(member, path, asked, FileNews(share, None), cancelled)
            for member, share in zip(model.members, shares, strict=True)
        ]
        whole = model.as_one(analyses)
        tell_whole(whole, on_scores)
        return whole

    def hear(
        self, samples: Float, sample_rate: int, model_id: str, *, start: float = 0.0, precision: str | None = None
    ) -> Heard | None:
        """Return what the model heard in live sound, or None where newer sound overtook it.

        Args:
            samples: mono [samples] at the device's rate; the newest window of them counts.
            start: seconds on the live clock of the first sample.
        """
        model = self._usable(model_id)
        asked = {"sample_rate": sample_rate, "start": start, "precision": precision or self.precision, "for": model_id}
        answers = []
        for member in model.alone():
            answer = self._hear(member, samples, asked)
            if answer is None:
                return None
            answers.append(answer)
        return model.heard_as_one(answers) if model.members else answers[0]

    def convert(
        self,
        path: Path,
        plugin: str,
        name: str,
        labels: Sequence[str] | None = None,
        *,
        published: Weights | None = None,
    ) -> Checkpoint:
        """Import published weights, or a folder that Earmark wrote, as `plugin/name`.

        Args:
            published: what is known of the weights: written down as their origin and licence.

        Raises:
            CheckpointError: they are damaged, or no model of this plugin.
        """
        own = [card for card in self._roster.offer_of(plugin).cards if plugin_of(card.model_id) == plugin]
        ask = partial(self._keeper(plugin).ask, plugin)
        return bring_in(path, plugin, name, labels, published=published, cards=own, ask=ask, tell=self._tell)

    def golden_difference(self, model_id: str) -> tuple[float, float] | None:
        """Return how far a model's answers to its golden clips are off here, and how far they may be; None: not known.

        Raises:
            EarmarkError: the model cannot be used.
        """
        model = self._usable(model_id)
        known = golden.read(model.checkpoint.path, model.checkpoint.sha256) if model.checkpoint else None
        if known is None:
            return None
        request = {"do": "golden", **self._naming(model), "at_import": False}
        answer = self._keeper(plugin_of(model_id)).ask(plugin_of(model_id), request)
        assert answer is not None  # only live sound is overtaken
        allowed = golden.tolerance(answer.header["device"], self.precision)
        return golden.difference(known, answer.arrays[0]), allowed

    def device_line(self) -> str:
        """Return the device in use and why: `CPU, 2 threads: no CUDA device was found`."""
        if not self._device_line:
            answer = self._keeper_of(installed.OURS).ask("", {"do": "device"})
            self._device_line = answer.header["line"] if answer else ""
        return self._device_line

    def use(self, *, device: str, precision: str, deadline: float) -> None:
        """Run elsewhere or otherwise from the next request on; to be called while nothing is asked."""
        same = (device, deadline) == (self.device, self.deadline)
        self.device, self.precision, self.deadline = device, precision, deadline
        if not same:
            self._device_line = ""
            self.close()

    def close(self) -> None:
        """End every engine; what is waited for ends with an error."""
        with self._keeping:
            keepers, self._keepers = list(self._keepers.values()), {}
        for keeper in keepers:
            keeper.close()

    def _analyse(
        self, model: catalogue.Model, path: Path, asked: dict[str, Any], news: FileNews, cancelled: Cancel | None
    ) -> Analysis:
        """Return what one model heard in a file."""
        plugin = plugin_of(model.model_id)
        request = {"do": "analyse", **self._naming(model), **asked, "path": str(Path(path).absolute())}
        answer = self._keeper(plugin).ask(plugin, request, news=news, cancelled=cancelled)
        assert answer is not None  # only live sound is overtaken
        return news.analysis(
            answer.header,
            path=Path(path),
            model_id=model.model_id,
            labels=model.card.labels if model.card else (),
            channel=str(asked["channel"]),
            precision=self.precision,
            start=asked["start"],
            end=asked["end"],
        )

    def _hear(self, model: catalogue.Model, samples: Float, asked: dict[str, Any]) -> Heard | None:
        """Return what one model heard in live sound."""
        plugin = plugin_of(model.model_id)
        answer = self._keeper(plugin).ask(plugin, {"do": "hear", **self._naming(model), **asked}, samples)
        if answer is None:
            return None
        self._heed(answer)
        scores, *frames = answer.arrays
        return Heard(scores=scores, frames=frames[0] if frames else None, hop=answer.header["hop"])

    def _usable(self, model_id: str) -> catalogue.Model:
        """Return a model that can be run, or raise why it cannot; only its own distribution is asked."""
        model = self._model(model_id)
        if model.error:
            raise model.error
        return model

    def _model(self, model_id: str) -> catalogue.Model:
        plugin = plugin_of(model_id)
        offer = self._roster.offer_of(plugin)
        cards = offer.cards or self._cards_of(ensembles.members_of(model_id))
        for model in catalogue.models(cards):
            if model.model_id == model_id:
                return model
        for fault in offer.faults:
            if fault.plugin == plugin:
                raise fault
        beside = [model.model_id for model in catalogue.models(offer.cards) if plugin_of(model.model_id) == plugin]
        hint = f"There are: {', '.join(beside)}." if beside else "See: earmark models list"
        raise PluginError(f"There is no model “{model_id}”.", plugin=plugin, hint=hint)

    def _cards_of(self, model_ids: Sequence[str]) -> list[ModelCard]:
        """Return what the distributions of these models offer, and no other is asked."""
        offers = [self._roster.offer_of(plugin) for plugin in dict.fromkeys(map(plugin_of, model_ids))]
        return list({card.model_id: card for offer in offers for card in offer.cards}.values())

    def _naming(self, model: catalogue.Model) -> dict[str, Any]:
        assert model.card is not None  # it would not be usable
        return {
            "plugin": plugin_of(model.model_id),
            "card": card_to_plain(model.card),
            "checkpoint": str(model.checkpoint.path) if model.checkpoint else None,
            "precision": self.precision,
            "shifts": model.shifts,
            "together": model.together,
        }

    def _ask_for_cards(self, entry: installed.Entry) -> list[ModelCard]:
        answer = self._keeper_of(entry.distribution).ask(entry.name, {"do": "cards", "plugin": entry.name})
        return [card_from_plain(plain) for plain in answer.header["cards"]] if answer else []

    def _keeper(self, plugin: str) -> Keeper:
        """Return the keeper of the plugin's distribution."""
        return self._keeper_of(self._roster.distribution_of(plugin))

    def _keeper_of(self, distribution: str) -> Keeper:
        entries = self._roster.entries(distribution)
        with self._keeping:
            if distribution not in self._keepers:
                self._keepers[distribution] = Keeper(
                    entries, device=self.device, deadline=self.deadline, notice=self._tell
                )
            return self._keepers[distribution]

    def _heed(self, answer: Message | None) -> None:
        """Tell once why a model is not to be trusted here; of a file it is among the warnings."""
        doubt = answer.header["doubt"] if answer else ""
        if doubt and doubt not in self._doubts:
            self._doubts.add(doubt)
            self._tell(CheckpointError(doubt, hint="Compare on the processor: earmark doctor --models"))

    def _tell(self, error: EarmarkError) -> None:
        if self.on_notice:
            self.on_notice(error)
