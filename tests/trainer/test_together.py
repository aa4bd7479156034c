"""One job on several processes, as torchrun starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(1000)

PATIENCE = 400  # seconds
PROGRAM = Path(__file__).with_name("learn_together.py")


def losses_of(folder: Path, *launcher: str) -> list[float]:
    folder.mkdir()
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MASTER_ADDR": "127.0.0.1"}
    command = [sys.executable, *launcher, str(PROGRAM), str(folder)]
    subprocess.run(command, env=environment, check=True, timeout=PATIENCE, capture_output=True)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    return [each["loss"] for each in events if each["event"] == "progress"]


def test_two_processes_reach_the_loss_of_one_at_the_same_global_batch(tmp_path):
    alone = losses_of(tmp_path / "alone")
    two = losses_of(tmp_path / "two", "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")
    assert len(alone) == 18
    assert alone[-1] < 0.5 * alone[0]
    assert two == pytest.approx(alone, abs=1e-4)
