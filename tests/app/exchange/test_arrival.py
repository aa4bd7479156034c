"""Labels of a file become annotations of the right recording, and nothing is added twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from earmark import exchange
from earmark.audio_file import AudioInfo
from earmark.exchange import Labelled, LabelledEvent
from earmark.judging import JudgedEvent, judged, shown_as

INFO = AudioInfo(path=Path("a.wav"), sample_rate=48_000, channels=1, frames=480_000, format="PCM_16", container="WAV")
BARK = JudgedEvent("dog", 1.0004, 2.0, 0.9, model_id="m/x", weights="ab")


def labelled(*events, **more):
    return Labelled(file="a.wav", events=tuple(LabelledEvent(**event) for event in events), **more)


DOG = {"label": "dog", "onset": 1.0, "offset": 2.0}


def test_what_has_no_score_was_said_by_a_person():
    (said,) = exchange.annotations_of(labelled(DOG), author="Ada")
    assert (said.status, said.author, said.score, said.model_id) == ("accepted", "Ada", None, "")


def test_what_has_a_score_is_a_models_and_unreviewed():
    (heard,) = exchange.annotations_of(labelled(DOG | {"score": 0.5}, model="b/n"), author="Ada")
    assert (heard.status, heard.author, heard.score, heard.model_id) == ("unreviewed", "", 0.5, "b/n")


def test_a_verdict_in_the_file_is_kept_with_its_author():
    (said,) = exchange.annotations_of(
        labelled(DOG | {"score": 0.5, "status": "rejected", "reviewer": "Bo"}), author="Ada"
    )
    assert (said.status, said.author) == ("rejected", "Bo")


def test_a_persons_label_answers_the_models_event_at_its_place():
    (answer,) = exchange.arrive(labelled(DOG), there=[BARK], info=INFO).annotations
    assert (answer.onset, answer.score, answer.model_id, answer.answers.label) == (1.0004, 0.9, "m/x", "dog")
    assert [event.status for event in judged([], [answer])] == ["accepted"]


def test_what_a_model_heard_already_is_not_added_again():
    arrival = exchange.arrive(labelled(DOG | {"score": 0.9}), there=[BARK], info=INFO)
    assert (arrival.annotations, arrival.known) == ([], 1)


def test_importing_a_file_twice_adds_nothing_the_second_time():
    file = labelled(DOG, DOG | {"label": "cat"}, DOG | {"score": 0.5, "onset": 1.5})
    first = exchange.arrive(file, info=INFO)
    second = exchange.arrive(file, there=[shown_as(each) for each in first.annotations], info=INFO)
    assert (len(first.annotations), second.annotations, second.known) == (3, [], 3)


def test_a_label_that_stands_twice_in_a_file_is_added_once():
    arrival = exchange.arrive(labelled(DOG, DOG), info=INFO)
    assert (len(arrival.annotations), arrival.known) == (1, 1)


def test_a_verdict_that_contradicts_the_one_here_is_told_and_the_one_here_kept():
    (here,) = exchange.annotations_of(labelled(DOG))
    arrival = exchange.arrive(labelled(DOG | {"status": "rejected", "line": 4}), there=[shown_as(here)], info=INFO)
    assert arrival.annotations == []
    assert str(arrival.remarks[0]) == "Line 4: It is rejected in the file and accepted here; what is here was kept."


def test_labels_past_the_end_are_cut_or_left_out_and_told():
    late, long = DOG | {"onset": 11.0, "offset": 12.0, "line": 1}, DOG | {"onset": 9.0, "offset": 12.0, "line": 2}
    arrival = exchange.arrive(labelled(late, long), info=INFO)
    assert [each.offset for each in arrival.annotations] == [10.0]
    assert str(arrival.skipped[0]) == "Line 1: It begins after the recording's end."
    assert "ends with it" in str(arrival.remarks[0])


def test_a_box_over_all_frequencies_is_none_and_a_label_without_text_gets_a_name():
    box, blank = DOG | {"low": 0.0, "high": 24_000.0}, DOG | {"label": " ", "onset": 0.5}
    framed, unnamed = exchange.arrive(labelled(box, blank), info=INFO).annotations
    assert (framed.low, framed.high, unnamed.label) == (None, None, "unnamed")


@pytest.mark.parametrize("file", ["/x/a.wav", "/elsewhere/A.WAV", "a", "a.flac", "C:\\sounds\\a.wav"])
def test_labels_find_their_recording_by_path_or_name(file):
    found, strangers = exchange.matched(
        [Labelled(file=file)], [Path("/x/a.wav"), Path("/x/b.wav")], label_file=Path("labels.csv")
    )
    assert (list(found), strangers) == ([Path("/x/a.wav")], [])


def test_labels_of_a_recording_that_is_not_here_are_strangers():
    stranger = Labelled(file="/x/c.wav")
    assert exchange.matched([stranger], [Path("/x/a.wav")], label_file=Path("t")) == ({}, [stranger])
    two = [Path("/x/a.wav"), Path("/y/a.wav")]
    assert exchange.matched([Labelled(file="a.wav")], two, label_file=Path("t"))[0] == {}


def test_a_track_that_names_no_recording_goes_by_its_own_name_else_to_the_one_shown():
    paths, track = [Path("/x/dawn.wav"), Path("/x/dawn.2.wav")], [Labelled(file="")]
    by_name, _ = exchange.matched(track, paths, label_file=Path("Dawn.2.labels.txt"), shown=paths[0])
    shown, _ = exchange.matched(track, paths, label_file=Path("label track.txt"), shown=paths[0])
    assert (list(by_name), list(shown)) == ([paths[1]], [paths[0]])


def test_a_label_as_people_write_it_is_the_models_own():
    bark = JudgedEvent("dog_bark", 1.0, 2.0, 0.9)
    (answer,) = exchange.arrive(labelled(DOG | {"label": "Dog bark"}), there=[bark], info=INFO).annotations
    (siren,) = exchange.arrive(labelled(DOG | {"label": "car Horn"}), labels=["car_horn"], info=INFO).annotations
    assert (answer.label, answer.score, siren.label) == ("dog_bark", 0.9, "car_horn")
