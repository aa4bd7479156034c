"""From the file that timm saved and the waveform to scores and embedding: equal to timm's CoAtNet behind Kaldi."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from timm.models.maxxvit import MaxxVit, MaxxVitCfg, model_cfgs
from torch import nn
from torchaudio.compliance.kaldi import fbank

import earmark_asca
from earmark.api import CheckpointError, Clip, Want
from earmark.windows import fit_clip
from earmark_asca.arguments import FORMS
from earmark_asca.network import ASCA, Arguments
from earmark_asca.published import start_from

LABELS = [f"sound {number}" for number in range(5)]
PAPER = MaxxVitCfg(block_type=("C", "C", "C", "T"), depths=(2, 3, 5, 2), stem_width=64)
SMALL = {"embed_dim": (32, 32, 64, 64), "depths": (1, 1, 1, 1), "stem_width": (8, 16)}


def original(config=PAPER, *, image=64, colours=1, labels=5, **changed):
    """Return timm's network, drawn so that every part of it moves the scores."""
    network = MaxxVit(replace(config, **changed), img_size=image, in_chans=colours, num_classes=labels).eval()
    for name, tensor in network.named_parameters():
        if tensor.dim() > 1:
            nn.init.normal_(tensor, std=0.5 if "bias_table" in name else tensor[0].numel() ** -0.5)
        else:
            nn.init.normal_(tensor, 1.0 if name.endswith("weight") else 0.0, 0.1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    nn.init.normal_(network.head.fc.weight, std=2 * network.head.fc.in_features**-0.5)
    return network.requires_grad_(False)


def seen(waveform, image):
    """Return what the paper's front end shows the network [clips, 1, image, image], in Kaldi's own arithmetic."""
    how = {"window_type": "hamming", "num_mel_bins": 128, "dither": 0.0, "use_energy": False, "htk_compat": True}
    energies = torch.stack([fbank(torch.from_numpy(clip)[None], frame_shift=10, **how) for clip in waveform])
    normalised = (energies + 4.2677393) / (2 * 4.5689974)
    return nn.functional.interpolate(normalised.transpose(1, 2)[:, None], (image, image), mode="bilinear")


def hear(path, folder, waveform, *, labels=LABELS, precision="fp32"):
    checkpoint = earmark_asca.convert(path, labels, folder)
    model = earmark_asca.load(checkpoint.model_id, checkpoint, "cpu", precision)
    clips = [Clip(samples=samples, sample_rate=16000) for samples in waveform]
    return checkpoint, earmark_asca.infer(model, clips, Want(embedding=True))


def assert_equal(heard, network, image):
    expected = network(image)
    embedding = network.forward_head(network.forward_features(image), pre_logits=True)
    assert expected.sigmoid().std() > 0.02  # the weights do make a difference
    for number, each in enumerate(heard):
        np.testing.assert_allclose(each.scores, expected[number].sigmoid(), atol=1e-4)
        np.testing.assert_allclose(each.embedding, embedding[number], atol=1e-4)


@pytest.fixture
def save(tmp_path):
    """Write a network as timm's training does, its tensors under `state_dict`."""

    def write(network, prefix=""):
        state = {prefix + name: tensor for name, tensor in network.state_dict().items()}
        torch.save({"epoch": 3, "arch": "coatnet", "state_dict": state}, tmp_path / "timm.pth.tar")
        return tmp_path / "timm.pth.tar"

    return write


@pytest.mark.parametrize("blocks", ["CCCT", "CCTT", "CCCC"])
def test_the_papers_forms_equal_timms(save, sound, tmp_path, blocks):
    side = 224 if "T" not in blocks else 64  # without attention nothing tells the size of the image
    network, waveform = original(block_type=tuple(blocks), image=side, **SMALL), sound(2, sample_rate=16000)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform)
    assert checkpoint.network["blocks"] == blocks
    assert_equal(heard, network, seen(waveform, side))


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"asca"}))
def test_every_form_of_timms_is_known_by_its_shapes(save, sound, tmp_path, form):
    """Its widths are small here, its depths its own: by these, and by which layers have what, a form is known."""
    hidden = 32 if model_cfgs[form].head_hidden_size else None
    network = original(model_cfgs[form], embed_dim=SMALL["embed_dim"], head_hidden_size=hidden)
    waveform = sound(2, sample_rate=16000, seconds=5.0)
    _, heard = hear(save(network), tmp_path / "ours", waveform)
    assert_equal(heard, network, seen(waveform, 64))


