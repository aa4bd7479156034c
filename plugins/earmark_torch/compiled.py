"""A network compiled for this processor: made in the background by a process of its own, kept on disk, swapped in.

A packed network answers at once. When it has worked long enough to be worth it, its `features` are compiled in another
process (`earmark_torch.compiling`), at the lowest priority; the next process finds the result on disk. What was
compiled holds no weights: they are its inputs, so that all checkpoints of one architecture share it, and packed layers
stay the oneDNN operators that they are, called by their numbers. It takes the place of the packed network's `features`
only where it was faster, and once both said the same of a fixed input.

Without a C++ compiler, or with EARMARK_COMPILE=0, nothing happens; `state` says so in a line.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from earmark.api import cache_folder
from earmark_torch.packed import PackedConvolution, PackedLinear

log = logging.getLogger(__name__)

SWITCH = "EARMARK_COMPILE"
WORTH = 60.0  # seconds of work after which a network is worth some minutes of a compiler's
LIMIT = 2 * 3600.0  # seconds that compiling may take beside other work
MEMORY = 3 * 2**30  # bytes that it needs
CLOSE = {torch.float32: 1e-4, torch.bfloat16: 0.01}  # how far scores may be apart
LIBRARY, ABOUT = "network.so", "about.json"

Packed = PackedLinear | PackedConvolution


@dataclass(frozen=True, kw_only=True)
class Job:
    """All that decides what a network is compiled to: its architecture, not its weights, and this processor.

    Attributes:
        arguments, network, pack: where a family's are found, as "module:name".
        values: of the arguments.
        samples: of a clip.
        threads: that PyTorch has.
    """

    arguments: str
    network: str
    pack: str
    values: dict[str, Any]
    dtype: str
    samples: int
    threads: int

    @classmethod
    def of(cls, family: Any, network: Any, dtype: torch.dtype, samples: int) -> Job:
        """Return the job of a family's network, packed in a type, for clips of so many samples."""
        places = (f"{each.__module__}:{each.__qualname__}" for each in (family.arguments, family.network, family.pack))
        return cls(
            **dict(zip(("arguments", "network", "pack"), places, strict=True)),
            values=asdict(network.arguments),
            dtype=str(dtype).removeprefix("torch."),
            samples=samples,
            threads=torch.get_num_threads(),
        )

    @cached_property
    def folder(self) -> Path:
        """Where the result is kept; another one where the code, PyTorch or the processor is another."""
        sources = [_source_of(place.partition(":")[0]) for place in (self.network, self.pack, __name__)]
        known = (asdict(self), torch.__version__, processor(), sources)
        key = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:24]
        return folder() / key


def folder() -> Path:
    """Return where compiled networks are kept."""
    return cache_folder() / "compiled"


@cache
def processor() -> str:
    """Return what names the processor and the instructions it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    flags = next((line for line in lines if line.startswith("flags")), platform.processor())
    return f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()} {flags}"


@cache
def _source_of(module: str) -> str:
    """Return the hash of the Python files beside a module."""
    files = sorted(Path(str(sys.modules[module].__file__)).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def compiler() -> str | None:
    """Return the C++ compiler that is used, None where there is none or it is not to be used."""
    if os.environ.get(SWITCH, "1") == "0" or sys.platform == "win32":
        return None
    return shutil.which(os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++"))


def state() -> str:
    """Return a line for a person: whether networks are compiled here, and how many are."""
    if os.environ.get(SWITCH, "1") == "0":
        return f"Compiling networks is switched off ({SWITCH}=0)."
    found, made = compiler(), [about for each in folder().glob("*") if (about := about_of(each))]
    kept = sum(bool(about.get("is_kept")) for about in made)
    if found is None:
        return "No C++ compiler was found: networks run packed, not compiled."
    return f"{found}; {kept} of {len(made)} networks run compiled, the others faster as they are."


def about_of(made: Path) -> dict[str, Any]:
    """Return what compiling told of its result; nothing where it has none yet, or that is damaged."""
    try:
        about = json.loads((made / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


class Stage:
    """Sees to it that a packed network that works much is compiled, and that the result takes its place.

    Args:
        worth: seconds of work after which it is compiled; what is on disk is taken after the first clip.
    """

    def __init__(self, family: Any, network: Any, dtype: torch.dtype, *, worth: float = WORTH) -> None:
        self._family, self._network, self._dtype, self._worth = family, network, dtype, worth
        self._job: Job | None = None
        self._worked, self._is_settled = 0.0, False
        self.thread: threading.Thread | None = None  # that makes it, or takes it over

    def heard(self, samples: int, seconds: float) -> None:
        """Note that the network worked on clips of so many samples for so long; waits for nothing."""
        if self._is_settled:
            return
        self._worked += seconds
        if self._job is None:
            self._job = Job.of(self._family, self._network, self._dtype, samples)
        if about_of(self._job.folder) or self._worked >= self._worth:
            self._is_settled = True
            self._start(self._job)

    def settle(self, samples: int) -> None:
        """Do it all now, and wait for it: for those who measure."""
        self._is_settled = True
        _make(Job.of(self._family, self._network, self._dtype, samples), weakref.ref(self))

    def _start(self, job: Job) -> None:
        self.thread = threading.Thread(target=_make, args=(job, weakref.ref(self)), name="compiled", daemon=True)
        self.thread.start()

    def take_over(self, job: Job) -> None:
        """Put what was compiled in the place of the network's `features`, if it is to be, and says the same."""
        about = about_of(job.folder)
        if not about.get("is_kept") or compiler() is None:
            return
        compiled = Compiled(self._network, job.folder / LIBRARY, tuple(about["shape"]))
        apart = difference(self._network.features, compiled, compiled.example())
        if not apart <= CLOSE[self._dtype]:
            log.warning("%s, compiled, scores %.2g apart: it is not used", self._family.title, apart)
            return
        self._network.features = compiled
        log.info("%s runs compiled: %.2f times as fast", self._family.title, about["times_faster"])


