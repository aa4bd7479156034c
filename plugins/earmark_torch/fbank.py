"""Kaldi's log-mel filter banks, the front end of AST and of the networks that followed it, a batch at a time."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn
from torchaudio.compliance.kaldi import get_mel_banks

PRE_EMPHASIS = 0.97
FLOOR = torch.finfo(torch.float32).eps
"""Kaldi's lowest energy of a band, before the logarithm."""


class Fbank(nn.Module):
    """The normalised log-mel spectrogram of AST: waveform [clips, samples] → [clips, frames, bands].

    Frames of 25 ms every 10 ms that lie whole inside the clip, each freed of its mean, pre-emphasised and windowed;
    power, HTK's mel scale without norm, natural logarithm. Then, as published: padded at the end with 0 or cut to
    `frames`, and only then (x − mean) / (2 · deviation). Always computed in fp32.

    Args:
        window: "hanning" (symmetric; AST) or "hamming" (ASCA's paper).
        highest: Hz; 0 is half the sample rate.
        centred: the mean of the whole clip is subtracted first, as AST's own code does and transformers' does not;
            frames lose their means anyway, so it only decides about rounding.
        frames: None keeps as many as the clip has.

    Source: YuanGongND/ast, src/dataloader.py; torchaudio.compliance.kaldi.fbank with dither 0.
    """

    window: Tensor
    filters: Tensor

    def __init__(
        self,
        *,
        sample_rate: int = 16000,
        bands: int = 128,
        lowest: float = 20.0,
        highest: float = 0.0,
        window: Literal["hanning", "hamming"] = "hanning",
        centred: bool = False,
        frames: int | None = None,
        mean: float = 0.0,
        deviation: float = 0.5,
    ) -> None:
        super().__init__()
        self.length, self.hop = int(sample_rate * 0.025), int(sample_rate * 0.010)
        self.fft = 1 << (self.length - 1).bit_length()  # the next power of two
        self.centred, self.frames, self.mean, self.deviation = centred, frames, mean, deviation
        make_window = {"hanning": torch.hann_window, "hamming": torch.hamming_window}[window]
        filters, _ = get_mel_banks(bands, self.fft, sample_rate, lowest, highest, 100.0, -500.0, 1.0)
        self.register_buffer("window", make_window(self.length, periodic=False), persistent=False)
        self.register_buffer("filters", F.pad(filters, (0, 1)).T.contiguous(), persistent=False)  # [bins, bands]

    def forward(self, waveform: Tensor) -> Tensor:
        """Return the normalised spectrogram [clips, frames, bands] of the waveform [clips, samples] in −1..1."""
        return self.normalise(self.log_mel(waveform))

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Return the log-mel spectrogram of any shape, normalised as published: by twice the deviation."""
        return (log_mel - self.mean) / (2 * self.deviation)

    def log_mel(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] of the waveform [clips, samples], padded or cut."""
        with torch.autocast(waveform.device.type, enabled=False):
            waveform = waveform.float()
            waveform = waveform - waveform.mean(-1, keepdim=True) if self.centred else waveform
            waveform = F.pad(waveform, (0, max(0, self.length - waveform.shape[-1])))  # at least one frame
            frames = waveform.unfold(-1, self.length, self.hop)[:, : self.frames]  # [clips, frames, length]
            log_mel = self._in_pieces(frames) if waveform.device.type == "cpu" else self._log_mel(frames)
        return log_mel if self.frames is None else F.pad(log_mel, (0, 0, 0, self.frames - log_mel.shape[1]))

    def _in_pieces(self, frames: Tensor) -> Tensor:
        """Return the same as `_log_mel`, from pieces that stay in the processor's cache."""
        return torch.stack([torch.cat([self._log_mel(piece) for piece in clip.split(128)]) for clip in frames])

    def _log_mel(self, frames: Tensor) -> Tensor:
        """Return the log-mel energies [.., bands] of frames [.., length]."""
        frames = frames - frames.mean(-1, keepdim=True)
        before = torch.cat((frames[..., :1], frames[..., :-1]), -1)
        spectrum = torch.fft.rfft((frames - PRE_EMPHASIS * before) * self.window, self.fft)  # [.., bins]
        power = spectrum.real.square().addcmul_(spectrum.imag, spectrum.imag)
        return (power @ self.filters).clamp(min=FLOOR).log()
