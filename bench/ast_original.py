"""AST and HAM in the arithmetic of their authors, eagerly, with attention written out: the other side of their benches.

AST as YuanGongND/ast evaluates: kaldi's filter banks of one clip, timm's distilled DeiT. HAM as AST's code with
torchaudio's Conformer after it.
"""

from __future__ import annotations

import torch
from timm.models.deit import VisionTransformerDistilled
from torch import Tensor, nn
from torchaudio.compliance import kaldi
from torchaudio.models import Conformer

MEAN, DEVIATION = -4.2677393, 4.5689974
EPS = 1e-6


class Patches(nn.Module):
    """Overlapping patches: [clips, 1, bands, frames] → [clips, patches, 768]."""

    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Conv2d(1, 768, 16, stride=10)

    def forward(self, image: Tensor) -> Tensor:
        return self.proj(image).flatten(2).transpose(1, 2)


class PublishedAST(nn.Module):
    """AST at full size: waveform [samples] → logits [labels]."""

    def __init__(self, labels: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        self.v = VisionTransformerDistilled(
            img_size=384, embed_dim=768, depth=12, num_heads=12, num_classes=0, weight_init="skip"
        )
        for block in self.v.blocks:
            block.attn.fused_attn = False
        self.v.patch_embed = Patches()
        patches = 12 * ((frames - 16) // 10 + 1)
        self.v.pos_embed = nn.Parameter(torch.zeros(1, 2 + patches, 768))
        self.mlp_head = nn.Sequential(nn.LayerNorm(768, eps=EPS), nn.Linear(768, labels))

    def tokens(self, waveform: Tensor) -> Tensor:
        """Return the normed tokens [1, tokens, 768] of a waveform [samples]."""
        fbank = kaldi.fbank(
            (waveform - waveform.mean())[None],
            htk_compat=True,
            sample_frequency=16000,
            use_energy=False,
            window_type="hanning",
            num_mel_bins=128,
            dither=0.0,
            frame_shift=10,
        )
        fbank = nn.functional.pad(fbank, (0, 0, 0, self.frames - len(fbank)))
        return self.v.forward_features(((fbank - MEAN) / (DEVIATION * 2)).T[None, None])

    def forward(self, waveform: Tensor) -> Tensor:
        tokens = self.tokens(waveform)
        return self.mlp_head((tokens[:, 0] + tokens[:, 1]) / 2)[0]


class PublishedHAM(nn.Module):
    """HAM at full size, with six Conformers and channel attention: waveform [samples] → logits [labels]."""

    def __init__(self, labels: int, frames: int) -> None:
        super().__init__()
        self.ast = PublishedAST(labels, frames)
        self.conformer = Conformer(768, 12, 3072, 6, 31)
        self.norm = nn.LayerNorm(768)

    def forward(self, waveform: Tensor) -> Tensor:
        tokens = self.ast.tokens(waveform)
        tokens, _ = self.conformer(tokens, torch.tensor([tokens.shape[1]]))
        weights = 2 * torch.sigmoid(self.norm(tokens.amax(1) + tokens.mean(1)))
        tokens = tokens * weights[:, None]
        return self.ast.mlp_head((tokens[:, 0] + tokens[:, 1]) / 2)[0]


def draw(network: nn.Module) -> None:
    """Draw weights under which every layer keeps the scale of what it gets, and the scores spread."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d):
            nn.init.normal_(module.weight, std=module.weight[0].numel() ** -0.5)
        if isinstance(module, nn.MultiheadAttention):
            nn.init.normal_(module.in_proj_weight, std=module.embed_dim**-0.5)
    for name, parameter in network.named_parameters():
        if name.endswith(("pos_embed", "_token")):
            nn.init.normal_(parameter, std=0.5)
    network.eval().requires_grad_(False)
