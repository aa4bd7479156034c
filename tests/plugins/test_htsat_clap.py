"""CLAP's audio tower: from transformers' folder and the waveform to embeddings equal to transformers'."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import (
    ClapAudioConfig,
    ClapAudioModel,
    ClapAudioModelWithProjection,
    ClapConfig,
    ClapFeatureExtractor,
    ClapModel,
    ClapTextConfig,
)

import earmark_htsat
from earmark.api import CheckpointError, Clip, Want
from earmark.windows import fit_clip
from earmark_htsat.network import HTSAT, Arguments
from earmark_htsat.published import start_from
from earmark_torch.model import restore

RATE = 48000
SMALL = {"depths": [2, 2], "num_attention_heads": [2, 4], "patch_embeds_hidden_size": 24, "hidden_size": 48}
EXTRACTOR = ClapFeatureExtractor(frequency_min=50, frequency_max=14000, truncation="rand_trunc")  # laion's


@pytest.fixture
def saved(strong_weights, tmp_path):
    """Make a network of transformers with weights that matter, and the folder that it writes with its extractor."""

    def make(kind, **sizes):
        network = kind(ClapAudioConfig(**{"projection_dim": 16, **SMALL, **sizes})).apply(strong_weights).eval()
        network.save_pretrained(tmp_path / "clap")
        EXTRACTOR.save_pretrained(tmp_path / "clap")
        return network, tmp_path / "clap"

    return make


def expected(network, sounds):
    """Return the pooled and the projected embeddings, as far as the network has them, of sounds of one length."""
    features = EXTRACTOR(list(sounds), sampling_rate=RATE, return_tensors="pt")["input_features"]
    with torch.no_grad():
        answer = network(input_features=features)
    return {name: answer[name].numpy() for name in ("pooler_output", "audio_embeds") if name in answer}


def embeddings(path, folder, sounds, precision="fp32"):
    """Return what our network makes of the sounds, as the host would give them."""
    checkpoint = earmark_htsat.convert(path, None, folder)
    card = next(card for card in earmark_htsat.models() if card.model_id == checkpoint.model_id)
    model = earmark_htsat.load(checkpoint.model_id, checkpoint, "cpu", precision)
    window = round(card.window_seconds * card.sample_rate)
    clips = [Clip(samples=fit_clip(each, window, card.short), sample_rate=RATE) for each in sounds]
    heard = earmark_htsat.infer(model, clips, Want(embedding=True))
    assert all(each.scores.shape == (0,) and each.frames is None for each in heard)
    return checkpoint, np.stack([each.embedding for each in heard])


def test_the_towers_embedding_equals_transformers_pooled_output(saved, sound, tmp_path):
    network, folder = saved(ClapAudioModel)
    sounds = sound(2, sample_rate=RATE)
    checkpoint, ours = embeddings(folder, tmp_path / "ours", sounds)
    assert (checkpoint.model_id, checkpoint.labels) == ("htsat/clap", ())
    theirs = expected(network, sounds)["pooler_output"]
    assert theirs.std() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 4.9])
def test_a_short_sound_is_repeated_whole_and_padded_as_transformers_does(saved, sound, tmp_path, seconds):
    network, folder = saved(ClapAudioModel)
    sounds = sound(1, sample_rate=RATE, seconds=seconds)
    _, ours = embeddings(folder, tmp_path / "ours", sounds)
    np.testing.assert_allclose(ours, expected(network, sounds)["pooler_output"], atol=1e-4)


def test_a_tower_whose_attention_has_no_biases_equals_transformers(saved, sound, tmp_path):
    network, folder = saved(ClapAudioModel, qkv_bias=False)
    sounds = sound(1, sample_rate=RATE)
    _, ours = embeddings(folder, tmp_path / "ours", sounds)
    np.testing.assert_allclose(ours, expected(network, sounds)["pooler_output"], atol=1e-4)


@pytest.mark.parametrize(("padding", "short"), [("pad", "pad"), ("repeat", "repeat"), ("repeatpad", "repeat_pad")])
def test_short_sounds_are_filled_up_as_the_folder_says(saved, tmp_path, padding, short):
    _, folder = saved(ClapAudioModel)
    described = folder / "preprocessor_config.json"
    described.write_text(json.dumps(json.loads(described.read_text()) | {"padding": padding}))
    assert earmark_htsat.convert(folder, None, tmp_path / "ours").front_end["short"] == short


def test_a_file_with_the_projection_gives_projected_embeddings(saved, sound, tmp_path):
    network, folder = saved(ClapAudioModelWithProjection)
    sounds = sound(2, sample_rate=RATE)
    checkpoint, ours = embeddings(folder, tmp_path / "ours", sounds)
    assert checkpoint.network["projection"] == 16
    np.testing.assert_allclose(ours, expected(network, sounds)["audio_embeds"], atol=1e-4)


def test_of_a_whole_clap_the_audio_tower_is_read(strong_weights, sound, tmp_path):
    text = ClapTextConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=20)
    config = ClapConfig(text_config=text, audio_config=ClapAudioConfig(**SMALL), projection_dim=16)
    network = ClapModel(config).apply(strong_weights).eval()
    torch.save(network.state_dict(), tmp_path / "pytorch_model.bin")
    sounds = sound(1, sample_rate=RATE)
    _, ours = embeddings(tmp_path / "pytorch_model.bin", tmp_path / "ours", sounds)
    features = EXTRACTOR(list(sounds), sampling_rate=RATE, return_tensors="pt")["input_features"]
    with torch.no_grad():
        theirs = network.get_audio_features(features).pooler_output.numpy()  # brought to length 1
    np.testing.assert_allclose(ours / np.linalg.norm(ours), theirs, atol=1e-4)


def test_the_full_tower_has_its_parameters_and_equals_transformers(saved, sound, tmp_path):
    network, folder = saved(
        ClapAudioModel,
        depths=[2, 2, 6, 2],
        num_attention_heads=[4, 8, 16, 32],
        patch_embeds_hidden_size=96,
        hidden_size=768,
    )
    sounds = sound(1, sample_rate=RATE)
    checkpoint, ours = embeddings(folder, tmp_path / "ours", sounds)
    tower = HTSAT(restore(Arguments, checkpoint.network))
    assert sum(each.numel() for each in tower.parameters()) == 27_534_488
    np.testing.assert_allclose(ours, expected(network, sounds)["pooler_output"], atol=1e-4)


def test_bf16_embeddings_point_the_same_way(saved, sound, tmp_path):
    _, folder = saved(ClapAudioModelWithProjection)
    sounds = sound(1, sample_rate=RATE)
    exact, rounded = (embeddings(folder, tmp_path / kind, sounds, kind)[1][0] for kind in ("fp32", "bf16"))
    assert exact @ rounded / np.linalg.norm(exact) / np.linalg.norm(rounded) > 0.999


def test_the_front_end_is_the_one_that_lies_beside_the_weights(saved, tmp_path):
    _, folder = saved(ClapAudioModel)
    described = folder / "preprocessor_config.json"
    described.write_text(json.dumps(json.loads(described.read_text()) | {"frequency_min": 20, "sampling_rate": 32000}))
    network = earmark_htsat.convert(folder, None, tmp_path / "ours").network
    assert (network["lowest"], network["sample_rate"]) == (20, 32000)


def test_training_may_start_from_the_tower(saved):
    _, folder = saved(ClapAudioModel)
    ours = HTSAT(Arguments(labels=3, width=24, depths=(2, 2), heads=(2, 4)))
    assert start_from(ours, folder) == ["head.bias", "head.weight"]


def test_shards_are_put_together(saved, sound, tmp_path):
    network, folder = saved(ClapAudioModel)
    sounds = sound(1, sample_rate=RATE)
    network.save_pretrained(tmp_path / "sharded", max_shard_size="100KB")
    EXTRACTOR.save_pretrained(tmp_path / "sharded")
    assert not (tmp_path / "sharded" / "model.safetensors").exists()
    _, whole = embeddings(folder, tmp_path / "one", sounds)
    for path in (tmp_path / "sharded", tmp_path / "sharded" / "model.safetensors.index.json"):
        _, sharded = embeddings(path, tmp_path / "two", sounds)
        np.testing.assert_array_equal(sharded, whole)


def test_a_fused_clap_is_refused(saved, tmp_path):
    _, folder = saved(ClapAudioModel, enable_fusion=True, fusion_type="aff_2d")
    with pytest.raises(CheckpointError, match=r"fused CLAP.*unfused"):
        earmark_htsat.convert(folder, None, tmp_path / "ours")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda folder: (folder / "model.safetensors").unlink(), "no weights in the folder clap"),
        (lambda folder: (folder / "config.json").write_text("{"), r"config\.json beside the weights is damaged"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"{"), "damaged, cut off"),
        (lambda folder: (folder / "config.json").write_text('{"hidden_act": "relu"}'), "hidden_act 'relu'"),
        (lambda folder: (folder / "preprocessor_config.json").write_text('{"feature_size": 128}'), "makes 128 bands"),
        (lambda folder: (folder / "preprocessor_config.json").write_text('{"hop_length": "x"}'), "not a CLAP that"),
        (lambda folder: (folder / "preprocessor_config.json").write_text('{"padding": "loop"}'), "fills .* by 'loop'"),
    ],
    ids=["no weights", "bad config", "cut", "other activation", "other bands", "bad number", "padding"],
)
def test_a_damaged_folder_is_a_sentence(saved, tmp_path, spoil, what):
    _, folder = saved(ClapAudioModel)
    spoil(folder)
    with pytest.raises(CheckpointError, match=what):
        earmark_htsat.convert(folder, None, tmp_path / "ours")


def test_a_tower_with_a_part_missing_is_refused(saved, tmp_path):
    network, _ = saved(ClapAudioModel)
    state = network.state_dict()
    del state["audio_encoder.layers.0.blocks.0.attention.self.key.weight"]
    torch.save(state, tmp_path / "part.pt")
    with pytest.raises(CheckpointError, match=r"not a whole CLAP.*key\.weight is missing"):
        earmark_htsat.convert(tmp_path / "part.pt", None, tmp_path / "ours")


def test_a_network_without_labels_and_one_with_differ_in_the_head_only():
    labelled = Arguments(labels=3, width=24, depths=(2, 2), heads=(2, 4))
    bare = replace(labelled, labels=0, token_semantic=False)
    left, right = (HTSAT(arguments).state_dict().keys() for arguments in (labelled, bare))
    assert left - right == {"head.weight", "head.bias"}
    assert right <= left
