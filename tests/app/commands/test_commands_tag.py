"""`earmark tag`: the right events at the right times, in every form, and a reason for whatever fails."""

import contextlib
import json
import os
import subprocess
import time

import numpy as np
import pytest
import soundfile

from earmark.api import Checkpoint
from earmark.checkpoints import write_checkpoint

WITH_WEIGHTS = """
import numpy as np
from earmark.api import Heard, ModelCard, Weights, hookimpl

@hookimpl
def models():
    return [ModelCard(model_id="gain/base", title="Loudness, amplified", sample_rate=8000, window_seconds=2.0,
                      labels=("sound",), weights=(Weights(name="w", url="https://example.org/w"),))]

@hookimpl
def load(model_id, checkpoint, device, precision):
    return checkpoint.network["gain"]

@hookimpl
def infer(model, clips, want):
    return [Heard(scores=np.float32([min(1.0, model * np.abs(clip.samples).max())])) for clip in clips]
"""


@pytest.fixture
def gain(earmark):
    """The command line with `gain/mine`, a model with weights: only of such is known that they are the same."""
    earmark.install("gain", WITH_WEIGHTS)
    folder = earmark.home / "models" / "gain" / "mine"
    base = Checkpoint(path=folder, model_id="gain/base", labels=("sound",), network={"gain": 1.5})
    write_checkpoint(folder, {"w": np.zeros(1, np.float32)}, base)
    return earmark


def documents(ended) -> list[dict]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def spans(document, label) -> list[tuple[float, float]]:
    return [(event["onset"], event["offset"]) for event in document["events"] if event["label"] == label]


def test_json_says_what_was_heard_when(tone, sound):
    sound("tones.wav")
    ended = tone("tag", "tones.wav", "--model", "tone/frames", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    (document,) = documents(ended)
    assert (document["version"], document["file"], document["model"]) == (1, "tones.wav", "tone/frames")
    assert (document["duration"], document["window"]) == (5.0, 2.0)
    assert spans(document, "low") == [(pytest.approx(1, abs=0.06), pytest.approx(2, abs=0.06))]
    assert spans(document, "high") == [(pytest.approx(3, abs=0.06), pytest.approx(4, abs=0.06))]
    assert {tag["label"] for tag in document["tags"]} == {"low", "high"}
    assert "1 result, 0:05.0 of sound" in ended.stderr


def test_the_table_shows_tags_with_bars_and_events_with_times(tone, sound):
    sound("tones.wav")
    said = tone("tag", "tones.wav", "--model", "tone/frames").stdout
    first, *rest = said.splitlines()
    assert first == "tones.wav · Low or high · 0:05.0"
    assert "  low   0.90  ██████████████████" in rest
    assert "    0:01.0 – 0:02.0  low   0.90" in rest
    assert "    0:03.0 – 0:04.0  high  0.90" in rest


def test_a_table_of_silence_says_that_nothing_was_heard(tone):
    soundfile.write(tone.folder / "silence.wav", np.zeros(16000), 8000)
    assert "  No event reaches its threshold." in tone("tag", "silence.wav", "--model", "tone/frames").stdout


def test_folders_are_walked_and_every_model_hears_every_file(tone, sound):
    names = ["a/one.wav", "a/b/two.flac", "three.wav"]
    for name in names:
        sound(name)
    (tone.folder / "a" / "notes.txt").write_text("not sound")
    ended = tone("tag", "a", "three.wav", "--model", "tone/frames", "--model", "tone/steps", "--format", "json")
    heard = [(document["file"], document["model"]) for document in documents(ended)]
    assert sorted(heard) == sorted((name, model) for name in names for model in ("tone/frames", "tone/steps"))


def test_top_says_how_many_tags_and_all_is_every_label(tone, sound):
    sound("tones.wav")
    for top, count in (("1", 1), ("all", 2)):
        (document,) = documents(tone("tag", "tones.wav", "--model", "tone/frames", "--format", "json", "--top", top))
        assert len(document["tags"]) == count
        assert all(len(window["tags"]) == count for window in document["windows"])
    assert tone("tag", "tones.wav", "--top", "0").returncode == 2


def test_the_threshold_replaces_the_models_own(tone, sound):
    sound("tones.wav")
    (strict,) = documents(tone("tag", "tones.wav", "--model", "tone/frames", "--format", "json", "--threshold", "1"))
    (all_of_it,) = documents(tone("tag", "tones.wav", "--model", "tone/frames", "--format", "json", "--threshold", "0"))
    assert strict["events"] == []
    assert spans(all_of_it, "low") == [(0, 5)]


def test_tags_are_the_highest_or_the_mean_of_the_windows(tone, sound):
    sound("tones.wav")
    scores = {}
    for pool in ("max", "mean"):
        (document,) = documents(tone("tag", "tones.wav", "--model", "tone/steps", "--format", "json", "--pool", pool))
        scores[pool] = {tag["label"]: tag["score"] for tag in document["tags"]}
    windows = [{tag["label"]: tag["score"] for tag in window["tags"]} for window in document["windows"]]
    assert scores["max"]["low"] == pytest.approx(max(window["low"] for window in windows))
    assert scores["mean"]["low"] == pytest.approx(np.mean([window["low"] for window in windows]), abs=1e-5)
    assert scores["mean"]["low"] < scores["max"]["low"]


@pytest.mark.parametrize(
    ("form", "name"),
    [("json", "tones.json"), ("audacity", "tones.labels.txt"), ("raven", "tones.selections.txt")],
)
def test_a_format_goes_to_stdout_or_into_a_folder_and_is_the_same(tone, sound, form, name):
    sound("tones.wav")
    printed = tone("tag", "tones.wav", "--model", "tone/frames", "--format", form)
    written = tone("tag", "tones.wav", "--model", "tone/frames", "--format", form, "--out", "results")
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, ""), written.stderr
    assert [path.name for path in (tone.folder / "results").iterdir()] == [name]
    assert (tone.folder / "results" / name).read_text(encoding="utf-8") == printed.stdout
    assert "low" in printed.stdout


