"""Fetching published weights from a server on this machine that cuts, stalls, lies and refuses."""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import ExitStack

import numpy as np
import pytest

from earmark.api import Cancelled, Weights
from earmark.downloads import RemoteFile
from earmark.web import TRIES, DownloadError
from earmark.weights_cache import WeightsCache
from earmark.weights_fetch import Told, WeightsFetch
from earmark.weights_source import HubRepository, Page, WebFile, source_of

CONTENT = np.random.default_rng(0).bytes(100_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = bytes(reversed(CONTENT))


def parts(folder):
    return [path for path in folder.iterdir() if ".part" in path.name]


def test_a_file_arrives_as_it_was_published_and_is_kept_by_its_hash(web, fetch, listener, folder):
    url = web.serve("/w.ckpt", CONTENT)
    assert fetch(url, listener) == CONTENT
    assert (folder / SHA256).read_bytes() == CONTENT
    assert listener.bytes[-1] == (len(CONTENT), len(CONTENT))
    assert parts(folder) == []


def test_what_is_kept_is_not_asked_for_again(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT)
    fetch(url, listener)
    assert fetch(url, listener) == CONTENT
    assert len(web.asked) == 1


def test_what_is_kept_under_another_address_is_not_fetched_twice(web, fetch, listener):
    fetch(web.serve("/one.ckpt", CONTENT), listener)
    assert fetch(web.serve("/two.ckpt", CONTENT), listener, sha256=SHA256) == CONTENT
    assert web.gets("/two.ckpt") == []


def test_what_was_damaged_on_the_disk_is_fetched_again(web, fetch, listener, folder):
    url = web.serve("/w.ckpt", CONTENT)
    fetch(url, listener)
    (folder / SHA256).write_bytes(OTHER)
    assert fetch(url, listener) == CONTENT
    assert len(web.gets("/w.ckpt")) == 2


def test_after_a_cut_only_the_rest_is_asked_for(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, cuts=[40_000, 20_000])
    assert fetch(url, listener) == CONTENT
    assert web.gets("/w.ckpt") == ["", "bytes=40000-", "bytes=60000-"]
    assert "the connection was cut; trying again" in listener.said[0]


def test_more_cuts_than_tries_are_survived_as_long_as_something_comes(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, cuts=[10_000] * (TRIES + 3))
    assert fetch(url, listener) == CONTENT


def test_a_process_that_died_is_gone_on_from(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, cuts=[40_000] + [0] * TRIES)
    with pytest.raises(DownloadError, match=f"tried {TRIES} times without getting on: the connection was cut"):
        fetch(url, listener)
    assert fetch(url, listener) == CONTENT
    assert web.gets("/w.ckpt")[-1] == "bytes=40000-"


def test_a_file_that_changed_after_a_cut_is_fetched_from_the_start(web, fetch, listener):
    url = web.serve("/w.ckpt", OTHER, cuts=[40_000] + [0] * TRIES)
    with pytest.raises(DownloadError):
        fetch(url, listener)
    web.serve("/w.ckpt", CONTENT, etag='"two"')
    assert fetch(url, listener) == CONTENT


def test_a_server_that_gives_no_parts_is_asked_for_the_whole(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, has_ranges=False, cuts=[40_000, 30_000])
    assert fetch(url, listener) == CONTENT


def test_a_server_that_does_not_say_how_much_it_is_going_to_send_is_believed(web, fetch, listener):
    assert fetch(web.serve("/w.ckpt", CONTENT, says_length=False), listener) == CONTENT
    assert listener.bytes[-1] == (len(CONTENT), None)


def test_a_part_that_was_already_whole_is_taken(web, fetch, listener, folder):
    url = web.serve("/w.ckpt", CONTENT)
    folder.mkdir()
    part = WeightsCache(folder).part(url, "w.ckpt")
    part.write_bytes(CONTENT)
    assert fetch(url, listener, sha256=SHA256) == CONTENT
    assert web.gets("/w.ckpt") == [f"bytes={len(CONTENT)}-"]


def test_a_damaged_part_is_noticed_and_all_is_fetched_from_the_start(web, fetch, listener, folder):
    url = web.serve("/w.ckpt", CONTENT)
    folder.mkdir()
    WeightsCache(folder).part(url, "w.ckpt").write_bytes(OTHER[:50_000])
    assert fetch(url, listener, sha256=SHA256) == CONTENT
    assert web.gets("/w.ckpt") == ["bytes=50000-", ""]
    assert "put together wrongly" in listener.said[0]


def test_wrong_bytes_are_refused_and_not_kept(web, fetch, listener, folder):
    url = web.serve("/w.ckpt", OTHER)
    with pytest.raises(DownloadError, match="not the file that was published: its sha256 is"):
        fetch(url, listener, sha256=SHA256)
    assert [path for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_a_wrong_length_is_refused_before_it_is_fetched(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT + b"more")
    with pytest.raises(DownloadError, match=r"has 100004 bytes at 127\.0\.0\.1, but 100000 bytes were published"):
        fetch(url, listener, size_bytes=len(CONTENT))
    assert listener.bytes == []


def test_a_page_is_not_taken_for_weights(web, fetch, listener):
    url = web.serve("/w.ckpt", b"<html>Sign in", kind="text/html; charset=utf-8")
    with pytest.raises(DownloadError, match="with a page to be read"):
        fetch(url, listener)


def test_a_file_without_a_published_hash_is_compared_with_the_first_that_came(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT)
    fetch(url, listener)
    web.serve("/w.ckpt", OTHER)
    assert fetch(url, listener, again=True) == OTHER
    assert "is not what it was on" in listener.said[0]
    fetch(url, listener, again=True)
    assert len(listener.said) == 1


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "There is nothing at"),
        (401, "does not let this be fetched: it answered 401"),
        (403, "does not let this be fetched"),
        (418, "it answered 418"),
    ],
)
def test_a_refusal_is_a_sentence_at_once(web, fetch, listener, status, sentence):
    url = web.serve("/w.ckpt", CONTENT, failures=[(status, {})])
    with pytest.raises(DownloadError, match=sentence):
        fetch(url, listener)
    assert len(web.asked) == 1


