"""How much memory a trainer has needed at most."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_memory(device: str) -> int:
    """Return the bytes that the process has needed at most, on a GPU of that; 0 where nobody knows."""
    torch = sys.modules.get("torch")  # a plugin may train without it
    if torch and device.startswith("cuda"):
        return torch.cuda.max_memory_reserved(device)
    if torch and device.startswith("mps"):
        return torch.mps.driver_allocated_memory()
    return _of_process()


def _of_process() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would tell of the process that started this one, where that had more
        sizes = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(next(sizes, 0))
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
