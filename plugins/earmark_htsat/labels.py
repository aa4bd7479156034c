"""The labels of the bundled model, in the order of its outputs."""

EVERYDAY = (
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
EVERYDAY_SECONDS = 5.12
