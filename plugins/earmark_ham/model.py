"""HAM among the families of networks."""

from __future__ import annotations

from earmark_ham.arguments import Arguments
from earmark_ham.inference import pack
from earmark_ham.network import HAM
from earmark_torch.model import Family

FAMILY = Family(title="HAM", arguments=Arguments, network=HAM, pack=pack)