def _make(job: Job, waiting: weakref.ref[Stage]) -> None:
    """Compile what is not on disk yet; let the stage that waits, if it still does, take it over."""
    try:
        if not about_of(job.folder) and compiler() is not None and _has_room():
            compile_apart(job)
        stage = waiting()
        if stage is not None:
            stage.take_over(job)
    except Exception:  # whatever PyTorch, the compiler or the disk does: the packed network goes on
        log.warning("a network could not be compiled", exc_info=True)


def compile_apart(job: Job) -> None:
    """Compile in a process of the lowest priority, which ends when this one does, and says nothing."""
    folder().mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-P", "-m", "earmark_torch.compiling", json.dumps(asdict(job)), str(job.folder)]
    with (
        (folder() / "log").open("ab") as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=environment) as process,
    ):
        try:
            process.wait(LIMIT)
        finally:
            process.kill()


def _has_room() -> bool:
    """Say whether there is memory for a compiler; where nobody can tell, there is."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >= MEMORY
    except (AttributeError, ValueError, OSError):
        return True


class Compiled:
    """What was compiled, as the network's `features`: the normalised spectrogram [clips, ..] → its `Output`.

    Clips are taken one by one, as it was compiled for one; those of another shape are left to the packed network.
    """

    def __init__(self, network: Any, library: Path, shape: tuple[int, ...]) -> None:
        self._packed, self._shape = network.features, shape
        self._layers, self._tensors = packed_layers(network), list(open_tensors(network).values())
        self._runner = torch._C._aoti.AOTIModelContainerRunnerCpu(str(library), 1)  # pyright: ignore[reportAttributeAccessIssue]
        self._kind = type(self._packed(self.example()))

    def __call__(self, normalised: Tensor) -> Any:
        if normalised.shape[1:] != self._shape[1:]:
            return self._packed(normalised)
        _here.layers = self._layers
        clips = [self._runner.run([clip[None].contiguous(), *self._tensors]) for clip in normalised]
        return self._kind(*(torch.cat(parts) for parts in zip(*clips, strict=True)))

    def example(self) -> Tensor:
        """Return the input by which it is checked [1, ..]: always the same noise."""
        return torch.randn(self._shape, generator=torch.Generator().manual_seed(0)) / 2


@torch.inference_mode()
def difference(one: Any, other: Any, example: Tensor) -> float:
    """Return how far apart two networks' `features` score an example at most."""
    scores = [of(example).logits.sigmoid() for of in (one, other)]
    return float((scores[0] - scores[1]).abs().max())


def packed_layers(network: nn.Module) -> list[Packed]:
    """Return the packed layers of a network in the order by which they are numbered."""
    return [module for module in network.modules() if isinstance(module, Packed)]


def open_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return all other tensors of a network, those that are plain attributes included, by name."""
    tensors: dict[str, Tensor] = {}
    for place, module in network.named_modules():
        if not isinstance(module, Packed):
            own = {**module._parameters, **module._buffers, **vars(module)}
            tensors |= {f"{place}.{name}": each.detach() for name, each in own.items() if isinstance(each, Tensor)}
    return tensors


_here = threading.local()
"""`layers` of the network that this thread runs compiled."""


def _packed_layer(x: Tensor, beside: Tensor | None, number: int) -> Tensor:
    return _here.layers[number](x, beside)


def _made_of(x: Tensor, beside: Tensor | None, number: int) -> Tensor:
    return _here.layers[number].made_of(x)


# A packed layer of `_here`, by its number, as an operator; `torch.library.custom_op` would import Dynamo to call it.
_OPERATORS = torch.library.Library("earmark", "DEF")
_OPERATORS.define("packed_layer(Tensor x, Tensor? beside, int number) -> Tensor")
_OPERATORS.impl("packed_layer", _packed_layer, "CPU")
_OPERATORS.impl("packed_layer", _made_of, "Meta")


@contextmanager
def numbered(layers: list[Packed]) -> Iterator[None]:
    """Have every layer called by its number, in this thread, so that its weights are nowhere in what is traced."""
    _here.layers = layers
    for number, layer in enumerate(layers):
        layer.forward = partial(_by_number, number)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _by_number(number: int, x: Tensor, beside: Tensor | None = None) -> Tensor:
    return torch.ops.earmark.packed_layer(x, beside, number)
