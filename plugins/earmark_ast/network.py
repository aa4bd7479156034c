"""AST: the audio spectrogram transformer, from the waveform to clip scores.

Paper: Gong et al., "AST: Audio Spectrogram Transformer", Interspeech 2021, arXiv 2104.01778. All but the head is
`earmark_torch.ast`, as HAM is built on it. In shapes, B is clips, N tokens, D width.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from earmark_ast.arguments import Arguments
from earmark_torch.ast import Encoder, make_head
from earmark_torch.ast_arguments import SPECIAL
from earmark_torch.model import Output

__all__ = ["AST", "Arguments"]


class AST(nn.Module):
    """The network; the ImageNet heads of 1.5 M parameters that the published files carry are not part of it."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.arguments = arguments
        self.encoder: nn.Module = Encoder(arguments)
        self.head = make_head(arguments)

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Output:
        """Return the output for the waveform [clips, samples]; the embedding is what the head reads.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands].
        """
        tokens = self.encoder(waveform, augment)  # [B, N, D]
        embedding = tokens[:, :SPECIAL].mean(1)  # [B, D]: of the class and distillation tokens
        return Output(self.head(embedding).float(), embedding)
