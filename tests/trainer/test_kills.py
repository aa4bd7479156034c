"""A handful of the hundred kills that `python -m bench.kills` makes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(1220)
def test_jobs_that_are_killed_anywhere_end_as_the_uninterrupted_one_and_leave_nothing_behind():
    command = [sys.executable, "-m", "bench.kills", "3"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1200, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "3 kills, 0 promises broken" in ended.stdout
