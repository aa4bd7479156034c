"""Clips are the recording's own samples, under names that every system can have, and write over nothing."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import soundfile

from earmark.audio_file import probe
from earmark.clip_names import ClipNames, check_pattern, safe
from earmark.clips import ClipChoice, ClipFolder
from earmark.errors import EarmarkError
from earmark.judging import JudgedEvent

RATE = 16_000
BARK = JudgedEvent("dog_bark", 1.0, 1.5, 0.87)


@pytest.fixture
def make_recording(tmp_path):
    """Write two seconds of two-channel noise, in any coding."""

    def make(name="garden.wav", subtype="PCM_16", channels=2):
        noise = np.random.default_rng(1).uniform(-1, 1, (2 * RATE, channels))
        soundfile.write(tmp_path / name, noise, RATE, subtype=subtype)
        return tmp_path / name

    return make


@pytest.fixture
def cut(tmp_path):
    """Cut events out of a recording and return the folder."""

    def cut(recording, events=(BARK,), **choice):
        folder = ClipFolder(tmp_path / "clips", ClipChoice(**choice))
        list(folder.cut(recording, events))
        return folder

    return cut


@pytest.mark.parametrize("form", ["wav", "flac"])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_a_clip_has_the_very_samples_of_every_channel(make_recording, cut, form, subtype):
    recording = make_recording(subtype=subtype)
    (clip,) = cut(recording, form=form).written
    whole, rate = soundfile.read(recording, dtype="int32")
    part, part_rate = soundfile.read(clip, dtype="int32")
    assert (part_rate, soundfile.info(clip).subtype) == (rate, subtype)
    assert np.array_equal(part, whole[RATE : RATE * 3 // 2])


def test_a_clip_of_a_float_recording_is_float(make_recording, cut):
    recording = make_recording(subtype="FLOAT")
    (clip,) = cut(recording).written
    assert np.array_equal(soundfile.read(clip)[0], soundfile.read(recording)[0][RATE : RATE * 3 // 2])


def test_padding_ends_with_the_recording(make_recording, cut):
    (clip,) = cut(make_recording(), padding=0.75).written
    assert soundfile.info(clip).frames == round(1.75 * RATE)


def test_nothing_is_written_over(make_recording, cut):
    recording = make_recording()
    first, second = cut(recording).written[0], cut(recording).written[0]
    assert (first.name, second.name) == ("garden_dog_bark_1.000.wav", "garden_dog_bark_1.000 (2).wav")


def test_events_that_the_pattern_does_not_tell_apart_are_numbered(make_recording, cut):
    events = [BARK, JudgedEvent("dog_bark", 0.0, 0.5, None)]
    names = [clip.name for clip in cut(make_recording(), events, pattern="{label}").written]
    assert names == ["dog_bark.wav", "dog_bark (2).wav"]


def test_a_slash_in_the_pattern_makes_folders(make_recording, cut, tmp_path):
    (clip,) = cut(make_recording(), pattern="{label}/{recording}_{n}_{score}").written
    assert clip == tmp_path / "clips" / "dog_bark" / "garden_0001_0.87.wav"


def test_an_event_without_length_makes_no_clip_and_says_so(make_recording, cut):
    point = JudgedEvent("click", 1.0, 1.0, None)
    folder = cut(make_recording(), [point, BARK])
    assert len(folder.written) == 1
    assert folder.skipped == ["click at 1.000 s has no length: give it padding."]
    assert len(cut(make_recording(), [point], padding=0.1).written) == 1


def test_the_list_says_what_is_in_each_clip_and_where_it_was(make_recording, cut):
    folder = cut(make_recording(), has_list=True, padding=0.25)
    with folder.write_list().open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["filename"], row["label"], row["score"]) == ("garden_dog_bark_1.000.wav", "dog_bark", "0.8700")
    assert (row["start"], row["end"], row["recording_start"]) == ("0.250", "0.750", "1.000")


def test_more_channels_than_flac_has_are_refused_and_leave_nothing(make_recording, cut, tmp_path):
    with pytest.raises(EarmarkError, match="FLAC cannot hold 9 channels"):
        cut(make_recording(channels=9), form="flac")
    assert list((tmp_path / "clips").iterdir()) == []


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [("{labl}", "has no {labl}"), ("{label", "bracket"), ("clip", "same name"), ("{label!r}", "has no {label}")],
)
def test_a_pattern_that_makes_no_names_is_refused_with_a_sentence(pattern, sentence):
    with pytest.raises(EarmarkError, match=sentence):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "label", ["a/b", "..", "CON", "con.x", 'say "hi"?', "tab\there", "\u202egpj", "x" * 500, " . "]
)
def test_any_label_makes_a_name_that_every_system_can_have(label, make_recording):
    path = ClipNames("{label}", ".wav").next(probe(make_recording()), JudgedEvent(label, 0.0, 1.0, None))
    assert len(path.parts) == 1
    assert len(path.name.encode()) < 200
    assert not set(path.name) & set('<>:"/\\|?*\t\u202e')
    assert path.stem.upper() not in ("CON", "", ".", "..")


def test_letters_of_any_language_stay_in_names():
    assert safe("Größe ドア 🐦 غراب") == "Größe ドア 🐦 غراب"
