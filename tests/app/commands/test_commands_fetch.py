"""`earmark models fetch` and `import`, from a server on this machine to the tags of a recording."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import resource
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

PAGE = {"name": "Loudness", "url": "https://drive.google.com/drive/folders/abc", "licence": "MIT"}


@pytest.fixture
def hub(earmark, web):
    """The command line beside a hub; like a machine on which nobody is signed in."""
    earmark.environment |= {"HF_ENDPOINT": web.url, "HF_TOKEN": "", "HF_HOME": str(earmark.folder / "hf")}
    return earmark


@pytest.fixture
def fetchable(hub, web, toy, toy_files):
    """The command line with the model `toy/loud`, whose weights are on the hub."""
    figures = {"mAP on AudioSet": 0.459}
    url = web.hub("org/loud", toy_files)
    hub.install("toy", toy({"name": "Loudness", "url": url, "licence": "MIT", "source": "a page", "figures": figures}))
    return hub


@pytest.fixture
def far(web, toy_files):
    """What the server has of the model's weights themselves."""
    path = f"/far/{hashlib.sha256(toy_files['model.safetensors']).hexdigest()}"
    return web.files[path]


def installed(home):
    return sorted(path.name for path in (home / "models" / "toy").glob("[!.]*"))


def weights(earmark):
    return earmark.home / "cache" / "weights"


@contextmanager
def started(earmark, told):
    """A process that fetches `toy/loud` from a server that may be silent for long; what it says goes into a file."""
    variables = earmark.variables(HF_HUB_DOWNLOAD_TIMEOUT="60")
    with told.open("w") as errors:
        process = subprocess.Popen(earmark.words("models", "fetch", "toy/loud"), env=variables, stderr=errors)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(comes, *, patience=60.0):
    ends = time.monotonic() + patience
    while not comes():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_weights_are_fetched_shown_and_hear(fetchable, sound, toy_files):
    before = fetchable("models", "show", "toy/loud").stdout
    assert "earmark models fetch toy/loud" in before
    assert "https://huggingface.co/org/loud" in before
    fetched = fetchable("models", "fetch", "toy/loud")
    assert (fetched.returncode, fetched.stdout) == (0, "toy/loud is ready: 2 labels.\n"), fetched.stderr
    for said in ("Licence:  MIT", "Source:   a page", "Reaches:  mAP on AudioSet 0.459", "Converting Loudness."):
        assert said in fetched.stderr
    shown = fetchable("models", "show", "toy/loud").stdout
    assert "Origin:       Loudness, hf:org/loud" in shown
    assert f"Size:         {sum(map(len, toy_files.values())) / 1000:.3g} kB" in shown
    heard = fetchable("tag", sound(), "--model", "toy/loud", "--format", "json", "--top", "all")
    tags = {each["label"]: each["score"] for each in json.loads(heard.stdout)["tags"]}
    assert tags["roaring"] == pytest.approx(0.75, abs=0.01)


def test_what_is_ready_is_not_fetched_again_unless_it_is_asked(fetchable, web):
    fetchable("models", "fetch", "toy/loud")
    count = len(web.asked)
    assert fetchable("models", "fetch", "toy/loud", "htsat/everyday").returncode == 0
    assert len(web.asked) == count
    assert fetchable("models", "fetch", "--again", "toy/loud").returncode == 0
    assert len(web.asked) > count


