"""Presets: kept as files that people share, used as far as they can be, refused with a sentence."""

from __future__ import annotations

import json

import pytest

from earmark import presets
from earmark.errors import EarmarkError
from earmark.events import EventSettings
from earmark.presets import Preset


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_was_kept_is_there_again():
    owls = Preset(
        name="Owls", events=EventSettings(threshold=0.2, close_gaps=2.0), view={"scale": "mel"}, model_id="a/b"
    )
    presets.save(owls)
    (kept,) = presets.own()
    assert (kept.name, kept.events, kept.view, kept.model_id) == ("Owls", owls.events, {"scale": "mel"}, "a/b")
    assert kept.is_own


def test_what_a_preset_does_not_say_is_left():
    presets.save(Preset(name="View only", view={"scale": "log"}))
    (kept,) = presets.own()
    assert kept.events is None
    assert kept.model_id == ""


def test_the_same_name_is_replaced_and_another_of_the_same_file_name_is_not():
    presets.save(Preset(name="Owls", view={"scale": "log"}))
    presets.save(Preset(name="owls", view={"scale": "mel"}))
    presets.save(Preset(name="Owls?", view={"scale": "linear"}))
    assert [(each.name, each.view["scale"]) for each in presets.own()] == [("owls", "mel"), ("Owls?", "linear")]


def test_a_preset_can_be_renamed_and_deleted(home):
    kept = presets.rename(presets.save(Preset(name="Owls")), "Tawny owls")
    assert [each.name for each in presets.own()] == ["Tawny owls"]
    presets.delete(kept)
    assert list((home / "presets").iterdir()) == []


def test_no_other_preset_loses_its_name():
    presets.save(Preset(name="Owls"))
    bats = presets.save(Preset(name="Bats"))
    with pytest.raises(EarmarkError, match="There is a preset OWLS already"):
        presets.rename(bats, "OWLS")
    assert [each.name for each in presets.own()] == ["Bats", "Owls"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_no_menu_can_show_is_refused(name):
    with pytest.raises(EarmarkError):
        presets.save(Preset(name=name))


def test_a_file_from_elsewhere_becomes_ones_own(tmp_path):
    path = tmp_path / "from a friend.json"
    path.write_text(json.dumps({"earmark_preset": 1, "name": "Frogs", "view": {"scale": "mel"}}))
    assert presets.is_preset(path)
    assert presets.import_from(path).name == "Frogs"
    assert [each.name for each in presets.own()] == ["Frogs"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is no preset"),
        ("[]", "is no preset"),
        ('{"name": "x"}', "is no preset"),
        ('{"earmark_preset": 2}', "was made by a newer Earmark"),
    ],
)
def test_what_is_no_preset_is_refused_with_a_sentence(tmp_path, text, sentence):
    path = tmp_path / "letter.json"
    path.write_text(text)
    with pytest.raises(EarmarkError, match=sentence):
        presets.import_from(path)
    assert presets.own() == []


def test_of_a_file_written_by_hand_what_can_be_is_used(tmp_path):
    path = tmp_path / "odd.json"
    events = {"threshold": 0.2, "smooth": "much", "close_gaps": -1, "shortest": True, "thresholds": {"a": 0.5, "b": 7}}
    path.write_text(json.dumps({"earmark_preset": 1, "events": events, "view": "nice", "model": 3}))
    odd = presets.read(path)
    assert odd.name == "odd"
    assert odd.events == EventSettings(threshold=0.2, thresholds={"a": 0.5})
    assert (odd.view, odd.model_id) == ({}, "")


def test_a_damaged_file_among_ones_own_hides_no_other(home):
    presets.save(Preset(name="Owls"))
    (home / "presets" / "broken.json").write_text("{")
    assert [each.name for each in presets.own()] == ["Owls"]


def test_earmark_brings_presets_that_are_not_ones_own():
    names = [preset.name for preset in presets.shipped()]
    assert names == ["Bats and ultrasound", "Birds", "Machines", "Print", "Speech"]
    assert not any(preset.is_own for preset in presets.shipped())
