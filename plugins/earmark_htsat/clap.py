"""CLAP's audio tower, as transformers saves it → the names of HTS-AT's published code, which is what it is.

Wu et al., "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption augmentation",
ICASSP 2023, arXiv 2211.06687. Source of names and of the front end: transformers, models/clap; the
preprocessor_config.json of laion/clap-htsat-unfused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from earmark.api import CheckpointError

SEEN_BY = "batch_norm.weight"  # HTS-AT's own code calls it bn0
_RENAMED = (
    (r"^batch_norm\.", "bn0."),
    (r"\.attention\.self\.(query|key|value)\.", r".attn.\1."),
    (r"\.attention\.self\.", ".attn."),
    (r"\.attention\.output\.dense\.", ".attn.proj."),
    (r"\.intermediate\.dense\.", ".mlp.fc1."),
    (r"\.output\.dense\.", ".mlp.fc2."),
    (r"\.layernorm_before\.", ".norm1."),
    (r"\.layernorm_after\.", ".norm2."),
)
_FRONT_END = {
    "sampling_rate": 48000,
    "hop_length": 480,
    "fft_window_size": 1024,
    "feature_size": 64,
    "frequency_min": 50,
    "frequency_max": 14000,
}
_SHORT = {"repeatpad": "repeat_pad", "repeat": "repeat", "pad": "pad"}
_READ = {"enable_fusion": False, "hidden_act": "gelu", "projection_hidden_act": "relu", "layer_norm_eps": 1e-5}


def require_known(config: Mapping[str, Any], file: str) -> None:
    """Refuse a network whose config.json asks for what Earmark's does not do."""
    audio = config.get("audio_config") or config
    for name, value in _READ.items():
        if audio.get(name, value) != value:
            hint = "Take laion/clap-htsat-unfused." if name == "enable_fusion" else ""
            sentence = f"{file} is a CLAP with {name} {audio[name]!r}; Earmark reads those with {value!r}."
            raise CheckpointError(sentence, hint=hint)


def published_names(tower: Mapping[str, Tensor], file: str) -> dict[str, Tensor]:
    """Return the tower's tensors under the names of HTS-AT's published code; queries, keys and values in one.

    Raises:
        CheckpointError: it is the tower of a fused CLAP, which hears four crops at a time.
    """
    if any(".fusion_model." in f".{name}" or "mel_conv2d" in name for name in tower):
        hint = "Take laion/clap-htsat-unfused."
        raise CheckpointError(f"{file} is a fused CLAP, which Earmark does not read.", hint=hint)
    named = {_their_name(name): tensor for name, tensor in tower.items()}
    for name in [name for name in named if ".attn.query." in name]:
        parts = [name.replace(".query.", f".{part}.") for part in ("query", "key", "value")]
        if missing := [part for part in parts if part not in named]:
            raise CheckpointError(f"{file} is not a whole CLAP: {missing[0]} is missing.")
        named[name.replace(".query.", ".qkv.")] = torch.cat([named.pop(part) for part in parts])
    for name in [name for name in named if name.endswith(".attn.qkv.weight")]:
        named.setdefault(name.replace("weight", "bias"), torch.zeros(len(named[name])))  # where they have none
    return named


def _their_name(name: str) -> str:
    for pattern, theirs in _RENAMED:
        name = re.sub(pattern, theirs, name)
    return name


def projection_of(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the projection under our names, `head.0` and `head.2`; nothing where the file has none."""
    places = {"audio_projection.linear1.": "head.0.", "audio_projection.linear2.": "head.2."}
    return {
        place + name.removeprefix(theirs): tensor.float()
        for theirs, place in places.items()
        for name, tensor in tensors.items()
        if name.startswith(theirs)
    }


def short(said: Mapping[str, Any]) -> str:
    """Return what becomes of a short recording, in the words of a card, as a preprocessor_config.json says it.

    Raises:
        ValueError: it says something else.
    """
    padding = said.get("padding", "repeatpad")
    if padding not in _SHORT:
        raise ValueError(f"its feature extractor fills short sounds up by {padding!r}")
    return _SHORT[padding]


def front_end(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front end as a preprocessor_config.json says it, or as laion's does.

    The filters are Slaney's, whatever `truncation` says: the others belong to the fused form.
    """
    known = {name: said.get(name, default) for name, default in _FRONT_END.items()}
    return {
        "sample_rate": int(known["sampling_rate"]),
        "hop": int(known["hop_length"]),
        "fft": int(known["fft_window_size"]),
        "bands": int(known["feature_size"]),
        "lowest": float(known["frequency_min"]),
        "highest": float(known["frequency_max"]),
    }
