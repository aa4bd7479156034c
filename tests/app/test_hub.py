"""Fetching from repositories of the hub: what it says of its files, where it leads, what it refuses."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from earmark.api import Weights
from earmark.web import DownloadError
from earmark.weights_cache import WeightsCache
from earmark.weights_fetch import WeightsFetch

CONTENT = np.random.default_rng(0).bytes(100_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = bytes(reversed(CONTENT))
HUB = {"config.json": b'{"id2label": {}}', "model.safetensors": CONTENT}


@pytest.fixture(autouse=True)
def hub_here(web, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", web.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)


def test_a_repository_of_the_hub_arrives_as_a_folder(web, fetch, listener):
    url = web.hub("mit/ast", HUB | {"preprocessor_config.json": b"{}", "pytorch_model.bin": OTHER})
    assert fetch(url, listener) == HUB | {"preprocessor_config.json": b"{}"}
    total = len(CONTENT) + len(HUB["config.json"]) + 2
    assert listener.bytes[-1] == (total, total)


def test_a_repository_without_safetensors_gives_its_other_weights(web, fetch, listener):
    files = {"config.json": b"{}", "pytorch_model.bin": CONTENT}
    assert fetch(web.hub("mit/ast", files), listener) == files


def test_a_revision_is_asked_for(web, fetch, listener):
    web.hub("mit/ast", {"config.json": b"{}", "model.safetensors": OTHER})
    assert fetch(web.hub("mit/ast", HUB, revision="v1"), listener) == HUB


def test_the_hubs_hash_is_compared(web, fetch, listener):
    url = web.hub("mit/ast", HUB)
    web.files[f"/far/{SHA256}"].content = OTHER
    with pytest.raises(DownloadError, match=r"model\.safetensors is not the file that was published"):
        fetch(url, listener)


def test_a_cut_behind_the_hub_is_gone_on_from(web, fetch, listener):
    url = web.hub("mit/ast", HUB)
    web.files[f"/far/{SHA256}"].cuts = [33_000]
    assert fetch(url, listener) == HUB
    assert web.gets(f"/far/{SHA256}") == ["", "bytes=33000-"]


def test_a_repository_that_was_renamed_is_followed(web, fetch, listener):
    web.hub("mit/new", HUB)
    for name in ("config.json", "model.safetensors"):
        web.serve(f"/mit/old/resolve/main/{name}", b"", location=f"/mit/new/resolve/main/{name}")
    assert fetch("hf:mit/old", listener) == HUB


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (403, "GatedRepo", "only to those who have agreed to its terms"),
        (401, "GatedRepo", "only to those who have agreed to its terms"),
        (401, "RepoNotFound", "is not there, or not for everybody"),
        (404, "RevisionNotFound", "has no “main”"),
    ],
)
def test_what_the_hub_refuses_is_a_sentence_with_its_page(web, fetch, listener, status, code, sentence):
    web.serve("/mit/ast/resolve/main/model.safetensors", b"", failures=[(status, {"X-Error-Code": code})])
    with pytest.raises(DownloadError, match=f"https://huggingface.co/mit/ast.* {sentence}"):
        fetch("hf:mit/ast", listener)


def test_a_repository_that_is_not_there_is_a_sentence(fetch, listener):
    with pytest.raises(DownloadError, match="is not there, or not for everybody"):
        fetch("hf:mit/ast", listener)


def test_a_repository_without_weights_is_a_sentence(web, fetch, listener):
    with pytest.raises(DownloadError, match="holds neither"):
        fetch(web.hub("mit/ast", {"config.json": b"{}"}), listener)


def test_a_busy_hub_is_asked_again(web, fetch, listener):
    url = web.hub("mit/ast", HUB)
    web.files["/mit/ast/resolve/main/model.safetensors"].failures = [(503, {}), (503, {})]
    assert fetch(url, listener) == HUB


def test_files_of_two_commits_are_not_mixed(web, fetch, listener):
    url = web.hub("mit/ast", HUB)
    web.files["/mit/ast/resolve/main/config.json"].headers = {"X-Repo-Commit": "decaf"}
    with pytest.raises(DownloadError, match="was changed just now"):
        fetch(url, listener)


def test_a_token_is_shown_to_the_hub_alone(web, fetch, listener, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    url = web.hub("mit/ast", HUB)
    elsewhere = f"http://localhost:{web.url.rpartition(':')[2]}/far/{SHA256}"
    web.files["/mit/ast/resolve/main/model.safetensors"].location = elsewhere
    assert fetch(url, listener) == HUB
    assert web.authorised["/mit/ast/resolve/main/model.safetensors"] == "Bearer hf_secret"
    assert f"/far/{SHA256}" not in web.authorised


def test_the_size_is_asked_of_the_server_where_nobody_wrote_it_down(web, folder, listener):
    fetcher = WeightsFetch(WeightsCache(folder))
    hub, file = web.hub("mit/ast", HUB), web.serve("/w.ckpt", CONTENT)
    assert fetcher.size_of(Weights(name="toy", url=hub), listener.told) == len(CONTENT) + len(HUB["config.json"])
    assert fetcher.size_of(Weights(name="toy", url=file), listener.told) == len(CONTENT)
    assert fetcher.size_of(Weights(name="toy", url=file, size_bytes=5), listener.told) == 5
    assert all(request.startswith("HEAD") for request, _ in web.asked)
