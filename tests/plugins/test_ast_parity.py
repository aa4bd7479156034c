"""From the published file and the waveform to scores and embedding: equal to transformers' and to AST's own code."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from timm.models.deit import VisionTransformerDistilled
from torch import nn
from torchaudio.compliance import kaldi
from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

import earmark_ast
from earmark.api import CheckpointError, Clip, Want
from earmark_ast.network import AST, Arguments
from earmark_torch.model import restore

NAMES = [f"sound {number}" for number in range(5)]
AUDIOSET = (-4.2677393, 4.5689974)


class OfficialAST(nn.Module):
    """The arithmetic of YuanGongND/ast on timm's DeiT, from the waveform to logits and the head's input."""

    def __init__(self, labels=5, *, frames=1024, stride=10, width=128, depth=2, normalised=AUDIOSET):
        super().__init__()
        self.frames, self.normalised = frames, normalised
        grid = [(size - 16) // stride + 1 for size in (128, frames)]
        self.v = VisionTransformerDistilled(
            img_size=384, embed_dim=width, depth=depth, num_heads=width // 64, num_classes=1000, weight_init="skip"
        )
        self.v.patch_embed = nn.Sequential()
        self.v.patch_embed.proj = nn.Conv2d(1, width, 16, stride=stride)
        self.v.patch_embed.append(nn.Flatten(2))
        self.v.pos_embed = nn.Parameter(torch.zeros(1, 2 + grid[0] * grid[1], width))
        self.mlp_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, labels))
        draw(self)

    @torch.no_grad()
    def forward(self, waveform):
        mean, deviation = self.normalised
        image = torch.stack([(self.features(clip) - mean) / (deviation * 2) for clip in waveform])[:, None]
        self.v.patch_embed.forward = lambda image: self.v.patch_embed.proj(image).flatten(2).transpose(1, 2)
        x = self.v.forward_features(image.transpose(2, 3))
        embedding = (x[:, 0] + x[:, 1]) / 2
        return self.mlp_head(embedding).numpy(), embedding.numpy()

    def features(self, clip):
        options = {"htk_compat": True, "sample_frequency": 16000, "use_energy": False, "window_type": "hanning"}
        fbank = kaldi.fbank((clip - clip.mean())[None], **options, num_mel_bins=128, dither=0.0, frame_shift=10)
        return nn.functional.pad(fbank, (0, 0, 0, self.frames - len(fbank)))

    def save(self, path, prefix="module."):
        """Write it as DataParallel does, the ImageNet heads with it."""
        torch.save({prefix + name: tensor for name, tensor in self.state_dict().items()}, path)
        return path


def draw(network):
    """Draw weights under which every part moves the scores, and what norms add to the variance does too."""
    network.eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        small = 1e-3 if "embed" in name or "token" in name else 1.0
        if parameter.dim() == 1:
            scales = name.endswith("weight")  # of a norm
            nn.init.normal_(parameter, float(scales), 0.1 * small)
        else:
            nn.init.normal_(
                parameter, std=1.5 * small * parameter[0].numel() ** -0.5 if parameter.dim() != 3 else small
            )


@pytest.fixture(autouse=True)
def seed():
    torch.set_num_threads(1)
    torch.manual_seed(7)


@pytest.fixture
def hub(tmp_path):
    """Write a network of transformers with random weights as it writes it itself; return it with its front end."""

    def make(*, features=None, width=128, depth=2, **config):
        sizes = {"hidden_size": width, "num_hidden_layers": depth, "num_attention_heads": width // 64}
        names = dict(enumerate(NAMES))
        config = {"id2label": names, "label2id": {}, "intermediate_size": 4 * width, **sizes, **config}
        network = ASTForAudioClassification(ASTConfig(**config))
        draw(network)
        front_end = ASTFeatureExtractor(**{"max_length": network.config.max_length, **(features or {})})
        network.save_pretrained(tmp_path / "hub")
        front_end.save_pretrained(tmp_path / "hub")
        return network, front_end, tmp_path / "hub"

    return make


def expected_of(network, front_end, waveform):
    """Return transformers' logits and the head's input, one clip at a time."""
    spectrogram = front_end(list(waveform), sampling_rate=front_end.sampling_rate, return_tensors="pt").input_values
    with torch.no_grad():
        pooled = network.audio_spectrogram_transformer(spectrogram).pooler_output
        return network(spectrogram).logits.numpy(), pooled.numpy()


def hear(path, folder, waveform, *, labels=None, precision="fp32"):
    checkpoint = earmark_ast.convert(path, labels, folder)
    model = earmark_ast.load(checkpoint.model_id, checkpoint, "cpu", precision)
    clips = [Clip(samples=samples, sample_rate=16000) for samples in waveform]
    return checkpoint, earmark_ast.infer(model, clips, Want(frames=True, embedding=True))


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def assert_equal(heard, expected, scores=sigmoid):
    logits, embeddings = expected
    assert logits.std() > 0.3  # the weights do make a difference
    for each, logit, embedding in zip(heard, logits, embeddings, strict=True):
        np.testing.assert_allclose(each.scores, scores(logit), atol=1e-4)
        np.testing.assert_allclose(each.embedding, embedding, atol=1e-3)
        assert each.frames is None


def clips(sound, seconds, count=2):
    return sound(count, sample_rate=16000, seconds=seconds)


@pytest.mark.parametrize("seconds", [1.0, 5.0, 10.0])
def test_scores_equal_transformers_for_clips_of_any_length(hub, sound, tmp_path, seconds):
    network, front_end, folder = hub()
    checkpoint, heard = hear(folder, tmp_path / "ours", clips(sound, seconds))
    assert (checkpoint.model_id, list(checkpoint.labels)) == ("ast/audioset", NAMES)
    assert_equal(heard, expected_of(network, front_end, clips(sound, seconds)))


VARIANTS = {
    "stride 12": {"frequency_stride": 12, "time_stride": 12},
    "stride 14 and 16": {"frequency_stride": 14, "time_stride": 16},
    "Speech Commands": {"max_length": 128, "features": {"mean": -6.845978, "std": 5.5654526}},
    "other norms": {"layer_norm_eps": 1e-5},
    "no biases": {"qkv_bias": False},
    "64 bands": {"num_mel_bins": 64, "features": {"num_mel_bins": 64}},
    "four heads": {"num_attention_heads": 4},
    "as it is": {"features": {"do_normalize": False}},
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_configuration_equals_transformers(hub, sound, tmp_path, variant):
    network, front_end, folder = hub(**variant)
    seconds = 1.0 if variant.get("max_length") == 128 else 10.0
    checkpoint, heard = hear(folder, tmp_path / "ours", clips(sound, seconds))
    assert checkpoint.front_end == {"sample_rate": 16000, "window_seconds": seconds}
    assert_equal(heard, expected_of(network, front_end, clips(sound, seconds)))


def test_fifty_labels_of_transformers_are_not_taken_for_esc50s(hub, sound, tmp_path):
    names = [f"bird {number}" for number in range(50)]
    network, front_end, folder = hub(id2label=dict(enumerate(names)))
    checkpoint, heard = hear(folder, tmp_path / "ours", clips(sound, 1.0))
    assert list(checkpoint.labels) == names
    assert_equal(heard, expected_of(network, front_end, clips(sound, 1.0)))


def test_a_network_without_its_head_is_called_so(hub, tmp_path):
    network, _, folder = hub(depth=1)
    network.audio_spectrogram_transformer.save_pretrained(folder)
    with pytest.raises(CheckpointError, match="is a network of sounds without its head"):
        earmark_ast.convert(folder, NAMES, tmp_path / "ours")


def test_scores_of_a_network_trained_by_cross_entropy_sum_to_one(hub, sound, tmp_path):
    network, front_end, folder = hub(problem_type="single_label_classification")
    _, heard = hear(folder, tmp_path / "ours", clips(sound, 5.0))
    expected = expected_of(network, front_end, clips(sound, 5.0))
    assert_equal(heard, expected, lambda logits: torch.from_numpy(logits).softmax(-1).numpy())


@pytest.mark.parametrize("names", ["old", "new"])
def test_pytorch_bin_is_read_in_old_names_and_in_new_ones(hub, sound, tmp_path, names):
    from safetensors.torch import load_file

    network, front_end, folder = hub()
    old = load_file(folder / "model.safetensors")
    assert any(".attention.attention.query." in name for name in old)
    torch.save(old if names == "old" else network.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    _, heard = hear(folder, tmp_path / "ours", clips(sound, 10.0))
    assert_equal(heard, expected_of(network, front_end, clips(sound, 10.0)))


def test_a_file_alone_is_taken_for_one_of_the_published_models(hub, sound, tmp_path):
    network, front_end, folder = hub()
    alone = (folder / "model.safetensors").rename(tmp_path / "alone.safetensors")
    checkpoint, heard = hear(alone, tmp_path / "ours", clips(sound, 10.0), labels=NAMES)
    assert checkpoint.network["norm_eps"] == 1e-12
    assert_equal(heard, expected_of(network, front_end, clips(sound, 10.0)))


def test_half_precision_files_are_read(hub, sound, tmp_path):
    network, front_end, folder = hub()
    network.half().save_pretrained(folder)
    _, heard = hear(folder, tmp_path / "ours", clips(sound, 5.0))
    assert_equal(heard, expected_of(network.float(), front_end, clips(sound, 5.0)))


@pytest.mark.parametrize(
    ("labels", "frames", "seconds", "normalised"),
    [(527, 1024, 10.0, AUDIOSET), (50, 512, 5.0, (-6.6268077, 5.358466)), (35, 128, 1.0, (-6.845978, 5.5654526))],
)
def test_the_official_files_are_known_by_their_labels(sound, tmp_path, labels, frames, seconds, normalised):
    network = OfficialAST(labels, frames=frames, normalised=normalised)
    checkpoint, heard = hear(network.save(tmp_path / "official.pth"), tmp_path / "ours", clips(sound, seconds))
    assert checkpoint.front_end["window_seconds"] == seconds
    assert (checkpoint.network["norm_eps"], checkpoint.network["head_eps"]) == (1e-6, 1e-5)
    softmax = lambda logits: torch.from_numpy(logits).softmax(-1).numpy()  # noqa: E731
    assert_equal(heard, network(torch.from_numpy(clips(sound, seconds))), softmax if labels == 50 else sigmoid)


@pytest.mark.parametrize(("stride", "frames"), [(12, 1024), (14, 1024), (16, 1024), (16, 128), (10, 256)])
def test_strides_and_frames_of_official_files_are_found(sound, tmp_path, stride, frames):
    network = OfficialAST(frames=frames, stride=stride)
    path = network.save(tmp_path / "official.pth", prefix="")
    waveform = clips(sound, float(frames // 100))
    checkpoint, heard = hear(path, tmp_path / "ours", waveform, labels=NAMES)
    assert (checkpoint.network["stride"], checkpoint.front_end["window_seconds"]) == ((stride,) * 2, frames // 100)
    assert_equal(heard, network(torch.from_numpy(waveform)))


def test_the_full_network_equals_the_official_one_and_has_its_parameters(sound, tmp_path):
    network = OfficialAST(527, width=768, depth=12)
    assert sum(parameter.numel() for parameter in network.parameters()) == 88_132_063  # with ImageNet's heads
    checkpoint, heard = hear(network.save(tmp_path / "official.pth"), tmp_path / "ours", clips(sound, 10.0, 1))
    with torch.device("meta"):
        ours = AST(restore(Arguments, checkpoint.network))
    assert sum(parameter.numel() for parameter in ours.parameters()) == 86_594_063
    assert_equal(heard, network(torch.from_numpy(clips(sound, 10.0, 1))))


def test_bf16_scores_stay_within_a_hundredth(hub, sound, tmp_path):
    _, _, folder = hub(width=256, depth=4)
    _, exact = hear(folder, tmp_path / "exact", clips(sound, 10.0))
    _, rounded = hear(folder, tmp_path / "rounded", clips(sound, 10.0), precision="bf16")
    for one, other in zip(exact, rounded, strict=True):
        np.testing.assert_allclose(other.scores, one.scores, atol=0.01)
        assert other.scores.dtype == np.float32


def test_a_checkpoint_of_ours_is_read_again(hub, sound, tmp_path):
    _, _, folder = hub(layer_norm_eps=1e-4)
    checkpoint, heard = hear(folder, tmp_path / "ours", clips(sound, 5.0))
    again, the_same = hear(tmp_path / "ours", tmp_path / "again", clips(sound, 5.0))
    assert (again.network, again.labels) == (checkpoint.network, checkpoint.labels)
    np.testing.assert_array_equal(heard[0].scores, the_same[0].scores)


def edited(folder, file, **changes):
    """Change a JSON file of the folder."""
    content = json.loads((folder / file).read_text()) | changes
    (folder / file).write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("file", "changes", "sentence"),
    [
        ("config.json", {"num_attention_heads": 5}, "128 channels do not divide among 5 heads"),
        ("config.json", {"num_attention_heads": "many"}, "not an AST network that Earmark knows"),
        ("config.json", {"time_stride": 9}, r"encoder\.pos_embed is"),
        ("config.json", {"hidden_act": "relu"}, "it computes 'relu', not GELU"),
        ("config.json", {"id2label": {"0": "a", "2": "b"}}, "hub is no audio spectrogram transformer"),
        ("config.json", {"id2label": {"0": "a", "1": "a"}}, "names a label twice"),
        ("config.json", {"id2label": {"0": "a", "1": "b"}}, "scores 5 labels, but 2 were given"),
        ("preprocessor_config.json", {"max_length": 512}, "gives 512 frames, and its network takes 1024"),
        ("preprocessor_config.json", {"sampling_rate": 10**12}, "1 to 400 kHz"),
        ("preprocessor_config.json", {"std": 0}, "positive deviation"),
    ],
    ids=str,
)
def test_a_mislabelled_folder_is_refused_with_a_sentence(hub, tmp_path, file, changes, sentence):
    _, _, folder = hub(depth=1)
    edited(folder, file, **changes)
    with pytest.raises(CheckpointError, match=sentence):
        earmark_ast.convert(folder, None, tmp_path / "ours")


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 100_000], ids=["cut", "a list", "deep"])
def test_a_damaged_configuration_is_refused(hub, tmp_path, text):
    _, _, folder = hub(depth=1)
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"config\.json beside the weights"):
        earmark_ast.convert(folder, None, tmp_path / "ours")


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match="no weights in the folder empty"):
        earmark_ast.convert(tmp_path / "empty", None, tmp_path / "ours")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("module.v.blocks.1.mlp.fc2.bias"), r"blocks\.1\.mlp\.fc2\.bias is missing"),
        (lambda state: state.update({"module.v.colour": torch.zeros(1)}), r"encoder\.colour is unknown"),
        (lambda state: state.pop("module.v.patch_embed.proj.weight"), "does not hold an audio spectrogram transformer"),
        (lambda state: state.pop("module.v.pos_embed"), r"no audio spectrogram .*encoder\.pos_embed is missing"),
        (lambda state: state.pop("module.v.blocks.0.norm1.weight"), r"blocks\.0\.norm1\.weight is missing"),
        (lambda state: state.update({"module.v.pos_embed": torch.zeros(1, 15, 128)}), "13 patches of 16 × 16"),
        (lambda state: state.update({"module.v.patch_embed.proj.weight": torch.zeros(9)}), "no audio spectrogram"),
        (lambda state: state.update({"module.mlp_head.1.weight": torch.zeros(4, 128)}), "head.1.bias is"),
        (lambda state: state.pop("module.mlp_head.1.weight"), "network of sounds without its head.*start"),
        (lambda state: state.update({"module.v.patch_embed.proj.weight": torch.zeros(10**6, 1, 1, 1)}), "1 × 1 are of"),
        (
            lambda state: state.update({"module.v.patch_embed.proj.weight": torch.zeros(64000, 1, 16, 16)}),
            "for another",
        ),
    ],
)
def test_a_damaged_official_file_is_refused_with_a_sentence(tmp_path, change, sentence):
    state = {f"module.{name}": tensor for name, tensor in OfficialAST().state_dict().items()}
    change(state)
    torch.save(state, tmp_path / "official.pth")
    with pytest.raises(CheckpointError, match=sentence):
        earmark_ast.convert(tmp_path / "official.pth", NAMES, tmp_path / "ours")


def test_labels_that_nobody_can_know_are_asked_for(tmp_path):
    path = OfficialAST().save(tmp_path / "official.pth")
    with pytest.raises(CheckpointError, match=r"scores 5 labels.*--labels"):
        earmark_ast.convert(path, None, tmp_path / "ours")
