"""What defines an AST network: HAM is defined by the same, and more, so it stands in what plugins share."""

from __future__ import annotations

from earmark_torch.ast_arguments import ASTArguments as Arguments

__all__ = ["Arguments"]
