"""ASCA: a convolution-attention network on a spectrogram made an image, from the waveform to clip scores.

Paper: Li et al., "ASCA: Less Audio Data is More Insightful", ICASSP 2024, arXiv 2309.13373; no code of it is out. Its
network is CoAtNet (Dai et al., NeurIPS 2021, arXiv 2106.04803) with the third stage convolutional, C-C-C-T. Names and
constants as in timm, models/maxxvit.py, so that its weights are ours.

In shapes, B is clips, H rows (frequency), W columns (time), C channels.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from earmark_asca.arguments import Arguments
from earmark_asca.blocks import ACTIVATIONS, Attending, MBConv, draw_convolution, make_norm
from earmark_torch.fbank import Fbank
from earmark_torch.model import Output

__all__ = ["ASCA", "Arguments"]


class ASCA(nn.Module):
    """The network. Training augments between `normalise` and `features`: there, 0 is the mean."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        self.arguments = arguments
        self.front_end = Fbank(
            sample_rate=arguments.sample_rate,
            bands=arguments.bands,
            lowest=arguments.lowest,
            highest=arguments.highest,
            window=arguments.window,
            mean=arguments.mean,
            deviation=arguments.deviation,
        )
        self.band_norm = nn.BatchNorm2d(arguments.bands) if arguments.normalisation == "bands" else None
        self.stem: nn.Module = Stem(arguments)
        self.stages = nn.Sequential(*(Stage(arguments, stage) for stage in range(len(arguments.depths))))
        self.norm = nn.Identity() if arguments.hidden else make_norm(arguments, arguments.widths[-1])
        self.head = Head(arguments)
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def forward(self, waveform: Tensor, augment: Callable[[Tensor], Tensor] | None = None) -> Output:
        """Return the output for the waveform [clips, samples] at the network's sample rate.

        Args:
            augment: changes the normalised spectrogram [clips, frames, bands], where 0 is the mean.
        """
        normalised = self.normalise(self.log_mel(waveform))
        return self.features(augment(normalised) if augment else normalised)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] of the waveform [clips, samples]."""
        return self.front_end.log_mel(waveform)

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Return the spectrogram [clips, frames, bands] about 0."""
        if self.band_norm is not None:
            return self.band_norm(log_mel.transpose(1, 2)[:, :, None])[:, :, 0].transpose(1, 2)
        if self.arguments.normalisation == "fixed":
            return self.front_end.normalise(log_mel)
        deviation, mean = torch.std_mean(log_mel, (1, 2), keepdim=True)
        return (log_mel - mean) / (2 * deviation + 1e-5)  # as the fixed one does, with the clip's own; silence is 0

    def features(self, normalised: Tensor) -> Output:
        """Return the output for the normalised spectrogram [clips, frames, bands]."""
        x = self.stages(self.stem(self.image(normalised)))  # [B, C, H, W]
        embedding = self.head.embed(self.norm(x))  # [B, C]
        return Output(self.head(embedding).float(), embedding)

    def image(self, normalised: Tensor) -> Tensor:
        """Return the spectrogram [clips, frames, bands] as the image [clips, 1, rows, columns] the stages take."""
        picture, size = normalised.transpose(1, 2)[:, None], self.arguments.image  # [B, 1, bands, frames]
        if self.arguments.fit == "crop":
            below, after = size[0] - picture.shape[2], size[1] - picture.shape[3]
            picture = F.pad(picture, (0, after, 0, below))  # negative padding crops
        elif picture.shape[2:] != size:
            smooth = self.arguments.fit == "smooth"
            picture = F.interpolate(picture, size, mode="bilinear", align_corners=False, antialias=smooth)
        return picture.contiguous(memory_format=torch.channels_last)


class Stem(nn.Module):
    """S0: two 3 × 3 convolutions, the first of stride 2: [B, 1, rows, columns] → [B, C, rows / 2, columns / 2]."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        first, second = arguments.stem
        self.conv1 = nn.Conv2d(1, first, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(first)
        self.act = ACTIVATIONS[arguments.activation]()
        self.conv2 = nn.Conv2d(first, second, 3, padding=1, bias=False)
        self.apply(draw_convolution)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(self.act(self.norm1(self.conv1(x))))


class Stage(nn.Module):
    """Blocks of one kind; the first halves the map."""

    def __init__(self, arguments: Arguments, stage: int) -> None:
        super().__init__()
        kind = MBConv if arguments.blocks[stage] == "C" else Attending
        blocks = (kind(arguments, stage, block) for block in range(arguments.depths[stage]))
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(x)


class Head(nn.Module):
    """The mean of the map, through a layer of its own where the form has one, then logits."""

    def __init__(self, arguments: Arguments) -> None:
        super().__init__()
        width, self.pre_logits = arguments.widths[-1], nn.Sequential()
        if arguments.hidden:
            self.norm = make_norm(arguments, width)
            self.pre_logits.add_module("fc", nn.Linear(width, arguments.hidden))
            self.pre_logits.add_module("act", nn.Tanh())
        else:
            self.norm = nn.Identity()
        self.drop = nn.Dropout(arguments.dropout)
        self.fc = nn.Linear(arguments.hidden or width, arguments.labels)

    def embed(self, x: Tensor) -> Tensor:
        """Return the embedding [B, C] of a map [B, C, H, W]."""
        return self.pre_logits(self.norm(x.mean((2, 3), keepdim=True)).flatten(1))

    def forward(self, embedding: Tensor) -> Tensor:
        return self.fc(self.drop(embedding))
