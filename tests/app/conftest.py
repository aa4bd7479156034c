"""A web server on this machine that is as good and as bad as real ones: plain files, and repositories of the hub."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from earmark.api import Weights
from earmark.weights_cache import WeightsCache
from earmark.weights_fetch import Told, WeightsFetch

SEVERE = 0.5  # seconds of silence after which a server is given up


@dataclass
class Served:
    """A file, and how the server behaves over it.

    Attributes:
        cuts: after how many bytes each of the next GETs is cut.
        failures: status and headers of the next answers, in place of the file.
        stalls: after how many bytes the next GET sends nothing more.
        location: where it sends on to instead.
    """

    path: str
    content: bytes
    etag: str = '"one"'
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/octet-stream"
    has_ranges: bool = True
    says_length: bool = True
    cuts: list[int] = field(default_factory=list)
    failures: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    stalls: list[int] = field(default_factory=list)
    location: str = ""
    bytes_a_second: float = 0.0


class Web:
    """The server: what it serves, and what it was asked, as "GET /path" and the Range that was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.asked: list[tuple[str, str]] = []
        self.authorised: dict[str, str] = {}  # path → the Authorization header that came
        self.released = threading.Event()  # what stalls ends
        self.silent = False  # it stalls, and somebody still waits
        handler = type("Handler", (_Handler,), {"web": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def serve(self, path: str, content: bytes, **how: Any) -> str:
        """Serve a file and return its address."""
        self.files[path] = Served(path, content, **how)
        return self.url + path

    def hub(self, name: str, files: Mapping[str, bytes], *, commit: str = "c0ffee", revision: str = "main") -> str:
        """Serve a repository as the hub does, large files from elsewhere; return its `hf:` address."""
        for file, content in files.items():
            path, commits = f"/{name}/resolve/{revision}/{file}", {"X-Repo-Commit": commit}
            if file.endswith(".json"):
                git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
                self.serve(path, content, etag=f'"{git}"', headers=commits, kind="text/plain")
                continue
            sha256 = hashlib.sha256(content).hexdigest()
            linked = {"X-Linked-ETag": f'"{sha256}"', "X-Linked-Size": str(len(content))}
            self.serve(path, b"on there", headers=commits | linked, location=f"{self.url}/far/{sha256}")
            self.serve(f"/far/{sha256}", content, etag=f'"far-{sha256[:8]}"')
        return f"hf:{name}" if revision == "main" else f"hf:{name}@{revision}"

    def gets(self, path: str) -> list[str]:
        """Return the ranges with which a file was asked for; "" is the whole."""
        return [asked for request, asked in self.asked if request == f"GET {path}"]

    def close(self) -> None:
        """End the server."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    web: Web
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        self.web.asked.append((f"{self.command} {path}", self.headers.get("Range", "")))
        if token := self.headers.get("Authorization"):
            self.web.authorised[path] = token
        served = self.web.files.get(path)
        if served is None:
            self._say(404, {"X-Error-Code": "EntryNotFound" if self._has_siblings(path) else "RepoNotFound"})
        elif served.failures:
            self._say(*served.failures.pop(0))
        elif served.location:
            self._say(302, {**served.headers, "Location": served.location}, b"on there")
        else:
            self._give(served, with_body=with_body)

    def _has_siblings(self, path: str) -> bool:
        repository = "/".join(path.split("/")[:3])
        return any(each.startswith(f"{repository}/") for each in self.web.files)

    def _say(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _give(self, served: Served, *, with_body: bool) -> None:
        start, total = self._start(served), len(served.content)
        if start is not None and start >= total:
            self._say(416, {"Content-Range": f"bytes */{total}"})
            return
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        for name, value in {**served.headers, "ETag": served.etag, "Content-Type": served.kind}.items():
            self.send_header(name, value)
        if served.says_length:
            self.send_header("Content-Length", str(total - (start or 0)))
        self.close_connection = True
        self.end_headers()
        if with_body:
            self._send(served, served.content[start or 0 :])

    def _start(self, served: Served) -> int | None:
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if not served.has_ranges or not asked or condition not in (None, served.etag):
            return None
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def _send(self, served: Served, body: bytes) -> None:
        cut = served.cuts.pop(0) if served.cuts else len(body)
        stall = served.stalls.pop(0) if served.stalls else len(body)
        size = 4096
        for at in range(0, min(cut, stall, len(body)), size):
            self.wfile.write(body[at : min(at + size, cut, stall)])
            self.wfile.flush()
            if served.bytes_a_second:
                time.sleep(size / served.bytes_a_second)
        if stall < len(body):
            self.web.silent = True
            while not self.web.released.wait(0.02) and self._has_reader():
                pass
            self.web.silent = False

    def _has_reader(self) -> bool:
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False


@pytest.fixture
def web() -> Iterator[Web]:
    """Return a web server without any files."""
    server = Web()
    yield server
    server.close()


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.bytes: list[tuple[int, int | None]] = []
        self.said: list[str] = []
        self.stop = threading.Event()

    @property
    def told(self) -> Told:
        return Told(
            on_bytes=lambda *each: self.bytes.append(each), on_said=self.said.append, cancelled=self.stop.is_set
        )


@pytest.fixture
def make_listener() -> type[Listener]:
    return Listener


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "weights"


@pytest.fixture
def fetch(folder):
    """Fetch weights and return what arrived: file name → content, or the content of the one file."""
    fetcher = WeightsFetch(WeightsCache(folder), stall_seconds=SEVERE, pause=0.01)

    def fetch(url: str, listener: Listener, *, again: bool = False, **known):
        with fetcher.fetched(Weights(name="toy", url=url, **known), listener.told, again=again) as path:
            if path.is_dir():
                return {each.name: each.read_bytes() for each in path.iterdir()}
            return path.read_bytes()

    return fetch


FETCHED = '''
"""Multiplies the loudness by one number; its weights are published as a folder, like those on the hub, or as a file."""
import json
import numpy as np
from safetensors.numpy import load_file, save_file
from earmark.api import Checkpoint, CheckpointError, Heard, ModelCard, Weights, hookimpl

WEIGHTS = [Weights(**each) for each in json.loads(r"""PUBLISHED""")]

@hookimpl
def models():
    return [ModelCard(model_id="toy/loud", title="Loudness", sample_rate=8000, window_seconds=1.0,
                      labels=("quiet", "loud"), weights=tuple(WEIGHTS), licence="MIT")]

@hookimpl
def convert(path, labels, folder):
    if path.is_dir():
        names = json.loads((path / "config.json").read_text())["id2label"]
        labels = labels or tuple(names[str(number)] for number in range(len(names)))
        path = path / "model.safetensors"
    factor = load_file(path)["factor"]
    save_file({"factor": factor}, folder / "network.safetensors")
    return Checkpoint(path=folder, model_id="toy/loud", labels=tuple(labels or ("quiet", "loud")), origin=path.name)

@hookimpl
def load(model_id, checkpoint, device, precision):
    return load_file(checkpoint.path / "network.safetensors")["factor"]

@hookimpl
def infer(model, clips, want):
    loud = [float(min(1.0, model[0] * np.abs(clip.samples).max())) for clip in clips]
    return [Heard(scores=np.array([1 - each, each], np.float32)) for each in loud]
'''


def toy_plugin(*weights: Mapping[str, Any]) -> str:
    """Return the code of a plugin `toy` with the model `toy/loud`, whose weights are published so."""
    return FETCHED.replace("PUBLISHED", json.dumps(list(weights)))


@pytest.fixture
def toy() -> Any:
    """Return what makes the code of the plugin `toy`."""
    return toy_plugin


@pytest.fixture
def toy_files(tmp_path) -> dict[str, bytes]:
    """Return the files of a repository of weights for the plugin `toy`: a factor of 1.5, and two labels."""
    import numpy as np
    from safetensors.numpy import save

    config = {"id2label": {"0": "hushed", "1": "roaring"}}
    padding = np.arange(20_000, dtype=np.float32)  # something to cut
    weights = save({"factor": np.array([1.5], np.float32), "padding": padding})
    return {"config.json": json.dumps(config).encode(), "model.safetensors": weights}
