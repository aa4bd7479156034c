"""HAM as a plugin and as a network: torchaudio's Conformers after AST, and a start that leaves AST as it is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchaudio.models import Conformer

import earmark_ast
import earmark_ham
from earmark.api import CheckpointError, Clip, Want
from earmark.testing import check_plugin
from earmark_ast.network import AST
from earmark_ham.inference import pack
from earmark_ham.network import HAM, Arguments
from earmark_torch.ast_arguments import ASTArguments
from earmark_torch.ast_start import start_from
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.model import restore

SMALL = Arguments(labels=5, width=64, depth=2, heads=2, stride=(16, 16), conformers=2, conformer_width=128)
PLAIN = replace(SMALL, start="plain")


@pytest.fixture(autouse=True)
def seed():
    torch.set_num_threads(1)
    torch.manual_seed(7)


def ast_of(arguments):
    """Return the arguments of the AST in a HAM."""
    return ASTArguments(**{name: getattr(arguments, name) for name in ASTArguments.__dataclass_fields__})


def drawn(network):
    """Return a network in evaluation with weights under which every part moves the scores."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d):
            nn.init.normal_(module.weight, std=1.5 * module.weight[0].numel() ** -0.5)
        if isinstance(module, nn.LayerNorm | nn.BatchNorm1d):
            nn.init.normal_(module.weight, 1, 0.1)
            nn.init.normal_(module.bias, 0, 0.1)
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return network.eval().requires_grad_(False)


def a_waveform(clips=2, samples=160000):
    return torch.randn(clips, samples) * 0.1


class Original(nn.Module):
    """The paper's drawing from what others wrote: AST's blocks, torchaudio's Conformer, two poolings, a product."""

    def __init__(self, arguments):
        super().__init__()
        self.arguments, self.ast = arguments, AST(ast_of(arguments))
        self.conformer = Conformer(
            arguments.width, arguments.heads, arguments.conformer_width, arguments.conformers, arguments.kernel
        )
        self.channel_attention = nn.ModuleDict({"norm": nn.LayerNorm(arguments.width)})
        drawn(self)

    def forward(self, waveform):
        x = self.ast.encoder(waveform)
        x, _ = self.conformer(x, torch.full((len(x),), x.shape[1]))
        if self.arguments.channel_attention:
            x = x * (2 * self.channel_attention["norm"](x.amax(1) + x.mean(1)).sigmoid())[:, None]
        embedding = (x[:, 0] + x[:, 1]) / 2 if self.arguments.reads == "class" else x[:, 2:].mean(1)
        return self.ast.head(embedding), embedding

    def save(self, path):
        """Write it as AST's code would with these parts in it."""
        state = {
            name.replace("ast.encoder.", "v.").replace("ast.head", "mlp_head"): t
            for name, t in self.state_dict().items()
        }
        if not self.arguments.channel_attention:
            state = {name: tensor for name, tensor in state.items() if not name.startswith("channel_attention")}
        torch.save({f"module.{name}": tensor for name, tensor in state.items()}, path)
        return path


@pytest.mark.parametrize("channel_attention", [True, False], ids=["weighted", "as they are"])
def test_scores_equal_torchaudios_conformer_after_ast(tmp_path, channel_attention):
    original, waveform = Original(replace(PLAIN, heads=1, channel_attention=channel_attention)), a_waveform()
    path = original.save(tmp_path / "ham.pth")
    checkpoint = earmark_ham.convert(path, list("abcde"), tmp_path / "ours")
    assert {"conformers": 2, "kernel": 31, "start": "plain"}.items() <= checkpoint.network.items()
    model = earmark_ham.load(checkpoint.model_id, checkpoint, "cpu", "fp32")
    heard = earmark_ham.infer(
        model, [Clip(samples=w.numpy(), sample_rate=16000) for w in waveform], Want(embedding=True)
    )
    with torch.no_grad():
        logits, embedding = original(waveform)
    assert logits.std() > 0.3
    for each, logit, expected in zip(heard, logits, embedding, strict=True):
        np.testing.assert_allclose(each.scores, logit.sigmoid(), atol=1e-4)
        np.testing.assert_allclose(each.embedding, expected, atol=1e-4)


