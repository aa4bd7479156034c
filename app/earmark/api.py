"""All that a plugin may import from Earmark: the markers, what crosses the hooks, the errors, and `Run`.

Versioned for third parties: hook arguments are only ever added, new fields have defaults.
Arrays are numpy float32, times are seconds from the start of the recording, shapes are in brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pluggy
from numpy.typing import NDArray

from earmark.errors import (
    AudioDeviceError,
    AudioFileError,
    CheckpointError,
    DatasetError,
    EarmarkError,
    LibraryError,
    PluginError,
)
from earmark.folders import cache_folder

__all__ = [
    "API_VERSION",
    "AudioDeviceError",
    "AudioFileError",
    "Cancelled",
    "Checkpoint",
    "CheckpointError",
    "Clip",
    "DatasetError",
    "EarmarkError",
    "Example",
    "Float",
    "Heard",
    "LibraryError",
    "ModelCard",
    "PluginError",
    "Run",
    "Stopped",
    "StrongLabel",
    "TrainJob",
    "Want",
    "Weights",
    "cache_folder",
    "hookimpl",
    "hookspec",
]

API_VERSION = 1

Float = NDArray[np.float32]

hookspec = pluggy.HookspecMarker("earmark")
hookimpl = pluggy.HookimplMarker("earmark")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Published weights of a model: where they are, what they may be used for, what they reach.

    `url` is one of
    - `hf:ORG/NAME` or `hf:ORG/NAME@REVISION`, a model repository of the Hugging Face hub (so is its page,
      `https://huggingface.co/ORG/NAME`): model.safetensors, else pytorch_model.bin, and config.json and
      preprocessor_config.json where they are there; `convert` is given the folder;
    - `https://…/FILE`, one file; a page of Google Drive, OneDrive or a Dropbox folder is told to the person;
    - `bundled:NAME`, a folder that ships in `earmark_resources/models`.

    `sha256` and `size_bytes` are those of the one file, or of the hub's weights file. One that nobody has computed is
    None, and the hash is recorded at the first download.
    """

    name: str
    url: str
    sha256: str | None = None
    size_bytes: int | None = None
    licence: str = ""
    source: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """One architecture with one label set, addressed as `plugin/variant`; the prefix is the entry point's name.

    A card with no `weights` needs none (a model of rules); one that names weights is refused until they are here.
    `labels` may be empty where the model `embeds`: it then gives embeddings and no scores.
    `short` says how a sound shorter than the window fills it: by silence, by itself again and again, by itself as often
    as it fits whole and then silence, or stretched in time; with "leave" the plugin is given it as it is.
    `starts` is what training can begin with instead of the model's own weights, as with a published image network, by
    short names; the plugin's `train` is given the file, or the folder of the repository.
    """

    model_id: str
    title: str
    sample_rate: int
    window_seconds: float
    labels: tuple[str, ...]
    min_seconds: float = 0.1
    short: Literal["pad", "repeat", "repeat_pad", "stretch", "leave"] = "pad"
    multi_label: bool = True
    trainable: bool = False
    draws_timeline: bool = False
    embeds: bool = False
    weights: tuple[Weights, ...] = ()
    starts: Mapping[str, Weights] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    paper: str = ""
    licence: str = ""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A folder with `network.safetensors` and `checkpoint.json`: a trained network and all that is needed to run it.

    Attributes:
        path: the folder.
        model_id: the card whose network this is; the plugin's `load` is called with it.
        labels: in the order of the network's outputs.
        network: architecture arguments, for the plugin.
        front_end: sample rate, mel, mean, deviation, for the plugin.
        thresholds: label → score from which it counts.
        sha256: of network.safetensors.
    """

    path: Path
    model_id: str
    labels: tuple[str, ...]
    network: Mapping[str, Any] = field(default_factory=dict)
    front_end: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""
    trained_on: str = ""
    licence: str = ""
    created: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """Mono audio [samples] in −1..1 at the card's rate, `start` seconds into its recording."""

    samples: Float
    sample_rate: int
    start: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Want:
    """What the host will use of the answer; a plugin may leave out the rest."""

    frames: bool = True
    embedding: bool = False


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was heard in one clip.

    Attributes:
        scores: [labels] in 0..1.
        frames: [frames, labels] in 0..1 over the whole clip, or None.
        hop: seconds between frames; the first frame covers 0 to hop.
        embedding: [width] or None.
    """

    scores: Float
    frames: Float | None = None
    hop: float | None = None
    embedding: Float | None = None


@dataclass(frozen=True, kw_only=True)
class StrongLabel:
    """A label with its time inside an example's file."""

    label: str
    onset: float
    offset: float


@dataclass(frozen=True, kw_only=True)
class Example:
    """One labelled stretch of a file.

    Attributes:
        path: the audio file.
        start, end: the stretch, in seconds; `end` None is the file's end.
        labels: what is in it; empty is "none of them".
        absent: what is known not to be in it.
        events: strong labels, where there are any.
        group: the source; examples of one group stay on one side of a split.
        split: "train", "validate" or "test".
    """

    path: Path
    start: float = 0.0
    end: float | None = None
    labels: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    events: tuple[StrongLabel, ...] = ()
    group: str = ""
    split: Literal["train", "validate", "test"] = "train"


@dataclass(frozen=True, kw_only=True)
class TrainJob:
    """A fine-tuning job: what is in its folder's `job.json`."""

    job_id: str
    model_id: str
    folder: Path
    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    start_from: Path | None = None
    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-4
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


class Run(Protocol):
    """What a `train` hook reports to and is steered by."""

    device: str
    folder: Path

    def preparing(self, done: int, total: int) -> None:
        """Report how many recordings are made ready; raises `Stopped` or `Cancelled` as `progress` does."""
        ...

    def began(self, epochs: int, steps: int, done: int, **about: object) -> None:
        """Report that steps begin: how many epochs of how many, how many were done before, and what else is known."""
        ...

    def skipped(self, path: Path, sentence: str) -> None:
        """Report a recording that is left out, and why."""
        ...

    def progress(self, epoch: int, step: int, loss: float) -> None:
        """Report one step; raises `Stopped` or `Cancelled` when the person asked for it."""
        ...

    def evaluated(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Report the metrics of an epoch."""
        ...

    def checkpoint(self, epoch: int, score: float, step: int = 0) -> AbstractContextManager[Path]:
        """Return a folder to write a checkpoint into; it is synced and renamed into place on leaving.

        Args:
            step: steps of the epoch that were done, where it is one within an epoch.
        """
        ...

    def latest(self) -> Path | None:
        """Return the newest whole checkpoint, to go on from."""
        ...

    def best(self) -> Path | None:
        """Return the best checkpoint that was evaluated; of equals the newest."""
        ...


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Stop now: write a checkpoint, evaluate, keep the model."""


class Cancelled(Exception):  # noqa: N818 - a request, not an error
    """Stop now and keep only what is on disk."""
