"""The models on offer."""

from __future__ import annotations

from earmark.api import ModelCard, Weights
from earmark_ast.recipes import RECIPE, SMALL
from earmark_torch.everyday import everyday_card
from earmark_torch.image_starts import DEIT
from earmark_torch.labels import labels_of

_PAPER = "Gong et al., AST: Audio Spectrogram Transformer, Interspeech 2021, arXiv 2104.01778"
_SOURCE = "https://github.com/YuanGongND/ast"
_HUB = "https://huggingface.co/MIT/ast-finetuned-"
_LICENCE = "bsd-3-clause"
_AUDIOSET, _ESC50 = labels_of("audioset_527.csv"), labels_of("esc50.csv")
_COMMANDS = labels_of("speechcommands_v2_35.csv")
PUBLISHED = {len(labels): labels for labels in (_AUDIOSET, _ESC50, _COMMANDS)}


def _card(
    variant: str, title: str, file: str, figures: dict[str, float], *, labels: tuple[str, ...], window_seconds: float
) -> ModelCard:
    """Return the card of a published model; it is given short recordings as they are, and pads their spectrogram."""
    weights = Weights(name=title, url=_HUB + file, licence=_LICENCE, source=_SOURCE, figures=figures)
    return ModelCard(
        model_id=f"ast/{variant}",
        title=title,
        sample_rate=16000,
        window_seconds=window_seconds,
        short="leave",
        labels=labels,
        embeds=True,
        trainable=True,
        recipe=RECIPE,
        starts=DEIT,
        weights=(weights,),
        paper=_PAPER,
        licence=_LICENCE,
    )


def _audioset(variant: str, title: str, file: str, precision: float) -> ModelCard:
    figures = {"mAP on AudioSet": precision}
    return _card(variant, title, f"audioset-{file}", figures, labels=_AUDIOSET, window_seconds=10.0)


CARDS = (
    everyday_card("ast", "Everyday sounds, AST", recipe=SMALL, paper=_PAPER),
    _audioset("audioset", "AST, AudioSet", "10-10-0.4593", 0.4593),
    _audioset("audioset-12", "AST, AudioSet, faster (stride 12)", "12-12-0.447", 0.447),
    _audioset("audioset-14", "AST, AudioSet, faster still (stride 14)", "14-14-0.443", 0.443),
    _audioset("audioset-16", "AST, AudioSet, fastest (stride 16)", "16-16-0.442", 0.442),
    _audioset("audioset-0.450", "AST, AudioSet, one of three for an ensemble", "10-10-0.450", 0.450),
    _audioset("audioset-0.448", "AST, AudioSet, two of three for an ensemble", "10-10-0.448", 0.448),
    _audioset("audioset-0.448-v2", "AST, AudioSet, three of three for an ensemble", "10-10-0.448-v2", 0.448),
    _card(
        "speech-commands",
        "AST, Speech Commands v2",
        "speech-commands-v2",
        {"accuracy on Speech Commands v2": 0.9812},
        labels=_COMMANDS,
        window_seconds=1.0,
    ),
)


def model_id_of(labels: int, stride: tuple[int, int]) -> str:
    """Return the card that a network of so many labels and with this stride belongs to."""
    if labels == len(_COMMANDS):
        return "ast/speech-commands"
    known = {(step, step): f"ast/audioset-{step}" for step in (12, 14, 16)}
    return known.get(stride, "ast/audioset")
