"""The sounds from which the bundled models `…/everyday` are trained, and the scenes that train and judge them."""

LABELS = (
    "chainsaw",
    "clock_tick",
    "crackling_fire",
    "crying_baby",
    "dog_bark",
    "helicopter",
    "rain",
    "rooster",
    "sea_waves",
    "sneezing",
    "speech",
    "music",
)

NOISE = "noise"
"""The label of backgrounds and negatives: sounds that are none of `LABELS`."""

SAMPLE_RATE = 32000

FOLDS = (1, 2, 3, 4)
