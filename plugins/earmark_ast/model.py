"""AST among the families of networks."""

from __future__ import annotations

from earmark_ast.arguments import Arguments
from earmark_ast.inference import pack
from earmark_ast.network import AST
from earmark_torch.model import Family

FAMILY = Family(title="AST", arguments=Arguments, network=AST, pack=pack)
