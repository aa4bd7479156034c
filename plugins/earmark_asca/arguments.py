"""What defines an ASCA network, what of it would contradict itself, and the forms that are known by a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

Window = Literal["hamming", "hanning"]
Normalisation = Literal["fixed", "clip", "bands"]
Fit = Literal["resize", "smooth", "crop"]
Place = Literal["before", "after"]


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What defines a network; the defaults are our reading of the paper, docs/models.md says of what and why.

    Attributes:
        labels: number of labels.
        sample_rate: Hz; the paper names only that of BirdCLEF's files, 32 kHz.
        seconds: length of a clip, which is brought to the image's width.
        bands, lowest, highest: of the log-mel filter bank; Hz, and 0 is half the sample rate.
        window: "hamming", as the paper says, or "hanning", as AST's code has it whose sentence the paper repeats.
        normalisation: of the log-mel energies: by "fixed" mean and deviation, as AST; by each "clip"'s own; or by a
            batch norm of the "bands", as HTS-AT.
        mean, deviation: of the fixed normalisation, (x − mean) / (2 · deviation); AST's for AudioSet.
        image: rows (bands) and columns (frames) of the network's input.
        fit: how a spectrogram becomes that image: "resize" bilinearly, "smooth", the same with antialiasing, or "crop"
            at the end, where what is missing is filled with 0.
        blocks: of each stage, C (MBConv) or T (attention).
        depths, widths: blocks and channels of each stage.
        stem: channels of the two convolutions before them.
        expand: whether an MBConv block is four times as wide as its "output" or as its "input".
        activation: of the MBConv blocks.
        pre_activation: an activation follows the first batch norm of an MBConv block.
        stride: halving in an MBConv block by its "depthwise" convolution, or by a "pool" before all of them.
        squeeze: whether squeeze-and-excitation stands "before" or "after" the norm that follows that convolution.
        squeeze_activation, squeeze_ratio: inside it; its width, of the block's output where `expand` is that.
        output_bias: the last convolution of an MBConv block, and of the shortcut beside it, has a bias.
        norm: of attention blocks and before the head: LayerNorm ("layer") or BatchNorm ("batch").
        widen: whether attention widens a map by its queries, keys and values ("first") or by its projection ("last").
        shortcut_bias: the convolution beside an attention block that widens has a bias.
        head_width: channels of an attention head.
        hidden: channels of a tanh layer before the logits, as timm's forms without “rw” have it; 0 is none.
        drop_path: rate of stochastic depth in the last block, growing linearly from 0.
        dropout: on the embedding, before the head.
        single_label: scores are a softmax over labels (trained by cross entropy), else a sigmoid of each.
    """

    labels: int
    sample_rate: int = 16000
    seconds: float = 10.0
    bands: int = 128
    lowest: float = 20.0
    highest: float = 0.0
    window: Window = "hamming"
    normalisation: Normalisation = "fixed"
    mean: float = -4.2677393
    deviation: float = 4.5689974
    image: tuple[int, int] = (224, 224)
    fit: Fit = "resize"
    blocks: str = "CCCT"
    depths: tuple[int, ...] = (2, 3, 5, 2)
    widths: tuple[int, ...] = (96, 192, 384, 768)
    stem: tuple[int, int] = (64, 64)
    expand: Literal["output", "input"] = "output"
    activation: Literal["gelu", "silu"] = "gelu"
    pre_activation: bool = False
    stride: Literal["depthwise", "pool"] = "depthwise"
    squeeze: Place = "after"
    squeeze_activation: Literal["silu", "relu"] = "silu"
    squeeze_ratio: float = 0.25
    output_bias: bool = True
    norm: Literal["layer", "batch"] = "layer"
    widen: Literal["first", "last"] = "first"
    shortcut_bias: bool = True
    head_width: int = 32
    hidden: int = 0
    drop_path: float = 0.1
    dropout: float = 0.0
    single_label: bool = False

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_stages()

    def _check_choices(self) -> None:
        if self.labels < 1:
            raise ValueError("A network needs at least one label.")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {getattr(self, name)!r}.")
        if not self.deviation > 0 or not self.seconds > 0:
            raise ValueError("deviation and seconds must be more than 0.")

    def _check_stages(self) -> None:
        if not len(self.blocks) == len(self.depths) == len(self.widths) or not self.depths or min(self.depths) < 1:
            raise ValueError(f"blocks {self.blocks}, depths {self.depths} and widths {self.widths} do not go together.")
        if set(self.blocks) - set("CT"):
            raise ValueError(f"Blocks are C or T, not {self.blocks!r}.")
        smallest = 2 ** (len(self.depths) + 1)
        if len(self.image) != 2 or len(self.stem) != 2 or any(side < 1 or side % smallest for side in self.image):
            raise ValueError(f"An image of {self.image} cannot be halved {len(self.depths) + 1} times.")
        for before, width, kind in zip((self.stem[1], *self.widths), self.widths, self.blocks, strict=False):
            attended = {width} | ({before} if self.widen == "last" else set())
            if kind == "T" and any(each % self.head_width for each in attended):
                raise ValueError(f"{before} or {width} channels do not divide into heads of {self.head_width}.")

        for (rows, columns), kind in zip(self.grids, self.blocks, strict=True):
            if kind == "T" and rows * columns > MOST_PLACES:
                raise ValueError(f"Attention over {rows * columns} places is too much, above {MOST_PLACES}.")

    def drop_rate(self, stage: int, block: int) -> float:
        """Return the rate of stochastic depth in a block."""
        return self.drop_path * (sum(self.depths[:stage]) + block) / max(1, sum(self.depths) - 1)

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of the map in each stage."""
        rows, columns = self.image
        return tuple((rows >> stage + 2, columns >> stage + 2) for stage in range(len(self.depths)))


MOST_PLACES = 4096
"""Their square is what attention computes for each head: a file that claims more is not what it seems."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "window": get_args(Window),
    "normalisation": get_args(Normalisation),
    "fit": get_args(Fit),
    "expand": ("output", "input"),
    "activation": ("gelu", "silu"),
    "stride": ("depthwise", "pool"),
    "squeeze": get_args(Place),
    "squeeze_activation": ("silu", "relu"),
    "norm": ("layer", "batch"),
    "widen": ("first", "last"),
}

