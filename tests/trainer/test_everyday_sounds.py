"""The sounds of the bundled model: active parts, credits, the cache, scenes and their targets, the demo."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

import earmark_resources
from earmark.api import DatasetError
from earmark_everyday import FOLDS, LABELS, NOISE, SAMPLE_RATE
from earmark_everyday.activity import active_parts, hearing_of
from earmark_everyday.clips import DEMO_SOURCES, for_training, read_clips, render_clip
from earmark_everyday.midi import compose, midi_bytes
from earmark_everyday.music import families, programs_of
from earmark_everyday.noise import SHORT, STEADY
from earmark_everyday.placing import Placed, lay, merged, struck
from earmark_everyday.scenes import Mixture, Scenes, make_scenes
from earmark_everyday.sounds import Cache, Sound, read_cache, rendered, write_cache
from earmark_everyday.speech import digit_speakers, render_digits
from earmark_everyday.voices import DEMO_VOICE, check_programs, spoken, voices

RESOURCES = Path(earmark_resources.__file__).parent


def bursts(*parts: tuple[float, float], seconds: float = 5.0, floor: float = 1e-4) -> np.ndarray:
    """Return noise that is loud in `parts` and at `floor` elsewhere; a floor of 0 is digital silence."""
    noise = np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE)).astype(np.float32)
    level = np.full(len(noise), floor, np.float32)
    for onset, offset in parts:
        level[round(onset * SAMPLE_RATE) : round(offset * SAMPLE_RATE)] = 0.2
    return noise * level


def test_the_active_parts_of_a_bark_hug_it():
    found = active_parts(bursts((1.0, 1.4), (3.0, 3.5)), SAMPLE_RATE, hearing_of("dog_bark"))
    assert np.allclose(found, [(1.0, 1.4), (3.0, 3.5)], atol=0.02)


def test_a_pause_under_three_tenths_of_a_second_belongs_to_the_sound():
    found = active_parts(bursts((1.0, 1.4), (1.65, 2.0)), SAMPLE_RATE, hearing_of("sneezing"))
    assert np.allclose(found, [(1.0, 2.0)], atol=0.02)


def test_a_click_counts_as_the_shortest_event():
    [(onset, offset)] = active_parts(bursts((2.0, 2.05)), SAMPLE_RATE, hearing_of("dog_bark"))
    assert offset - onset == pytest.approx(0.15, abs=1e-6)


@pytest.mark.parametrize("label", ["rain", "helicopter", "clock_tick", "crackling_fire"])
def test_silence_that_pads_a_clip_is_no_part_of_a_steady_sound(label):
    found = active_parts(bursts((0.0, 2.0), floor=0.0), SAMPLE_RATE, hearing_of(label))
    assert np.allclose(found, [(0.0, 2.0)], atol=0.02)


def test_a_clock_goes_on_between_its_ticks():
    ticks = bursts(*((at, at + 0.03) for at in np.arange(0.5, 4.6, 1.0)), floor=1e-3)
    [(onset, offset)] = active_parts(ticks, SAMPLE_RATE, hearing_of("clock_tick"))
    assert onset < 0.51
    assert offset > 4.5


def test_nothing_sounds_in_digital_silence():
    assert active_parts(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE, hearing_of("rain")) == []


CREDITS = """# Credits

