"""From the published file and the waveform to scores, frames and embedding: equal to the original's arithmetic."""

from __future__ import annotations

import re
from argparse import Namespace

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import earmark_htsat
from earmark.api import CheckpointError, Clip, Want
from earmark.engine.shifts import hear_shifted
from earmark_htsat.network import HTSAT, Arguments
from earmark_htsat.published import start_from
from earmark_torch.model import restore

LABELS = [f"sound {number}" for number in range(5)]


def hear(path, folder, waveform, *, labels=None, rate=32000, precision="fp32"):
    checkpoint = earmark_htsat.convert(path, labels, folder)
    model = earmark_htsat.load(checkpoint.model_id, checkpoint, "cpu", precision)
    clips = [Clip(samples=samples, sample_rate=rate) for samples in waveform]
    return checkpoint, earmark_htsat.infer(model, clips, Want(frames=True, embedding=True))


def assert_equal(heard, expected, *, frames=True):
    for number, each in enumerate(heard):
        np.testing.assert_allclose(each.scores, expected["clip"][number], atol=1e-4)
        np.testing.assert_allclose(each.embedding, expected["latent"][number], atol=1e-4)
        if frames:
            np.testing.assert_allclose(each.frames, expected["frames"][number], atol=1e-4)


VARIANTS = {
    "HC, one block a stage": {"depths": (1, 1)},
    "HC, with shifted windows": {"depths": (2, 2)},
    "HC, four stages": {"depths": (1, 1, 2, 1), "heads": (1, 2, 4, 8), "width": 8},
}


@pytest.mark.parametrize("sizes", VARIANTS.values(), ids=VARIANTS.keys())
def test_scores_frames_and_embedding_equal_the_originals(original, save, sound, tmp_path, sizes):
    network, waveform = original(5, **sizes), sound(2)
    expected = network(torch.from_numpy(waveform))
    _, heard = hear(save(network), tmp_path / "ours", waveform, labels=LABELS)
    assert expected["clip"].std() > 0.02  # the weights do make a difference
    assert heard[0].hop == pytest.approx(10 / len(heard[0].frames))
    assert_equal(heard, expected)


def test_variant_h_has_the_originals_scores_and_frames_that_agree_with_them(original, save, sound, tmp_path):
    network, waveform = original(5, token_semantic=False), sound(2)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform, labels=LABELS)
    assert checkpoint.network["token_semantic"] is False
    assert_equal(heard, network(torch.from_numpy(waveform)), frames=False)
    logits = np.log(heard[0].frames / (1 - heard[0].frames)).mean(0)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), heard[0].scores, atol=1e-3)


def test_the_16_khz_form_is_told_by_its_mel_filters(original, save, sound, tmp_path):
    network, waveform = original(5, sample_rate=16000), sound(1, sample_rate=16000)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform, labels=LABELS, rate=16000)
    assert (checkpoint.model_id, checkpoint.network["hop"]) == ("htsat/speech-commands", 160)
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_the_weight_averaged_form_is_read(original, save, sound, tmp_path):
    network, waveform = original(5), sound(1)
    checkpoint, heard = hear(save(network, averaged=True), tmp_path / "ours", waveform, labels=LABELS)
    assert checkpoint.model_id == "htsat/audioset"
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_a_file_with_foreign_objects_in_it_is_read(original, save, sound, tmp_path):
    network, waveform = original(5, depths=(1, 1)), sound(1)
    path = save(network, hyper_parameters=Namespace(learning_rate=1e-3, folder=tmp_path))
    _, heard = hear(path, tmp_path / "ours", waveform, labels=LABELS)
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_a_bare_state_dict_is_read(original, sound, tmp_path):
    network, waveform = original(5, depths=(1, 1)), sound(1)
    torch.save(network.published_state(), tmp_path / "bare.pt")
    _, heard = hear(tmp_path / "bare.pt", tmp_path / "ours", waveform, labels=LABELS)
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_an_esc50_network_was_trained_by_cross_entropy_and_its_scores_sum_to_one(original, save, sound, tmp_path):
    network, waveform = original(50, depths=(1, 1), single_label=True), sound(2)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform)
    assert (checkpoint.model_id, checkpoint.labels[:2]) == ("htsat/esc50", ("dog", "rooster"))
    assert_equal(heard, network(torch.from_numpy(waveform)), frames=False)
    np.testing.assert_allclose(heard[0].frames.sum(1), 1, atol=1e-5)


