"""The small network of each family that is trained as `FAMILY/everyday`, that of its recipe from scratch.

HTS-AT's alone ships so far; a family that is to ship needs a card, by `earmark_torch.everyday`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import earmark_asca.recipes
import earmark_ast.recipes
import earmark_ham.recipes
import earmark_htsat.recipes
import earmark_mast.recipes


@dataclass(frozen=True)
class Family:
    """A family as its bundled model's card tells it.

    Attributes:
        network: arguments of its small network.
        about: what that is, and how it hears.
    """

    network: Mapping[str, Any]
    about: str


FAMILIES: Mapping[str, Family] = {
    "htsat": Family(
        earmark_htsat.recipes.NETWORK,
        "A small HTS-AT (a convolutional stem, two Swin stages, the token-semantic head) that hears twelve sounds in "
        "windows of 5.12 s and says every 0.08 s which of them sound.",
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
