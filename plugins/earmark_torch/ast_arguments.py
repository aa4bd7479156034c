"""What defines an audio spectrogram transformer, and what of it would contradict itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class ASTArguments:
    """What defines a network; the defaults are the published AudioSet model but for the number of labels.

    Attributes:
        labels: number of labels.
        sample_rate: Hz.
        seconds: length of a clip. Frames that it does not fill are padded, as published: 10 s are 998 of 1024.
        bands, frames: of the log-mel spectrogram that the network takes.
        mean, deviation: the spectrogram x becomes (x − mean) / (2 · deviation).
        centred: the clip is freed of its mean first, as AST's own code does and transformers' does not.
        stem: "patch", as published, or "convolution": three strided stages in place of patches, 8 bands and 16 frames
            to a token, for small networks and little data; `patch` and `stride` then mean nothing.
        patch, stride: of the patches, in bands and frames; they overlap by the difference.
        width: of a token.
        depth, heads: transformer blocks, and attention heads of each.
        mlp_ratio: width of a block's small network, in widths of a token.
        norm_eps, head_eps: what layer norms add to the variance, in the trunk and before the head. AST's own models
            have 1e-6 (timm's) and 1e-5 (PyTorch's); transformers' have 1e-12 in both.
        drop_path: rate of stochastic depth in the last block, growing linearly from 0; not published.
        single_label: scores are a softmax over labels (trained by cross entropy), else a sigmoid of each.

    Source: YuanGongND/ast, src/models/ast_models.py and egs/audioset/run.sh.
    """

    labels: int
    sample_rate: int = 16000
    seconds: float = 10.0
    bands: int = 128
    frames: int = 1024
    mean: float = -4.2677393
    deviation: float = 4.5689974
    centred: bool = True
    stem: Literal["patch", "convolution"] = "patch"
    patch: tuple[int, int] = (16, 16)
    stride: tuple[int, int] = (10, 10)
    width: int = 768
    depth: int = 12
    heads: int = 12
    mlp_ratio: float = 4.0
    norm_eps: float = 1e-6
    head_eps: float = 1e-5
    drop_path: float = 0.0
    single_label: bool = False

    def __post_init__(self) -> None:
        self._check_sizes()
        self._check_patches()
        self._check_spectrogram()

    def _check_sizes(self) -> None:
        if min(self.labels, self.depth, self.heads, self.width) < 1 or self.mlp_ratio <= 0:
            raise ValueError("A network needs at least one label, block, head and channel.")
        if self.width % self.heads:
            raise ValueError(f"{self.width} channels do not divide among {self.heads} heads.")
        if min(self.norm_eps, self.head_eps) <= 0 or not 0 <= self.drop_path < 1:
            raise ValueError("What norms add to the variance is positive, and the rate of dropped branches below 1.")

    def _check_patches(self) -> None:
        if self.stem not in ("patch", "convolution"):
            raise ValueError(f"There is no stem {self.stem!r}.")
        if self.stem == "convolution":
            self._check_convolutions()
            return
        for size, patch, stride in zip((self.bands, self.frames), self.patch, self.stride, strict=True):
            if not 1 <= stride <= patch <= size:
                raise ValueError(f"Patches of {patch}, {stride} apart, do not cover {size} bands or frames.")

    def _check_convolutions(self) -> None:
        if self.bands % TOKEN[0] or self.frames % TOKEN[1] or self.width % 4:
            sizes = f"{self.bands} bands, {self.frames} frames and {self.width} channels"
            raise ValueError(f"Convolutions need multiples of {TOKEN[0]}, {TOKEN[1]} and 4, not {sizes}.")

    def _check_spectrogram(self) -> None:
        if not 1000 <= self.sample_rate <= 400_000 or self.bands < 4 or self.deviation <= 0:
            raise ValueError("A spectrogram needs 1 to 400 kHz, four bands and a positive deviation.")
        if not 0 < self.seconds * 100 < self.frames + 3:  # a frame is 25 ms every 10 ms: the first needs 15 ms more
            raise ValueError(f"{self.frames} frames do not hold a clip of {self.seconds:g} s.")

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches: over frequency and over time."""
        if self.stem == "convolution":
            return self.bands // TOKEN[0], self.frames // TOKEN[1]
        rows, columns = (
            (size - patch) // stride + 1
            for size, patch, stride in zip((self.bands, self.frames), self.patch, self.stride, strict=True)
        )
        return rows, columns

    @property
    def tokens(self) -> int:
        """Number of tokens: the class and distillation tokens, then the patches, row after row."""
        return SPECIAL + self.grid[0] * self.grid[1]


SPECIAL = 2
"""Tokens before the patches: DeiT's class and distillation tokens."""

TOKEN = (8, 16)
"""Bands and frames to a token of the convolution stem."""
