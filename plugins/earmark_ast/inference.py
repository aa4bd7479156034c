"""AST made ready for inference on the CPU; see `earmark_torch.ast_inference`."""

from __future__ import annotations

import torch

from earmark_ast.network import AST
from earmark_torch.ast import Encoder
from earmark_torch.ast_arguments import SPECIAL
from earmark_torch.ast_inference import PackedEncoder


@torch.no_grad()
def pack(network: AST, dtype: torch.dtype) -> AST:
    """Return the network, rebuilt in place for inference on the CPU in fp32 or bf16; it cannot be moved or saved."""
    if isinstance(network.encoder, Encoder):
        network.encoder = PackedEncoder(network.encoder, dtype, read=SPECIAL)
    return network
