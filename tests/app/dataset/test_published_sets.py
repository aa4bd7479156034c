"""The layouts of published sets, each with what goes wrong in practice."""

from __future__ import annotations

import pytest

from earmark.dataset import open_dataset
from earmark.errors import DatasetError

ESC50 = "filename,fold,target,category,esc10,src_file,take"
URBAN = "slice_file_name,fsID,start,end,salience,fold,classID,class"
SEGMENTS = ("# Segments csv created", "# num_ytids=3", "# YTID, start_seconds, end_seconds, positive_labels")
MIDS = ("index,mid,display_name", "0,/m/09x0r,Speech", '1,/m/05zppz,"Male speech, man speaking"', "2,/m/0bt9lr,Dog")


def labels_by_name(dataset):
    return {example.path.name: example.labels for example in dataset.examples}


def test_esc50_keeps_its_folds_its_sources_and_the_order_of_its_targets(sound, text, tmp_path):
    text("meta/esc50.csv", ESC50, "1-7-A-0.wav,1,0,dog,True,7,A", "2-9-B-10.wav,2,10,rain,True,9,B")
    sound("audio/1-7-A-0.wav", "audio/2-9-B-10.wav")
    dataset = open_dataset(tmp_path)
    assert (dataset.kind, dataset.labels, dataset.folds) == ("esc50", ("dog", "rain"), ("1", "2"))
    assert [example.group for example in dataset.examples] == ["7", "9"]
    assert [example.split for example in dataset.held_out("2").examples] == ["train", "test"]


def test_a_table_with_a_mark_crlf_and_other_case_of_names_is_read(sound, text, tmp_path):
    row = "1-7-A-0.WAV,1,0,dog,True,7,A"
    text("meta/esc50.csv", ESC50, row, encoding="utf-8-sig", end="\r\n")
    sound("audio/1-7-a-0.wav")
    assert labels_by_name(open_dataset(tmp_path)) == {"1-7-a-0.wav": ("dog",)}


def test_recordings_that_are_listed_and_not_here_are_said(sound, text, tmp_path):
    text("meta/esc50.csv", ESC50, "a.wav,1,0,dog,True,7,A", "b.wav,1,0,dog,True,7,B", "broken")
    sound("audio/a.wav", "audio/stray.wav")
    said = " ".join(open_dataset(tmp_path).warnings)
    assert "1 recording is listed but not here, the first is b.wav." in said
    assert "1 recording without a label is left out." in said
    assert "1 line of esc50.csv cannot be used: Line 4" in said


def test_a_fold_that_is_not_there_is_refused_with_those_that_are(sound, text, tmp_path):
    text("meta/esc50.csv", ESC50, "a.wav,1,0,dog,True,7,A")
    sound("audio/a.wav")
    with pytest.raises(DatasetError, match="There is no fold 6") as refused:
        open_dataset(tmp_path).held_out("6")
    assert refused.value.hint == "There are: 1."


def test_urbansound_slices_of_one_recording_are_one_group(sound, text, tmp_path):
    rows = ("7-3-0-0.wav,7,0,4,1,5,3,dog_bark", "7-3-0-1.wav,7,4,8,1,5,3,dog_bark", "9-1-0-0.wav,9,0,4,1,10,1,car_horn")
    text("metadata/UrbanSound8K.csv", URBAN, *rows)
    sound("audio/fold5/7-3-0-0.wav", "audio/fold5/7-3-0-1.wav", "audio/fold10/9-1-0-0.wav")
    dataset = open_dataset(tmp_path)
    assert dataset.kind == "urbansound8k"
    assert [example.group for example in dataset.examples] == ["7", "7", "9"]
    assert dataset.folds == ("5", "5", "10")


def test_speech_commands_splits_by_its_lists_and_groups_by_speaker(sound, text, tmp_path):
    text("validation_list.txt", "yes/0a7c2a8d_nohash_1.wav")
    text("testing_list.txt", "no/c50f55b8_nohash_0.wav", "no/ffffffff_nohash_0.wav", end="\r\n")
    sound("yes/0a7c2a8d_nohash_0.wav", "yes/0a7c2a8d_nohash_1.wav", "no/c50f55b8_nohash_0.wav")
    sound("_background_noise_/pink_noise.wav")
    dataset = open_dataset(tmp_path)
    assert (dataset.kind, dataset.labels) == ("speech_commands", ("no", "yes"))
    sides = {(example.path.name, example.labels): (example.split, example.group) for example in dataset.examples}
    assert sides == {
        ("pink_noise.wav", ()): ("train", "pink_noise"),
        ("c50f55b8_nohash_0.wav", ("no",)): ("test", "c50f55b8"),
        ("0a7c2a8d_nohash_0.wav", ("yes",)): ("train", "0a7c2a8d"),
        ("0a7c2a8d_nohash_1.wav", ("yes",)): ("validate", "0a7c2a8d"),
    }
    assert dataset.warnings == ("1 recording of the lists not here, the first is no/ffffffff_nohash_0.",)


