"""What a person chose survives: damage, odd values, and what a newer Earmark wrote."""

import json

import pytest

from earmark import settings
from earmark.settings import Settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "settings.json"


def test_without_a_file_there_are_defaults(path):
    assert settings.read(path) == Settings()
    assert not path.exists()


def test_what_was_chosen_is_read_back(path):
    settings.change(path, models=("htsat/birds", "toy/loud"), deadline=5.0, window={"recent": ["ö 日本.wav"]})
    assert settings.read(path) == Settings(
        models=("htsat/birds", "toy/loud"), deadline=5.0, window={"recent": ["ö 日本.wav"]}
    )


def test_only_what_was_chosen_is_written_so_that_better_defaults_reach_everybody(path):
    settings.change(path, device="cpu")
    assert json.loads(path.read_text()) == {"device": "cpu"}


def test_unknown_keys_and_values_of_another_kind_are_kept_but_not_used(path):
    path.parent.mkdir()
    path.write_text(json.dumps({"wheel_zooms": True, "deadline": "long", "models": [], "device": "cpu"}))
    assert settings.read(path) == Settings(device="cpu")
    settings.change(path, precision="bf16")
    assert json.loads(path.read_text()) == {
        "wheel_zooms": True,
        "deadline": "long",
        "models": [],
        "device": "cpu",
        "precision": "bf16",
    }


@pytest.mark.parametrize("deadline", [0, -1, True, None, "60"])
def test_a_deadline_that_cannot_be_is_not_used(path, deadline):
    path.parent.mkdir()
    path.write_text(json.dumps({"deadline": deadline}))
    assert settings.read(path).deadline == Settings().deadline


def test_a_damaged_file_gives_defaults_and_is_kept_beside(path):
    path.parent.mkdir()
    path.write_text('{"device": "cp')
    assert settings.read(path) == Settings()
    settings.change(path, device="cpu")
    assert settings.read(path).device == "cpu"
    assert path.with_name("settings.damaged.json").read_text() == '{"device": "cp'


def test_a_setting_that_does_not_exist_is_a_mistake_of_the_caller(path):
    with pytest.raises(TypeError):
        settings.change(path, wheel="zooms")


def test_nothing_is_left_beside_the_file(path):
    settings.change(path, device="cpu")
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


def test_names_of_files_that_are_no_text_are_read_back(path):
    settings.change(path, window={"recent": ["/sounds/f\udce9e.wav"]})
    assert settings.read(path).window == {"recent": ["/sounds/f\udce9e.wav"]}
