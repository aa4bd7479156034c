"""Front ends: from the waveform to the spectrogram that a network was trained on."""

from __future__ import annotations

import warnings

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
import torchaudio
from torch import Tensor, nn


class LogMel(nn.Module):
    """The log-mel spectrogram of HTS-AT and PANNs: waveform [clips, samples] → [clips, frames, bands] in dB.

    Periodic Hann window, power, librosa's mel scale and norm (both Slaney's), no top_db. There are
    `samples // hop + 1` frames, centred on multiples of `hop`; the ends are mirrored. Always computed in fp32.

    Source: RetroCirce/HTS-Audio-Transformer, model/htsat.py (torchlibrosa's Spectrogram and LogmelFilterBank).
    """

    window: Tensor
    filters: Tensor

    def __init__(self, *, sample_rate: int, fft: int, hop: int, bands: int, lowest: float, highest: float) -> None:
        super().__init__()
        self.fft, self.hop = fft, hop
        filters = mel_filters(sample_rate=sample_rate, fft=fft, bands=bands, lowest=lowest, highest=highest)
        used = int(filters.any(1).nonzero().max()) + 1  # bins above the highest band weigh nothing
        self.register_buffer("window", torch.hann_window(fft), persistent=False)
        self.register_buffer("filters", filters[:used].clone(), persistent=False)  # [bins, bands]

    def forward(self, waveform: Tensor) -> Tensor:
        """Return the log-mel spectrogram [clips, frames, bands] of the waveform [clips, samples] in −1..1."""
        with torch.autocast(waveform.device.type, enabled=False):
            if waveform.device.type == "cpu":
                return torch.stack([self._in_pieces(clip) for clip in waveform.float()])
            mirrored = F.pad(waveform.float()[:, None], (self.fft // 2, self.fft // 2), mode="reflect")[:, 0]
            return self._decibels(mirrored.unfold(-1, self.fft, self.hop))

    def _in_pieces(self, clip: Tensor) -> Tensor:
        """Return the log-mel spectrogram [frames, bands] of a clip [samples]: what stays in the cache is faster."""
        half = self.fft // 2
        mirrored = torch.cat([clip[1 : half + 1].flip(0), clip, clip[-half - 1 : -1].flip(0)])
        frames = mirrored.unfold(-1, self.fft, self.hop)  # [frames, fft]
        return torch.cat([self._decibels(piece) for piece in frames.split(128)])

    def _decibels(self, frames: Tensor) -> Tensor:
        """Return the log-mel spectrogram [.., bands] of frames [.., fft]."""
        spectrum = torch.fft.rfft(frames * self.window)[..., : len(self.filters)]  # [.., bins]
        power = spectrum.real.square().addcmul_(spectrum.imag, spectrum.imag)
        return (power @ self.filters).clamp(min=1e-10).log10() * 10.0


def mel_filters(*, sample_rate: int, fft: int, bands: int, lowest: float, highest: float) -> Tensor:
    """Return librosa's mel filters [bins, bands]; bands above half the sample rate are empty, as published."""
    with warnings.catch_warnings(action="ignore"), torch.device("cpu"):  # warnings of such bands
        return torchaudio.functional.melscale_fbanks(
            fft // 2 + 1, lowest, highest, bands, sample_rate, norm="slaney", mel_scale="slaney"
        )
