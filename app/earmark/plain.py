"""Cards, results and errors as plain JSON values, for the wire and for the cache of cards.

Unknown keys are left out when reading: the other side may be newer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from earmark import errors
from earmark.api import EarmarkError, ModelCard, PluginError, Weights


def card_to_plain(card: ModelCard) -> dict[str, Any]:
    """Return the card as JSON values."""
    return asdict(card)


def card_from_plain(plain: Mapping[str, Any]) -> ModelCard:
    """Return the card that `card_to_plain` was given.

    Raises:
        KeyError, TypeError: it is none.
    """
    values = _known(ModelCard, plain)
    values["labels"] = tuple(values["labels"])
    values["weights"] = tuple(Weights(**_known(Weights, each)) for each in values.get("weights", ()))
    values["starts"] = {name: Weights(**_known(Weights, each)) for name, each in values.get("starts", {}).items()}
    return ModelCard(**values)


def error_to_plain(error: EarmarkError) -> dict[str, str]:
    """Return the error as JSON values."""
    plain = {"kind": type(error).__name__, "sentence": error.sentence, "hint": error.hint}
    if isinstance(error, PluginError):
        plain |= {"plugin": error.plugin, "hook": error.hook}
    return plain


def error_from_plain(plain: Mapping[str, str]) -> EarmarkError:
    """Return the error that `error_to_plain` was given; of the base class where this version does not know its kind."""
    sentence, hint = plain["sentence"], plain.get("hint", "")
    kind = getattr(errors, plain.get("kind", ""), EarmarkError)
    if kind is PluginError:
        return PluginError(sentence, hint=hint, plugin=plain.get("plugin", ""), hook=plain.get("hook", ""))
    if isinstance(kind, type) and issubclass(kind, EarmarkError):
        return kind(sentence, hint=hint)
    return EarmarkError(sentence, hint=hint)


def _known(kind: Any, plain: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}