@pytest.mark.parametrize("expanded", ["output", "input"])
def test_a_stage_that_does_not_widen_leaves_it_to_the_next_what_its_blocks_are_as_wide_as(save, tmp_path, expanded):
    """As in timm's nano and pico: the stem has as many channels as the first stage."""
    bottleneck = replace(PAPER.conv_cfg, expand_output=expanded == "output")
    path = save(original(conv_cfg=bottleneck, **SMALL | {"stem_width": (16, 32), "embed_dim": (32, 64, 64, 64)}))
    checkpoint = earmark_asca.convert(path, LABELS, tmp_path / "ours")
    assert (checkpoint.network["expand"], checkpoint.network["squeeze_ratio"]) == (expanded, 0.25)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 5.0])
def test_shorter_sounds_are_seen_as_they_are(save, sound, tmp_path, seconds):
    network, waveform = original(**SMALL), sound(2, sample_rate=16000, seconds=seconds)
    _, heard = hear(save(network), tmp_path / "ours", waveform)
    assert_equal(heard, network, seen(waveform, 64))


def test_527_labels_are_audiosets(save, tmp_path):
    checkpoint = earmark_asca.convert(save(original(**SMALL, labels=527)), None, tmp_path / "ours")
    assert (checkpoint.model_id, checkpoint.labels[0], len(checkpoint.labels)) == ("asca/audioset", "Speech", 527)


def test_the_host_leaves_a_short_recording_as_it_is_so_that_its_spectrogram_is_resized(save, sound, tmp_path):
    network, waveform = original(**SMALL), sound(1, sample_rate=16000, seconds=1.0)
    (card,) = [card for card in earmark_asca.models() if card.model_id == "asca/audioset"]
    _, heard = hear(save(network), tmp_path / "ours", [fit_clip(clip, 160000, card.short) for clip in waveform])
    assert_equal(heard, network, seen(waveform, 64))


def test_the_full_network_equals_timms_and_has_its_parameters(save, sound, tmp_path):
    network, waveform = original(image=224, labels=527), sound(1, sample_rate=16000)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform, labels=None)
    assert checkpoint.labels[0] == "Speech"
    assert sum(parameter.numel() for parameter in network.parameters()) == 22_578_111
    assert heard[0].embedding.shape == (768,)
    assert_equal(heard, network, seen(waveform, 224))


def test_bf16_scores_stay_within_a_hundredth(save, sound, tmp_path):
    path, waveform = save(original(**SMALL | {"depths": (1, 1, 2, 2)})), sound(2, sample_rate=16000)
    _, exact = hear(path, tmp_path / "exact", waveform)
    _, rounded = hear(path, tmp_path / "rounded", waveform, precision="bf16")
    for one, other in zip(exact, rounded, strict=True):
        np.testing.assert_allclose(other.scores, one.scores, atol=0.01)
        assert other.scores.dtype == np.float32


def test_a_file_of_a_wrapped_network_is_read(save, sound, tmp_path):
    network, waveform = original(**SMALL), sound(1, sample_rate=16000)
    _, heard = hear(save(network, "module."), tmp_path / "ours", waveform)
    assert_equal(heard, network, seen(waveform, 64))


def test_a_folder_of_the_hub_names_its_labels(sound, tmp_path):
    network, waveform = original(**SMALL), sound(1, sample_rate=16000)
    folder = tmp_path / "hub"
    folder.mkdir()
    save_file(network.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"architecture": "coatnet_0_224", "label_names": LABELS}))
    checkpoint, heard = hear(folder, tmp_path / "ours", waveform, labels=None)
    assert checkpoint.labels == tuple(LABELS)
    assert_equal(heard, network, seen(waveform, 64))


def test_labels_that_are_no_list_are_none(tmp_path):
    save_file(original(**SMALL).state_dict(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"label_names": 5}))
    with pytest.raises(CheckpointError, match="scores 5 labels"):
        earmark_asca.convert(tmp_path, None, tmp_path / "ours")


