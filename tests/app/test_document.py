"""The document is the design's, to the letter."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earmark.analysis import Analysis
from earmark.annotations import Annotation
from earmark.audio_file import AudioInfo
from earmark.document import document, dumps, read_documents
from earmark.errors import DatasetError
from earmark.events import Event
from earmark.judging import shown_as

LABELS = ("dog", "cat", "bell")


@pytest.fixture
def analysis():
    return Analysis(
        path=Path("in/a.wav"),
        model_id="htsat/everyday",
        weights="ab" * 32,
        labels=LABELS,
        duration=12.5,
        window=10.0,
        hop=5.0,
        starts=np.array([0, 2.5], np.float32),
        window_scores=np.array([[0.25, 0.5, 0.125], [0.75, 0.0, 0.125]], np.float32),
        frames=None,
        frame_hop=None,
        warnings=("It is odd.",),
    )


def test_the_document_has_the_keys_of_the_design_in_its_order(analysis):
    made = document(analysis, [Event("dog", 1.0, 2.5, 0.75)], top="all")
    assert made == {
        "version": 1,
        "file": "in/a.wav",
        "model": "htsat/everyday",
        "weights": "ab" * 32,
        "duration": 12.5,
        "window": 10.0,
        "hop": 5.0,
        "tags": [{"label": "dog", "score": 0.75}, {"label": "cat", "score": 0.5}, {"label": "bell", "score": 0.125}],
        "windows": [
            {
                "start": 0.0,
                "end": 10.0,
                "tags": [
                    {"label": "cat", "score": 0.5},
                    {"label": "dog", "score": 0.25},
                    {"label": "bell", "score": 0.125},
                ],
            },
            {
                "start": 2.5,
                "end": 12.5,
                "tags": [
                    {"label": "dog", "score": 0.75},
                    {"label": "bell", "score": 0.125},
                    {"label": "cat", "score": 0.0},
                ],
            },
        ],
        "events": [
            {"label": "dog", "onset": 1.0, "offset": 2.5, "score": 0.75, "status": "unreviewed", "reviewer": ""}
        ],
        "warnings": ["It is odd."],
    }
    keys = "version file model weights duration window hop tags windows events warnings"
    assert " ".join(made) == keys


def test_every_label_is_there_when_all_are_asked_for(analysis):
    made = document(analysis, [], top="all")
    assert {tag["label"] for tag in made["tags"]} == set(LABELS)
    assert all({tag["label"] for tag in window["tags"]} == set(LABELS) for window in made["windows"])


def test_only_the_highest_tags_are_there_when_few_are_asked_for(analysis):
    made = document(analysis, [], top=1)
    assert [tag["label"] for tag in made["tags"]] == ["dog"]
    assert [window["tags"][0]["label"] for window in made["windows"]] == ["cat", "dog"]


def test_tags_are_pooled_over_windows_by_maximum_or_mean(analysis):
    assert document(analysis, [], pool="max")["tags"][0] == {"label": "dog", "score": 0.75}
    assert document(analysis, [], pool="mean")["tags"][0] == {"label": "dog", "score": 0.5}


def test_a_window_ends_with_the_recording(analysis):
    short = replace(analysis, duration=3.0, starts=analysis.starts[:1], window_scores=analysis.window_scores[:1])
    assert document(short, [])["windows"][0]["end"] == 3.0


def test_times_of_a_span_count_from_the_start_of_the_file(analysis):
    made = document(replace(analysis, start=100.0, end=112.5), [Event("dog", 1.0, 2.5, 0.75)])
    assert (made["windows"][1]["start"], made["windows"][1]["end"]) == (102.5, 112.5)
    assert (made["events"][0]["onset"], made["events"][0]["offset"]) == (101.0, 102.5)


def test_rate_and_channel_stand_there_where_they_are_known(analysis):
    info = AudioInfo(path=Path("in/a.wav"), sample_rate=48_000, channels=2, frames=1, format="PCM_16", container="WAV")
    made = document(replace(analysis, channel="2"), [], info=info)
    assert (made["sample_rate"], made["channel"]) == (48_000, 2)
    assert not {"sample_rate", "channel"} & document(analysis, []).keys()


def test_what_people_said_stands_there_with_their_names_and_frequencies(analysis):
    said = Annotation(annotation_id="1", label="fox", onset=1.0, offset=2.0, low=200.0, author="Ada")
    made = document(replace(analysis, start=100.0), [shown_as(said)])
    expected = {"label": "fox", "onset": 1.0, "offset": 2.0, "score": None, "status": "accepted", "reviewer": "Ada"}
    assert made["events"] == [expected | {"low": 200.0, "high": None}]


def test_without_analysis_and_recording_there_is_no_document():
    with pytest.raises(ValueError, match="neither an analysis nor a recording"):
        document(None, [])


def test_a_document_is_one_line_of_json_in_any_language(analysis):
    line = dumps(document(replace(analysis, path=Path("ドア\n.wav")), []))
    assert "\n" not in line
    assert "ドア" in line
    assert json.loads(line)["file"] == "ドア\n.wav"


def test_a_name_that_is_no_text_can_be_printed_and_read_back(analysis):
    name = os.fsdecode(b"caf\xe9.wav")
    line = dumps(document(replace(analysis, path=Path(name)), []))
    line.encode("ascii")
    assert json.loads(line)["file"] == name


def test_documents_are_read_back_one_or_many(analysis, tmp_path):
    made = document(analysis, [Event("line\u2028break", 1.0, 2.5, 0.75)])
    (tmp_path / "one.json").write_text(json.dumps(made, indent=2), encoding="utf-8")
    (tmp_path / "many.json").write_text(f"{dumps(made)}\n{dumps(made)}\n", encoding="utf-8")
    assert read_documents(tmp_path / "one.json") == [made]
    assert read_documents(tmp_path / "many.json") == [made, made]


def test_another_version_is_refused_with_a_sentence(analysis, tmp_path):
    (tmp_path / "new.json").write_text(dumps({**document(analysis, []), "version": 2}))
    with pytest.raises(DatasetError, match="is of version 2; this Earmark reads version 1"):
        read_documents(tmp_path / "new.json")


@pytest.mark.parametrize(
    "text", ["", "hello", "[1, 2]", "{}", '{"file": "a.wav"}', '{"version": 1}', "\ufeff{", '{"a": 1']
)
def test_what_is_no_document_is_refused_with_a_sentence(tmp_path, text):
    (tmp_path / "no.json").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"no\.json"):
        read_documents(tmp_path / "no.json")