@pytest.mark.parametrize(("ended_by", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_download_that_was_ended_is_gone_on_with_by_the_next(fetchable, far, web, ended_by, status):
    far.stalls = [30_000]
    with started(fetchable, fetchable.folder / "told") as process:
        wait_until(lambda: [part.stat().st_size for part in weights(fetchable).glob("*.safetensors.part")] == [30_000])
        process.send_signal(ended_by)
        assert process.wait(30) == status
    assert fetchable("models", "fetch", "toy/loud").returncode == 0
    assert web.gets(far.path) == ["", "bytes=30000-"]


def test_two_processes_fetch_it_once(fetchable, far, web):
    far.stalls = [30_000]
    told = [fetchable.folder / "told", fetchable.folder / "told too"]
    with started(fetchable, told[0]) as one, started(fetchable, told[1]) as other:
        wait_until(lambda: any("waiting for it" in path.read_text() for path in told))
        web.released.set()
        assert [process.wait(60) for process in (one, other)] == [0, 0]
    assert web.gets(far.path) == ["", "bytes=30000-"]


def test_where_there_is_no_network_it_is_told_what_to_fetch_and_what_to_run(fetchable, web, toy_files, tmp_path):
    ended = fetchable("models", "fetch", "toy/loud", HF_ENDPOINT="http://127.0.0.1:9")
    assert ended.returncode == 3
    assert "toy/loud: 127.0.0.1 cannot be reached" in ended.stderr
    assert "on another machine from https://huggingface.co/org/loud" in ended.stderr
    line = ended.stderr.rpartition("earmark ")[2].split()
    folder = tmp_path / "brought"
    folder.mkdir()
    for name, content in toy_files.items():
        (folder / name).write_bytes(content)
    line[line.index("FILE")] = str(folder)
    assert fetchable(*line).stdout == "toy/loud is ready: 2 labels.\n"


def test_offline_mode_is_respected(fetchable, web):
    ended = fetchable("models", "fetch", "toy/loud", HF_HUB_OFFLINE="1")
    assert ended.returncode == 3
    assert "HF_HUB_OFFLINE is set" in ended.stderr
    assert web.asked == []


def test_what_only_a_person_can_fetch_is_told_with_the_line_to_run(hub, toy):
    hub.install("toy", toy(PAGE))
    ended = hub("models", "fetch", "toy/loud")
    assert ended.returncode == 3
    assert "toy/loud: Loudness is on Google Drive, which gives nothing to a program." in ended.stderr
    assert f"from {PAGE['url']}, then: earmark models import FILE --as loud --plugin toy" in ended.stderr


def test_one_that_fails_is_named_and_the_others_are_fetched(fetchable):
    ended = fetchable("models", "fetch", "htsat/audioset", "toy/loud")
    assert (ended.returncode, ended.stdout) == (3, "toy/loud is ready: 2 labels.\n")
    assert "htsat/audioset: HTS-AT, AudioSet is on Google Drive" in ended.stderr


def test_a_model_that_does_not_exist_is_told_before_anything_is_fetched(fetchable, web):
    ended = fetchable("models", "fetch", "toy/loud", "toy/quiet")
    assert ended.returncode == 2
    assert "There is no model “toy/quiet”." in ended.stderr
    assert web.asked == []


def test_a_damaged_download_installs_nothing(fetchable, far, toy_files):
    far.content = bytes(len(toy_files["model.safetensors"]))
    ended = fetchable("models", "fetch", "toy/loud")
    assert ended.returncode == 3
    assert "model.safetensors is not the file that was published" in ended.stderr
    assert installed(fetchable.home) == []


def test_a_full_disk_is_a_sentence(fetchable):
    """The kernel refuses to let a file grow, as it does on a disk that is full."""
    process = subprocess.run(
        fetchable.words("models", "fetch", "toy/loud"),
        env=fetchable.variables(HF_HUB_DOWNLOAD_TIMEOUT="60"),
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
        check=False,
    )
    assert process.returncode == 3
    assert "model.safetensors cannot be written: File too large." in process.stderr


def test_a_plain_file_is_fetched_too(hub, web, toy, toy_files):
    content = toy_files["model.safetensors"]
    url = web.serve("/loud.safetensors", content, cuts=[20_000])
    sha256 = hashlib.sha256(content).hexdigest()
    hub.install("toy", toy({"name": "Loudness", "url": url, "sha256": sha256, "size_bytes": len(content)}))
    ended = hub("models", "fetch", "toy/loud")
    assert ended.returncode == 0, ended.stderr
    assert "Size:     80.1 kB" in ended.stderr
    assert "the connection was cut; trying again" in ended.stderr


def test_somebody_who_looks_sees_bytes_and_rate(fetchable, far):
    far.bytes_a_second = 60_000
    terminal, own = pty.openpty()
    process = subprocess.Popen(
        fetchable.words("models", "fetch", "toy/loud"),
        env=fetchable.variables(TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=own,
    )
    os.close(own)
    seen = b""
    while piece := _read(terminal):
        seen += piece
    os.close(terminal)
    assert process.communicate(timeout=60)[0] == b"toy/loud is ready: 2 labels.\n"
    assert b"/80." in seen
    assert b"kB/s" in seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has closed
        return b""


def test_a_folder_is_imported_with_the_labels_of_its_configuration_or_those_given(fetchable, toy_files, tmp_path):
    folder = tmp_path / "downloaded"
    folder.mkdir()
    for name, content in toy_files.items():
        (folder / name).write_bytes(content)
    assert fetchable("models", "import", folder, "--as", "own", "--plugin", "toy").returncode == 0
    assert "roaring" in fetchable("models", "show", "toy/own").stdout
    labels = tmp_path / "labels.csv"
    labels.write_text("index,display_name\n0,soft\n1,hard\n")
    line = ("models", "import", folder, "--as", "own", "--plugin", "toy", "--labels", labels)
    assert fetchable(*line).returncode == 0
    shown = fetchable("models", "show", "toy/own").stdout
    assert "hard" in shown
    assert "roaring" not in shown
