"""AST as a plugin and as a network: what it promises, where training starts, small configurations included."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from timm.models.deit import VisionTransformerDistilled
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import earmark_ast
from earmark.api import CheckpointError, Clip, DatasetError, Want
from earmark.host import Host
from earmark.testing import check_plugin
from earmark_ast.model import FAMILY
from earmark_ast.network import AST, Arguments
from earmark_ast.published import start_from
from earmark_torch import ast
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.model import restore
from earmark_torch.tagger import network_for

SMALL = Arguments(labels=5, width=64, depth=2, heads=2, stride=(16, 16))
LITTLE = Arguments(
    labels=10, width=96, depth=5, heads=3, seconds=5.12, frames=512, bands=64, patch=(16, 8), stride=(16, 8)
)


@pytest.fixture(autouse=True)
def seed():
    torch.set_num_threads(1)
    torch.manual_seed(7)


@pytest.fixture
def stored(tmp_path):
    """Write a small network with random weights for a card."""

    def store(card):
        folder = tmp_path / card.model_id.replace("/", "-")
        small = replace(SMALL, labels=len(card.labels), seconds=card.window_seconds)
        network = AST(small)
        known = {"model_id": card.model_id, "labels": card.labels, "network": asdict(small)}
        return write_checkpoint(folder, network.state_dict(), **known)

    return store


def test_every_card_keeps_the_contract(stored):
    """With random weights: on silence, a tone and noise, alone and together, in any order."""
    assert check_plugin("ast", checkpoints={card.model_id: stored(card).path for card in earmark_ast.models()}) == []


def test_a_short_recording_is_given_as_it_is_and_its_spectrogram_is_padded(stored):
    card = next(card for card in earmark_ast.models() if card.model_id == "ast/audioset")
    model = earmark_ast.load(card.model_id, stored(card), "cpu", "fp32")
    second = np.random.default_rng(0).normal(size=16000).astype(np.float32)
    padded = np.pad(second, (0, 144000))
    short, long = (earmark_ast.infer(model, [Clip(samples=s, sample_rate=16000)], Want())[0] for s in (second, padded))
    assert card.short == "leave"
    assert np.abs(short.scores - long.scores).max() > 1e-3  # silence is −1.28 in the spectrogram, padding +0.47


def test_without_weights_it_does_not_score():
    host = Host()
    host.register("ast", earmark_ast)
    with pytest.raises(CheckpointError, match="not on this machine"):
        host.load(host.cards("ast")[0], None, "cpu", "fp32")


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    network = asdict(SMALL) | {"width": 63}
    checkpoint = write_checkpoint(tmp_path, {}, model_id="ast/audioset", labels=("a",) * 5, network=network)
    with pytest.raises(CheckpointError, match="not a network of AST that this version knows: 63 channels"):
        earmark_ast.load("ast/audioset", checkpoint, "cpu", "fp32")


def test_listing_the_models_imports_no_torch():
    program = "import sys, earmark_ast; earmark_ast.models(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def manual_attention(q, k, v):
    """Return attention by two products, which the counter counts as it does not PyTorch's fused one."""
    return (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v


@pytest.mark.parametrize(
    ("labels", "frames", "parameters", "macs"),
    [(527, 1024, 86_594_063, 130.51), (50, 512, 85_757_234, 57.93), (35, 128, 85_395_491, 12.82)],
)
def test_parameters_and_macs_are_those_in_the_documentation(monkeypatch, labels, frames, parameters, macs):
    monkeypatch.setattr(ast.F, "scaled_dot_product_attention", manual_attention)
    with torch.device("meta"):
        network = AST(Arguments(labels=labels, frames=frames, seconds=frames // 100)).eval()
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad():
            tokens = network.encoder.embed(torch.zeros(1, frames, 128))
            network.head(network.encoder.norm(network.encoder.blocks(tokens))[:, :2].mean(1))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert counter.get_total_flops() / 2e9 == pytest.approx(macs, abs=0.006)


PATCHES = {
    "overlap 6": ((16, 16), (10, 10), 1214),
    "overlap 4": ((16, 16), (12, 12), 852),
    "overlap 2": ((16, 16), (14, 14), 659),
    "none": ((16, 16), (16, 16), 514),
    "128 × 2": ((128, 2), (128, 2), 514),
    "32 × 32": ((32, 32), (32, 32), 130),
}


@pytest.mark.parametrize(("patch", "stride", "tokens"), PATCHES.values(), ids=PATCHES.keys())
def test_the_papers_patches_give_its_number_of_tokens(patch, stride, tokens):
    network = AST(replace(SMALL, patch=patch, stride=stride, width=16, depth=1)).eval()
    with torch.no_grad():
        assert network.encoder(torch.randn(1, 160000) * 0.1).shape == (1, tokens, 16)


@pytest.mark.parametrize("arguments", [LITTLE, replace(SMALL, patch=(128, 2), stride=(128, 2))], ids=["little", "rows"])
@pytest.mark.parametrize("clips", [1, 3])
def test_what_is_laid_out_for_the_processor_computes_the_same(arguments, clips):
    from earmark_ast.inference import pack

    network, waveform = AST(arguments).eval().requires_grad_(False), torch.randn(clips, 70000) * 0.1
    expected = network(waveform)
    logits, embedding, _ = pack(network, torch.float32)(waveform)
    torch.testing.assert_close(logits, expected.logits, atol=1e-5, rtol=0)
    torch.testing.assert_close(embedding, expected.embedding, atol=1e-4, rtol=0)


def test_every_parameter_of_a_little_network_learns():
    network = AST(replace(LITTLE, drop_path=0.2)).train()
    network(torch.randn(8, 81920) * 0.1).logits.square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []
    assert 0.5e6 < sum(parameter.numel() for parameter in network.parameters()) < 0.7e6


def test_augmentation_acts_on_the_normalised_spectrogram():
    seen = []
    AST(LITTLE)(torch.randn(2, 81920) * 0.1, augment=lambda spectrogram: seen.append(spectrogram) or spectrogram)
    assert seen[0].shape == (2, 512, 64)


@pytest.mark.parametrize(
    "contradiction",
    [
        {"labels": 0},
        {"heads": 5},
        {"patch": (16, 2000)},
        {"stride": (20, 10)},
        {"stride": (0, 10)},
        {"seconds": 11.0},
        {"seconds": 0.0},
        {"deviation": 0.0},
        {"norm_eps": -1.0},
        {"drop_path": 1.0},
        {"sample_rate": 1},
    ],
    ids=str,
)
def test_arguments_that_contradict_each_other_are_refused(contradiction):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        replace(SMALL, **contradiction)


def test_arguments_survive_json():
    assert restore(Arguments, json.loads(json.dumps(asdict(LITTLE)))) == LITTLE


def deit(path, *, form, width=64, depth=2):
    """Write a small distilled DeiT as timm or Facebook does; return it."""
    network = VisionTransformerDistilled(embed_dim=width, depth=depth, num_heads=2, img_size=384, num_classes=10).eval()
    nn.init.normal_(network.pos_embed)
    torch.save(network.state_dict() if form == "timm" else {"model": network.state_dict()}, path)
    return network


@pytest.mark.parametrize("form", ["timm", "Facebook"])
def test_a_start_from_deit_sums_the_colours_and_computes_what_deit_computes(tmp_path, form):
    """On a grey image of 384 × 384, taken for a spectrogram, the two are one."""
    image_network = deit(tmp_path / "deit.pth", form=form)
    ours = AST(replace(SMALL, bands=384, frames=384, seconds=3.8)).eval()
    left = start_from(ours, tmp_path / "deit.pth")
    spectrogram = torch.randn(1, 384, 384)  # [clips, frames, bands]
    image = spectrogram.transpose(1, 2)[:, None].expand(1, 3, 384, 384)
    with torch.no_grad():
        expected = image_network.forward_features(image)
        tokens = ours.encoder.norm(ours.encoder.blocks(ours.encoder.embed(spectrogram)))
    torch.testing.assert_close(tokens, expected, atol=1e-4, rtol=1e-4)
    assert left == ["head.0.bias", "head.0.weight", "head.1.bias", "head.1.weight"]


def image_of(embeddings, rows, columns):
    """Return position embeddings as AST's code reshapes them: [1, D, rows, columns]."""
    return embeddings[:, 2:].reshape(1, rows, columns, -1).permute(0, 3, 1, 2)


def test_positions_of_deit_are_cut_over_frequency_and_interpolated_over_time(tmp_path):
    """As AST's code does: rows 6 to 18 of 24; 24 columns become 101, bilinearly."""
    image_network = deit(tmp_path / "deit.pth", form="timm")
    ours = AST(replace(SMALL, stride=(10, 10)))
    start_from(ours, tmp_path / "deit.pth")
    wider = nn.functional.interpolate(image_of(image_network.pos_embed, 24, 24), (24, 101), mode="bilinear")
    torch.testing.assert_close(image_of(ours.encoder.pos_embed, 12, 101), wider[:, :, 6:18])
    torch.testing.assert_close(ours.encoder.pos_embed[:, :2], image_network.pos_embed[:, :2])


def test_fewer_columns_than_deits_are_the_middle_ones(tmp_path):
    image_network = deit(tmp_path / "deit.pth", form="timm")
    ours = AST(replace(SMALL, stride=(10, 10), frames=128, seconds=1.0))
    start_from(ours, tmp_path / "deit.pth")
    expected = image_of(image_network.pos_embed, 24, 24)[:, :, 6:18, 6:18]
    torch.testing.assert_close(image_of(ours.encoder.pos_embed, 12, 12), expected)


def test_more_columns_than_deits_can_be_the_nearest_ones_or_drawn_anew(tmp_path):
    image_network = deit(tmp_path / "deit.pth", form="timm")
    ours = AST(replace(SMALL, stride=(10, 10)))
    drawn = ours.encoder.pos_embed.clone()
    left = start_from(ours, tmp_path / "deit.pth", positions="drawn")
    assert "encoder.pos_embed" in left
    torch.testing.assert_close(ours.encoder.pos_embed, drawn)
    start_from(ours, tmp_path / "deit.pth", positions="nearest")
    wider = nn.functional.interpolate(image_of(image_network.pos_embed, 24, 24), (24, 101), mode="nearest")
    torch.testing.assert_close(image_of(ours.encoder.pos_embed, 12, 101), wider[:, :, 6:18])


def test_how_a_training_begins_is_a_setting_of_its_job(tmp_path):
    image_network = deit(tmp_path / "deit.pth", form="timm")
    network = asdict(replace(SMALL, stride=(10, 10)))

    def begun(begin):
        settings = {"network": network, "begin": begin}
        job = SimpleNamespace(settings=settings, labels="abcde", seed=0, start_from=tmp_path / "deit.pth")
        return network_for(FAMILY, job, start_from)

    wider = nn.functional.interpolate(image_of(image_network.pos_embed, 24, 24), (24, 101), mode="nearest")
    nearest = begun({"positions": "nearest"})
    torch.testing.assert_close(image_of(nearest.encoder.pos_embed, 12, 101), wider[:, :, 6:18])
    for begin, said in (
        ({"positions": "best"}, "not best"),
        ({"path": "x"}, "begin.positions"),
        ("nearest", "nearest"),
    ):
        with pytest.raises(DatasetError) as raised:
            begun(begin)
        assert said in f"{raised.value.sentence} {raised.value.hint}"


@pytest.fixture
def audioset(tmp_path):
    """Return an AST with 12 × 101 patches, written as a checkpoint, and its folder."""
    arguments = replace(SMALL, stride=(10, 10))
    network = AST(arguments)
    nn.init.normal_(network.encoder.pos_embed)
    known = {"model_id": "ast/audioset", "labels": tuple("abcde"), "network": asdict(arguments)}
    write_checkpoint(tmp_path / "audioset", network.state_dict(), **known)
    return network, tmp_path / "audioset"


def test_a_start_from_another_ast_cuts_its_positions_for_shorter_clips(audioset):
    """As AST's code does for ESC-50: columns 25 to 75 of 101."""
    network, folder = audioset
    ours = AST(replace(SMALL, stride=(10, 10), frames=512, seconds=5.0, labels=3))
    assert start_from(ours, folder) == ["head.1.bias", "head.1.weight"]
    expected = image_of(network.encoder.pos_embed, 12, 101)[..., 25:75]
    torch.testing.assert_close(image_of(ours.encoder.pos_embed, 12, 50), expected)


def test_more_positions_may_be_the_nearest_ones_or_drawn_anew(audioset):
    network, folder = audioset
    longer = replace(SMALL, stride=(10, 10), frames=2048, seconds=20.0)
    nearest, drawn = AST(longer), AST(longer)
    assert start_from(nearest, folder, positions="nearest") == []
    assert start_from(drawn, folder, positions="drawn") == ["encoder.pos_embed"]
    expected = nn.functional.interpolate(image_of(network.encoder.pos_embed, 12, 101), (12, 204), mode="nearest")
    torch.testing.assert_close(image_of(nearest.encoder.pos_embed, 12, 204), expected)


def test_a_start_without_a_distillation_token_is_refused(tmp_path):
    state = deit(tmp_path / "deit.pth", form="timm").state_dict()
    torch.save(state | {"pos_embed": torch.zeros(1, 577, 64)}, tmp_path / "deit.pth")
    with pytest.raises(CheckpointError, match=r"577 position embeddings.*distilled"):
        start_from(AST(SMALL), tmp_path / "deit.pth")
