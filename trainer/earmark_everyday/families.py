"""The small network of each family that is trained as `FAMILY/everyday`, that of its recipe from scratch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import earmark_asca.recipes
import earmark_ast.recipes
import earmark_ham.recipes
import earmark_htsat.recipes
import earmark_mast.recipes
from earmark_torch.recipes import masks


@dataclass(frozen=True)
class Family:
    """A family as its bundled model's card tells it.

    Attributes:
        network: arguments of its small network.
        about: what that is, and how it hears.
        masked: settings of masks and the random filter: 8 bands, 0.16 s and ± 4 dB in each front end's own units.
    """

    network: Mapping[str, Any]
    about: str
    masked: Mapping[str, Any] = field(default_factory=lambda: masks(bands=8, frames=16, front_end="fbank"))


FAMILIES: Mapping[str, Family] = {
    "htsat": Family(
        earmark_htsat.recipes.NETWORK,
        "A small HTS-AT (a convolutional stem, two Swin stages, the token-semantic head) that hears twelve sounds in "
        "windows of 5.12 s and says every 0.08 s which of them sound.",
        masks(bands=8, frames=8),
    ),
    "ast": Family(
        earmark_ast.recipes.NETWORK,
        "A small AST (a convolutional stem in place of patches, three transformer blocks, class and distillation "
        "tokens) that hears twelve sounds in windows of 5 s. Its timeline is coarse: that of overlapping windows.",
    ),
    "mast": Family(
        earmark_mast.recipes.NETWORK,
        "A small MAST (five multiscale attention blocks in three stages, pooled along time and frequency) that hears "
        "twelve sounds in windows of 5 s. Its timeline is coarse: that of overlapping windows.",
    ),
    "asca": Family(
        earmark_asca.recipes.NETWORK,
        "A small ASCA (three stages of convolutions, one of attention) that hears twelve sounds in windows of 5 s. Its "
        "timeline is coarse: that of overlapping windows.",
    ),
    "ham": Family(
        earmark_ham.recipes.NETWORK,
        "A small HAM (AST's stem and two of its blocks, a Conformer, channel attention) that hears twelve sounds in "
        "windows of 5 s. Its timeline is coarse: that of overlapping windows.",
    ),
}
