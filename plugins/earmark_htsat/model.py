"""HTS-AT among the families of networks."""

from __future__ import annotations

from earmark_htsat.arguments import Arguments
from earmark_htsat.inference import pack
from earmark_htsat.network import HTSAT
from earmark_torch.model import Family

FAMILY = Family(title="HTS-AT", arguments=Arguments, network=HTSAT, pack=pack)
