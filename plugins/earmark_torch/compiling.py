"""`python -m earmark_torch.compiling JOB FOLDER`: compile one network, for `earmark_torch.compiled`, and end.

At the lowest priority that still gets somewhere, on one thread, while the process that asked for it keeps our stdin
open. The folder appears when all is done, also where the result is no use, so that nobody tries again: `about.json`
says why.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout
from torch import Tensor, nn
from torch.func import functional_call

from earmark_torch.compiled import (
    ABOUT,
    CLOSE,
    LIBRARY,
    Compiled,
    Job,
    compiler,
    difference,
    numbered,
    open_tensors,
    packed_layers,
)
from earmark_torch.model import restore

FASTER = 1.03  # times, from which on it is worth a swap
ROUNDS = 5
QUICK = {"cpp.vec_isa_ok": True, "aot_inductor.precompile_headers": False}  # half a minute less, of trials and headers
BUSY, ABANDONED = 75, 76  # exit statuses: somebody else is compiling; nobody waits for it any more


def main(arguments: list[str]) -> None:
    """Compile what the job says into the folder."""
    job, folder = Job(**json.loads(arguments[0])), Path(arguments[1])
    make_way()
    torch.set_num_threads(1)
    try:
        with FileLock(folder.parent / "lock", timeout=0), tempfile.TemporaryDirectory(dir=folder.parent) as place:
            os.environ |= {"TORCHINDUCTOR_CACHE_DIR": place, "TORCHINDUCTOR_COMPILE_THREADS": "1"}
            made = Path(place) / "made"
            made.mkdir()
            (made / ABOUT).write_text(json.dumps(make(job, made)), encoding="utf-8")
            if not folder.exists():
                shutil.move(made, folder)
    except Timeout:
        sys.exit(BUSY)


def make_way() -> None:
    """Let everything else go first, and end with the process that asked for this."""
    if hasattr(os, "nice"):
        os.nice(19)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    os.read(0, 1)  # nothing is ever written: it returns when the other end is closed
    os._exit(ABANDONED)  # a compiler that was started ends by itself


def make(job: Job, folder: Path) -> dict[str, Any]:
    """Compile into the folder; return what is to be known of the result."""
    network = packed_network(job)
    with torch.no_grad():
        spectrogram = network.normalise(network.log_mel(torch.zeros(1, job.samples)))
    about: dict[str, Any] = {"is_kept": False, "shape": list(spectrogram.shape), "compiler": compiler()}
    try:
        library = compile_features(network, torch.randn_like(spectrogram), job.threads)
    except Exception as error:  # whatever PyTorch or the compiler cannot do: it need not be tried again
        return about | {"error": f"{type(error).__name__}: {error}"[:2000]}
    for part in (library, library.with_suffix(".json")):
        shutil.copy(part, folder / f"{Path(LIBRARY).stem}{part.suffix}")
    compiled = Compiled(network, folder / LIBRARY, tuple(spectrogram.shape))
    return about | judged(network, compiled, CLOSE[getattr(torch, job.dtype)])


def packed_network(job: Job) -> Any:
    """Return a network of that architecture, with random weights that keep the scale of what they get."""
    arguments, network, pack = (_named(place) for place in (job.arguments, job.network, job.pack))
    made = network(restore(arguments, job.values)).eval().requires_grad_(False)
    for parameter in made.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5)
    return pack(made, getattr(torch, job.dtype))


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def compile_features(network: Any, example: Tensor, threads: int) -> Path:
    """Return the library that computes a packed network's `features` of its tensors and an example's like."""
    as_buffers(network)
    tensors = open_tensors(network)
    with numbered(packed_layers(network)), torch.no_grad():
        inputs = (example, list(tensors.values()))
        exported = torch.export.export(Features(network, list(tensors)), inputs, strict=False)
        if any(each.numel() > 1 for each in exported.constants.values() if isinstance(each, Tensor)):
            raise ValueError("the network holds tensors that are no parameters, buffers or attributes of its modules")
        options = {"cpp.threads": threads, "cpp.dynamic_threads": True} | QUICK
        path = torch._inductor.aot_compile(exported.module(), inputs, options=options)  # pyright: ignore[reportArgumentType]
    return Path(str(path))


def as_buffers(network: nn.Module) -> None:
    """Turn tensors that are plain attributes into buffers, so that they can be put in from outside."""
    for name, tensor in open_tensors(network).items():
        place, _, attribute = name.rpartition(".")
        module = network.get_submodule(place)
        if attribute in vars(module):
            delattr(module, attribute)
            module.register_buffer(attribute, tensor, persistent=False)


class Features(nn.Module):
    """A network's `features`, as a function of its tensors too; it is no child, so that it stays out of the trace."""

    def __init__(self, network: nn.Module, names: list[str]) -> None:
        super().__init__()
        self._hidden, self._names = (_Called(network),), [f"network.{name.removeprefix('.')}" for name in names]

    def forward(self, example: Tensor, tensors: list[Tensor]) -> tuple[Tensor, ...]:
        (called,) = self._hidden
        output = functional_call(called, dict(zip(self._names, tensors, strict=True)), (example,))
        return tuple(each for each in output if each is not None)


class _Called(nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, example: Tensor) -> Any:
        return self.network.features(example)


def judged(network: Any, compiled: Compiled, close: float) -> dict[str, Any]:
    """Return whether the compiled network is right and faster than the packed one, by the processor's time."""
    example = compiled.example()
    apart = difference(network.features, compiled, example)
    best = {network.features: float("inf"), compiled: float("inf")}
    with torch.inference_mode():
        for _ in range(ROUNDS):
            for side in best:
                best[side] = min(best[side], seconds_of(side, example))
    faster = best[network.features] / best[compiled]
    return {"is_kept": apart <= close and faster >= FASTER, "apart": apart, "times_faster": faster}


def seconds_of(side: Callable[[Tensor], Any], example: Tensor) -> float:
    """Return the processor's seconds that one call takes; others may use it meanwhile."""
    began = time.thread_time()
    side(example)
    return time.thread_time() - began


if __name__ == "__main__":
    main(sys.argv[1:])
