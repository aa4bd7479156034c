"""The models on offer: no weights of HAM were published, so these are the AST that one starts from, and say as much."""

from __future__ import annotations

from earmark.api import ModelCard, Weights
from earmark_ham.recipes import RECIPE, SMALL
from earmark_torch.everyday import everyday_card
from earmark_torch.image_starts import DEIT
from earmark_torch.labels import labels_of

_PAPER = (
    "Liu, Zhang and Makino, Hybrid-attention-module-based Audio Spectrogram Transformer for Audio Classification: "
    "accuracy 0.9641 on ESC-50, 0.9728 on Speech Commands v2"
)
_SOURCE = "https://github.com/YuanGongND/ast"
_HUB = "https://huggingface.co/MIT/ast-finetuned-"
_LICENCE = "bsd-3-clause"
_AUDIOSET, _ESC50 = labels_of("audioset_527.csv"), labels_of("esc50.csv")
_COMMANDS = labels_of("speechcommands_v2_35.csv")
PUBLISHED = {len(labels): labels for labels in (_AUDIOSET, _ESC50, _COMMANDS)}


def _card(
    variant: str, title: str, file: str, figures: dict[str, float], *, labels: tuple[str, ...], window_seconds: float
) -> ModelCard:
    """Return the card of an untrained HAM, which scores as the AST that it starts from; short recordings as AST's."""
    name = f"{title}: scores as AST until it is trained"
    weights = Weights(name=name, url=_HUB + file, licence=_LICENCE, source=_SOURCE, figures=figures)
    return ModelCard(
        model_id=f"ham/{variant}",
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


CARDS = (
    everyday_card("ham", "Everyday sounds, HAM", recipe=SMALL, paper=_PAPER),
    _card(
        "audioset",
        "HAM to be trained, from AudioSet",
        "audioset-10-10-0.4593",
        {"mAP on AudioSet": 0.4593},
        labels=_AUDIOSET,
        window_seconds=10.0,
    ),
    _card(
        "speech-commands",
        "HAM to be trained, from Speech Commands v2",
        "speech-commands-v2",
        {"accuracy on Speech Commands v2": 0.9812},
        labels=_COMMANDS,
        window_seconds=1.0,
    ),
)


def model_id_of(labels: int) -> str:
    """Return the card that a network of so many labels belongs to."""
    return "ham/speech-commands" if labels == len(_COMMANDS) else "ham/audioset"
