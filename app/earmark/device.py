"""Which device models run on, why, and on how many threads."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from earmark.api import EarmarkError


@dataclass(frozen=True)
class Device:
    """A torch device by name, and the line that tells a person which it is and why."""

    name: str
    line: str


def choose(wanted: str) -> Device:
    """Return the device for "auto", "cpu", "cuda", "cuda:1" or "mps"; torch is imported unless it is "cpu".

    Raises:
        EarmarkError: this machine does not have the device.
    """
    if wanted == "cpu":
        return Device("cpu", f"{_cpu_line()}: chosen")
    import torch

    if wanted in ("auto", "cuda") or wanted.startswith("cuda:"):
        index = int(wanted.partition(":")[2] or 0)
        if torch.cuda.is_available() and index < torch.cuda.device_count():
            return Device(f"cuda:{index}", f"CUDA:{index} {torch.cuda.get_device_name(index)}")
    if wanted in ("auto", "mps") and torch.backends.mps.is_available():
        return Device("mps", "MPS, Apple's GPU")
    if wanted == "auto":
        return Device("cpu", f"{_cpu_line()}: {_why_no_cuda()}")
    raise EarmarkError(f"There is no device “{wanted}” here: {_why_no_cuda()}.", hint="Use --device auto or cpu.")


def use_threads(*, spare: int = 0) -> None:
    """Let torch use all physical cores but `spare`; does nothing while no plugin has imported torch."""
    torch = sys.modules.get("torch")
    wanted = max(1, physical_cores() - spare)
    if torch is not None and hasattr(torch, "set_num_threads") and torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


def physical_cores() -> int:
    """Return how many cores this process may really use: neither hyper-threads nor those denied to it."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    cores = {_siblings(processor) for processor in allowed}
    return max(1, min(len(cores), _quota()))


def release_memory() -> None:
    """Give back the device memory of models that were dropped."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def keep_freed_memory() -> None:
    """Let the C library keep what torch frees for what it allocates next; for a process that does the same all day.

    glibc gives large blocks back at once, and the kernel clears every page of them anew in each step: up to a quarter
    of a training step's time. Elsewhere nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for option, value in _KEPT.items():
            mallopt(option, value)


_KEPT = {-3: 2**31 - 1, -1: 2**31 - 1}
"""glibc's M_MMAP_THRESHOLD and M_TRIM_THRESHOLD: bytes from which a block has pages of its own, and is given back."""


def _cpu_line() -> str:
    cores = physical_cores()
    return f"CPU, {cores} thread{'s' if cores > 1 else ''}"


def _why_no_cuda() -> str:
    import torch

    if torch.cuda.is_available():
        return f"there {'is' if torch.cuda.device_count() == 1 else 'are'} {torch.cuda.device_count()} CUDA device(s)"
    if sys.platform == "darwin":
        return "this Mac has no GPU that torch can use"
    if torch.version.cuda is None:
        return "this torch was built without CUDA"
    if Path("/dev/nvidiactl").exists():
        return "the NVIDIA driver does not fit this torch"
    return "no CUDA device was found"


def _siblings(processor: int) -> str:
    """Return what names the physical core of a processor."""
    path = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
    try:
        return path.read_text().strip()
    except OSError:
        return str(processor)


def _quota() -> int:
    """Return the cores that a container may use, at least one; torch would start a thread for each of the machine's."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):  # no container, no limit
        return sys.maxsize
