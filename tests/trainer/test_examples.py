"""A job's examples as batches: cropped, placed, labelled where they sound; and what cannot be read."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from torch import nn

from earmark.api import DatasetError, Example, StrongLabel, TrainJob
from earmark_trainer.batches import batches
from earmark_trainer.examples import ExampleSource
from earmark_trainer.recipe import Recipe
from earmark_trainer.run import JobRun
from earmark_trainer.waveforms import Waveforms

RATE = 8000
ARGUMENTS = SimpleNamespace(sample_rate=RATE, seconds=1.0, steps=10, single_label=False)


@pytest.fixture
def recording(tmp_path):
    """Write a tone of some seconds that begins after a silence; return its path."""

    def write(name, *, silence=0.0, tone=1.0, rate=RATE):
        time = np.arange(round(tone * rate)) / rate
        samples = np.concatenate([np.zeros(round(silence * rate)), 0.5 * np.sin(2 * np.pi * 440 * time)])
        soundfile.write(tmp_path / name, samples, rate)
        return tmp_path / name

    return write


@pytest.fixture
def source(tmp_path):
    def make(*examples, batch_size=8, **settings):
        settings = {"waveforms": str(tmp_path / "waveforms")} | settings
        job = TrainJob(
            job_id="toy",
            model_id="htsat/everyday",
            folder=tmp_path / "job",
            labels=("tone", "other"),
            examples=examples,
            batch_size=batch_size,
            settings=settings,
        )
        return ExampleSource(job, ARGUMENTS, JobRun(tmp_path / "job", stream=(tmp_path / "out").open("a")))

    return make


def test_a_crop_carries_its_events_to_where_they_sound(recording, source):
    path = recording("a.wav", silence=2.0, tone=2.0)
    event = StrongLabel(label="tone", onset=2.0, offset=4.0)
    found = source(Example(path=path, labels=("tone",), events=(event,)))
    for step in range(20):
        (samples,), (frames,), (clip,) = found.batch(0, step)
        loud = samples.view(10, -1).abs().amax(1) > 0.2
        assert (loud.float() - frames[:, 0]).abs().sum() <= 1.01  # but for the step in which it begins
        assert clip[0] == (frames[:, 0].max() > 0.25)


def test_a_short_sound_lies_anywhere_in_the_window(recording, source):
    found = source(Example(path=recording("a.wav", tone=0.3), labels=("tone",)))
    starts = {int(found.batch(0, step)[0][0].abs().gt(0.01).nonzero()[0]) for step in range(12)}
    assert len(starts) > 6
    assert max(starts) <= RATE * 0.7 + 1


def test_a_stretch_of_a_recording_is_heard_alone(recording, source):
    path = recording("a.wav", silence=2.0, tone=2.0)
    found = source(Example(path=path, start=0.5, end=1.9, labels=("other",)))
    samples, frames, clips = found.batch(0, 0)
    assert samples.abs().max() < 0.01
    assert frames.shape == (1, 10, 2)
    assert clips.tolist() == [[0.0, 1.0]]


def test_another_speed_moves_pitch_and_events(recording, source):
    path = recording("a.wav", silence=0.5, tone=0.5)
    event = StrongLabel(label="tone", onset=0.5, offset=1.0)
    found = source(Example(path=path, labels=("tone",), events=(event,)), speeds=[2.0], place=False)
    (samples,), (frames,), _ = found.batch(0, 0)
    assert samples.view(10, -1).abs().amax(1).gt(0.2).nonzero().flatten().tolist() == [2, 3, 4]
    assert frames[:, 0].tolist() == pytest.approx([0, 0, 0.5, 1, 1, 0, 0, 0, 0, 0])


def test_a_file_that_cannot_be_read_is_told_and_left_out(recording, source, tmp_path):
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    good = Example(path=recording("a.wav"), labels=("tone",))
    found = source(good, Example(path=tmp_path / "broken.wav", labels=("tone",)))
    assert found.train == [good]
    assert "broken.wav" in (tmp_path / "job" / "events.jsonl").read_text()


def test_nothing_to_train_on_is_a_sentence(recording, source):
    with pytest.raises(DatasetError, match="no sounds to train on"):
        source(Example(path=recording("a.wav"), labels=("tone",), split="test"))


def test_a_recording_is_decoded_once_and_again_when_it_changed(recording, tmp_path):
    path, waveforms = recording("a.wav", rate=16000), Waveforms(tmp_path / "kept", RATE)
    for _ in range(2):
        assert waveforms.fill([path, path]) == {}
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert len(waveforms.samples(path)) == RATE
    recording("a.wav", tone=3.0)
    waveforms.fill([path])
    assert len(waveforms.samples(path)) == 3 * RATE


def test_other_speeds_are_resampled_once_and_read_from_the_disk(recording, source, tmp_path):
    example = Example(path=recording("a.wav", tone=3.0), labels=("tone",))
    found = source(example, speeds=[0.8, 1.0, 1.25])
    kept = {each: each.stat().st_ino for each in (tmp_path / "waveforms").iterdir()}
    assert len(kept) == 3
    again = source(example, speeds=[0.8, 1.0, 1.25])
    assert all(map(torch.equal, found.batch(3, 5), again.batch(3, 5)))
    assert {each: each.stat().st_ino for each in (tmp_path / "waveforms").iterdir()} == kept


def test_speeds_that_are_too_much_to_be_kept_sound_as_those_that_are(recording, tmp_path, monkeypatch):
    path, rng = tmp_path / "a.wav", np.random.default_rng(0)
    soundfile.write(path, rng.normal(0, 0.1, 3 * RATE), RATE)
    kept, resampled = Waveforms(tmp_path / "kept", RATE), Waveforms(tmp_path / "other", RATE)
    for each in (kept, resampled):
        each.fill([path])
    kept.fill_speeds([path], [0.8])
    monkeypatch.setattr("earmark_trainer.waveforms.MOST", 10)
    resampled.fill_speeds([path], [0.8])
    assert len(list((tmp_path / "other").iterdir())) == 1
    assert kept.length(path, 0.8) == resampled.length(path, 0.8)
    for first in (0, 800, 20_000):
        rooms = np.zeros((2, RATE), np.float32)
        for each, room in zip((kept, resampled), rooms, strict=True):
            each.read(path, first, room, speed=0.8)
        assert np.abs(rooms[0] - rooms[1]).max() < 0.002


def test_decoded_sound_that_was_torn_is_decoded_again(recording, tmp_path):
    path, waveforms = recording("a.wav"), Waveforms(tmp_path / "kept", RATE)
    waveforms.fill([path])
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(b"torn")
    Waveforms(tmp_path / "kept", RATE).fill([path])
    assert len(np.load(kept)) == RATE


def test_decoded_sound_that_no_job_began_with_for_a_month_is_dropped(recording, tmp_path):
    long_ago = time.time() - 31 * 86_400
    one, two = recording("a.wav"), recording("b.wav")
    Waveforms(tmp_path / "kept", RATE).fill([one, two])
    own = tmp_path / "kept" / "thesis.npy"
    own.write_bytes(b"a person's")
    for kept in (tmp_path / "kept").iterdir():
        os.utime(kept, (long_ago, long_ago))
    Waveforms(tmp_path / "kept", RATE)._ensure(two)  # a job that still runs began with it
    waveforms = Waveforms(tmp_path / "kept", RATE)
    waveforms.fill([two])
    assert {each.name for each in (tmp_path / "kept").iterdir()} == {waveforms._place(two).name, own.name}


def test_a_loader_gives_the_batches_of_the_source(recording, source):
    examples = [Example(path=recording(f"{n}.wav", tone=0.4 + n), labels=("tone",)) for n in range(4)]
    found = source(*examples, batch_size=2, gain_db=6.0, roll=0.5)
    recipe = Recipe(epochs=2, steps=2, learning_rate=1.0, loaders=1)
    loaded = list(batches(found, recipe, first=1, rank=0, world=1, pinned=False))
    assert len(loaded) == 3
    for number, batch in enumerate(loaded, start=1):
        assert all(map(torch.equal, batch, found.batch(*divmod(number, 2))))


def test_held_out_examples_are_judged_by_the_mean_of_their_windows(recording, source, tmp_path):
    class Loudness(nn.Module):
        def __init__(self):
            super().__init__()
            self.gain = nn.Parameter(torch.ones(1))

        def forward(self, waveform):
            loud = waveform.abs().amax(1, keepdim=True)
            return SimpleNamespace(logits=torch.cat([20 * loud - 5, 5 - 20 * loud], 1) * self.gain)

    long = recording("long.wav", silence=2.0, tone=2.0)
    held = [
        Example(path=recording("loud.wav"), labels=("tone",), split="validate"),
        Example(path=long, start=0.0, end=1.5, labels=("other",), split="validate"),
    ]
    found = source(Example(path=long, labels=("tone",)), *held)
    judged = found.judge(Loudness().eval())
    assert judged.scores.argmax(1).tolist() == judged.truth.argmax(1).tolist() == [0, 1]
    assert found.evaluate(Loudness().eval())["score"] == 1.0
    found.finish(Loudness().eval(), tmp_path)
    kept = np.load(tmp_path / "judged.npz")
    assert kept["numbers"].tolist() == [1, 2]
    assert kept["scores"].argmax(1).tolist() == [0, 1]