def test_a_start_from_an_image_network_gives_a_grey_image_what_it_gave(save):
    network = original(colours=3, **SMALL)
    ours = ASCA(Arguments(labels=3, **OURS)).eval()
    assert start_from(ours, save(network)) == ["head.fc.bias", "head.fc.weight"]
    grey = torch.randn(2, 1, 64, 64)
    with torch.no_grad():
        found = ours.norm(ours.stages(ours.stem(grey)))
    torch.testing.assert_close(found, network.forward_features(grey.expand(-1, 3, -1, -1)), atol=1e-4, rtol=1e-4)


OURS = {"image": (64, 64), "widths": SMALL["embed_dim"], "depths": SMALL["depths"], "stem": SMALL["stem_width"]}


def test_a_start_brings_biases_to_another_map_and_leaves_stages_of_another_kind(save):
    network = original(colours=3, block_type=("C", "C", "T", "T"), **SMALL)
    ours = ASCA(Arguments(labels=5, **OURS | {"image": (64, 128)}))
    left = start_from(ours, save(network))
    assert {name.split(".blocks")[0] for name in left} == {"stages.2"}
    table = ours.stages[3].blocks[0].attn.rel_pos.relative_position_bias_table
    assert table.shape == (3 * 7, 2)
    theirs = network.stages[3].blocks[0].attn.rel_pos.relative_position_bias_table
    torch.testing.assert_close(table[1 * 7 + 3], theirs[1 * 3 + 1])  # of a place to itself


def test_an_image_network_is_refused_as_a_model(save, tmp_path):
    with pytest.raises(CheckpointError, match="image network"):
        earmark_asca.convert(save(original(colours=3, **SMALL)), LABELS, tmp_path / "ours")


def test_labels_that_nobody_can_know_are_asked_for(save, tmp_path):
    path = save(original(**SMALL))
    with pytest.raises(CheckpointError, match=r"scores 5 labels.*--labels"):
        earmark_asca.convert(path, None, tmp_path / "ours")
    with pytest.raises(CheckpointError, match="5 labels, but 2 were given"):
        earmark_asca.convert(path, ["one", "two"], tmp_path / "ours")


CHANGES = {
    "another network": (lambda s: {"layer.weight": s["head.fc.weight"]}, "does not hold an ASCA network"),
    "no head": (lambda s: {n: t for n, t in s.items() if "head" not in n}, "not a CoAtNet that Earmark knows"),
    "a tensor missing": (lambda s: {n: t for n, t in s.items() if n != "stages.3.blocks.0.mlp.fc2.bias"}, "is missing"),
    "a tensor too many": (lambda s: s | {"stages.3.blocks.0.ls1.gamma": s["norm.bias"]}, r"ls1\.gamma is unknown"),
    "another shape": (lambda s: s | {"stages.0.blocks.0.conv1_1x1.weight": torch.zeros(40, 16, 1, 1)}, "40 channels"),
    "a flat tensor": (lambda s: s | {"stem.conv1.weight": torch.zeros(8)}, "does not hold an ASCA network"),
    "a map that is not square": (lambda s: s | {TABLE: torch.zeros(15, 2)}, "not those of a square map"),
    "more than any memory": (lambda s: s | {CONV3: torch.zeros(10**6, 1, 1, 1)}, "128 channels are 4 times neither"),
    "a map of a city": (lambda s: s | {TABLE: torch.zeros(1999**2, 2)}, "Attention over 1000000 places"),
    "no heads": (lambda s: s | {TABLE: torch.zeros(9, 0)}, "not a CoAtNet that Earmark knows"),
}
CONV3 = "stages.0.blocks.0.conv3_1x1.weight"
TABLE = "stages.3.blocks.0.attn.rel_pos.relative_position_bias_table"


@pytest.mark.parametrize(("change", "sentence"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_no_network_of_this_kind_is_refused_in_a_sentence(tmp_path, change, sentence):
    torch.save(change(original(**SMALL).state_dict()), tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=sentence):
        earmark_asca.convert(tmp_path / "other.pt", LABELS, tmp_path / "ours")


def test_a_file_that_is_cut_off_is_refused(save, tmp_path):
    path = save(original(**SMALL))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(CheckpointError, match="damaged, cut off"):
        earmark_asca.convert(path, LABELS, tmp_path / "ours")
