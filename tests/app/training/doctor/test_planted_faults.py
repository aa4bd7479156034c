"""The whole doctor against faults that are planted into sounds that a computer made up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())


@pytest.fixture(scope="module")
def report() -> dict:
    words = [sys.executable, "-m", "bench.doctor", "--clips", "96", "--each", "3", "--json"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def test_nineteen_of_twenty_planted_faults_are_found_and_copies_are_never_missed(report):
    assert report["planted"] == 33
    assert len(report["missed"]) <= 0.05 * report["planted"]
    assert all(report["found"][kind] == 1 for kind in ("crop", "gain", "same samples", "unreadable", "silent"))


def test_fewer_than_two_in_a_hundred_clips_are_named_for_nothing(report):
    assert all(share < 0.02 for share in report["false"].values())


def test_copies_on_the_other_side_are_leaks(report):
    assert report["found"]["leak"] == 1