def test_a_busy_server_is_asked_again_when_it_says(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, failures=[(503, {"Retry-After": "1"}), (429, {})])
    began = time.monotonic()
    assert fetch(url, listener) == CONTENT
    assert time.monotonic() - began >= 1.0
    assert "answered 503; trying again" in listener.said[0]


def test_a_server_that_stays_busy_is_given_up(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, failures=[(500, {})] * TRIES)
    with pytest.raises(DownloadError, match=f"tried {TRIES} times without getting on: it answered 500"):
        fetch(url, listener)


def test_a_server_that_stalls_is_asked_for_the_rest(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, stalls=[30_000])
    assert fetch(url, listener) == CONTENT
    assert "no answer in time; trying again" in listener.said[0]
    assert len(web.gets("/w.ckpt")) == 2


def test_cancelling_ends_a_download_at_once_and_keeps_what_has_arrived(web, folder, listener):
    url = web.serve("/w.ckpt", CONTENT, stalls=[30_000])
    fetcher = WeightsFetch(WeightsCache(folder), stall_seconds=60)
    part = WeightsCache(folder).part(url, "w.ckpt")

    def stop_where_it_stalls() -> None:
        while not part.exists() or part.stat().st_size < 30_000:
            time.sleep(0.01)
        listener.stop.set()

    threading.Thread(target=stop_where_it_stalls, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(Cancelled), fetcher.fetched(Weights(name="toy", url=url), listener.told):
        pass
    assert time.monotonic() - began < 30  # it would stall for 60 s
    assert part.read_bytes() == CONTENT[:30_000]


def test_a_server_that_is_not_there_is_a_sentence(fetch, listener):
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        fetch("http://127.0.0.1:9/w.ckpt", listener)
    assert caught.value.hint == "Is this machine online?"


def test_what_has_no_room_is_refused_before_it_is_fetched(web, fetch, listener):
    url = web.serve("/w.ckpt", CONTENT, headers={"Content-Length": str(10**15)}, says_length=False)
    with pytest.raises(DownloadError, match="needs 1e\\+06 GB more, and weights has room for"):
        fetch(url, listener)


def test_two_at_once_fetch_only_once(web, folder, make_listener):
    url = web.serve("/w.ckpt", CONTENT, bytes_a_second=200_000)
    listeners, got = [make_listener(), make_listener()], []

    def get(listener) -> None:
        with WeightsFetch(WeightsCache(folder)).fetched(Weights(name="toy", url=url), listener.told) as path:
            got.append(path.read_bytes())

    threads = [threading.Thread(target=get, args=[each]) for each in listeners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [CONTENT, CONTENT]
    assert web.gets("/w.ckpt") == [""]
    assert sorted(bool(each.said) for each in listeners) == [False, True]


def test_who_waits_for_another_can_be_cancelled(web, folder, listener):
    weights, cache = Weights(name="toy", url=web.serve("/w.ckpt", CONTENT)), WeightsCache(folder)
    with ExitStack() as stack:
        stack.enter_context(WeightsFetch(cache).fetched(weights, Told()))
        listener.stop.set()
        with pytest.raises(Cancelled):
            stack.enter_context(WeightsFetch(WeightsCache(folder)).fetched(weights, listener.told))
    assert "Another Earmark is fetching toy" in listener.said[0]


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("hf:MIT/ast-10-10-0.4593", HubRepository(name="MIT/ast-10-10-0.4593")),
        ("hf:MIT/ast@v1", HubRepository(name="MIT/ast", revision="v1")),
        ("https://huggingface.co/MIT/ast", HubRepository(name="MIT/ast")),
        ("https://huggingface.co/MIT/ast/tree/v1", HubRepository(name="MIT/ast", revision="v1")),
        (
            "https://huggingface.co/MIT/ast/resolve/main/a.bin",
            WebFile(url="https://huggingface.co/MIT/ast/resolve/main/a.bin"),
        ),
        ("https://www.dropbox.com/s/abc/w.pth?dl=1", WebFile(url="https://www.dropbox.com/s/abc/w.pth?dl=1")),
        ("https://www.dropbox.com/sh/abc/def", Page(url="https://www.dropbox.com/sh/abc/def", host="Dropbox")),
        (
            "https://drive.google.com/drive/folders/1f",
            Page(url="https://drive.google.com/drive/folders/1f", host="Google Drive"),
        ),
        ("https://1drv.ms/u/s!A", Page(url="https://1drv.ms/u/s!A", host="OneDrive")),
        ("bundled:htsat-everyday", None),
        ("file:///home/w.ckpt", None),
    ],
)
def test_an_address_tells_where_weights_are(url, source):
    assert source_of(url) == source


def test_a_file_has_the_name_at_the_end_of_its_address():
    assert WebFile(url="https://example.org/a%20b/w%20x.ckpt?dl=1").name == "w x.ckpt"
    assert RemoteFile(name="w", url="https://example.org/w").sha256 is None
