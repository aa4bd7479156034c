"""What ended a job, in a sentence that says what is kept and what to do."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from earmark.api import EarmarkError, PluginError

KEPT = "The last good checkpoint is kept"
NOT_A_NUMBER = "The loss is not a number any more."


def explained(error: Exception, folder: Path) -> EarmarkError:
    """Return an exception of a job as what a person is told; of a plugin's, what was behind it."""
    cause = error.__cause__ if isinstance(error, PluginError) else error
    if isinstance(cause, Exception) and (known := _known(cause, folder)):
        return known
    if isinstance(error, EarmarkError):
        return error
    return EarmarkError(
        f"The training failed: {_first_line(error)}.", hint=f"The log has the details. {_resume(folder)}"
    )


def _resume(folder: Path) -> str:
    return f"{KEPT}: earmark train --resume {folder}"


def _known(error: Exception, folder: Path) -> EarmarkError | None:
    """Return what is told of an exception that may happen to anybody."""
    resume = _resume(folder)
    if isinstance(error, FloatingPointError):
        return EarmarkError(NOT_A_NUMBER, hint=f"{KEPT}. Train again with a lower --rate.")
    if _is_of_torch(error, "OutOfMemoryError"):
        sentence = "Not even one clip at a time fits into the device's memory."
        return EarmarkError(sentence, hint=f"{KEPT}. Close what else uses it, or train a smaller network.")
    if isinstance(error, MemoryError):
        return EarmarkError("This machine has no memory left.", hint=f"Close other programs. {resume}")
    if isinstance(error, OSError):
        return _of_system(error, folder, resume)
    if _lost_gpu(error):
        sentence = f"The GPU was lost: {_first_line(error)}."
        return EarmarkError(sentence, hint=f"{resume}")
    if "DataLoader worker" in str(error):
        sentence = "A process that makes batches was ended, mostly because memory ran out."
        return EarmarkError(sentence, hint=f"Close other programs. {resume}")
    return None


def _of_system(error: OSError, folder: Path, resume: str) -> EarmarkError:
    if not folder.is_dir():
        return EarmarkError(f"The job's folder is gone: {folder}.", hint="Nothing of it is left here to go on from.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EarmarkError(f"There is no room left in {folder}.", hint=f"Make room. {resume}")
    return EarmarkError(f"The training failed: {error.strerror or _first_line(error)}.", hint=resume)


def _lost_gpu(error: Exception) -> bool:
    is_told = isinstance(error, RuntimeError) and "CUDA error" in str(error)
    return is_told or _is_of_torch(error, "AcceleratorError")


def _is_of_torch(error: Exception, kind: str) -> bool:
    """Say whether an exception is one of torch's, which a plugin may never have imported."""
    return isinstance(error, getattr(sys.modules.get("torch"), kind, ()))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
