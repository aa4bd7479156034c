"""What ended a job, in a sentence."""

from __future__ import annotations

import errno
import multiprocessing
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from earmark.api import DatasetError, EarmarkError, PluginError
from earmark_trainer.failures import explained
from earmark_trainer.run import JobRun


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FloatingPointError("x"), "The loss is not a number any more."),
        (torch.OutOfMemoryError("x"), "Not even one clip at a time fits into the device's memory."),
        (torch.AcceleratorError("CUDA error: unspecified launch failure\nmore"), "The GPU was lost: CUDA error"),
        (RuntimeError("CUDA error: device-side assert triggered\nmore"), "assert triggered."),
        (RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."), "A process that makes batches"),
        (MemoryError(), "This machine has no memory left."),
        (OSError(errno.ENOSPC, "No space left on device"), "There is no room left in"),
        (OSError(errno.EIO, "Input/output error"), "The training failed: Input/output error."),
        (KeyError("epoch"), "The training failed: 'epoch'."),
        (DatasetError("No sounds."), "No sounds."),
    ],
)
def test_what_ended_a_job_is_a_sentence_also_when_a_plugin_raised_it(error, sentence, tmp_path):
    assert sentence in explained(error, tmp_path).sentence
    if not isinstance(error, KeyError | EarmarkError):
        behind = PluginError("The plugin raised.", plugin="toy")
        behind.__cause__ = error
        assert sentence in explained(behind, tmp_path).sentence


def test_a_folder_that_is_gone_is_said(tmp_path):
    told = explained(FileNotFoundError(errno.ENOENT, "No such file"), tmp_path / "gone")
    assert told.sentence.startswith("The job's folder is gone")


@pytest.mark.parametrize("write", [torch.save, save_file])
def test_a_disk_that_is_full_keeps_the_last_good_checkpoint_and_no_torn_one(tmp_path, write):
    small, large = nn.Linear(2, 2).state_dict(), nn.Linear(600, 600).state_dict()
    run = JobRun(tmp_path, stream=(tmp_path / "out").open("a"))
    with run.checkpoint(0, 0.5) as folder:
        torch.save(small, folder / "state.pt")
    process = multiprocessing.get_context("fork").Process(target=_write_too_much, args=(tmp_path, large, write))
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert [each.name for each in (tmp_path / "checkpoints").iterdir()] == ["00000-000000"]
    assert (tmp_path / "said").read_text().startswith("The checkpoint of epoch 2 cannot be written")


def _write_too_much(folder: Path, tensors: dict, write: Callable) -> None:
    """Write a checkpoint where no file may be longer than 64 kB: what a full disk answers to a write."""
    run = JobRun(folder, stream=(folder / "out").open("a"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
    try:
        with run.checkpoint(1, 0.6) as part:
            write(tensors, part / "tensors")
    except EarmarkError as error:
        (folder / "said").write_text(error.sentence)
