"""ASCA among the families of networks."""

from __future__ import annotations

from earmark_asca.arguments import Arguments
from earmark_asca.inference import pack
from earmark_asca.network import ASCA
from earmark_torch.model import Family

FAMILY = Family(title="ASCA", arguments=Arguments, network=ASCA, pack=pack, compiles=True)
