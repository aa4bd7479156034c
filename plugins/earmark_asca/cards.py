"""The models on offer."""

from __future__ import annotations

from earmark.api import ModelCard, Weights
from earmark_asca.recipes import RECIPE, SMALL
from earmark_torch.everyday import everyday_card
from earmark_torch.image_starts import COATNET
from earmark_torch.labels import labels_of

SOURCE = "https://github.com/LeeCiang/ASCA"
"""The authors' page; it says that code will come, and holds no weights."""

_PAPER = "Li et al., ASCA: Less Audio Data is More Insightful, ICASSP 2024, arXiv 2309.13373"

AUDIOSET = ModelCard(
    model_id="asca/audioset",
    title="ASCA, AudioSet",
    sample_rate=16000,
    window_seconds=10.0,
    short="leave",
    min_seconds=0.5,
    labels=labels_of("audioset_527.csv"),
    embeds=True,
    trainable=True,
    recipe=RECIPE,
    starts=COATNET,
    weights=(
        Weights(
            name="ASCA, balanced AudioSet",
            url="bundled:asca-audioset",
            source=SOURCE,
            figures={"mAP on AudioSet (balanced)": 0.351},
        ),
    ),
    paper=_PAPER,
)
CARDS = (
    everyday_card("asca", "Everyday sounds, ASCA", recipe=SMALL, paper=_PAPER),
    AUDIOSET,
)