def test_a_folder_without_a_format_is_refused(tone, sound):
    ended = tone("tag", sound(), "--out", "results")
    assert ended.returncode == 2
    assert "--out needs a --format" in ended.stderr


def test_a_folder_that_cannot_be_written_is_2_and_a_sentence(tone, sound):
    (tone.folder / "taken").write_text("a file")
    ended = tone("tag", sound(), "--model", "tone/frames", "--format", "csv", "--out", "taken/results")
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_files_that_fail_are_each_named_with_a_reason_and_the_others_are_tagged(tone, sound):
    sound("good.wav")
    (tone.folder / "empty.wav").touch()
    (tone.folder / "text.flac").write_text("not sound at all")
    (tone.folder / "nothing").mkdir()
    ended = tone(
        "tag",
        "text.flac",
        "good.wav",
        "missing.wav",
        "empty.wav",
        "nothing",
        "--model",
        "tone/frames",
        "--format",
        "json",
    )
    assert ended.returncode == 3
    assert [document["file"] for document in documents(ended)] == ["good.wav"]
    for words in (
        "text.flac: ",
        "missing.wav: There is no file",
        "empty.wav: empty.wav is empty",
        "nothing: No recording",
    ):
        assert words in ended.stderr
    assert "1 result" in ended.stderr
    assert "4 failed" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_model_without_weights_refuses_before_anything_is_heard(tone, sound):
    ended = tone("tag", sound(), "--model", "htsat/audioset")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "weights" in ended.stderr


def test_a_device_that_is_not_here_is_2(tone, sound):
    ended = tone("tag", sound(), "--model", "tone/frames", "--device", "cuda:7")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "cuda:7" in ended.stderr


