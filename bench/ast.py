"""AST (86.6 M parameters, 10 s) from waveform to scores on two CPU threads: published arithmetic, transformers, ours.

All sides have the same random weights and hear the same sound, in turns, in one run.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

from bench import target
from bench.ast_original import EPS, PublishedAST, draw
from bench.in_turns import Scores, compare, make_sounds
from earmark.api import Clip, Float, Want
from earmark_ast.model import FAMILY
from earmark_ast.network import AST, Arguments
from earmark_torch.model import Model, prepare

THREADS, ROUNDS, LABELS = 2, 8, 527
MACS = 130.51e9


def measure() -> dict[str, Any]:
    """Return the times of all sides, their ratios, how far the scores are apart, and the machine's ceiling."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    report = compare(make_sides(), make_sounds(16000, 10.0), macs=MACS, rounds=ROUNDS)
    return report | {"targets": targets(report["times_faster"], report["scores_apart"], report["seconds"])}


def targets(ratios: dict[str, float], apart: dict[str, float], seconds: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the promises."""
    against = min(seconds["transformers"][of] / seconds["fp32"][of] for of in ("median", "minimum"))
    return [
        target("AST in fp32 against attention written out", ratios["fp32"], "×", at_least=1.35),
        target("AST in fp32 against transformers", against, "×", at_least=1.0),
        target("scores in fp32 apart from the published ones", apart["fp32"], "", at_most=1e-4),
        target("AST in bf16 against attention written out, in fp32", ratios["bf16"], "×", at_least=2.7),
        target("scores in bf16 apart from the published ones", apart["bf16"], "", at_most=0.01),
    ]


def make_sides() -> dict[str, Scores]:
    """Return the published arithmetic, transformers, and ours in fp32 and bf16, with the same weights."""
    published = PublishedAST(LABELS, 1024)
    draw(published)
    tensors = ours_of(published.state_dict())
    return {
        "published": partial(hear_published, published),
        "transformers": partial(hear_transformers, make_transformers(tensors), ASTFeatureExtractor()),
        "fp32": partial(hear, make_ours(tensors, "fp32")),
        "bf16": partial(hear, make_ours(tensors, "bf16")),
    }


def ours_of(published: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the published side's tensors under our names."""
    return {n.replace("v.", "encoder.", 1).replace("mlp_head.", "head."): t for n, t in published.items()}


def make_ours(tensors: dict[str, torch.Tensor], precision: str) -> Model:
    """Return our network with these weights, as `load` prepares it."""
    network = AST(Arguments(labels=LABELS, norm_eps=EPS, head_eps=EPS))
    network.load_state_dict(tensors)
    return prepare(FAMILY, network.eval().requires_grad_(False), "cpu", precision)


def make_transformers(tensors: dict[str, torch.Tensor]) -> ASTForAudioClassification:
    """Return transformers' network with these weights, as it is by default."""
    network = ASTForAudioClassification(ASTConfig(num_labels=LABELS, layer_norm_eps=EPS)).eval().requires_grad_(False)
    trunk, wanted = "audio_spectrogram_transformer.", network.state_dict()
    named = {f"{trunk}{name}": tensor for name, tensor in _in_their_names(tensors)}
    heads = {"layernorm": "head.0", "dense": "head.1"}
    named |= {f"classifier.{n}.{k}": tensors[f"{ours}.{k}"] for n, ours in heads.items() for k in ("weight", "bias")}
    network.load_state_dict({name: named[name] for name in wanted})
    return network


def _in_their_names(tensors: dict[str, torch.Tensor]) -> list[tuple[str, torch.Tensor]]:
    renamed = {
        "encoder.cls_token": "embeddings.cls_token",
        "encoder.dist_token": "embeddings.distillation_token",
        "encoder.pos_embed": "embeddings.position_embeddings",
        "encoder.patch_embed.proj": "embeddings.patch_embeddings.projection",
        "encoder.blocks.": "layers.",
        "encoder.norm": "layernorm",
        ".norm1": ".layernorm_before",
        ".norm2": ".layernorm_after",
        ".attn.proj": ".attention.o_proj",
    }
    found: list[tuple[str, torch.Tensor]] = []
    for name, tensor in tensors.items():
        for ours, theirs in renamed.items():
            name = name.replace(ours, theirs)
        if ".attn.qkv" in name:
            parts = zip("qkv", tensor.chunk(3), strict=True)
            found += [(name.replace(".attn.qkv", f".attention.{part}_proj"), each) for part, each in parts]
        else:
            found.append((name, tensor))
    return found


@torch.inference_mode()
def hear_published(network: PublishedAST, samples: Float) -> Float:
    """Return the scores [labels]."""
    return network(torch.from_numpy(samples)).sigmoid().numpy()


@torch.inference_mode()
def hear_transformers(network: ASTForAudioClassification, extractor: ASTFeatureExtractor, samples: Float) -> Float:
    """Return the scores [labels]."""
    spectrogram = extractor(samples, sampling_rate=16000, return_tensors="pt").input_values
    return network(spectrogram).logits[0].sigmoid().numpy()


def hear(model: Model, samples: Float) -> Float:
    """Return the scores [labels]."""
    (heard,) = model.hear([Clip(samples=samples, sample_rate=16000)], Want())
    return heard.scores
