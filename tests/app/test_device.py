"""What a process says of its memory to the C library."""

from __future__ import annotations

import subprocess
import sys

import pytest

MEGABYTES = 64
GROWN = f"""
import ctypes
import os
import sys
from pathlib import Path
from earmark.device import keep_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

if "keep" in sys.argv:
    keep_freed_memory()
size = {MEGABYTES} * 2**20
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
before = resident()
block = ctypes.c_void_p(libc.malloc(ctypes.c_size_t(size)))
ctypes.memset(block, 1, size)
libc.free(block)
print((resident() - before) // 2**20)
"""


def grown(*arguments: str) -> int:
    """Return by how many MB a process has grown that took a large block and freed it."""
    return int(subprocess.run([sys.executable, "-c", GROWN, *arguments], check=True, capture_output=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_was_freed_is_kept_by_a_process_that_asks_for_it():
    assert grown("keep") > 0.9 * MEGABYTES
    assert grown() < 0.1 * MEGABYTES
