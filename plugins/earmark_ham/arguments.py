"""What defines a HAM network, and what of it would contradict itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from earmark_torch.ast_arguments import ASTArguments


@dataclass(frozen=True, kw_only=True)
class Arguments(ASTArguments):
    """What defines a network: all that defines an AST, and what follows it; see `ASTArguments`.

    The paper gives the number of Conformer blocks and whether there is channel attention; the rest is our reading.

    Attributes:
        conformers: Conformer blocks after AST's: 0, 3 and 6 are the paper's.
        conformer_width, kernel: of a Conformer's small networks, and of its convolution over tokens. AST's own ratio,
            and the 31 that torchaudio and the Conformer paper use. The heads are as many as AST's.
        dropout: in the Conformers.
        channel_attention: channels are weighted by the maximum and the mean of all tokens.
        reads: "class", the mean of the class and distillation tokens, as AST does; or the "mean" of all patches.
        start: "residual" puts each new part beside the identity and has it say nothing at first, so that an untrained
            HAM is the AST it starts from; "plain" computes what the paper draws, from the first step on.
    """

    conformers: int = 6
    conformer_width: int = 3072
    kernel: int = 31
    dropout: float = 0.0
    channel_attention: bool = True
    reads: Literal["class", "mean"] = "class"
    start: Literal["residual", "plain"] = "residual"

    def __post_init__(self) -> None:
        ASTArguments.__post_init__(self)
        if self.conformers < 0 or self.conformer_width < 1 or not 0 <= self.dropout < 1:
            raise ValueError("Conformers have a width, and drop less than everything.")
        if self.kernel < 1 or self.kernel % 2 == 0:
            raise ValueError(f"A convolution over {self.kernel} tokens has no middle: it must be an odd number.")
        if self.reads not in ("class", "mean") or self.start not in ("residual", "plain"):
            raise ValueError(f"HAM does not read {self.reads!r}, or does not start {self.start!r}.")
