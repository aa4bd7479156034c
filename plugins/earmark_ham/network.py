"""HAM: AST's network, then Conformer blocks, then attention over channels.

Paper: Liu, Zhang and Makino, "Hybrid-attention-module-based Audio Spectrogram Transformer for Audio Classification",
section 3.2. No code was published; where the paper is silent, this is our reading of it. In shapes, B is clips, N
tokens, D width.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torchaudio.models.conformer import ConformerLayer

from earmark_ham.arguments import Arguments
from earmark_torch.ast import Encoder, make_head
from earmark_torch.ast_arguments import SPECIAL
from earmark_torch.model import Output

__all__ = ["HAM", "Arguments"]


class HAM(nn.Module):
    """The network; without Conformers and channel attention it is AST."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.arguments = arguments
        self.encoder: nn.Module = Encoder(arguments)
        self.conformers = nn.Sequential(*(Conformer(arguments) for _ in range(arguments.conformers)))
        self.channel_attention = ChannelAttention(arguments) if arguments.channel_attention else nn.Identity()
        self.head = make_head(arguments)

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Output:
        """Return the output for the waveform [clips, samples]; the embedding is what the head reads.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands].
        """
        tokens = self.encoder(waveform, augment)  # [B, N, D]: the paper's E_AST
        tokens = self.channel_attention(self.conformers(tokens))
        read = tokens[:, :SPECIAL] if self.arguments.reads == "class" else tokens[:, SPECIAL:]
        embedding = read.mean(1)  # [B, D]
        return Output(self.head(embedding).float(), embedding)

    def new_parts(self) -> nn.ModuleList:
        """Return what an AST has not: what may learn faster than the rest."""
        return nn.ModuleList((self.conformers, self.channel_attention))


class Conformer(nn.Module):
    """torchaudio's Conformer block over all tokens, row after row: [B, N, D] → [B, N, D].

    Two half-weighted networks around attention and a convolution, each beside the identity, and a norm at the end.
    Where the start is residual, that norm's output is added to what came in, and its scale is 0 at first.
    """

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.residual = arguments.start == "residual"
        self.layer = ConformerLayer(
            arguments.width,
            arguments.conformer_width,
            arguments.heads,
            arguments.kernel,
            dropout=arguments.dropout,
        )
        if self.residual:
            nn.init.zeros_(self.layer.final_layer_norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        said = self.layer(x.transpose(0, 1), None).transpose(0, 1)  # torchaudio's takes [N, B, D]
        return x + said if self.residual else said


class ChannelAttention(nn.Module):
    """Each channel of all tokens times a weight between 0 and 2: [B, N, D] → [B, N, D].

    The weights are 2 · sigmoid(norm(maximum + mean)) over tokens. The 2 makes a norm that says nothing weigh every
    channel by 1; that is how it starts beside a pretrained AST.
    """

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(arguments.width)
        if arguments.start == "residual":
            nn.init.zeros_(self.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weights(x)

    def weights(self, x: Tensor) -> Tensor:
        """Return the weights [B, 1, D] of the channels of the tokens [B, N, D]."""
        pooled = x.amax(1, keepdim=True) + x.mean(1, keepdim=True)
        return 2 * torch.sigmoid(self.norm(pooled))
