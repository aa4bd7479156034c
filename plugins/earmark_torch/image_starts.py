"""Published image networks that training can begin with, as `ModelCard.starts` has them: short name → where it is."""

from __future__ import annotations

from earmark.api import Weights


def _start(name: str, url: str, source: str, top_1: float | None = None) -> Weights:
    figures = {} if top_1 is None else {"top-1 accuracy on ImageNet-1K": top_1}
    return Weights(name=name, url=url, licence=_LICENCES[source], source=source, figures=figures)


_DEIT = "https://github.com/facebookresearch/deit"
_MVIT = "https://github.com/facebookresearch/mvit"
_SWIN = "https://github.com/microsoft/Swin-Transformer"
_TIMM = "https://github.com/huggingface/pytorch-image-models"
_LICENCES = {_DEIT: "Apache-2.0", _MVIT: "Apache-2.0", _SWIN: "MIT", _TIMM: "Apache-2.0"}
_FACEBOOK, _GITHUB = "https://dl.fbaipublicfiles.com", "https://github.com/SwinTransformer/storage/releases/download"

DEIT = {
    "imagenet-1k": _start(
        "Distilled DeiT-B/384, ImageNet-1K",
        f"{_FACEBOOK}/deit/deit_base_distilled_patch16_384-d0272ac0.pth",
        _DEIT,
        0.852,
    )
}
SWIN = {
    "imagenet-1k": _start(
        "Swin-T/C24, ImageNet-1K",
        f"{_GITHUB}/v1.0.5/swin_tiny_c24_patch4_window8_256.pth",
        _SWIN,
        0.816,
    )
}
MVIT = {
    "imagenet-1k": _start("MViTv2-B, ImageNet-1K", f"{_FACEBOOK}/mvit/mvitv2_models/MViTv2_B_in1k.pyth", _MVIT, 0.844),
    "imagenet-21k": _start(
        "MViTv2-B with a class token, ImageNet-21K", f"{_FACEBOOK}/mvit/mvitv2_models/MViTv2_B_in21k.pyth", _MVIT
    ),
}
COATNET = {
    "coatnet-0": _start("CoAtNet-0, ImageNet-1K", "hf:timm/coatnet_0_rw_224.sw_in1k", _TIMM),
    "coatnet-0-bn": _start("CoAtNet-0 of batch norms, ImageNet-1K", "hf:timm/coatnet_bn_0_rw_224.sw_in1k", _TIMM),
    "coatnet-nano": _start("CoAtNet-nano, ImageNet-1K", "hf:timm/coatnet_nano_rw_224.sw_in1k", _TIMM),
    "coatnet-1": _start("CoAtNet-1, ImageNet-1K", "hf:timm/coatnet_1_rw_224.sw_in1k", _TIMM),
    "coatnet-2": _start("CoAtNet-2, ImageNet-12K and 1K", "hf:timm/coatnet_2_rw_224.sw_in12k_ft_in1k", _TIMM),
}
