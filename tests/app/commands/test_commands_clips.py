"""`earmark clips`: what was heard, judged or labelled elsewhere, as sound files."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile


def test_what_a_model_heard_is_cut_out(tone, sound):
    sound("tones.wav")
    ended = tone("clips", "tones.wav", "--out", "clips", "--model", "tone/frames", "--name", "{label}/{n}", "--table")
    assert ended.returncode == 0, ended.stderr
    names = [line.replace("\\", "/") for line in ended.stdout.splitlines()]
    assert names == ["clips/low/0001.wav", "clips/high/0002.wav"]
    assert soundfile.info(tone.folder / names[0]).duration == pytest.approx(1, abs=0.1)
    assert "low/0001.wav,low," in (tone.folder / "clips" / "clips.csv").read_text()


def test_what_a_label_file_names_is_cut_out_without_any_model(earmark, sound):
    sound("tones.wav")
    (earmark.folder / "t.txt").write_text("1\t1.5\tdog\nnonsense\n2\t2.25\tcat\n")
    ended = earmark("clips", "tones.wav", "--out", "clips", "--labels", "t.txt", "--label", "cat", "--form", "flac")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [str(Path("clips", "tones_cat_2.000.flac"))]
    assert "t.txt: Line 2: It does not begin with two times. Left out." in ended.stderr


def test_a_pattern_that_makes_no_names_starts_nothing(earmark, sound):
    sound("tones.wav")
    ended = earmark("clips", "tones.wav", "--out", "clips", "--name", "{labl}")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "The pattern has no {labl}." in ended.stderr


def test_a_recording_that_cannot_be_read_is_named_and_the_rest_cut(tone, sound):
    sound("tones.wav")
    (tone.folder / "broken.wav").write_text("not sound")
    ended = tone("clips", "broken.wav", "tones.wav", "--out", "clips", "--model", "tone/frames")
    assert ended.returncode == 3
    assert len(ended.stdout.splitlines()) == 2
    assert "broken.wav" in ended.stderr
