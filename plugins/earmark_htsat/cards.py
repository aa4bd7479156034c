"""The models on offer."""

from __future__ import annotations

from typing import Any

from earmark.api import ModelCard, Weights
from earmark_htsat.recipes import PUBLISHED as PUBLISHED_RECIPES
from earmark_htsat.recipes import SMALL
from earmark_torch.everyday import everyday_card
from earmark_torch.image_starts import SWIN
from earmark_torch.labels import labels_of

EVERYDAY_SECONDS = 5.12
_PAPER = "Chen et al., HTS-AT, ICASSP 2022, arXiv 2202.00874"
_SOURCE = "https://github.com/RetroCirce/HTS-Audio-Transformer"
_FOLDER = "https://drive.google.com/drive/folders/1f5VYMk0uos_YnuBshgmaTVioXbs7Kmz6"
PUBLISHED = {
    "htsat/audioset": labels_of("audioset_527.csv"),
    "htsat/esc50": labels_of("esc50.csv"),
    "htsat/speech-commands": labels_of("speechcommands_v2_35_htsat.csv"),
}
CLAP = "htsat/clap"
_CLAP_PAPER = "Wu et al., LAION-CLAP, ICASSP 2023, arXiv 2211.06687"
_CLAP_HUB = "https://huggingface.co/laion/clap-htsat-unfused"
_AUDIOSET_FILE = "https://drive.google.com/file/d/1OK8a5XuMVLyeVKF117L8pfxeZYdfSDZv/view"


def _weights(name: str, url: str, figures: dict[str, float]) -> Weights:
    return Weights(name=name, url=url, licence="MIT", source=_SOURCE, figures=figures)


_ENSEMBLE = _weights(
    "HTS-AT, AudioSet, six for an ensemble (bring in each, then: earmark models ensemble)",
    _FOLDER,
    {"ensemble mAP on AudioSet": 0.487, "ensemble F1 on DESED": 0.507},
)


def _published(
    model_id: str, title: str, *, url: str, figures: dict[str, float], beside: tuple[Weights, ...] = (), **fields: Any
) -> ModelCard:
    """Return the card of a published model: windows of 10 s, shorter recordings repeated, as it was trained."""
    weights = _weights(title, url, figures)
    return ModelCard(
        model_id=model_id,
        title=title,
        trainable=True,
        draws_timeline=True,
        embeds=True,
        paper=_PAPER,
        window_seconds=10.0,
        short="repeat",
        labels=PUBLISHED[model_id],
        recipe=PUBLISHED_RECIPES,
        starts=SWIN,
        weights=(weights, *beside),
        licence="MIT",
        **fields,
    )


CARDS = (
    everyday_card(
        "htsat", "Everyday sounds", recipe=SMALL, paper=_PAPER, window_seconds=EVERYDAY_SECONDS, draws_timeline=True
    ),
    _published(
        "htsat/audioset",
        "HTS-AT, AudioSet",
        sample_rate=32000,
        min_seconds=0.5,
        url=_AUDIOSET_FILE,
        figures={"mAP on AudioSet": 0.471, "intersection F1 on DESED": 0.484},
        beside=(_ENSEMBLE,),
    ),
    _published(
        "htsat/esc50",
        "HTS-AT, ESC-50",
        sample_rate=32000,
        min_seconds=0.5,
        multi_label=False,
        url=_FOLDER,
        figures={"accuracy on ESC-50": 0.970},
    ),
    _published(
        "htsat/speech-commands",
        "HTS-AT, Speech Commands v2",
        sample_rate=16000,
        min_seconds=0.25,
        url=_FOLDER,
        figures={"accuracy on Speech Commands v2": 0.980},
    ),
    ModelCard(
        model_id=CLAP,
        title="CLAP, audio tower (embeddings)",
        sample_rate=48000,
        window_seconds=10.0,
        short="repeat_pad",
        min_seconds=0.5,
        labels=(),
        embeds=True,
        weights=(Weights(name="CLAP, HTS-AT unfused", url=_CLAP_HUB, licence="Apache-2.0"),),
        paper=_CLAP_PAPER,
        licence="Apache-2.0",
    ),
)