FORMS = {
    "residual": {"start": "residual"},
    "mean": {"reads": "mean"},
    "Conformers only": {"channel_attention": False},
    "channels only": {"conformers": 0},
    "short kernel": {"kernel": 5},
    "AST": {"conformers": 0, "channel_attention": False},
    "mean of AST": {"conformers": 0, "channel_attention": False, "reads": "mean"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
def test_what_is_laid_out_for_the_processor_computes_the_same(form, precision):
    network, waveform = drawn(HAM(replace(PLAIN, **form))), a_waveform()
    expected = network(waveform)
    heard = pack(network, precision)(waveform)
    rounding = 1e-5 if precision is torch.float32 else 0.01
    torch.testing.assert_close(heard.logits.sigmoid(), expected.logits.sigmoid(), atol=rounding, rtol=0)


def test_without_conformers_and_channel_attention_it_is_ast_exactly():
    ham = HAM(replace(SMALL, conformers=0, channel_attention=False)).eval()
    ast = AST(ast_of(ham.arguments)).eval()
    ast.load_state_dict(ham.state_dict())
    waveform = a_waveform()
    with torch.no_grad():
        assert torch.equal(ham(waveform).logits, ast(waveform).logits)


@pytest.mark.parametrize("laid_out", [False, True], ids=["as it is", "laid out"])
def test_at_its_first_step_it_is_the_ast_that_it_starts_from(tmp_path, laid_out):
    ast = drawn(AST(ast_of(SMALL)))
    known = {"model_id": "ast/audioset", "labels": tuple("abcde"), "network": asdict(ast.arguments)}
    write_checkpoint(tmp_path / "ast", ast.state_dict(), **known)
    ham, waveform = HAM(SMALL).eval().requires_grad_(False), a_waveform()
    left = start_from(ham, tmp_path / "ast")
    ham = pack(ham, torch.float32) if laid_out else ham
    expected = ast(waveform).logits
    torch.testing.assert_close(ham(waveform).logits, expected, atol=1e-5 if laid_out else 0, rtol=0)
    assert {name.partition(".")[0] for name in left} == {"conformers", "channel_attention"}


def test_a_start_learns_in_every_part_after_its_first_step():
    network = HAM(replace(SMALL, conformers=1)).train()
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    for _ in range(2):
        optimiser.zero_grad()
        network(a_waveform(4, 81920)).logits.square().sum().backward()
        optimiser.step()
    still = [
        name for name, parameter in network.named_parameters() if parameter.grad is None or not parameter.grad.any()
    ]
    assert still == []


def test_an_ast_becomes_the_ham_that_starts_from_it(tmp_path):
    ast, clip = drawn(AST(ast_of(SMALL))), Clip(samples=a_waveform()[0].numpy(), sample_rate=16000)
    known = {"model_id": "ast/audioset", "labels": tuple("abcde"), "network": asdict(ast.arguments)}
    before = write_checkpoint(tmp_path / "ast", ast.state_dict(), **known)
    checkpoint = earmark_ham.convert(tmp_path / "ast", None, tmp_path / "ham")
    assert (checkpoint.model_id, checkpoint.labels, checkpoint.network["conformers"]) == (
        "ham/audioset",
        tuple("abcde"),
        6,
    )
    (expected,) = earmark_ast.infer(earmark_ast.load("ast/audioset", before, "cpu", "fp32"), [clip], Want())
    (heard,) = earmark_ham.infer(earmark_ham.load("ham/audioset", checkpoint, "cpu", "fp32"), [clip], Want())
    np.testing.assert_allclose(heard.scores, expected.scores, atol=1e-6)
    again = earmark_ham.convert(tmp_path / "ast", None, tmp_path / "again")
    assert again.sha256 == checkpoint.sha256
    assert earmark_ham.convert(tmp_path / "ham", None, tmp_path / "copy").network == checkpoint.network


def test_a_ham_with_a_tensor_missing_is_refused(tmp_path):
    path = Original(PLAIN).save(tmp_path / "ham.pth")
    state = torch.load(path)
    del state["module.conformer.conformer_layers.1.ffn1.sequential.1.bias"]
    torch.save(state, path)
    with pytest.raises(CheckpointError, match=r"conformers\.1\.layer\.ffn1\.sequential\.1\.bias is missing"):
        earmark_ham.convert(path, list("abcde"), tmp_path / "ours")


def test_every_card_keeps_the_contract(tmp_path):
    folders = {}
    for card in earmark_ham.models():
        arguments = replace(SMALL, labels=len(card.labels), seconds=card.window_seconds)
        known = {"model_id": card.model_id, "labels": card.labels, "network": asdict(arguments)}
        folders[card.model_id] = tmp_path / card.model_id.replace("/", "-")
        write_checkpoint(folders[card.model_id], HAM(arguments).state_dict(), **known)
    assert check_plugin("ham", checkpoints=folders) == []


def manual_attention(q, k, v, *_, **__):
    """Return attention by two products, which the counter counts as it does not PyTorch's fused one."""
    return (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v


@pytest.mark.parametrize(
    ("labels", "frames", "conformers", "parameters", "macs"),
    [
        (50, 512, 0, 85_758_770, 57.93),
        (50, 512, 3, 126_597_170, 84.14),
        (50, 512, 6, 167_435_570, 110.35),
        (35, 128, 6, 167_073_827, 24.92),
    ],
)
def test_parameters_and_macs_are_those_in_the_documentation(monkeypatch, labels, frames, conformers, parameters, macs):
    monkeypatch.setattr(nn.functional, "scaled_dot_product_attention", manual_attention)
    with torch.device("meta"):
        arguments = Arguments(labels=labels, frames=frames, seconds=frames // 100, conformers=conformers)
        network = HAM(arguments).train()  # in evaluation PyTorch's attention is one operation, which is not counted
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad():
            tokens = network.encoder.embed(torch.zeros(1, frames, 128))
            tokens = network.conformers(network.encoder.norm(network.encoder.blocks(tokens)))
            network.head(network.channel_attention(tokens)[:, :2].mean(1))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert counter.get_total_flops() / 2e9 == pytest.approx(macs, abs=0.006)


@pytest.mark.parametrize(
    "contradiction",
    [{"conformers": -1}, {"kernel": 4}, {"conformer_width": 0}, {"dropout": 1.0}, {"reads": "all"}, {"start": "late"}],
    ids=str,
)
def test_arguments_that_contradict_each_other_are_refused(contradiction):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        replace(SMALL, **contradiction)


def test_arguments_survive_json():
    assert restore(Arguments, json.loads(json.dumps(asdict(SMALL)))) == SMALL
