"""What `config.json` and `preprocessor_config.json` say of an audio spectrogram transformer of transformers.

Source: transformers, models/audio_spectrogram_transformer: configuration and feature extraction, whose defaults count
for what the files leave out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from earmark_torch.ast_shapes import seconds_of

Json = Mapping[str, Any]
_NO_NAME = re.compile(r"LABEL_\d+")  # what transformers calls a label that nobody named


def configured(config: Json) -> dict[str, Any]:
    """Return the arguments that a `config.json` gives; where there is none, those that all of transformers' have."""
    eps = config.get("layer_norm_eps", 1e-12)  # in the trunk and in the head alike
    norms = {"centred": False, "norm_eps": eps, "head_eps": eps}
    if not config:
        return norms
    frames = config.get("max_length", 1024)
    return norms | {
        "heads": config.get("num_attention_heads", 12),
        "stride": (config.get("frequency_stride", 10), config.get("time_stride", 10)),
        "frames": frames,
        "seconds": seconds_of(frames),
        "bands": config.get("num_mel_bins", 128),
        "single_label": config.get("problem_type") == "single_label_classification",
    }


def extracted(features: Json) -> dict[str, Any]:
    """Return the arguments that a `preprocessor_config.json` gives; none where there is none."""
    if not features:
        return {}
    as_it_is = {"mean": 0.0, "deviation": 0.5}
    normalised = {"mean": features.get("mean", -4.2677393), "deviation": features.get("std", 4.5689974)}
    rate = {"sample_rate": features.get("sampling_rate", 16000)}
    return rate | (normalised if features.get("do_normalize", True) else as_it_is)


def check_files(config: Json, features: Json, arguments: Mapping[str, Any]) -> None:
    """Refuse files that contradict each other, or a network that is not AST's.

    Raises:
        ValueError: they do.
    """
    if config.get("hidden_act", "gelu") != "gelu":
        raise ValueError(f"it computes {config['hidden_act']!r}, not GELU.")
    for name, ours in (("max_length", "frames"), ("num_mel_bins", "bands")):
        if name in features and features[name] != arguments.get(ours, features[name]):
            raise ValueError(f"its front end gives {features[name]} {ours}, and its network takes {arguments[ours]}.")


def hub_labels(config: Json) -> tuple[str, ...] | None:
    """Return the labels in the order of the outputs; None where there are none, or none that says anything.

    Raises:
        ValueError: they are not numbered from 0 on, or one stands there twice.
    """
    named = config.get("id2label")
    if not named or all(_NO_NAME.fullmatch(str(label)) for label in named.values()):
        return None
    labels = tuple(str(named[str(number)]) for number in range(len(named)))
    if len(set(labels)) < len(labels):
        raise ValueError("its id2label names a label twice.")
    return labels
