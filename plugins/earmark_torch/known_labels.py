"""Labels that a network knows already: where training goes on from it, each is scored at first as it was before."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from earmark_torch.checkpoint import read_tensors
from earmark_torch.model import Family


def scoring_rows(family: Family, network: Any) -> dict[str, Tensor]:
    """Return copies of a network's tensors that have a row for each label, by their names."""
    arguments = network.arguments
    with torch.device("meta"):
        larger = family.network(replace(arguments, labels=arguments.labels + 1)).state_dict()
    return {name: each.clone() for name, each in network.state_dict().items() if larger[name].shape != each.shape}


def keep_known_labels(network: nn.Module, drawn: dict[str, Tensor], folder: Path, labels: Sequence[str]) -> None:
    """Give a network the rows of the labels that a checkpoint of ours knows, under any spelling, and drawn ones else.

    Args:
        drawn: what `scoring_rows` returned before the checkpoint filled the network; it is changed.
    """
    known = json.loads((folder / "checkpoint.json").read_text(encoding="utf-8"))["labels"]
    places, before = {_plain(label): place for place, label in enumerate(known)}, read_tensors(folder)
    shared = [(place, places[_plain(label)]) for place, label in enumerate(labels) if _plain(label) in places]
    for name, rows in drawn.items():
        if name in before and before[name].shape[1:] == rows.shape[1:]:
            for place, old in shared:
                rows[place] = before[name][old]
    network.load_state_dict(drawn, strict=False)


def _plain(label: str) -> str:
    return re.sub(r"[\W_]+", " ", label.casefold()).strip()
