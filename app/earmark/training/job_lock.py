"""Who trains a job: its trainer holds a lock of the operating system on it, which ends with the process.

It ends however the process ends; those that the trainer makes batches in, which may outlive it, do not share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from earmark.api import DatasetError

FILE = "lock"
PATIENCE = 0.5  # seconds: longer than a look by `is_trained` takes


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a job while it is trained.

    Raises:
        DatasetError: another process trains it, or its folder knows no locks.
    """
    from filelock import FileLock, Timeout  # late: it takes 50 ms, and most who look have no job

    lock = FileLock(folder / FILE, fallback_to_soft=False)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise taken(folder) from None
    except OSError as error:
        hint = f"{error.strerror or error}. Choose a folder on another disk, with --out."
        raise DatasetError(f"The job's folder {folder} cannot be locked.", hint=hint) from error
    try:
        yield
    finally:
        lock.release()


def is_trained(folder: Path) -> bool:
    """Say whether a process trains this job now."""
    if not (folder / FILE).exists():
        return False
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / FILE, timeout=0, fallback_to_soft=False):
            return False
    except Timeout:
        return True
    except OSError:  # of another user, or gone since
        return False


def taken(folder: Path) -> DatasetError:
    """Return what is said to who would train a job that is trained."""
    hint = f"Another process does it. Follow it: earmark train --resume {folder}"
    return DatasetError(f"The job in {folder} is being trained already.", hint=hint)
