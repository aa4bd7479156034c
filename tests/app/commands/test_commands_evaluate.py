"""`earmark evaluate`: a process, a folder, a plugin; what is wrong is named and the rest goes on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.commands import run

DESED = Path(__file__).resolve().parents[1] / "evaluation" / "data"

EMBEDS = '''
"""Low or high, with where the energy lies as embedding; and a model with DESED's labels that hears dogs."""
import numpy as np
from earmark.api import Heard, ModelCard, Weights, hookimpl

DESED = ("Alarm_bell_ringing", "Blender", "Cat", "Dishes", "Dog", "Electric_shaver_toothbrush", "Frying",
         "Running_water", "Speech", "Vacuum_cleaner")

@hookimpl
def models():
    return [
        ModelCard(model_id="vec/tone", title="Low or high", sample_rate=8000, window_seconds=1.0,
                  labels=("low", "high"), embeds=True),
        ModelCard(model_id="vec/desed", title="Ten", sample_rate=32000, window_seconds=10.0,
                  labels=DESED, draws_timeline=True),
    ]

@hookimpl
def infer(model, clips, want):
    return [(ten if model.draws_timeline else two)(clip, want) for clip in clips]

def two(clip, want):
    power = np.abs(np.fft.rfft(clip.samples)) ** 2
    bands = np.array([each.sum() for each in np.array_split(power, 8)])
    share = (bands / (bands.sum() + 1e-9)).astype(np.float32)
    scores = np.array([share[:2].sum(), share[2:].sum()], np.float32).clip(0, 1)
    return Heard(scores=scores, embedding=share if want.embedding else None)

def ten(clip, want):
    loud = np.abs(clip.samples).reshape(32, -1).max(axis=1).clip(0, 1)
    frames = np.zeros((32, 10), np.float32)
    frames[:, DESED.index("Dog")] = loud
    return Heard(scores=frames.max(axis=0), frames=frames, hop=0.3125)