_NEWER = {"stem": (32, 64), "expand": "input", "activation": "silu", "widen": "last"}
_OLDER = _NEWER | {"pre_activation": True, "output_bias": False}
_EARLY = _OLDER | {"squeeze": "before", "squeeze_activation": "relu", "shortcut_bias": False}
_SMALL = {"widths": (64, 128, 256, 512), "blocks": "CCTT"}
_DEEP = {"blocks": "CCTT", "depths": (2, 6, 14, 2)}

FORMS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "asca": {},
        "coatnet_0": {"blocks": "CCTT", "hidden": 768},
        "coatnet_pico_rw": _NEWER | _SMALL,
        "coatnet_nano_rw": _NEWER | _SMALL | {"depths": (3, 4, 6, 3), "stride": "pool"},
        "coatnet_0_rw": _EARLY | {"blocks": "CCTT", "depths": (2, 3, 7, 2), "stride": "pool"},
        "coatnet_bn_0_rw": _EARLY | {"blocks": "CCTT", "depths": (2, 3, 7, 2), "norm": "batch"},
        "coatnet_1_rw": _EARLY | _DEEP,
        "coatnet_2_rw": _OLDER | _DEEP | {"stem": (64, 128), "widths": (128, 256, 512, 1024)},
    }
)
"""What ASCA, and timm's CoAtNets, differ in from the defaults. Source: timm, models/maxxvit.py, model_cfgs."""