def test_names_of_any_kind_are_tagged_and_named(tone, sound):
    names = ["a name with spaces.wav", "録音 ночь.wav", os.fsdecode(b"caf\xe9.wav")]
    for name in names:
        sound(name)
    ended = tone("tag", ".", "--model", "tone/frames", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    assert sorted(document["file"] for document in documents(ended)) == sorted(names)
    assert tone("tag", ".", "--model", "tone/frames").returncode == 0


def test_what_is_known_comes_from_the_library_and_is_the_same(gain, sound):
    sound("tones.wav")
    first = gain("tag", "tones.wav", "--model", "gain/mine", "--format", "json")
    second = gain("tag", "tones.wav", "--model", "gain/mine", "--format", "json")
    assert first.returncode == 0, first.stderr
    assert documents(first)[0]["tags"] == [{"label": "sound", "score": pytest.approx(0.75, abs=1e-3)}]
    assert "from the library" not in first.stderr
    assert "1 from the library" in second.stderr
    assert second.stdout == first.stdout


def test_again_or_a_changed_file_is_analysed_anew(gain, sound):
    path = sound("tones.wav")
    assert gain("tag", "tones.wav", "--model", "gain/mine").returncode == 0
    assert "from the library" not in gain("tag", "tones.wav", "--model", "gain/mine", "--again").stderr
    soundfile.write(path, 0.1 * np.ones(24000), 8000)
    third = gain("tag", "tones.wav", "--model", "gain/mine", "--format", "json")
    assert "from the library" not in third.stderr
    assert documents(third)[0]["duration"] == 3.0


def test_a_model_of_rules_is_asked_each_time_because_its_rule_may_have_changed(tone, sound):
    path = sound()
    assert tone("tag", path, "--model", "tone/frames").returncode == 0
    assert "from the library" not in tone("tag", path, "--model", "tone/frames").stderr


def test_without_a_library_it_goes_on(tone, sound):
    (tone.home / "library.sqlite").mkdir()
    ended = tone("tag", sound(), "--model", "tone/frames", "--format", "json")
    assert ended.returncode == 0, ended.stderr
    assert len(documents(ended)) == 1
    assert "library" in ended.stderr


def test_after_a_kill_the_same_words_go_on_where_it_was(gain, sound):
    names = [sound(f"{number}.wav").name for number in range(6)]
    words = gain.words("tag", ".", "--model", "gain/mine", "--format", "json")
    process = subprocess.Popen(
        words, cwd=gain.folder, env=gain.variables(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    done = [json.loads(process.stdout.readline())["file"] for _ in range(3)]
    process.kill()  # kill -9
    process.wait()
    done += [json.loads(line)["file"] for line in process.stdout.read().splitlines() if line.endswith("}")]
    second = gain("tag", ".", "--model", "gain/mine", "--format", "json")
    assert [document["file"] for document in documents(second)] == names
    known = int(second.stderr.split(" from the library")[0].split()[-1])
    assert known in (len(done), len(done) + 1)  # it may have been killed between keeping and saying


def test_what_failed_is_listed_at_the_end_with_its_reason(tone, sound):
    (tone.folder / "a.wav").write_text("Dear Sir or Madam")
    sound("b.wav")
    said = tone("tag", ".", "--model", "tone/frames").stderr
    assert said[said.index("1 result") :].splitlines()[1:] == [
        "Failed:",
        "  a.wav: a.wav holds no sound that can be decoded. It is empty, damaged, or not a recording.",
    ]


def test_a_result_is_on_stdout_before_the_next_file_is_heard(tone, sound):
    sound("a.wav")
    words = tone.words("tag", "a.wav", "slow.wav", "--model", "tone/frames", "--format", "json")
    sound("slow.wav", times=2000)
    process = subprocess.Popen(
        words, cwd=tone.folder, env=tone.variables(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    started = time.monotonic()
    assert json.loads(process.stdout.readline())["file"] == "a.wav"
    first = time.monotonic() - started
    assert process.poll() is None, f"both were there after {first:.1f} s"
    process.kill()
    process.wait()


def test_on_a_terminal_the_bar_is_on_stderr_and_the_json_stays_clean(tone, sound):
    """The bar's library takes stdout over unless it is told not to."""
    sound("tones.wav", times=400)
    terminal, end = os.openpty()
    words = tone.words("tag", "tones.wav", "--model", "tone/frames", "--format", "json")
    with (tone.folder / "printed.json").open("w") as file:
        process = subprocess.Popen(words, cwd=tone.folder, env=tone.variables(TERM="xterm"), stdout=file, stderr=end)
    os.close(end)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says so when the other end was closed
        while part := os.read(terminal, 65536):
            shown += part
    os.close(terminal)
    assert process.wait(30) == 0, shown
    assert json.loads((tone.folder / "printed.json").read_text())["file"] == "tones.wav"
    assert "× real time" in shown.decode()
    assert "0 of 1" in shown.decode()
    assert " left" in shown.decode()