def test_the_full_network_equals_the_original_and_has_its_parameters(original, save, sound, tmp_path):
    network, waveform = original(527, depths=(2, 2, 6, 2), heads=(4, 8, 16, 32), width=96), sound(1)
    checkpoint, heard = hear(save(network), tmp_path / "ours", waveform)
    ours = HTSAT(restore(Arguments, checkpoint.network))
    assert sum(parameter.numel() for parameter in ours.parameters()) == 29_963_431
    assert heard[0].embedding.shape == (768,)
    assert heard[0].frames.shape == (32, 527)
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_bf16_scores_stay_within_a_hundredth(original, save, sound, tmp_path):
    network, waveform = original(5, depths=(2, 2, 2, 2), heads=(1, 2, 4, 8)), sound(2)
    path = save(network)
    _, exact = hear(path, tmp_path / "exact", waveform, labels=LABELS)
    _, rounded = hear(path, tmp_path / "rounded", waveform, labels=LABELS, precision="bf16")
    for one, other in zip(exact, rounded, strict=True):
        np.testing.assert_allclose(other.scores, one.scores, atol=0.01)
        assert other.scores.dtype == np.float32


def test_ten_shifts_give_what_the_originals_test_does(original, save, sound, tmp_path):
    network, waveform = original(5), sound(1)
    rolled, expected = torch.from_numpy(waveform), []
    for times in range(10):
        expected.append(network(rolled)["clip"][0].numpy())
        rolled = torch.cat([rolled[:, 100 * (times + 1) :], rolled[:, : 100 * (times + 1)]], 1)
    checkpoint = earmark_htsat.convert(save(network), LABELS, tmp_path / "ours")
    model = earmark_htsat.load(checkpoint.model_id, checkpoint, "cpu", "fp32")

    def infer(clips, only_scores):
        return earmark_htsat.infer(model, clips, Want(frames=not only_scores))

    (heard,) = hear_shifted(infer, [Clip(samples=waveform[0], sample_rate=32000)], 10)
    assert np.ptp(expected, axis=0).max() > 1e-3  # shifting does move the scores
    np.testing.assert_allclose(heard.scores, np.mean(expected, axis=0), atol=1e-4)


TABLE = {
    "AudioSet": ({"labels": 527}, 29_963_431, 5.985),
    "AudioSet, variant H": ({"labels": 527, "token_semantic": False}, 27_939_751, 5.921),
    "ESC-50": ({"labels": 50}, 27_764_938, 5.915),
    "Speech Commands": ({"labels": 35, "sample_rate": 16000, "hop": 160}, 27_695_803, 5.913),
    "CLAP": ({"labels": 0, "token_semantic": False}, 27_534_488, 5.908),
    "CLAP, projected": ({"labels": 0, "token_semantic": False, "projection": 512}, 28_190_872, 5.908),
}


@pytest.mark.parametrize(("arguments", "parameters", "macs"), TABLE.values(), ids=TABLE.keys())
def test_parameters_and_macs_are_those_in_the_documentation(arguments, parameters, macs):
    """MACs of convolutions, linear layers and attention, from the normalised spectrogram on."""
    network, counter = HTSAT(Arguments(**arguments)).eval(), FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():  # PyTorch's fused attention is not counted
        network.features(torch.zeros(1, 1001, 64))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert counter.get_total_flops() / 2e9 == pytest.approx(macs, abs=0.001)


def swin(**sizes):
    from timm.models.swin_transformer import SwinTransformer

    return SwinTransformer(img_size=256, window_size=8, num_classes=0, **sizes).eval()


