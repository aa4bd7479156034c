"""What defines a MAST network, and what of it would contradict itself."""

from __future__ import annotations

from dataclasses import dataclass

PATCH = 4  # bands, and frames, between patches; they are 7 × 7 and overlap (table 1)
STRIDES = {"none": (1, 1), "both": (2, 2), "time": (1, 2), "frequency": (2, 1)}

Grid = tuple[int, int]  # rows (frequency) and columns (time)

ABLATIONS = {
    "both axes at block 21": ("none", "both", "both", "both"),
    "two poolings": ("none", "both", "both", "none"),
    "the first pooling only": ("none", "both", "none", "none"),
    "no pooling": ("none", "none", "none", "none"),
}
"""`Arguments.pooling` of the paper's ablations (section 4, the last paragraphs)."""


@dataclass(frozen=True, kw_only=True)
class BlockShape:
    """What one block takes and makes.

    Attributes:
        before, channels: channels it takes, and makes.
        grid: the map it takes.
        stride: of the queries' pooling, which is the block's.
        key_stride: of the keys' and values' pooling.
    """

    before: int
    channels: int
    heads: int
    grid: Grid
    stride: Grid
    key_stride: Grid

    @property
    def queries(self) -> Grid:
        """The map of queries, which is the one that the block makes."""
        return _divided(self.grid, self.stride)

    @property
    def keys(self) -> Grid:
        """The map of keys and values."""
        return _divided(self.grid, self.key_stride)

    @property
    def tables(self) -> Grid:
        """Lengths of the two tables of relative positions: every distance between a query and a key on that axis."""
        rows, columns = (2 * max(sides) - 1 for sides in zip(self.queries, self.keys, strict=True))
        return rows, columns


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What defines a network; the defaults are the paper's at AudioSet (table 1) but for the number of labels.

    Attributes:
        labels: number of labels.
        sample_rate: in Hz.
        bands, frames: of the log-mel spectrogram: Kaldi's filter banks every 10 ms, padded at the end, or cut.
        mean, deviation: of the spectrogram over the training data; AST's for AudioSet, as the paper names none.
        width, heads: channels and attention heads of the first stage; both are doubled by every further stage.
        depths: blocks of each stage.
        pooling: what the first block of each stage halves: "none", "both" axes, "time" or "frequency". `ABLATIONS`
            names the paper's others.
        key_stride: rows, and columns, to a key in the first stage; halved with every pooling of that axis.
        class_token: a token beside the patches, which the head reads, as in the ImageNet-21K start; else the mean.
        drop_path: rate of stochastic depth in the last block, growing linearly from 0 (MViTv2-B's recipe).
        dropout: before the head.
        single_label: scores are a softmax over labels (trained by cross entropy), else a sigmoid of each.
    """

    labels: int
    sample_rate: int = 16000
    bands: int = 128
    frames: int = 1024
    mean: float = -4.2677393
    deviation: float = 4.5689974
    width: int = 96
    heads: int = 1
    depths: tuple[int, ...] = (2, 3, 16, 3)
    pooling: tuple[str, ...] = ("none", "both", "both", "time")
    key_stride: int = 4
    mlp_ratio: float = 4
    class_token: bool = False
    drop_path: float = 0.3
    dropout: float = 0.0
    single_label: bool = False

    def __post_init__(self) -> None:
        if self.labels < 1:
            raise ValueError("A network needs at least one label.")
        if len(self.depths) != len(self.pooling) or not self.depths or min(self.depths) < 1:
            raise ValueError(f"depths {self.depths} and pooling {self.pooling} must be of one length, a block each.")
        if unknown := set(self.pooling) - STRIDES.keys():
            raise ValueError(f"There is no pooling {unknown.pop()!r}.")
        if self.heads < 1 or self.width < 1 or self.width % self.heads:
            raise ValueError(f"{self.width} channels do not divide among {self.heads} heads.")
        if self.deviation <= 0:
            raise ValueError(f"A deviation of {self.deviation} is none.")
        self._check_grids()

    def _check_grids(self) -> None:
        if self.bands < 1 or self.frames < 1 or self.bands % PATCH or self.frames % PATCH:
            raise ValueError(f"{self.bands} bands × {self.frames} frames do not divide into patches of {PATCH}.")
        if self.key_stride not in (1, 2, 4, 8):
            raise ValueError(f"A key to {self.key_stride} rows and columns is none of 1, 2, 4 and 8.")
        for shape in self.blocks:
            for side, *strides in zip(shape.grid, shape.stride, shape.key_stride, strict=True):
                if any(side % stride for stride in strides):
                    raise ValueError(
                        f"A map of {shape.grid[0]} × {shape.grid[1]} patches cannot be pooled by {strides}."
                    )

    @property
    def grid(self) -> Grid:
        """The first map of patches."""
        return self.bands // PATCH, self.frames // PATCH

    @property
    def blocks(self) -> tuple[BlockShape, ...]:
        """Every block in order; the paper numbers them from 0."""
        blocks: list[BlockShape] = []
        grid, key_stride, before = self.grid, (self.key_stride, self.key_stride), self.width
        for stage, (depth, pooling) in enumerate(zip(self.depths, self.pooling, strict=True)):
            stride = STRIDES[pooling]
            key_stride = tuple(max(1, one // other) for one, other in zip(key_stride, stride, strict=True))
            for block in range(depth):
                shape = BlockShape(
                    before=before,
                    channels=self.width << stage,
                    heads=self.heads << stage,
                    grid=grid,
                    stride=(1, 1) if block else stride,
                    key_stride=(key_stride[0], key_stride[1]),
                )
                blocks.append(shape)
                before, grid = shape.channels, shape.queries
        return tuple(blocks)

    @property
    def seconds(self) -> float:
        """Length of a clip: as many whole seconds as `frames` hold, as AST is given them, or less than one."""
        exact = self.frames / 100
        return float(int(exact)) if exact >= 1 else exact


def _divided(grid: Grid, stride: Grid) -> Grid:
    return grid[0] // stride[0], grid[1] // stride[1]
