"""What a plugin promises, checked: its hooks, its cards, and what its models say of clips. Nothing here calls it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from earmark.api import Clip, Float, Heard, ModelCard, PluginError, Want, Weights
from earmark.counted import counted
from earmark.description import SHORT
from earmark.weights_source import BUNDLED, is_address

_ROUNDING = 1e-5  # how far beyond 0..1 a score may be; it is brought back
ENSEMBLES = "ensemble"
"""Ensembles are offered as `ensemble/NAME`, as if a plugin of that name offered them."""
_HEALING = "This is a fault of the plugin: tell its author, or update it."


class Breach(Exception):  # noqa: N818 - becomes a PluginError once it is known whose
    """A promise that was not kept, in words that follow “the plugin …”."""


def refusal(plugin: str, hook: str, what: str) -> PluginError:
    """Return the error of a plugin that cannot be used at all."""
    sentence = f"The plugin “{plugin}” is switched off: {what.rstrip('.')}."
    return PluginError(sentence, plugin=plugin, hook=hook, hint=_HEALING)


def failure(plugin: str, hook: str, what: str) -> PluginError:
    """Return the error of a request that a plugin failed."""
    sentence = f"The plugin “{plugin}” failed in its hook `{hook}`: {what.rstrip('.')}."
    return PluginError(sentence, plugin=plugin, hook=hook, hint=_HEALING)


def check_cards(plugin: str, cards: Any) -> tuple[ModelCard, ...]:
    """Return the cards as a tuple.

    Raises:
        Breach: they are not cards, or not well-formed, or share an id.
    """
    if plugin == ENSEMBLES:
        raise Breach(f"the name “{ENSEMBLES}” is kept for ensembles of models")
    if not isinstance(cards, Sequence) or not all(isinstance(card, ModelCard) for card in cards):
        raise Breach("`models` must return a sequence of ModelCard")
    if not cards:
        raise Breach("`models` offers none")
    ids = [card.model_id for card in cards]
    for card in cards:
        if ids.count(card.model_id) > 1:
            raise Breach(f"it offers “{card.model_id}” more than once")
        if problem := _card_problem(plugin, card):
            raise Breach(f"its card “{card.model_id}” {problem}")
    return tuple(cards)


def check_capabilities(cards: Sequence[ModelCard], hooks: Collection[str]) -> None:
    """Compare what the cards claim with the hooks that are there.

    Raises:
        Breach: a capability is claimed without its hook.
    """
    if "infer" not in hooks:
        raise Breach("it offers models but has no hook `infer`")
    for card in cards:
        if card.trainable and "train" not in hooks:
            raise Breach(f"“{card.model_id}” is trainable, but there is no hook `train`")
        if card.weights and "load" not in hooks:
            raise Breach(f"“{card.model_id}” has weights, but there is no hook `load`")


def check_heard(card: ModelCard, clips: Sequence[Clip], answers: Any, want: Want) -> list[Heard]:
    """Return one Heard per clip, float32, within 0..1.

    Raises:
        Breach: wrong count, shape or range, not a number, or frames that do not last as long as the clip.
    """
    if not isinstance(answers, Sequence) or not all(isinstance(answer, Heard) for answer in answers):
        raise Breach("`infer` must return a sequence of Heard")
    if len(answers) != len(clips):
        raise Breach(f"it gave {counted(len(answers), 'answer')} for {counted(len(clips), 'clip')}")
    return [_checked(card, clip, answer, want) for clip, answer in zip(clips, answers, strict=True)]


def _checked(card: ModelCard, clip: Clip, heard: Heard, want: Want) -> Heard:
    scores = _scores(heard.scores, (len(card.labels),), "scores")
    frames = _frames(card, clip, heard) if heard.frames is not None else None
    if frames is None and want.frames and card.draws_timeline:
        raise Breach("its card says that it draws a timeline, but it gave no frames")
    embedding = None if heard.embedding is None else _numbers(heard.embedding, "embedding")
    if embedding is not None and embedding.ndim != 1:
        raise Breach(f"its embedding has the shape {list(embedding.shape)} instead of [width]")
    if embedding is None and want.embedding and card.embeds:
        raise Breach("its card says that it embeds, but it gave no embedding")
    return Heard(scores=scores, frames=frames, hop=None if frames is None else heard.hop, embedding=embedding)


def _frames(card: ModelCard, clip: Clip, heard: Heard) -> Float:
    """Return the frames of an answer, which must last as long as the clip, give or take one."""
    frames = np.asarray(heard.frames)
    if frames.ndim != 2 or not len(frames):
        raise Breach(f"its frames have the shape {list(frames.shape)} instead of [frames, labels]")
    if not isinstance(heard.hop, int | float) or not 0 < heard.hop < float("inf"):
        raise Breach(f"it gave frames with a hop of {heard.hop!r} instead of seconds")
    seconds = len(clip.samples) / clip.sample_rate
    if abs(len(frames) * heard.hop - seconds) > heard.hop * 1.001:
        raise Breach(f"its {len(frames)} frames of {heard.hop:g} s do not cover the clip's {seconds:g} s")
    return _scores(frames, (len(frames), len(card.labels)), "frames")


def _scores(values: Any, shape: tuple[int, ...], what: str) -> Float:
    numbers = _numbers(values, what)
    if numbers.shape != shape:
        raise Breach(f"its {what} have the shape {list(numbers.shape)} instead of {list(shape)}")
    if numbers.size and (numbers.min() < -_ROUNDING or numbers.max() > 1 + _ROUNDING):
        raise Breach(f"its {what} run from {numbers.min():g} to {numbers.max():g} instead of within 0 to 1")
    return np.clip(numbers, 0, 1)


def _numbers(values: Any, what: str) -> Float:
    try:
        numbers = np.asarray(values).astype(np.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise Breach(f"its {what} are not an array of numbers") from error
    if not np.isfinite(numbers).all():
        raise Breach(f"its {what} hold values that are not numbers (NaN or infinite)")
    return numbers


def _card_problem(plugin: str, card: ModelCard) -> str:
    """Return what is wrong with a card, in words that follow its id, or nothing."""
    prefix, _, variant = str(card.model_id).partition("/")
    if prefix != plugin or not variant or not set(variant) <= _VARIANT_CHARACTERS:
        return f"must be named “{plugin}/…”, in letters, digits, dots, dashes and underscores"
    if not card.title or not isinstance(card.title, str):
        return "has no title"
    if not isinstance(card.sample_rate, int) or card.sample_rate <= 0:
        return f"has a sample rate of {card.sample_rate!r}"
    if not 0 < card.window_seconds < float("inf") or not 0 <= card.min_seconds <= card.window_seconds:
        return f"has a window of {card.window_seconds!r} s and needs at least {card.min_seconds!r} s"
    if card.short not in SHORT:
        return f"says {card.short!r} of short clips instead of pad, repeat, repeat_pad, stretch or leave"
    only_embeds = card.labels == () and card.embeds
    labels = "" if only_embeds else _labels_problem(card.labels)
    return labels or _weights_problem(card.weights) or _starts_problem(card.starts)


def _labels_problem(labels: Any) -> str:
    if not isinstance(labels, tuple) or not labels or not all(isinstance(label, str) and label for label in labels):
        return "must have a tuple of labels"
    return "names a label twice" if len(set(labels)) < len(labels) else ""


def _weights_problem(weights: Any) -> str:
    if not isinstance(weights, tuple) or not all(isinstance(each, Weights) for each in weights):
        return "must have a tuple of Weights"
    for each in weights:
        if not is_address(each.url):
            return f"has weights at {each.url!r}, which is neither https://…, hf:ORG/NAME nor bundled:NAME"
    return ""


def _starts_problem(starts: Any) -> str:
    if not isinstance(starts, Mapping) or not all(isinstance(each, Weights) for each in starts.values()):
        return "must have a mapping of names to the Weights that it can start from"
    for name, each in starts.items():
        if not set(name) <= _VARIANT_CHARACTERS or not name[:1].isalnum():
            return f"names a start {name!r}: it takes letters, digits, dots, dashes and underscores"
        if not is_address(each.url) or each.url.startswith(BUNDLED):
            return f"starts from {each.url!r}, which is neither https://… nor hf:ORG/NAME"
    return ""


_VARIANT_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
