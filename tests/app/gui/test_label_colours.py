"""The colours of labels: stable, told apart, readable on both themes, also by people who see no red or no green."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from earmark.gui.label_colours import COLOURS, label_colour, label_text, on_colour
from earmark.gui.theme import DARK, LIGHT

BUNDLED = (
    *("chainsaw", "clock_tick", "crackling_fire", "crying_baby", "dog_bark", "helicopter", "rain", "rooster"),
    *("sea_waves", "sneezing", "speech", "music"),
)
# Machado, Oliveira and Fernandes 2009, severity 1: what is seen of linear red, green and blue.
NO_RED = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
NO_GREEN = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
    cones.append([0.0883024619, 0.2817188376, 0.6299787005])
    lab = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099]]
    lab.append([0.0259040371, 0.7827717662, -0.808675766])
    return np.array(lab) @ np.cbrt(np.array(cones) @ np.clip(rgb, 0, 1))


def contrast(one: str, other: str) -> float:
    first, second = (float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_stands_out_on_both_themes(colour):
    assert contrast(colour, LIGHT.plot) >= 3
    assert contrast(colour, DARK.plot) >= 3


@pytest.mark.parametrize("label", BUNDLED)
def test_a_tick_stands_out_on_its_label(label):
    assert contrast(on_colour(label).name(), label_colour(label).name()) >= 3


@pytest.mark.parametrize("sight", [np.eye(3), NO_RED, NO_GREEN], ids=["full", "no red", "no green"])
def test_any_two_colours_can_be_told_apart(sight):
    seen = [oklab(sight @ linear(colour)) for colour in COLOURS]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 0.05


def test_the_bundled_models_labels_all_differ():
    assert len({label_colour(label).name() for label in BUNDLED}) == len(BUNDLED)


def test_a_label_has_its_colour_however_it_is_written():
    assert label_colour("dog_bark") == label_colour("Dog bark")
    assert label_text("dog_bark") == "Dog bark"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_can_be_read(theme):
    for ground in (theme.window, theme.base, theme.raised):
        assert contrast(theme.text, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5
    assert contrast(theme.alarm_text, theme.alarm) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5
