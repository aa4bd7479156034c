"""About: what this Earmark is made of, read without importing anything large."""

from __future__ import annotations

import subprocess
import sys

from earmark import about


def test_every_need_is_listed_with_a_licence():
    listed = {each.name.lower(): each for each in about.licences()}
    assert {"torch", "numpy", "click", "cffi"} <= set(listed)  # cffi: what sounddevice needs
    assert "earmark" not in listed
    assert "pytest" not in listed
    assert all(each.licence for each in listed.values())
    assert listed["torch"].licence.startswith("BSD")


def test_the_credits_name_those_whose_sounds_these_are():
    said = about.credits()
    assert "UncleSigmund" in said
    assert "ESC-10" in said


def test_versions_come_with_those_of_the_decoders(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path))
    versions = dict(about.facts().versions)
    assert versions["libsndfile"][0].isdigit()
    assert "PyAV" in versions["FFmpeg"]
    assert versions["Log"].startswith(str(tmp_path))


def test_torch_is_not_imported_for_its_version():
    code = "import sys; from earmark import about; about.facts(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
