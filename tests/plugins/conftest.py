"""HTS-AT as its authors' code computes it, from the packages it is made of: torchlibrosa, timm's Swin, plain torch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from timm.models.swin_transformer import SwinTransformer
from torch import Tensor, nn
from torchlibrosa.stft import LogmelFilterBank, Spectrogram

from earmark_torch.packed import can_pack


@pytest.fixture(autouse=True)
def one_thread():
    """Many small pieces on two cores: OpenMP's threads would only spin."""
    torch.set_num_threads(1)
    torch.manual_seed(7)


class OriginalHTSAT(nn.Module):
    """The published arithmetic, from the waveform to clip scores, frames and latent; sizes as arguments.

    Source: RetroCirce/HTS-Audio-Transformer, model/htsat.py; the token order is its reshape_wav2img.
    """

    def __init__(
        self,
        labels: int,
        *,
        depths: tuple[int, ...] = (2, 2),
        heads: tuple[int, ...] = (2, 4),
        width: int = 24,
        sample_rate: int = 32000,
        token_semantic: bool = True,
        single_label: bool = False,
    ) -> None:
        super().__init__()
        hop = sample_rate // 100
        self.spectrogram_extractor = Spectrogram(n_fft=1024, hop_length=hop, win_length=1024, freeze_parameters=True)
        self.logmel_extractor = LogmelFilterBank(
            sr=sample_rate, n_fft=1024, n_mels=64, fmin=50, fmax=14000, amin=1e-10, top_db=None, freeze_parameters=True
        )
        self.bn0 = nn.BatchNorm2d(64)
        self.swin = SwinTransformer(
            img_size=256, in_chans=1, embed_dim=width, depths=depths, num_heads=heads, window_size=8, num_classes=0
        )
        channels = width * 2 ** (len(depths) - 1)
        self.side = 64 >> (len(depths) - 1)
        self.tscam_conv = nn.Conv2d(channels, labels, (self.side // 4, 3), padding=(0, 1)) if token_semantic else None
        self.head = nn.Linear(labels if token_semantic else channels, labels)
        self.single_label = single_label
        self.apply(_strong_weights)
        self.eval()

    @torch.no_grad()
    def forward(self, waveform: Tensor) -> dict[str, Tensor]:
        x = self.logmel_extractor(self.spectrogram_extractor(waveform))  # [B, 1, 1001, 64]
        x = self.bn0(x.transpose(1, 3)).transpose(1, 3)
        x = nn.functional.interpolate(x, (1024, 64), mode="bicubic", align_corners=True)
        x = x.permute(0, 1, 3, 2).reshape(len(x), 1, 64, 4, 256).permute(0, 1, 3, 2, 4)  # four pieces of time ..
        x = self.swin.forward_features(x.reshape(len(x), 1, 256, 256))  # .. above each other; [B, side, side, C]
        x = x.permute(0, 3, 1, 2)
        x = x.reshape(len(x), -1, 4, self.side // 4, self.side).permute(0, 1, 3, 2, 4).flatten(3)  # [B, C, rows, steps]
        return {"latent": x.mean((2, 3)), **self._scores(x)}

    def _scores(self, x: Tensor) -> dict[str, Tensor]:
        if self.tscam_conv is None:
            return {"clip": self.head(x.mean((2, 3))).sigmoid()}
        steps = self.tscam_conv(x).flatten(2)  # [B, labels, steps]
        clip = steps.mean(2).softmax(1) if self.single_label else steps.mean(2).sigmoid()
        return {"clip": clip, "frames": steps.sigmoid().transpose(1, 2)}

    def published_state(self) -> dict[str, Tensor]:
        """Return the tensors under the names of the published files, computed ones and dead head included."""
        state = {_published_name(name): tensor for name, tensor in self.state_dict().items()}
        for name, module in self.swin.named_modules():
            if hasattr(module, "relative_position_index"):
                state[f"{name}.relative_position_index"] = module.relative_position_index
            if getattr(module, "attn_mask", None) is not None:
                state[f"{name}.attn_mask"] = module.attn_mask
        return state


def _published_name(name: str) -> str:
    name = name.removeprefix("swin.")
    return re.sub(r"^layers\.(\d+)\.downsample", lambda found: f"layers.{int(found[1]) - 1}.downsample", name)


def _strong_weights(module: nn.Module) -> None:
    """Draw weights under which every part of the network moves the scores."""
    if isinstance(module, nn.BatchNorm2d):
        module.running_mean.uniform_(-50, -30)
        module.running_var.uniform_(100, 300)
    if isinstance(module, nn.LayerNorm | nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.1)
        nn.init.normal_(module.bias, 0, 0.1)
    for name, parameter in module.named_parameters(recurse=False):
        if isinstance(module, nn.Linear) or "bias_table" in name:
            nn.init.normal_(parameter, std=0.5 if "bias_table" in name else 2 / parameter.shape[-1] ** 0.5)


@pytest.fixture
def strong_weights():
    """Return a function for `Module.apply`: weights under which every part of a network moves the result."""
    return _strong_weights


@pytest.fixture
def original():
    """Make an original network with random weights."""
    return OriginalHTSAT


@pytest.fixture
def save(tmp_path):
    """Write an original network as a Lightning checkpoint; `averaged` as the authors' weight averaging writes it."""

    def write(network: OriginalHTSAT, *, averaged: bool = False, **beside: Any) -> Path:
        state = {f"sed_model.{name}": tensor for name, tensor in network.published_state().items()}
        if averaged:
            content: dict[str, Any] = {"state_dict": {name: tensor.float() for name, tensor in state.items()}}
        else:
            content = {"epoch": 3, "global_step": 4800, "state_dict": state, "optimizer_states": [], **beside}
        torch.save(content, tmp_path / "original.ckpt")
        return tmp_path / "original.ckpt"

    return write


@pytest.fixture
def sound():
    """Return ten seconds of sweeps and bursts [clips, samples] over a floor of noise at −60 dB.

    Under the sweeps alone most bands would hold nothing but rounding, the original's or ours.
    """

    def make(clips: int = 1, *, sample_rate: int = 32000, seconds: float = 10.0) -> np.ndarray:
        rng = np.random.default_rng(3)
        time = np.arange(int(seconds * sample_rate)) / sample_rate
        sweeps = [np.sin(2 * np.pi * (200 + 300 * clip + 250 * time) * time) for clip in range(clips)]
        bursts = rng.normal(size=(clips, len(time))) * np.where(np.sin(2 * np.pi * 0.7 * time) > 0.5, 0.1, 0.001)
        return (0.2 * np.stack(sweeps) + bursts).astype(np.float32)

    return make


@pytest.fixture(autouse=True)
def bf16_wherever_it_can_be(monkeypatch):
    """Let reduced precision be bf16 also where this processor is slower in it: it is the arithmetic that is tested."""
    monkeypatch.setattr("earmark_torch.model.is_faster_in_bf16", lambda: can_pack(torch.bfloat16))
