"""What is rebuilt for inference on the CPU computes what it was built from."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
import torch
from torch import nn

from earmark_htsat.inference import pack
from earmark_htsat.model import FAMILY
from earmark_htsat.network import HTSAT, Arguments
from earmark_torch.model import prepare
from earmark_torch.packed import PackedLinear, can_pack, fold_norms, pack_linears

PATCHES = Arguments(labels=5, width=24, depths=(2, 2), heads=(2, 4))
SMALL = Arguments(labels=5, stem="convolution", segments=1, frames=512, width=24, depths=(2, 2), heads=(2, 4))
FORMS = {
    "patch": PATCHES,
    "single window": replace(PATCHES, width=8, depths=(1, 1, 2, 1), heads=(1, 2, 4, 8)),
    "H": replace(PATCHES, token_semantic=False),
    "small": SMALL,
    "fine": replace(SMALL, merge="frequency", pooling="linear_softmax"),
    "finer": replace(SMALL, column=4, relative=True, single_label=True),
}
fp32 = pytest.mark.skipif(not can_pack(torch.float32), reason="this PyTorch is built without oneDNN")
bf16 = pytest.mark.skipif(not can_pack(torch.bfloat16), reason="this processor has no bf16")


def settled(arguments):
    """Return a network whose batch norms have seen something, and whose weights move the scores."""
    network = HTSAT(arguments)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=0.5 if "bias_table" in name else parameter[0].numel() ** -0.5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    network.band_norm.running_mean.fill_(-20)
    network.band_norm.running_var.fill_(25)
    return network.eval()


@fp32
@pytest.mark.parametrize("clips", [1, 3])
@pytest.mark.parametrize("arguments", FORMS.values(), ids=FORMS.keys())
@torch.inference_mode()
def test_every_form_packed_in_fp32_equals_itself(arguments, clips):
    network, waveform = settled(arguments), torch.randn(clips, round(arguments.seconds * 32000)) * 0.1
    expected = network(waveform)
    for found, wanted in zip(pack(deepcopy(network), torch.float32)(waveform), expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=2e-5, rtol=1e-4)


@bf16
@pytest.mark.parametrize("clips", [1, 3])
@pytest.mark.parametrize("arguments", FORMS.values(), ids=FORMS.keys())
@torch.inference_mode()
def test_every_form_packed_in_bf16_has_scores_within_a_hundredth(arguments, clips):
    network, waveform = settled(arguments), torch.randn(clips, round(arguments.seconds * 32000)) * 0.1
    expected = network(waveform).logits.sigmoid()
    found = pack(deepcopy(network), torch.bfloat16)(waveform)
    assert found.logits.dtype == found.frame_logits.dtype == torch.float32
    assert expected.std() > 0.02
    torch.testing.assert_close(found.logits.sigmoid(), expected, atol=0.01, rtol=0)


@fp32
@torch.no_grad()
def test_a_gelu_is_fused_only_with_the_layer_before_it():
    network = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4), nn.Tanh(), nn.GELU(), nn.Linear(4, 2))
    x = torch.randn(5, 4)
    expected = network(x)
    pack_linears(network, rows=5, dtype=torch.float32)
    kinds = [type(module) for module in network]
    assert kinds == [PackedLinear, nn.Identity, PackedLinear, nn.Tanh, nn.GELU, PackedLinear]
    torch.testing.assert_close(network(x), expected)


@torch.no_grad()
def test_a_batch_norm_is_folded_only_into_the_convolution_before_it():
    network = nn.Sequential(nn.BatchNorm2d(2), nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.BatchNorm2d(3)).eval()
    for module in network:
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    image = torch.randn(2, 2, 8, 8)
    expected = network(image)
    fold_norms(network, dtype=torch.float32)
    assert [type(module) for module in network] == [nn.BatchNorm2d, nn.Conv2d, nn.Identity, nn.BatchNorm2d]
    torch.testing.assert_close(network(image), expected)


@torch.inference_mode()
def test_where_nothing_can_be_packed_the_network_runs_as_it_is(monkeypatch):
    network = settled(PATCHES)
    monkeypatch.setattr("earmark_torch.model.can_pack", lambda dtype: False)
    model = prepare(FAMILY, network, "cpu", "bf16")
    assert (model.network, model.dtype) == (network, torch.float32)
    assert not any(isinstance(module, PackedLinear) for module in network.modules())


@bf16
@pytest.mark.parametrize("is_faster", [True, False])
def test_reduced_precision_is_the_type_that_is_faster_here(monkeypatch, is_faster):
    monkeypatch.setattr("earmark_torch.model.is_faster_in_bf16", lambda: is_faster)
    model = prepare(FAMILY, settled(PATCHES), "cpu", "bf16")
    packed = {module.dtype for module in model.network.modules() if isinstance(module, PackedLinear)}
    assert packed == {torch.bfloat16 if is_faster else torch.float32}
