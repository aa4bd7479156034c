"""What training can begin with: fetched once, and kept where every training finds it."""

from __future__ import annotations

import json

import pytest

from earmark.api import CheckpointError, ModelCard, Weights
from earmark.plain import card_from_plain, card_to_plain
from earmark.starts import fetch_start, keep_start, kept_start
from earmark.weights_fetch import WeightsFetch

CONTENT = b"weights of a network that saw pictures"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def fetch(home, listener):
    """Fetch a start, hurried."""
    return lambda card, name: fetch_start(card, name, told=listener.told, fetch=WeightsFetch(pause=0.01))


@pytest.fixture
def card(web):
    """A card of which training can begin with a file of the server, or with one that is not there."""
    starts = {
        "seen": Weights(name="Seen", url=web.serve("/seen.pth", CONTENT), licence="MIT"),
        "gone": Weights(name="Gone", url=f"{web.url}/gone.pth"),
    }
    return ModelCard(
        model_id="toy/birds", title="Birds", sample_rate=8000, window_seconds=1.0, labels=("a",), starts=starts
    )


def test_a_start_is_fetched_once_and_kept_under_its_own_name(web, card, fetch):
    assert kept_start(card, "seen") is None
    path = fetch(card, "seen")
    assert (path.name, path.read_bytes()) == ("seen.pth", CONTENT)
    assert kept_start(card, "seen") == path
    assert fetch(card, "seen") == path
    assert len(web.gets("/seen.pth")) == 1


def test_one_that_is_kept_stays_when_the_cache_is_emptied(card, fetch, home):
    path = fetch(card, "seen")
    for file in (home / "cache" / "weights").iterdir():
        file.unlink()
    assert path.read_bytes() == CONTENT


def test_what_the_server_does_not_have_is_said_with_the_way_by_hand(card, fetch):
    with pytest.raises(CheckpointError) as raised:
        fetch(card, "gone")
    assert card.starts["gone"].url in raised.value.hint
    assert "give the file" in raised.value.hint
    assert kept_start(card, "gone") is None


def test_a_file_or_a_folder_that_a_person_has_takes_the_place_of_what_was_kept(card, tmp_path):
    (tmp_path / "own.pth").write_bytes(b"own")
    assert keep_start(card, "seen", tmp_path / "own.pth").read_bytes() == b"own"
    repository = tmp_path / "repository"
    repository.mkdir()
    for name in ("model.safetensors", "config.json"):
        (repository / name).write_text(name)
    kept = keep_start(card, "seen", repository)
    assert sorted(each.name for each in kept.iterdir()) == ["config.json", "model.safetensors"]
    assert kept_start(card, "seen") == kept
    assert [each.name for each in kept.parent.iterdir()] == ["seen"]


def test_starts_cross_between_processes(card):
    assert card_from_plain(json.loads(json.dumps(card_to_plain(card)))) == card
