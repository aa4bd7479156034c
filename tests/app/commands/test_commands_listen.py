"""`earmark listen`: lines as things are heard, recordings by wish and by trigger, a sentence for what is not there."""

import json
import signal
import subprocess

import numpy as np
import pytest
import soundfile

RATE = 16_000


@pytest.fixture
def rehearsal(tone, earmark):
    """Low for a second, high for a second, five seconds of silence before, between and after."""
    times = np.arange(RATE) / RATE
    low, high = (0.5 * np.sin(2 * np.pi * hertz * times) for hertz in (300, 3000))
    pause = np.zeros(2 * RATE)
    path = earmark.folder / "rehearsal.wav"
    soundfile.write(path, np.concatenate([pause, low, pause, high, pause]).astype(np.float32), RATE, subtype="FLOAT")
    return path


def lines(done: subprocess.CompletedProcess[str], kind: str) -> list[dict]:
    return [line for line in map(json.loads, done.stdout.splitlines()) if line["kind"] == kind]


def test_what_comes_in_is_told_as_tags_and_events_with_their_times(earmark, rehearsal):
    done = earmark("listen", "--from", rehearsal, "--model", "tone/frames", "--format", "json")
    assert done.returncode == 0, done.stderr
    events = [(event["label"], event["onset"], event["offset"]) for event in lines(done, "event")]
    assert [label for label, *_ in events] == ["low", "high"]
    assert np.allclose([times for _, *times in events], [(2, 3), (5, 6)], atol=0.1)
    loudest = {line["tags"][0]["label"] for line in lines(done, "tags") if line["tags"][0]["score"] > 0.8}
    assert loudest == {"low", "high"}
    assert {line["version"] for line in map(json.loads, done.stdout.splitlines())} == {1}


def test_several_models_listen_side_by_side(earmark, rehearsal):
    done = earmark("listen", "--from", rehearsal, "--model", "tone/frames", "--model", "tone/steps", "--format", "json")
    assert {line["model"] for line in lines(done, "tags")} == {"tone/frames", "tone/steps"}


def test_everything_is_recorded_and_is_in_the_library(earmark, rehearsal):
    out = earmark.folder / "out.wav"
    done = earmark("listen", "--from", rehearsal, "--model", "tone/frames", "--out", out)
    assert done.returncode == 0, done.stderr
    heard, said = soundfile.read(out)[0], soundfile.read(rehearsal)[0]
    assert np.abs(heard - said).max() < 2**-23
    found = earmark("library", "search", "high", "--format", "json")
    assert "out.wav" in found.stdout


def test_a_trigger_records_from_before_to_after_and_starts_a_command(earmark, rehearsal):
    alert = "import os; open('alert.txt', 'a').write(os.environ['EARMARK_LABEL'] + ' ')"
    (earmark.folder / "alert.py").write_text(alert)
    rolls = ("--pre-roll", "1.5", "--post-roll", "1")
    run = ("--trigger", "high:0.5", "--run", "python3 alert.py")
    done = earmark("listen", "--from", rehearsal, "--model", "tone/frames", "--hop", "0.2", *rolls, *run)
    assert done.returncode == 0, done.stderr
    [path] = earmark.folder.glob("*_high.wav")
    heard, rate = soundfile.read(path)
    onset = np.flatnonzero(np.abs(heard) > 0.1)[0] / rate
    assert 1.0 < onset < 1.6
    assert 2.5 < len(heard) / rate < 5.5
    assert (earmark.folder / "alert.txt").read_text() == "high "


def test_an_interrupt_ends_it_and_the_recording_is_whole(earmark, rehearsal):
    out = earmark.folder / "out.wav"
    words = earmark.words("listen", "--from", rehearsal, "--model", "tone/frames", "--out", out)
    process = subprocess.Popen(
        words, cwd=earmark.folder, env=earmark.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert 0 < soundfile.info(out).frames < soundfile.info(rehearsal).frames


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--device", "no such microphone"), "microphone"),
        (("--from", "rehearsal.wav", "--trigger", "unicorn"), "No model here knows the label “unicorn”."),
        (("--trigger", "high:2"), "a score is between 0 and 1"),
        (("--model", "no/model"), "no/model"),
    ],
)
def test_what_is_not_there_is_a_sentence_and_the_status_2(earmark, rehearsal, arguments, sentence):
    model = () if "--model" in arguments else ("--model", "tone/frames")
    done = earmark("listen", "--seconds", "1", *model, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
