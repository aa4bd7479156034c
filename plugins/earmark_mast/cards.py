"""The models on offer: no weights of MAST were published, so this is what a person can make, or have."""

from __future__ import annotations

from earmark.api import ModelCard, Weights
from earmark_mast.recipes import RECIPE, SMALL
from earmark_torch.everyday import everyday_card
from earmark_torch.image_starts import MVIT
from earmark_torch.labels import labels_of

_PAPER = "Zhu and Omar, Multiscale Audio Spectrogram Transformer, ICASSP 2023, arXiv 2303.10757"

AUDIOSET = ModelCard(
    model_id="mast/audioset",
    title="MAST, AudioSet",
    sample_rate=16000,
    window_seconds=10.0,
    short="leave",
    min_seconds=0.5,
    labels=labels_of("audioset_527.csv"),
    embeds=True,
    trainable=True,
    recipe=RECIPE,
    starts=MVIT,
    weights=(
        Weights(
            name="MAST, balanced AudioSet",
            url="bundled:mast-audioset",
            source="https://arxiv.org/abs/2303.10757",
            figures={"mAP on AudioSet (balanced)": 0.314},
        ),
    ),
    paper=_PAPER,
)
CARDS = (
    everyday_card("mast", "Everyday sounds, MAST", recipe=SMALL, paper=_PAPER),
    AUDIOSET,
)
