"""No test touches what the person at this machine keeps in Earmark."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory):
    """Have what a test does not put elsewhere itself in a folder that is thrown away."""
    before = os.environ.get("EARMARK_HOME")
    os.environ["EARMARK_HOME"] = str(tmp_path_factory.mktemp("nobody"))
    yield
    os.environ.pop("EARMARK_HOME")
    if before is not None:
        os.environ["EARMARK_HOME"] = before
