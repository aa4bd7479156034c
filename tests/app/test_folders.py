"""Where things are kept."""

from __future__ import annotations

from pathlib import Path

from earmark import folders

ALL = [
    folders.home,
    folders.models_folder,
    folders.cache_folder,
    folders.library_path,
    folders.log_path,
    folders.engine_log_path,
]


def test_one_variable_overrides_every_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path))
    assert all(folder().is_relative_to(tmp_path) for folder in ALL)


def test_a_relative_override_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARMARK_HOME", "here")
    assert folders.home() == tmp_path / "here"


def test_without_it_the_platforms_folders_are_used(monkeypatch):
    monkeypatch.delenv("EARMARK_HOME", raising=False)
    assert all(folder().is_absolute() for folder in ALL)
    assert all("earmark" in str(folder()) for folder in ALL)
    assert folders.cache_folder() != folders.home()


def test_nothing_is_made_by_asking(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    for folder in ALL:
        folder()
    assert not Path(tmp_path / "home").exists()
