"""What stands around the figures: training clips, published figures, lists that others made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from earmark.api import Checkpoint, Example, StrongLabel, Weights
from earmark.dataset import Dataset
from earmark.errors import DatasetError
from earmark.evaluation.event_trial import by_name, durations_beside, judge_predictions, listed_events
from earmark.evaluation.published import published_beside
from earmark.evaluation.training_clips import doubt, without_training_clips, write_training_clips


def timed(label, onset, offset):
    return StrongLabel(label=label, onset=onset, offset=offset)


def weights(figures):
    return [Weights(name="x", url="https://x", figures=figures)]


def dataset(kind="esc50", title="ESC-50", labels=("dog",), folder="set"):
    return Dataset(folder=Path(folder), kind=kind, title=title, labels=labels, examples=())


def test_clips_that_a_model_was_trained_on_are_known_by_their_content(tmp_path):
    old, copy, new = (tmp_path / name for name in ("old.wav", "copy.wav", "new.wav"))
    old.write_bytes(b"one")
    copy.write_bytes(b"one")
    new.write_bytes(b"two")
    write_training_clips(tmp_path, [old, tmp_path / "gone.wav"])
    checkpoint = Checkpoint(path=tmp_path, model_id="toy/one", labels=("dog",))
    left, trained_on = without_training_clips([Example(path=copy), Example(path=new)], [checkpoint])
    assert ([each.path for each in left], trained_on) == ([new], 1)
    assert without_training_clips([Example(path=copy)], [])[1] == 0


def test_a_model_that_names_the_data_set_as_its_training_is_doubted(tmp_path):
    checkpoint = Checkpoint(path=tmp_path, model_id="toy/one", labels=("dog",), trained_on="ESC-10 folds, digits")
    assert "ESC-10 folds" in doubt(dataset(folder="data/esc10"), checkpoint)
    assert doubt(dataset(folder="data/garden"), checkpoint)  # ESC-10 is part of ESC-50
    assert doubt(dataset("folders", "a folder for each class", folder="data/garden"), checkpoint) == ""
    assert doubt(dataset(), replace(checkpoint, trained_on="ESC-50, folds 2 to 5"))


@pytest.mark.parametrize(
    ("figure", "kind", "labels", "ours", "shown"),
    [
        ("accuracy on ESC-50", "esc50", ("dog",), {"accuracy": 0.9}, (0.97, 0.9)),
        ("mAP on AudioSet", "audioset", ("dog",), {"mean_average_precision": 0.4}, (0.97, 0.4)),
        ("accuracy on Speech Commands v2", "speech_commands", ("yes",), {}, (0.97, None)),
        ("top-5 accuracy on VGGSound", "vggsound", ("dog",), {"top_5": 0.8}, (0.97, 0.8)),
        ("F1 on DESED", "desed", ("Dog", "Cat"), {"intersection_f1": 0.48}, (0.97, 0.48)),
    ],
)
def test_a_figure_of_the_paper_stands_beside_ours(figure, kind, labels, ours, shown):
    (found,) = published_beside(weights({figure: 0.97}), dataset(kind, "", labels), ours)
    assert (found.published, found.here) == shown


def test_percents_are_fractions_and_figures_on_other_sets_are_left_out():
    figures = {"accuracy on ESC-50": 97.0, "mAP on AudioSet": 0.471, "loss on ESC-50": 0.1}
    (found,) = published_beside(weights(figures), dataset(), {"accuracy": 0.9})
    assert found.published == 0.97


def test_lists_are_compared_whatever_folders_and_suffixes_they_name():
    truth = {"a": [timed("Dog", 0.0, 1.0)], "b": []}
    found = {"a": [timed("dog", 0.0, 1.0), timed("fox", 0.0, 1.0)], "c": [timed("dog", 0.0, 1.0)]}
    scores = judge_predictions(truth, found, {})
    assert (scores.recordings, scores.found, scores.event.macro, scores.intersection.macro) == (2, 1, 1.0, 1.0)
    assert scores.warnings == (
        "The predicted label “fox”: is none of the true ones.",
        "The recording “c”: is not in the truth.",
    )


def test_a_list_of_another_program_is_read_strictly(tmp_path):
    path = tmp_path / "found.tsv"
    path.write_text("filename\tonset\toffset\tevent_label\nx/a.wav\t0\t1\tDog\nb.flac\t\t\t\n")
    assert listed_events(path) == {"a": [timed("Dog", 0.0, 1.0)], "b": []}
    for row, said in (("a.wav\tnow\t1\tDog", "is no number"), ("a.wav\t0\t1", "a time and no label")):
        path.write_text(f"filename\tonset\toffset\tevent_label\n{row}\n")
        with pytest.raises(DatasetError, match=f"Line 2: .*{said}"):
            listed_events(path)


def test_names_with_dots_are_told_apart(tmp_path):
    path = tmp_path / "found.tsv"
    path.write_text("clip.1\t0\t1\tDog\nx/clip.2\t0\t1\tDog\nclip.3.wav\t0\t1\tDog\n")
    assert list(listed_events(path)) == ["clip.1", "clip.2", "clip.3"]
    path.write_text("x/a.wav\t0\t1\tDog\ny/a.wav\t0\t1\tDog\n")
    with pytest.raises(DatasetError, match="Several recordings are called a"):
        listed_events(path)


def test_what_is_found_where_nothing_is_known_to_be_is_a_false_alarm():
    truth = {"a": [timed("dog", 0.0, 1.0), timed("fox", 2.0, 3.0)]}
    found = {"a": truth["a"], "quiet": [timed("dog", 0.0, 1.0)]}
    scores = judge_predictions(truth, found, {"a": 5.0, "quiet": 7200.0})
    assert (scores.recordings, scores.event.labels["dog"]) == (2, pytest.approx(2 / 3))
    assert 0.9 < scores.psds_2 < 1
    assert judge_predictions(truth, found, {"a": 5.0}).event.labels["dog"] == 1.0


def test_two_recordings_of_one_name_cannot_be_told_apart_by_a_list():
    with pytest.raises(DatasetError, match="Several recordings are called a"):
        by_name({Path("x/a.wav"): [], Path("y/a.wav"): []})


def test_durations_come_from_a_table_beside_the_list(tmp_path):
    (tmp_path / "durations.tsv").write_text("filename\tduration\na.wav\t9.5\n")
    assert durations_beside(tmp_path) == {"a": 9.5}
