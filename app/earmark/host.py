"""Plugins through pluggy: each loaded by itself, each fault isolated and named. For the engine, the trainer and tests.

pluggy isolates nothing: one plugin that cannot be imported, or that misspells a hook, would take all down. So every
entry point is loaded alone, a plugin that breaks its contract is switched off with a sentence, and whatever a hook call
does, `SystemExit` included, ends as a `PluginError` that names plugin and hook. What only ends with the process (a
hang, a native crash) is for the engine's client to survive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from earmark import contract, hookspecs
from earmark.api import (
    Cancelled,
    Checkpoint,
    CheckpointError,
    Clip,
    EarmarkError,
    Heard,
    ModelCard,
    PluginError,
    Run,
    Stopped,
    TrainJob,
    Want,
)
from earmark.installed import Entry
from earmark.weights_source import way_to

log = logging.getLogger(__name__)

HOOKS = ("models", "convert", "load", "infer", "train")


@dataclass(frozen=True)
class Call:
    """A hook call about to be made: who is called, for which model, over what, for the person."""

    plugin: str
    hook: str
    model_id: str = ""
    what: str = ""


Watch = Callable[[Call], AbstractContextManager[object]]


class Host:
    """The plugins of one process, one typed method per hook.

    Args:
        watch: entered around every call of foreign code; the engine announces it there.
    """

    def __init__(self, watch: Watch = lambda call: nullcontext()) -> None:
        self._watch = watch
        self._plugins = pluggy.PluginManager("earmark")
        self._plugins.add_hookspecs(hookspecs)
        self._cards: dict[str, tuple[ModelCard, ...]] = {}
        self._refused: dict[str, PluginError] = {}
        self.faults: list[PluginError] = []

    def install(self, entries: Iterable[Entry]) -> None:
        """Import and register plugins one by one; those at fault are out, with their sentence in `faults`."""
        for entry in entries:
            if entry.name not in self._refused and (module := self._imported(entry)) is not None:
                self.register(entry.name, module)

    def register(self, plugin: str, module: object) -> None:
        """Register a module as the plugin of that name; if it is at fault it is out, with its sentence in `faults`."""
        if self._plugins.has_plugin(plugin):
            self.faults.append(contract.refusal(plugin, "models", "another plugin of that name is here already"))
            return
        try:
            self._register(plugin, module)
        except EarmarkError as error:
            sentence = error.sentence.removeprefix(f"The plugin “{plugin}” ")
            self._refuse(plugin, getattr(error, "hook", "") or "models", f"it {sentence}", error)
        except contract.Breach as breach:
            self._refuse(plugin, "models", str(breach), breach)
        except pluggy.PluginValidationError as error:
            self._refuse(plugin, "models", _hook_problem(error), error)
        except BaseException as error:  # pluggy looks at every attribute of a plugin, and some are code
            self._refuse(plugin, "models", f"it could not be registered ({_what(error)})", error)

    def plugins(self) -> list[str]:
        """Return the names of the plugins that can be used."""
        return list(self._cards)

    def hooks(self, plugin: str) -> set[str]:
        """Return the names of the hooks that a plugin implements."""
        return {caller.name for caller in self._plugins.get_hookcallers(self._plugins.get_plugin(plugin)) or ()}

    def cards(self, plugin: str | None = None) -> list[ModelCard]:
        """Return the cards of one plugin, or of all."""
        if plugin is not None:
            self._require(plugin)
        return [card for name, cards in self._cards.items() if plugin in (None, name) for card in cards]

    def convert(self, plugin: str, path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
        """Return the checkpoint that the plugin made of a published file, in `folder`."""
        self._require(plugin, "convert")
        call = Call(plugin, "convert", "", f"“{path.name}”")
        checkpoint = self._call(call, path=path, labels=labels, folder=folder)
        if not isinstance(checkpoint, Checkpoint):
            raise contract.failure(plugin, "convert", "it returned no Checkpoint")
        if not (folder / "network.safetensors").is_file():
            raise contract.failure(plugin, "convert", "it wrote no network.safetensors")
        return checkpoint

    def load(self, card: ModelCard, checkpoint: Checkpoint | None, device: str, precision: str) -> object:
        """Return the model, ready to run; the card itself where the plugin has no `load`.

        Raises:
            CheckpointError: the card names weights and there is no checkpoint: nothing scores with random ones.
        """
        plugin = plugin_of(card.model_id)
        self._require(plugin)
        if card.weights and checkpoint is None:
            raise weights_missing(card)
        if "load" not in self.hooks(plugin):
            return card
        model_id = checkpoint.model_id if checkpoint else card.model_id
        call = Call(plugin, "load", card.model_id, "its weights" if checkpoint else "")
        model = self._call(call, model_id=model_id, checkpoint=checkpoint, device=device, precision=precision)
        if model is None:
            raise contract.failure(plugin, "load", f"it returned nothing for “{model_id}”")
        return model

    def infer(
        self, card: ModelCard, model: object, clips: Sequence[Clip], want: Want, *, what: str = ""
    ) -> list[Heard]:
        """Return one checked Heard per clip, in order."""
        plugin = plugin_of(card.model_id)
        self._require(plugin, "infer")
        answers = self._call(Call(plugin, "infer", card.model_id, what), model=model, clips=clips, want=want)
        try:
            return contract.check_heard(card, clips, answers, want)
        except contract.Breach as breach:
            raise contract.failure(plugin, "infer", str(breach)) from breach

    def train(self, job: TrainJob, run: Run) -> None:
        """Fine-tune. `Stopped` and `Cancelled`, which `run` raises through the plugin, pass."""
        plugin = plugin_of(job.model_id)
        self._require(plugin, "train")
        self._call(Call(plugin, "train", job.model_id), job=job, run=run)

    def _imported(self, entry: Entry) -> object | None:
        """Return what an entry point names, or None where that failed and the plugin is out."""
        with self._watch(Call(entry.name, "import")):
            try:
                return entry.point.load()
            except BaseException as error:  # foreign code runs at import, and SystemExit there must not end us
                self._refuse(entry.name, "import", f"it could not be imported ({_what(error)})", error)
                return None

    def _register(self, plugin: str, module: object) -> None:
        """Register with pluggy, which checks names and arguments of the hooks; then check the cards."""
        self._plugins.register(module, plugin)
        self._plugins.check_pending()
        hooks = self.hooks(plugin)
        if "models" not in hooks:
            raise contract.Breach("it has no hook `models`, so it offers nothing")
        cards = contract.check_cards(plugin, self._call(Call(plugin, "models")))
        contract.check_capabilities(cards, hooks)
        self._cards[plugin] = cards

    def _refuse(self, plugin: str, hook: str, what: str, error: BaseException) -> None:
        log.warning("plugin %s refused", plugin, exc_info=error)
        if self._plugins.has_plugin(plugin):
            self._plugins.unregister(name=plugin)
        self._refused[plugin] = contract.refusal(plugin, hook, what)
        self.faults.append(self._refused[plugin])

    def _require(self, plugin: str, hook: str | None = None) -> None:
        if fault := self._refused.get(plugin):
            raise fault
        if plugin not in self._cards:
            raise PluginError(f"There is no plugin “{plugin}”.", plugin=plugin, hint="See: earmark plugins list")
        if hook and hook not in self.hooks(plugin):
            raise PluginError(f"The plugin “{plugin}” has no hook `{hook}`.", plugin=plugin, hook=hook)

    def _call(self, call: Call, **arguments: Any) -> Any:
        """Call one hook of one plugin; whatever it raises comes out as an EarmarkError."""
        others = [module for name, module in self._plugins.list_name_plugin() if name != call.plugin]
        hook = self._plugins.subset_hook_caller(call.hook, others)
        try:
            with self._watch(call):
                answer = hook(**arguments)
        except (EarmarkError, Stopped, Cancelled):
            raise
        except BaseException as error:  # foreign code: SystemExit and all
            log.warning("%s", call, exc_info=error)
            raise contract.failure(call.plugin, call.hook, _what(error)) from error
        return answer[0] if call.hook == "models" else answer


def plugin_of(model_id: str) -> str:
    """Return the name of the plugin that owns a model."""
    return model_id.partition("/")[0]


def weights_missing(card: ModelCard) -> CheckpointError:
    """Return the error of a model whose weights are not here, with the way on."""
    sentence = f"The weights of {card.model_id} are not on this machine, and it does not guess."
    return CheckpointError(sentence, hint=way_to(card))


def _what(error: BaseException) -> str:
    """Return an exception in a few words, in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


def _hook_problem(error: pluggy.PluginValidationError) -> str:
    """Return what pluggy found wrong with the hooks: an argument, or a name, that no hook has."""
    reason = " ".join(str(error).split())
    if "unknown hook" in reason:
        name = reason.split("unknown hook ")[1].split(" ")[0]
        return f"it implements {name}, but there is no hook of that name (there are {', '.join(HOOKS)})"
    return f"one of its hooks does not fit: {reason}"[:400]