## dog_bark
- 1-100-A.ogg: clip derived from a.wav (http://x/100/) by somebody [CC0]
- 2-200-A.ogg: clip derived from b.wav (http://x/200/) by somebody [CC-Sampling+]
- 3-{demo}-A.ogg: clip derived from c.wav (http://x/{demo}/) by somebody [CC0]
- 3-{demo}-B.ogg: clip derived from c.wav (http://x/{demo}/) by somebody [CC0]
"""


@pytest.fixture
def esc10(tmp_path):
    folder = tmp_path / "esc10"
    (folder / "dog_bark").mkdir(parents=True)
    (folder / "CREDITS.md").write_text(CREDITS.format(demo=DEMO_SOURCES[0]), encoding="utf-8")
    for name in ("1-100-A", "2-200-A", f"3-{DEMO_SOURCES[0]}-A", f"3-{DEMO_SOURCES[0]}-B"):
        soundfile.write(folder / "dog_bark" / f"{name}.ogg", bursts((1.0, 1.5), seconds=2.0), SAMPLE_RATE)
    return folder


def test_the_demos_sources_and_works_that_may_not_be_used_whole_are_never_trained_on(esc10):
    clips = read_clips(esc10)
    assert len(clips) == 4
    assert [clip.path.name for clip in for_training(clips)] == ["1-100-A.ogg"]


def test_a_clip_is_rendered_untouched_and_at_other_speeds(esc10):
    stretches = render_clip(read_clips(esc10)[0])
    assert [sound.variant for sound, _ in stretches] == [0, 1, 2, 3]
    assert np.allclose(stretches[0][0].active, [(1.0, 1.5)], atol=0.03)
    assert len(stretches[1][1]) > len(stretches[0][1]) > len(stretches[2][1])


def test_a_folder_without_credits_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"CREDITS\.md"):
        read_clips(tmp_path)


def test_no_voice_speaks_in_two_folds_and_the_demos_voice_in_none():
    folds = {}
    for voice in voices():
        folds.setdefault(voice.name.split("+")[-1], set()).add(voice.fold)
    assert all(len(where) == 1 for where in folds.values())
    assert DEMO_VOICE.name.split("+")[-1] not in folds
    assert {voice.fold for voice in voices()} == set(FOLDS)


def test_digits_of_one_speaker_become_phrases_with_gaps(tmp_path):
    for take in range(8):
        soundfile.write(tmp_path / f"{take}_ada_0.wav", bursts((0.1, 0.5), seconds=0.6)[::4], 8000)
    [(speaker, takes)] = digit_speakers(tmp_path).items()
    phrases = render_digits(speaker, 3, takes)
    assert {(sound.label, sound.fold, sound.source) for sound, _ in phrases} == {("speech", 3, "digits ada")}
    assert all(sound.active and len(samples) < 6 * SAMPLE_RATE for sound, samples in phrases)
    assert any(len(sound.active) > 1 for sound, _ in phrases)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_made_up_voice_speaks():
    samples, rate = spoken(DEMO_VOICE, "One two three.", np.random.default_rng(0))
    assert 0.5 < len(samples) / rate < 4
    assert active_parts(samples, rate, hearing_of("speech"))


def test_where_a_synthesiser_is_missing_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DatasetError, match=r"apt install espeak-ng flite"):
        check_programs()


def test_no_musical_recording_or_program_is_in_two_folds(tmp_path):
    for name in ("bd_a", "bd_b", "bd_c", "bd_d", "bd_e", "loop_compus", "misc_crow"):
        (tmp_path / f"{name}.flac").touch()
    each = [path.stem for fold in FOLDS for paths in families(tmp_path, fold).values() for path in paths]
    assert sorted(each) == ["bd_a", "bd_b", "bd_c", "bd_d", "bd_e"]
    programs = [program for fold in FOLDS for program in programs_of(fold)]
    assert sorted(programs) == list(range(112))


def test_a_piece_is_a_whole_midi_file():
    written = midi_bytes(compose(np.random.default_rng(0), (0, 24, 40), seconds=5))
    assert written[:4] == b"MThd"
    assert int.from_bytes(written[18:22], "big") == len(written) - 22
    assert written.endswith(b"\xff\x2f\x00")


@pytest.mark.parametrize("recipe", list(dict.fromkeys([*STEADY, *SHORT])), ids=lambda recipe: recipe.__name__)
def test_every_noise_is_five_seconds_of_finite_samples_the_same_for_the_same_seed(recipe):
    once, again = recipe(np.random.default_rng(3)), recipe(np.random.default_rng(3))
    assert once.shape == (5 * SAMPLE_RATE,)
    assert np.isfinite(once).all()
    assert np.array_equal(once, again)


def sound(label: str, fold: int, samples: np.ndarray, *, kind: str = "clip", variant: int = 0):
    return rendered(
        samples, Sound(label=label, kind=kind, fold=fold, source=f"{label} {fold}", file="", variant=variant)
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Cache:
    folder = tmp_path_factory.mktemp("cache")
    stretches = []
    for fold in (1, 2):
        stretches.append(sound("dog_bark", fold, bursts((1.0, 1.4), (3.0, 3.5), floor=0.0)))
        stretches.append(sound("rain", fold, bursts((0.0, 5.0))))
        stretches.append(sound(NOISE, fold, STEADY[0](np.random.default_rng(fold)), kind="steady"))
    write_cache(folder, stretches)
    return read_cache(folder)


def test_the_cache_gives_back_what_was_rendered(cache):
    bark = cache.sounds[0]
    assert (bark.label, bark.fold, bark.continuous) == ("dog_bark", 1, False)
    assert np.allclose(bark.active, [(1.0, 1.4), (3.0, 3.5)], atol=0.02)
    samples = cache.stretch(bark)
    assert len(samples) == 5 * SAMPLE_RATE
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-3)
    assert not samples[: SAMPLE_RATE // 2].any()


def test_a_cache_without_its_index_is_no_cache(tmp_path):
    with pytest.raises(DatasetError, match=r"prepare"):
        read_cache(tmp_path)


def test_scenes_are_a_function_of_seed_epoch_and_step(cache):
    scenes = Scenes(cache, [1, 2])
    first, again, other = scenes.batch(1, 0, 5, 4), scenes.batch(1, 0, 5, 4), scenes.batch(1, 0, 6, 4)
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (4, 163840)
    assert first[1].shape == (4, 128, len(LABELS))
    assert first[2].shape == (4, len(LABELS))


def test_scenes_are_finite_never_clip_and_hold_only_the_labels_there_are(cache):
    samples, frames, weak = Scenes(cache, [1, 2]).batch(3, 0, 0, 60)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0
    assert 0 <= frames.min() <= frames.max() <= 1
    assert set(np.flatnonzero(weak.any(0))) == {LABELS.index("dog_bark"), LABELS.index("rain")}


def test_scenes_of_one_fold_hold_nothing_of_another(cache):
    scenes = Scenes(cache, [1])
    drawn = [scenes.pick(np.random.default_rng(n), "dog_bark") for n in range(20)]
    assert {one.fold for one in drawn} == {1}


def test_targets_say_what_part_of_a_step_sounds(cache):
    scenes = Scenes(cache, [1], seconds=2.0, step=0.5)
    frames = scenes.targets([Placed("rain", 0.4, 1.5), Placed("rain", 1.0, 1.2), Placed("speech", -3.0, 0.1)])
    assert frames[:, LABELS.index("rain")] == pytest.approx([0.2, 1.0, 1.0, 0.0])
    assert frames[:, LABELS.index("speech")] == pytest.approx([0.2, 0.0, 0.0, 0.0])


def test_what_is_heard_in_a_scene_is_where_the_targets_say(cache):
    plain = Mixture(single_clip=0.5, empty=0.0, background=0.0, distractor=0.0, colour=0.0)
    scenes = Scenes(cache, [1], mixture=plain)
    for seed in range(40):
        samples, placed = scenes.draw_events(np.random.default_rng(seed))
        heard = np.square(samples).reshape(-1, 320).mean(1) > 1e-5
        told = np.zeros_like(heard)
        for event in placed:
            told[max(0, round(event.onset * 100)) : max(0, round(event.offset * 100))] = True
        assert np.count_nonzero(heard != told) <= 4 * max(1, len(placed))


def test_an_empty_scene_promises_nothing(cache):
    scenes = Scenes(cache, [1], mixture=Mixture(single_clip=0.0, empty=1.0))
    _, frames, weak = scenes.batch(0, 0, 0, 10)
    assert not frames.any()
    assert not weak.any()


def test_scenes_to_judge_by_list_whole_events_and_are_the_same_every_time(cache):
    scenes, again = list(make_scenes(cache, [2], 12, 5)), list(make_scenes(cache, [2], 12, 5))
    for one, two in zip(scenes, again, strict=True):
        assert one.events == two.events
        assert np.array_equal(one.samples, two.samples)
        assert all(0 <= event.onset < event.offset <= one.seconds for event in one.events)
    assert any(scene.events for scene in scenes)
    assert scenes[9].events == ()


def test_near_events_of_one_label_are_one_event_and_short_ones_none():
    heard = [Placed("rain", -1.0, 1.0), Placed("rain", 1.2, 2.0), Placed("speech", 4.0, 4.1), Placed("rain", 5, 12.0)]
    events = merged(heard, 10.0)
    assert [(event.label, event.onset, event.offset) for event in events] == [("rain", 0.0, 2.0), ("rain", 5, 10.0)]


def test_a_clock_is_heard_from_its_first_tick():
    first, last = struck(bursts((0.5, 0.53), (1.5, 1.53), seconds=3.0, floor=1e-3))
    assert first == pytest.approx(0.5, abs=0.02)
    assert 1.5 < last < 1.65


def test_what_lies_outside_a_scene_is_lost():
    scene = np.zeros(4, np.float32)
    lay(scene, np.array([1, 2, 3], np.float32), -2)
    lay(scene, np.array([5, 6, 7], np.float32), 3)
    lay(scene, np.ones(3, np.float32), 9)
    assert scene.tolist() == [3, 0, 0, 5]


def test_the_demo_sounds_when_its_event_list_says():
    samples, rate = soundfile.read(RESOURCES / "demo.flac", dtype="float32")
    listed = json.loads((RESOURCES / "demo.json").read_text(encoding="utf-8"))
    assert (rate, samples.ndim, len(samples) / rate) == (SAMPLE_RATE, 1, listed["duration"])
    told = np.zeros(len(samples) // 320, bool)
    for event in listed["events"]:
        told[round(event["onset"] * 100) : round(event["offset"] * 100)] = True
    level_db = 10 * np.log10(np.square(samples[: len(told) * 320]).reshape(-1, 320).mean(1) + 1e-12)
    assert np.median(level_db[told]) > -45
    assert np.median(level_db[~told]) < -65
    assert {event["label"] for event in listed["events"]} >= {"dog_bark", "rooster", "sneezing", "speech", "music"}


def test_everything_in_the_demo_is_in_the_public_domain_and_credited():
    credited = (RESOURCES / "demo.credits.md").read_text(encoding="utf-8")
    lines = [line for line in credited.splitlines() if line.startswith("- ")]
    assert all("[CC0" in line for line in lines)
    assert all(f"-{source}-" in credited for source in DEMO_SOURCES)
    labels = {event["label"] for event in json.loads((RESOURCES / "demo.json").read_text())["events"]}
    assert {line.removeprefix("- ").split(":")[0] for line in lines} == labels
    assert (RESOURCES / "demo.flac").stat().st_size < 2_000_000
