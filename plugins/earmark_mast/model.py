"""MAST among the families of networks."""

from __future__ import annotations

from earmark_mast.arguments import Arguments
from earmark_mast.inference import pack
from earmark_mast.network import MAST
from earmark_torch.model import Family

FAMILY = Family(title="MAST", arguments=Arguments, network=MAST, pack=pack, compiles=True)
