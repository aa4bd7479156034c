"""From the file that timm or Facebook saved and the waveform to scores and embedding: equal to timm's blocks."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from timm.models.mvitv2 import MultiScaleVit, MultiScaleVitCfg
from torch import nn
from torchaudio.compliance.kaldi import fbank

import earmark_mast
from earmark.api import CheckpointError, Clip, Want
from earmark.windows import fit_clip
from earmark_mast.arguments import ABLATIONS, STRIDES
from earmark_mast.network import MAST, Arguments
from earmark_mast.published import start_from

LABELS = [f"sound {number}" for number in range(5)]
PAPER = ("none", "both", "both", "time")
SMALL = {"depths": (1, 1, 2, 2), "embed_dim": (16, 32, 64, 128), "num_heads": (1, 2, 4, 8)}
FULL_TABLES = [(63, 511)] * 2 + [(31, 255)] * 4 + [(15, 127)] * 16 + [(15, 63)] * 2  # of the 24 blocks at 128 × 1024


def original(*, pooling=PAPER, sides=(32, 64), labels=5, class_token=False, colours=1, **sizes):
    """Return timm's network on a map of any shape, drawn so that every part of it moves the scores.

    timm builds square maps only; its blocks compute on any, once the strides and the tables are those of that map.
    """
    cfg = MultiScaleVitCfg(**(SMALL | sizes), use_cls_token=class_token, stride_q=((1, 1), *[(2, 2)] * 3))
    network = MultiScaleVit(cfg, img_size=sides[0], in_chans=colours, num_classes=labels).eval()
    grid, key_stride = (sides[0] // 4, sides[1] // 4), (4, 4)
    for stage, pooled in zip(network.stages, pooling, strict=True):
        stride = STRIDES[pooled]
        key_stride = tuple(max(1, one // other) for one, other in zip(key_stride, stride, strict=True))
        for number, block in enumerate(stage.blocks):
            grid = reshape(block, grid, stride if number == 0 else (1, 1), key_stride)
    draw(network)
    return network.requires_grad_(False)


def reshape(block, grid, stride, key_stride):
    """Give a block the strides and tables of its map; return the map it makes."""
    block.attn.pool_q.stride = stride
    block.attn.pool_k.stride = block.attn.pool_v.stride = key_stride
    kernel = tuple(each + 1 if each > 1 else 1 for each in stride)
    pool = nn.MaxPool2d(kernel, stride, tuple(each // 2 for each in kernel))
    block.shortcut_pool_attn = None if stride == (1, 1) else pool
    queries, keys = ([side // by for side, by in zip(grid, way, strict=True)] for way in (stride, key_stride))
    rows, columns = (2 * max(sides) - 1 for sides in zip(queries, keys, strict=True))
    block.attn.rel_pos_h = nn.Parameter(torch.empty(rows, block.attn.head_dim))
    block.attn.rel_pos_w = nn.Parameter(torch.empty(columns, block.attn.head_dim))
    return tuple(queries)


def draw(network):
    for name, tensor in network.named_parameters():
        if "rel_pos" in name:
            nn.init.normal_(tensor, std=0.3)
        elif tensor.dim() > 1:
            nn.init.normal_(tensor, std=tensor[0].numel() ** -0.5)
        else:
            nn.init.normal_(tensor, 1.0 if name.endswith("weight") else 0.0, 0.1)
    nn.init.normal_(network.head.fc.weight, std=2 * network.head.fc.in_features**-0.5)


def in_facebooks_names(network):
    """Return the tensors as facebookresearch/mvit names them."""
    firsts = [sum(len(stage.blocks) for stage in network.stages[:number]) for number in range(len(network.stages))]

    def name_of(name):
        name = re.sub(r"^stages\.(\d+)\.blocks\.(\d+)", lambda at: f"blocks.{firsts[int(at[1])] + int(at[2])}", name)
        return name.replace("shortcut_proj_attn", "proj").replace("head.fc", "head.projection")

    return {name_of(name): tensor for name, tensor in network.state_dict().items()}


def seen(waveform, sides):
    """Return what the network is shown [clips, 1, bands, frames], in Kaldi's own arithmetic, as AST's code has it."""
    how = {"window_type": "hanning", "num_mel_bins": sides[0], "dither": 0.0, "use_energy": False, "htk_compat": True}
    clips = [torch.from_numpy(clip - clip.mean())[None] for clip in waveform]
    energies = torch.stack([fbank(clip, sample_frequency=16000, frame_shift=10, **how) for clip in clips])
    padded = nn.functional.pad(energies[:, : sides[1]], (0, 0, 0, max(0, sides[1] - energies.shape[1])))
    return ((padded + 4.2677393) / (2 * 4.5689974)).transpose(1, 2)[:, None]


def hear(path, folder, waveform, *, labels=LABELS, precision="fp32"):
    checkpoint = earmark_mast.convert(path, labels, folder)
    model = earmark_mast.load(checkpoint.model_id, checkpoint, "cpu", precision)
    clips = [Clip(samples=samples, sample_rate=16000) for samples in waveform]
    return checkpoint, earmark_mast.infer(model, clips, Want(embedding=True))


def assert_equal(heard, network, image):
    expected = network(image)
    embedding = network.forward_head(network.forward_features(image), pre_logits=True)
    assert expected.sigmoid().std() > 0.02  # the weights do make a difference
    for number, each in enumerate(heard):
        np.testing.assert_allclose(each.scores, expected[number].sigmoid(), atol=1e-4)
        np.testing.assert_allclose(each.embedding, embedding[number], atol=1e-4)


@pytest.fixture
def save(tmp_path):
    """Write a network as timm's training does, or as Facebook's."""

    def write(network, layout="timm"):
        if layout == "facebook":
            content = {"epoch": 3, "model_state": in_facebooks_names(network), "cfg": "MVIT: {}\n"}
        else:
            content = {"epoch": 3, "arch": "mvitv2_base", "state_dict": network.state_dict()}
        torch.save(content, tmp_path / f"{layout}.pyth")
        return tmp_path / f"{layout}.pyth"

    return write


@pytest.mark.parametrize("layout", ["timm", "facebook"])
@pytest.mark.parametrize("class_token", [False, True], ids=["mean", "class token"])
def test_both_layouts_equal_timm(save, sound, tmp_path, layout, class_token):
    network, waveform = original(class_token=class_token), sound(2, sample_rate=16000, seconds=0.6)
    checkpoint, heard = hear(save(network, layout), tmp_path / "ours", waveform)
    assert checkpoint.network["pooling"] == PAPER
    assert_equal(heard, network, seen(waveform, (32, 64)))


@pytest.mark.parametrize("pooling", ABLATIONS.values(), ids=ABLATIONS.keys())
def test_the_papers_ablations_equal_timm_and_are_known_by_their_tables(save, sound, tmp_path, pooling):
    network, waveform = original(pooling=pooling), sound(2, sample_rate=16000, seconds=0.6)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform)
    assert checkpoint.network["pooling"] == pooling
    assert_equal(heard, network, seen(waveform, (32, 64)))


def test_527_labels_are_audiosets(save, tmp_path):
    checkpoint = earmark_mast.convert(save(original(labels=527)), None, tmp_path / "ours")
    assert (checkpoint.model_id, checkpoint.labels[0], len(checkpoint.labels)) == ("mast/audioset", "Speech", 527)


def test_the_host_leaves_a_short_recording_as_it_is_so_that_its_spectrogram_is_padded(save, sound, tmp_path):
    network, waveform = original(sides=(32, 128)), sound(1, sample_rate=16000, seconds=0.4)
    (card,) = [card for card in earmark_mast.models() if card.model_id == "mast/audioset"]
    fitted = [fit_clip(clip, 16000, card.short) for clip in waveform]
    _, heard = hear(save(network), tmp_path / "ours", fitted)
    assert_equal(heard, network, seen(waveform, (32, 128)))


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_shorter_and_longer_sounds_are_padded_and_cut(save, sound, tmp_path, seconds):
    network, waveform = original(), sound(2, sample_rate=16000, seconds=seconds)
    _, heard = hear(save(network), tmp_path / "ours", waveform)
    assert_equal(heard, network, seen(waveform, (32, 64)))


def test_timms_square_maps_are_a_configuration(save, sound, tmp_path):
    network, waveform = original(pooling=("none", "both", "both", "both"), sides=(64, 64)), sound(2, sample_rate=16000)
    stock = MultiScaleVit(MultiScaleVitCfg(**SMALL), img_size=64, in_chans=1, num_classes=5).eval()
    stock.load_state_dict(network.state_dict())  # what was reshaped for the square map is what timm builds
    checkpoint, heard = hear(save(stock), tmp_path / "ours", waveform)
    assert checkpoint.network["pooling"][3] == "both"
    assert_equal(heard, stock.requires_grad_(False), seen(waveform, (64, 64)))


def test_the_full_network_equals_timm_and_has_the_papers_parameters(save, sound, tmp_path):
    full = {"depths": (2, 3, 16, 3), "embed_dim": 96, "num_heads": 1}
    network, waveform = original(sides=(128, 1024), labels=527, **full), sound(1, sample_rate=16000)
    checkpoint, heard = hear(save(network, "facebook"), tmp_path / "ours", waveform, labels=None)
    assert checkpoint.labels[0] == "Speech"
    assert checkpoint.network["depths"] == (2, 3, 16, 3)
    assert sum(parameter.numel() for parameter in network.parameters()) == 51_379_919
    assert [shape.tables for shape in Arguments(labels=527).blocks] == FULL_TABLES
    assert heard[0].embedding.shape == (768,)
    assert_equal(heard, network, seen(waveform, (128, 1024)))


def test_bf16_scores_stay_within_a_hundredth(save, sound, tmp_path):
    path, waveform = save(original()), sound(2, sample_rate=16000, seconds=0.6)
    _, exact = hear(path, tmp_path / "exact", waveform)
    _, rounded = hear(path, tmp_path / "rounded", waveform, precision="bf16")
    for one, other in zip(exact, rounded, strict=True):
        np.testing.assert_allclose(other.scores, one.scores, atol=0.01)
        assert other.scores.dtype == np.float32


def test_our_own_folder_and_its_file_are_read_as_well(save, sound, tmp_path):
    waveform = sound(1, sample_rate=16000, seconds=0.6)
    first, expected = hear(save(original()), tmp_path / "ours", waveform)
    second, heard = hear(first.path, tmp_path / "again", waveform, labels=None)
    assert (second.labels, second.network) == (first.labels, first.network)
    _, from_file = hear(first.path / "network.safetensors", tmp_path / "file", waveform)
    np.testing.assert_array_equal([heard[0].scores, from_file[0].scores], [expected[0].scores] * 2)


@pytest.mark.parametrize("layout", ["timm", "facebook"])
@torch.no_grad()
def test_a_start_from_colours_gives_on_grey_what_the_image_network_gave(save, layout):
    image_network = original(colours=3, sides=(64, 64), pooling=("none", "both", "both", "both"), labels=1000)
    arguments = Arguments(
        labels=5, bands=64, frames=64, width=16, depths=SMALL["depths"], pooling=("none", *["both"] * 3)
    )
    ours, spectrogram = MAST(arguments).eval(), torch.randn(1, 64, 64)
    assert start_from(ours, save(image_network, layout)) == ["head.bias", "head.weight"]
    grey = spectrogram.transpose(1, 2)[:, None].expand(1, 3, 64, 64)
    expected = image_network.forward_head(image_network.forward_features(grey), pre_logits=True)
    torch.testing.assert_close(ours.features(spectrogram).embedding, expected, atol=1e-4, rtol=1e-4)
    summed = ours.patch_embed.proj.weight.clone()
    start_from(ours, save(image_network, layout), colours="mean")
    torch.testing.assert_close(ours.patch_embed.proj.weight, summed / 3)


def test_a_start_from_a_square_map_interpolates_the_tables_of_each_axis(save):
    ours = MAST(Arguments(labels=5, bands=64, frames=128, width=16, depths=SMALL["depths"]))
    image_network = original(colours=3, sides=(64, 64), pooling=("none", "both", "both", "both"))
    for _, block in image_network.named_modules():
        if hasattr(block, "rel_pos_w"):
            block.rel_pos_w.copy_(torch.arange(len(block.rel_pos_w))[:, None].expand_as(block.rel_pos_w))
    assert start_from(ours, save(image_network)) == ["head.bias", "head.weight"]
    assert len(ours.blocks[0].attn.rel_pos_w) == 63
    expected = torch.nn.functional.interpolate(torch.arange(31.0)[None, None], 63, mode="linear")[0, 0]
    torch.testing.assert_close(ours.blocks[0].attn.rel_pos_w[:, 7], expected)
    torch.testing.assert_close(ours.blocks[0].attn.rel_pos_h, image_network.stages[0].blocks[0].attn.rel_pos_h)


def test_a_start_from_the_class_token_layout_leaves_only_the_head(save):
    image_network = original(colours=3, class_token=True)
    ours = MAST(Arguments(labels=5, bands=32, frames=64, width=16, depths=SMALL["depths"], class_token=True))
    assert start_from(ours, save(image_network, "facebook")) == ["head.bias", "head.weight"]
    torch.testing.assert_close(ours.cls_token.data, image_network.cls_token.data)


def refused(path, tmp_path, what, labels=LABELS):
    with pytest.raises(CheckpointError, match=what) as caught:
        earmark_mast.convert(path, labels, tmp_path / "ours")
    assert len(str(caught.value)) < 300


def test_an_image_network_is_refused_as_a_model(save, tmp_path):
    refused(save(original(colours=3)), tmp_path, "image network.*start")


def test_labels_that_nobody_can_know_are_asked_for(save, tmp_path):
    path = save(original())
    refused(path, tmp_path, r"scores 5 labels.*--labels", labels=None)
    refused(path, tmp_path, "5 labels, but 2 were given", labels=["one", "two"])


def changed(state, name, tensor):
    return {key: value for key, value in state.items() if key != name} | ({} if tensor is None else {name: tensor})


@pytest.mark.parametrize(
    ("name", "tensor", "what"),
    [
        ("blocks.1.mlp.fc2.bias", None, r"blocks\.1\.mlp\.fc2\.bias is missing"),
        ("blocks.1.glue.weight", torch.zeros(2), r"blocks\.1\.glue\.weight is unknown"),
        ("blocks.1.attn.rel_pos_h", torch.zeros(10, 16), "fit no pooling"),
        ("blocks.0.attn.pool_q.weight", torch.zeros(0, 1, 3, 3), "not a MAST network that Earmark knows"),
        ("patch_embed.proj.weight", torch.zeros(16), "does not hold a MAST network"),
        ("head.projection.weight", None, "not a MAST network that Earmark knows"),
    ],
)
def test_a_file_with_something_wrong_in_it_is_refused(tmp_path, name, tensor, what):
    torch.save({"model_state": changed(in_facebooks_names(original()), name, tensor)}, tmp_path / "wrong.pyth")
    refused(tmp_path / "wrong.pyth", tmp_path, what)


def test_another_network_and_a_torn_file_are_refused(save, tmp_path):
    torch.save({"model_state": {"patch_embed.proj.weight": torch.zeros(8, 1, 7, 7)}}, tmp_path / "other.pyth")
    refused(tmp_path / "other.pyth", tmp_path, "does not hold a MAST network")
    whole = save(original()).read_bytes()
    (tmp_path / "torn.pyth").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "torn.pyth", tmp_path, "damaged, cut off, or not a checkpoint")
