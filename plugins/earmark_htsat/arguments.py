"""What defines an HTS-AT network, and what of it would contradict itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What defines a network; the defaults are the published AudioSet model but for the number of labels.

    Attributes:
        labels: number of labels; 0 gives embeddings only, as CLAP's audio tower does.
        sample_rate, fft, hop, bands, lowest, highest: of the log-mel front end; samples and Hz.
        frames: spectrogram frames the backbone takes; other counts are resized to it by the patch stem (bicubic, as
            published: 1001 → 1024) and cropped or padded at the end by the convolution stem.
        segments: pieces of time stacked on the frequency axis; 1 leaves time in one piece.
        stem: "patch" (one strided projection) or "convolution" (three strided stages, for little data).
        patch: side of a patch of the patch stem.
        column: spectrogram frames to a column of the convolution stem, 8 or 4; it always takes 8 bands to a row.
        relative: levels are taken relative to the clip's loudest moment, or to QUIET where that is quieter, so that a
            network of little data need not learn gain; not published.
        width: channels of the first stage; doubled by each merging.
        depths, heads: blocks and attention heads of each stage.
        window: side of an attention window; an axis that is shorter is one window, and is not shifted.
        drop_path: rate of stochastic depth in the last block, growing linearly from 0.
        dropout: on the final map, before the head.
        merge: what the merging between stages halves: "both" axes, or "frequency" only, which keeps the time step.
        token_semantic: a convolution over the final map that scores each time step; else a linear head (variant H).
        pooling: clip logits from frame logits: their "mean", as published, or "linear_softmax" of the frame scores
            p, Σp² / Σp (Wang et al., ICASSP 2019), for which an event is as present as it is loud in its own frames.
        single_label: scores are a softmax over labels (trained by cross entropy), else a sigmoid of each.
        projection: of a network without labels: width to which the embedding is projected (CLAP's space of sounds and
            texts: 512), or 0, which leaves it as it was pooled.
    """

    labels: int
    sample_rate: int = 32000
    fft: int = 1024
    hop: int = 320
    bands: int = 64
    lowest: float = 50
    highest: float = 14000
    frames: int = 1024
    segments: int = 4
    stem: Literal["patch", "convolution"] = "patch"
    patch: int = 4
    column: int = 8
    relative: bool = False
    width: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    window: int = 8
    mlp_ratio: float = 4
    drop_path: float = 0.1
    dropout: float = 0.0
    merge: Literal["both", "frequency"] = "both"
    token_semantic: bool = True
    pooling: Literal["mean", "linear_softmax"] = "mean"
    single_label: bool = False
    projection: int = 0

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_stages()

    def _check_choices(self) -> None:
        self._check_head()
        if self.stem not in ("patch", "convolution") or self.merge not in ("both", "frequency"):
            raise ValueError(f"There is no stem {self.stem!r} with merging of {self.merge!r}.")
        if self.pooling not in ("mean", "linear_softmax"):
            raise ValueError(f"There is no pooling {self.pooling!r}.")
        if len(self.depths) != len(self.heads) or not self.depths:
            raise ValueError(f"depths {self.depths} and heads {self.heads} must be of one length.")
        if self.stem == "convolution" and self.segments != 1:
            raise ValueError("The convolution stem takes time in one piece: segments must be 1.")
        if self.column not in (4, 8):
            raise ValueError(f"The convolution stem takes 4 or 8 frames to a column, not {self.column}.")
        if self.stem == "convolution" and self.width % 4:
            raise ValueError("The convolution stem needs a width that is divisible by 4.")

    def _check_head(self) -> None:
        if self.labels < 0 or self.projection < 0:
            raise ValueError("Fewer than none are neither labels nor a projection.")
        if self.labels and self.projection:
            raise ValueError("Only a network without labels projects its embedding.")
        if self.token_semantic and not self.labels:
            raise ValueError("A network without labels has no token-semantic head: token_semantic must be false.")

    def _check_stages(self) -> None:
        columns, rows = self.stride
        if self.frames % (self.segments * columns) or self.bands % rows:
            raise ValueError(f"{self.frames} frames × {self.bands} bands do not divide into patches of {self.stride}.")
        for channels, heads in zip(self.channels, self.heads, strict=True):
            if channels % heads:
                raise ValueError(f"{channels} channels do not divide among {heads} heads.")
        for (rows, columns), (fewer_rows, fewer_columns) in pairwise(self.grids):
            if rows != 2 * fewer_rows or columns not in (fewer_columns, 2 * fewer_columns):
                raise ValueError(f"A map of {rows} × {columns} patches cannot be merged.")
        for side in (side for grid in self.grids for side in grid):
            if side % min(self.window, side or 1) or not side:
                raise ValueError(f"{side} patches do not divide into windows of {self.window}.")
        if self.grids[-1][0] % self.segments:
            raise ValueError(f"{self.grids[-1][0]} rows do not divide among {self.segments} segments.")

    @property
    def stride(self) -> tuple[int, int]:
        """Spectrogram frames, and bands, to a patch."""
        return (self.patch, self.patch) if self.stem == "patch" else (self.column, 8)

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each stage."""
        return tuple(self.width * 2**stage for stage in range(len(self.depths)))

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of patches in each stage."""
        rows, columns = self.segments * self.bands // self.stride[1], self.frames // self.segments // self.stride[0]
        both = self.merge == "both"
        return tuple((rows >> stage, columns >> stage if both else columns) for stage in range(len(self.depths)))

    @property
    def seconds(self) -> float:
        """Length of a clip: exactly `frames` hops, or the whole seconds that the patch stem stretches to `frames`."""
        exact = self.frames * self.hop / self.sample_rate
        return exact if self.stem == "convolution" or exact < 1 else float(int(exact))

    @property
    def steps(self) -> int:
        """Time steps of the frame scores."""
        return self.segments * self.grids[-1][1]