@pytest.mark.parametrize(
    "sizes",
    [
        {"embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4)},
        {"embed_dim": 96, "depths": (2, 2, 6, 2), "num_heads": (4, 8, 16, 32)},
    ],
    ids=["small", "Swin-T/C24"],
)
def test_a_start_from_swin_averages_the_colours_and_computes_what_swin_computes(tmp_path, sizes):
    """HCP, the variant with a pretrained image network; on a grey image the two are one."""
    image_network = swin(in_chans=3, **sizes)
    torch.save({"model": microsofts(image_network)}, tmp_path / "swin.pth")
    width, depths, heads = sizes.values()
    ours = HTSAT(Arguments(labels=5, width=width, depths=depths, heads=heads)).eval()
    left = start_from(ours, tmp_path / "swin.pth")
    spectrogram = torch.randn(1, 1024, 64)
    image = spectrogram.view(1, 4, 256, 64).transpose(2, 3).reshape(1, 1, 256, 256).expand(1, 3, 256, 256) / 3
    with torch.no_grad():
        expected = image_network.forward_features(image)
        torch.testing.assert_close(ours.norm(ours.stages(ours.stem(spectrogram))), expected, atol=1e-4, rtol=1e-4)
    assert {name.split(".")[0] for name in left} == {"band_norm", "head"}


def test_a_start_from_another_label_set_keeps_all_but_the_head(original, save):
    path = save(original(5))
    ours = HTSAT(Arguments(labels=3, width=24, depths=(2, 2), heads=(2, 4)))
    assert start_from(ours, path) == ["head.bias", "head.weight"]


def microsofts(network):
    """Return the tensors of timm's Swin under the names of Microsoft's file."""
    state = {
        re.sub(r"^layers\.(\d+)\.downsample", lambda found: f"layers.{int(found[1]) - 1}.downsample", name): tensor
        for name, tensor in network.state_dict().items()
    }
    return state | {"head.weight": torch.zeros(1000, network.num_features), "head.bias": torch.zeros(1000)}


def test_an_image_network_is_refused_as_a_model(tmp_path):
    torch.save({"model": swin(embed_dim=24, depths=(1, 1), num_heads=(2, 4)).state_dict()}, tmp_path / "swin.pth")
    with pytest.raises(CheckpointError, match=r"image network.*start"):
        earmark_htsat.convert(tmp_path / "swin.pth", None, tmp_path / "ours")


def test_labels_that_nobody_can_know_are_asked_for(original, save, tmp_path):
    path = save(original(5, depths=(1, 1)))
    with pytest.raises(CheckpointError, match=r"scores 5 labels.*--labels"):
        earmark_htsat.convert(path, None, tmp_path / "ours")
    with pytest.raises(CheckpointError, match="5 labels, but 2 were given"):
        earmark_htsat.convert(path, ["one", "two"], tmp_path / "ours")


def test_another_network_is_refused(tmp_path):
    torch.save({"state_dict": {"layer.weight": torch.zeros(2, 2)}}, tmp_path / "other.ckpt")
    with pytest.raises(CheckpointError, match=r"other\.ckpt does not hold an HTS-AT"):
        earmark_htsat.convert(tmp_path / "other.ckpt", None, tmp_path / "ours")


def test_foreign_mel_filters_are_refused(original, save, tmp_path):
    network = original(5, depths=(1, 1))
    network.logmel_extractor.melW.data.mul_(1.5)
    with pytest.raises(CheckpointError, match="mel filters"):
        earmark_htsat.convert(save(network), LABELS, tmp_path / "ours")


def test_a_network_with_a_tensor_missing_is_refused(original, tmp_path):
    state = original(5, depths=(1, 1)).published_state()
    del state["layers.1.blocks.0.mlp.fc2.bias"]
    torch.save(state, tmp_path / "part.pt")
    with pytest.raises(CheckpointError, match=r"stages\.1\.blocks\.0\.mlp\.fc2\.bias is missing"):
        earmark_htsat.convert(tmp_path / "part.pt", LABELS, tmp_path / "ours")
