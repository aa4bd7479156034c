"""The sounds from which the bundled models `…/everyday` are trained, and the scenes that train and judge them."""

from earmark_torch.everyday import LABELS

__all__ = ["FOLDS", "LABELS", "NOISE", "SAMPLE_RATE"]

NOISE = "noise"
"""The label of backgrounds and negatives: sounds that are none of `LABELS`."""

SAMPLE_RATE = 32000

FOLDS = (1, 2, 3, 4)