'''


@pytest.fixture
def clip(earmark):
    """Write a tone of a second, or of any length with sound where it is wanted."""

    def write(name: str, hertz: float, *, seconds: float = 1.0, sounds=((0.0, 1.0),), rate: int = 8000) -> Path:
        time = np.arange(round(seconds * rate)) / rate
        on = sum(((time >= onset) & (time < offset)).astype(float) for onset, offset in sounds)
        path = earmark.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.5 * on * np.sin(2 * np.pi * hertz * time), rate)
        return path

    return write


def documents(ended):
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_models_are_scored_on_a_folder_and_what_is_wrong_is_named(tone, clip):
    for number in range(2):
        clip(f"set/low/{number}.wav", 200 + number)
        clip(f"set/High/{number}.WAV", 3000 + number)
    clip("set/Noise/a.wav", 0)
    clip("set/bird/a.wav", 500)
    (tone.folder / "set/low/broken.wav").write_bytes(b"no sound")
    words = ("evaluate", "set", "--model", "tone/frames", "--model", "tone/steps")
    ended = tone(*words, "--format", "json", "--out", "out")
    assert ended.returncode == 3, ended.stderr
    assert "broken.wav" in ended.stderr
    first, second = documents(ended)
    assert (first["model"], second["model"], first["side"]) == ("tone/frames", "tone/steps", "all")
    assert (first["clips"], first["tags"]["clips"], first["tags"]["accuracy"]) == (6, 5, 1.0)
    assert first["tags"]["confusion"] == {"labels": ["High", "low"], "counts": [[2, 0], [0, 2]]}
    assert first["unknown_labels"] == ["bird"]
    assert [Path(each["file"]).name for each in first["failed"]] == ["broken.wav"]
    assert json.loads((tone.folder / "out" / "tone-steps.json").read_text()) == second
    said = tone(*words)
    assert "5 clips: accuracy 100.00 %" in said.stdout
    assert "The model has no label for “bird”." in said.stdout
    assert "tone/steps   100.00 %" in said.stdout  # the table of both
    assert "6 clips of 7 in the folder" in " ".join(said.stdout.split())


@pytest.mark.parametrize("folds", [("--fold", "1", "--fold", "3"), ("--fold", "3,1")], ids=["twice", "listed"])
def test_several_folds_are_evaluated_together(tone, clip, folds):
    rows = ["file,label,fold"]
    for fold in (1, 2, 3):
        clip(f"set/low{fold}.wav", 200)
        clip(f"set/high{fold}.wav", 3000)
        rows += [f"low{fold}.wav,low,{fold}", f"high{fold}.wav,high,{fold}"]
    (tone.folder / "set/table.csv").write_text("\n".join(rows) + "\n")
    (document,) = documents(tone("evaluate", "set", *folds, "--model", "tone/frames", "--format", "json"))
    assert (document["clips"], document["tags"]["accuracy"]) == (4, 1.0)
    assert document["side"] in ("folds 1, 3", "folds 3, 1")
    assert "has 3 folds" in document["protocol"]


def test_found_events_are_scored_and_written(tone, clip):
    clip("a.wav", 200, seconds=5, sounds=((1, 2), (3, 4)))
    clip("b.wav", 3000, seconds=5, sounds=((2, 3),))
    rows = ("filename\tonset\toffset\tevent_label", "a.wav\t1\t2\tlow", "a.wav\t3\t4\tlow", "b.wav\t2\t3\thigh")
    (tone.folder / "true.tsv").write_text("\n".join(rows) + "\n")
    words = ("evaluate", ".", "--events", "true.tsv", "--model", "tone/frames", "--format", "json")
    ended = tone(*words, "--out", "out")
    assert ended.returncode == 0, ended.stderr
    (document,) = documents(ended)
    events = document["events"]
    assert (events["true"], events["found"], events["event_f1"]["macro"]) == (3, 3, 1.0)
    assert events["psds_1"] == pytest.approx(1.0)
    written = (tone.folder / "out" / "tone-frames.events.tsv").read_text().splitlines()
    assert written[0] == "filename\tonset\toffset\tevent_label"
    assert sorted(line.split("\t")[0] for line in written[1:]) == ["a.wav", "a.wav", "b.wav"]
    again = tone("evaluate", ".", "--events", "true.tsv", "--predictions", "out/tone-frames.events.tsv")
    assert "event F1 (collar 0.2 s, offset 20 %): 100.00 %" in again.stdout


def test_the_published_predictions_on_desed_get_the_published_score(tmp_path, capsys):
    for name in ("ground_truth", "predictions_single", "durations"):
        (tmp_path / f"{name}.tsv").write_bytes(gzip.decompress((DESED / f"desed_{name}.tsv.gz").read_bytes()))
    lists = ("--events", str(tmp_path / "ground_truth.tsv"), "--predictions", str(tmp_path / "predictions_single.tsv"))
    assert run(["evaluate", str(tmp_path), *lists]) == 0
    said = capsys.readouterr().out
    assert "intersection F1 (DTC 0.5, GTC 0.5, CTTC 0.3): 48.42 %" in said
    assert "event F1 (collar 0.2 s, offset 20 %): 6.76 %" in said


def test_embeddings_are_judged_and_drawn(earmark, clip):
    earmark.install("vec", EMBEDS)
    for number in range(6):
        clip(f"set/low/{number}.wav", 200 + 20 * number)
        clip(f"set/high/{number}.wav", 2500 + 60 * number)
    at_once = {"NUMBA_DISABLE_JIT": "1"}  # UMAP would compile for 20 s; the same code runs without
    ended = earmark("evaluate", "set", "--model", "vec/tone", "--map", "map.svg", "--format", "json", **at_once)
    assert ended.returncode == 0, ended.stderr
    (document,) = documents(ended)
    assert document["embeddings"]["homogeneity"] == 1.0
    assert document["map"]["method"] == "UMAP"
    points = {point["path"]: point for point in document["map"]["points"]}
    assert len(points) == 12
    assert {point["label"] for point in points.values()} == {"low", "high"}
    assert (earmark.folder / "map.svg").read_text().count("<title>") == 12


def test_htsats_protocol_draws_events_as_its_authors_did(earmark, clip):
    earmark.install("vec", EMBEDS)
    clip("clip.wav", 500, seconds=6, sounds=((1.25, 2.5),), rate=32000)
    (earmark.folder / "true.tsv").write_text("filename\tonset\toffset\tevent_label\nclip.wav\t1.25\t2.5\tDog\n")
    words = ("evaluate", ".", "--events", "true.tsv", "--model", "vec/desed", "--protocol", "htsat")
    ended = earmark(*words, "--format", "json", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    (document,) = documents(ended)
    assert document["events"]["intersection_f1"]["macro"] == 1.0
    assert "HTS-AT's localisation protocol" in document["protocol"]
    assert (earmark.folder / "out/vec-desed.events.tsv").read_text().splitlines()[1] == "clip.wav\t1.250\t2.500\tDog"


def test_what_cannot_be_evaluated_is_a_sentence_before_anything_is_heard(tone, clip):
    clip("set/low/a.wav", 200)
    clip("other/wolf/a.wav", 200)
    for words, sentence in (
        (("set", "--model", "tone/frames", "--map", "map.svg"), "tone/frames gives no embeddings."),
        (("other", "--model", "tone/frames"), "tone/frames knows none of the data set's labels."),
        (("set", "--model", "tone/frames", "--protocol", "htsat"), "HTS-AT's protocol is for DESED's ten labels"),
    ):
        ended = tone("evaluate", *words)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert sentence in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere",), "There is no folder nowhere."),
        (("set", "--fold", "1"), "There is no fold 1."),
        (("set", "--split", "test"), "No clip is for “test”"),
        (("set", "--fold", "1", "--split", "test"), "A fold is a split of its own."),
        (("set", "--map", "map.pdf"), "SVG or PNG"),
        (("set", "--kind", "esc-50"), "no kind of data set called “esc-50”"),
        (("set", "--predictions", "list.tsv"), "There is no event with a time to compare with."),
    ],
)
def test_a_wrong_choice_is_a_sentence_and_2(clip, earmark, words, sentence, capsys, monkeypatch):
    clip("set/low/a.wav", 200)
    (earmark.folder / "list.tsv").write_text("filename\tonset\toffset\tevent_label\na.wav\t0\t1\tlow\n")
    monkeypatch.chdir(earmark.folder)
    monkeypatch.setenv("EARMARK_HOME", str(earmark.home))
    assert run(["evaluate", *words]) == 2
    assert sentence in capsys.readouterr().err