def test_audioset_finds_segments_by_video_and_names_their_labels(sound, text, tmp_path):
    text("class_labels_indices.csv", *MIDS)
    rows = ('-0RWZT-miFs, 10.000, 20.000, "/m/09x0r,/m/05zppz"', 'Yabcdefghij, 0.000, 10.000, "/m/0bt9lr"')
    text("eval_segments.csv", *SEGMENTS, *rows, 'gone1234567, 0.0, 10.0, "/m/0bt9lr"')
    text("balanced_train_segments.csv", *SEGMENTS, 'train123456, 30.000, 40.000, "/m/0bt9lr,/m/none"')
    sound("audio/eval/Y-0RWZT-miFs.wav", "audio/eval/Yabcdefghij.wav", "audio/train/train123456_30.wav")
    dataset = open_dataset(tmp_path)
    assert (dataset.kind, dataset.labels) == ("audioset", ("Speech", "Male speech, man speaking", "Dog"))
    assert {(example.group, example.labels, example.split) for example in dataset.examples} == {
        ("-0RWZT-miFs", ("Speech", "Male speech, man speaking"), "test"),
        ("Yabcdefghij", ("Dog",), "test"),
        ("train123456", ("Dog",), "train"),
    }
    assert "1 of 4 listed clips are not here." in dataset.warnings
    assert dataset.counts()["Speech"] == 1


def test_vggsound_tells_two_clips_of_one_video_apart(sound, text, tmp_path):
    rows = ("---g-f_I2yQ,1,people marching,test", '---g-f_I2yQ,30,"dog, barking",train', "missing1234,5,cat,test")
    text("vggsound.csv", *rows)
    sound("video/---g-f_I2yQ_000001.wav", "video/---g-f_I2yQ_000030.wav")
    dataset = open_dataset(tmp_path)
    assert dataset.kind == "vggsound"
    assert labels_by_name(dataset)["---g-f_I2yQ_000001.wav"] == ("people marching",)
    assert {example.group for example in dataset.examples} == {"---g-f_I2yQ"}
    assert [example.split for example in dataset.examples] == ["test", "train"]


def test_birdclef_has_secondary_labels_and_groups_by_recordist(sound, text, tmp_path):
    header = "primary_label,secondary_labels,type,author,filename"
    rows = (
        "abethr1,\"['yertin1', 'afpfly1']\",['call'],Rolf A. de By,abethr1/XC128013.ogg",
        "afpfly1,[],[''],Rolf A. de By,afpfly1/XC9.ogg",
    )
    text("train_metadata.csv", header, *rows)
    sound("train_audio/abethr1/XC128013.ogg", "train_audio/afpfly1/XC9.ogg")
    dataset = open_dataset(tmp_path)
    assert dataset.labels == ("abethr1", "afpfly1", "yertin1")
    assert labels_by_name(dataset)["XC128013.ogg"] == ("abethr1", "yertin1", "afpfly1")
    assert {example.group for example in dataset.examples} == {"Rolf A. de By"}


def test_desed_lists_belong_to_the_mirrored_folder_and_tell_strong_from_weak(sound, text, tmp_path):
    strong = (
        "filename\tonset\toffset\tevent_label",
        "a.wav\t0.010\t0.050\tDog",
        "a.wav\t0.02\t0.08\tSpeech",
        "b.wav\t\t\t",
    )
    text("metadata/validation/validation.tsv", *strong, "gone.wav\t0\t1\tDog")
    text("metadata/train/weak.tsv", "filename\tevent_labels", "a.wav\tSpeech,Cat")
    sound("audio/validation/validation/a.wav", "audio/validation/validation/b.wav", "audio/train/weak/a.wav")
    sound("audio/train/unlabel_in_domain/c.wav")
    dataset = open_dataset(tmp_path)
    by_path = {str(example.path.relative_to(tmp_path / "audio")): example for example in dataset.examples}
    assert by_path["train/weak/a.wav"].labels == ("Speech", "Cat")
    assert by_path["train/weak/a.wav"].events == ()
    assert by_path["train/weak/a.wav"].split == "train"
    assert [event.label for event in by_path["validation/validation/a.wav"].events] == ["Dog", "Speech"]
    assert by_path["validation/validation/a.wav"].split == "validate"
    assert by_path["validation/validation/b.wav"].labels == ()
    assert any("gone.wav" in warning for warning in dataset.warnings)
    assert "1 recording in no list left out: unlabelled." in dataset.warnings
