"""Which of a model's labels are a data set's."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest

from earmark.errors import DatasetError
from earmark.evaluation.label_match import DESED_GROUPS, match_labels, read_label_map

AUDIOSET = [
    row["display_name"]
    for row in csv.DictReader((files("earmark_resources") / "labels" / "audioset_527.csv").open(encoding="utf-8"))
]
# the places that HTS-AT's config.py lists, in its order
PLACES = {
    "Speech": range(8),
    "Frying": (366, 367, 368),
    "Dishes": (364,),
    "Running_water": range(288, 298),
    "Blender": (369,),
    "Electric_shaver_toothbrush": (382,),
    "Alarm_bell_ringing": (310, *range(388, 403)),
    "Cat": range(81, 86),
    "Dog": range(74, 80),
    "Vacuum_cleaner": (377,),
}


def test_a_label_is_found_by_its_name_before_its_spelling():
    match = match_labels(["dog_bark", "Dog bark", "rain"], ["Dog bark", "RAIN", "sea-waves"])
    assert match.labels == ("Dog bark", "RAIN")
    assert match.columns == ((1,), (2,))
    assert match.unknown == ("sea-waves",)


def test_desed_is_found_in_audiosets_groups():
    match = match_labels(AUDIOSET, list(DESED_GROUPS))
    assert dict(zip(match.labels, match.columns, strict=True)) == {name: tuple(at) for name, at in PLACES.items()}


def test_a_data_set_that_only_shares_some_of_deseds_names_is_no_desed():
    assert match_labels(AUDIOSET, ["Dog", "Speech", "Rooster"]).columns[:2] == ((74,), (0,))


def test_any_label_of_a_group_will_do():
    match = match_labels(["bark", "howl", "rain"], ["dog", "rain"], {"Dog": ["bark", "Howl"]})
    scores = np.array([[0.2, 0.7, 0.1], [0.9, 0.1, 0.4]], np.float32)
    np.testing.assert_allclose(match.scores(scores), [[0.7, 0.1], [0.9, 0.4]])
    np.testing.assert_allclose(match.scores(scores[0]), [0.7, 0.1])


def test_a_group_has_no_threshold_of_its_own():
    match = match_labels(["bark", "howl", "rain"], ["dog", "Rain"], {"dog": ["bark", "howl"]})
    assert match.thresholds(["bark", "howl", "rain"], {"bark": 0.3, "rain": 0.6}) == {"Rain": 0.6}


def test_a_map_of_labels_is_a_table_of_two_columns(tmp_path):
    path = tmp_path / "map.csv"
    path.write_bytes('\ufeffdog,"Bark, loud"\r\ndog,howl\r\n\r\n'.encode())
    assert read_label_map(path) == {"dog": ["Bark, loud", "howl"]}


def test_a_map_that_is_none_is_refused_with_its_line(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("dog,bark\ncat\n")
    with pytest.raises(DatasetError, match="Line 2"):
        read_label_map(path)
    with pytest.raises(DatasetError, match="no label “meow”"):
        match_labels(["bark"], ["cat"], {"cat": ["meow"]})
