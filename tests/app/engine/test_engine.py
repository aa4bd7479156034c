"""Files and live sound through an engine, with plugins that a third party installed."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import soundfile

from earmark.api import AudioFileError, Cancelled, EarmarkError, PluginError

DRAWS = """
HOP = 0.16  # no divisor of the window: the last frame reaches beyond it

@hookimpl
def models():
    return [card(draws_timeline=True, window_seconds=2.0), card("repeats", draws_timeline=True, short="repeat"),
            card("needs", min_seconds=1.0)]

@hookimpl
def infer(model, clips, want):
    return [frames_of(clip) for clip in clips]

def frames_of(clip):
    size = round(HOP * clip.sample_rate)
    samples = np.pad(clip.samples, (0, -len(clip.samples) % size))
    loud = np.minimum(1, np.abs(samples).reshape(-1, size).max(axis=1)).astype(np.float32)
    frames = np.stack([1 - loud, loud], axis=1)
    return Heard(scores=frames.max(axis=0), frames=frames, hop=HOP)
"""

SLOW = """
@hookimpl
def models():
    return [card()]

@hookimpl
def infer(model, clips, want):
    time.sleep(0.15 * len(clips))
    return [answer(clip) for clip in clips]
"""


@pytest.fixture
def draws(install) -> str:
    install(DRAWS)
    return "toy/model"


def write(path, samples, rate=1000, **how):
    soundfile.write(path, samples, rate, subtype="FLOAT", **how)
    return path


def test_a_file_is_heard_in_windows_that_overlap_by_half(install, engines, recording):
    install()
    analysis = engines.analyse(recording, "toy/model")
    assert analysis.starts.tolist() == [0, 1, 2, 3, 4, 5]
    assert analysis.window_scores[:, 1].tolist() == [0, 0, 0.5, 0.5, 0, 0]
    assert dict(analysis.tags()) == {"quiet": 1.0, "loud": 0.5}
    assert analysis.tags()[0][0] == "quiet"
    assert dict(analysis.tags("mean"))["loud"] == pytest.approx(1 / 6)
    assert (analysis.duration, analysis.window, analysis.hop) == (7.0, 2.0, 1.0)
    assert analysis.frames is None
    assert analysis.seconds_taken > 0
    assert 1 <= analysis.together <= len(analysis.starts)


def test_windows_without_frames_are_steps_on_the_timeline(install, engines, recording):
    install()
    steps, hop = engines.analyse(recording, "toy/model").timeline()
    assert hop == 1.0
    assert steps[:, 1].tolist() == [0, 0, 0.25, 0.5, 0.25, 0, 0]


def test_frames_are_stitched_where_the_sound_was(draws, engines, recording):
    analysis = engines.analyse(recording, draws)
    assert analysis.hop == pytest.approx(0.96)  # whole frames
    assert analysis.frame_hop == 0.16
    assert len(analysis.frames) == 44
    loud = np.flatnonzero(analysis.frames[:, 1] > 0.1)
    assert loud[0] * 0.16 == pytest.approx(3.0, abs=0.16)
    assert (loud[-1] + 1) * 0.16 == pytest.approx(4.0, abs=0.16)
    assert np.diff(loud).max() == 1
    assert analysis.timeline()[0] is analysis.frames


@pytest.mark.parametrize("samples", [1, 159, 1999, 2000, 2001, 3333])
def test_any_length_is_heard_to_its_end(draws, engines, tmp_path, samples):
    sound = np.zeros(samples, np.float32)
    sound[-1] = 0.75
    analysis = engines.analyse(write(tmp_path / "a.wav", sound), draws)
    assert analysis.duration == pytest.approx(samples / 1000)
    assert dict(analysis.tags())["loud"] == 0.75
    assert len(analysis.frames) == max(1, int(samples / 160 + 0.5))
    assert analysis.starts[-1] == pytest.approx(max(0, samples - 2000) / 1000)


def test_a_short_recording_that_is_repeated_keeps_the_frames_of_its_first_copy(draws, engines, tmp_path):
    sound = np.zeros(640, np.float32)
    sound[160:320] = 0.5
    analysis = engines.analyse(write(tmp_path / "a.wav", sound), "toy/repeats")
    assert analysis.frames[:, 1].tolist() == [0, 0.5, 0, 0]


def test_below_the_least_length_the_result_says_so(draws, engines, tmp_path):
    analysis = engines.analyse(write(tmp_path / "a.wav", np.ones(400, np.float32)), "toy/needs")
    (warning,) = analysis.warnings
    assert "0.4 s" in warning
    assert "1 s" in warning


def test_the_same_file_gives_the_same_result(draws, engines, recording):
    first, second = engines.analyse(recording, draws), engines.analyse(recording, draws)
    np.testing.assert_array_equal(first.window_scores, second.window_scores)
    np.testing.assert_array_equal(first.frames, second.frames)


def test_a_span_is_heard_with_times_from_its_start(install, engines, recording):
    install()
    analysis = engines.analyse(recording, "toy/model", start=2.5, end=5.0)
    assert analysis.duration == pytest.approx(2.5)
    assert analysis.starts.tolist() == [0, 0.5]
    assert (analysis.start, analysis.end) == (2.5, 5.0)


def test_a_span_beyond_the_end_is_a_sentence(install, engines, recording):
    install()
    with pytest.raises(AudioFileError, match="no sound in that span"):
        engines.analyse(recording, "toy/model", start=100)


def test_one_channel_or_the_mean_is_heard(install, engines, tmp_path):
    install()
    stereo = np.zeros((3000, 2), np.float32)
    stereo[:, 1] = 0.5
    path = write(tmp_path / "stereo.wav", stereo)
    loud = {c: dict(engines.analyse(path, "toy/model", channel=c).tags())["loud"] for c in ("mix", 1, 2)}
    assert loud == {"mix": 0.25, 1: 0.0, 2: 0.5}


def test_a_file_at_another_rate_is_resampled(install, engines, tmp_path):
    install()
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(44100 * 3) / 44100).astype(np.float32)
    analysis = engines.analyse(write(tmp_path / "tone.wav", tone, 44100), "toy/model")
    assert dict(analysis.tags())["loud"] == pytest.approx(0.5, abs=0.03)  # ten samples a period miss its peak
    assert analysis.duration == pytest.approx(3.0)


def test_a_file_that_is_none_is_a_sentence_and_the_engine_lives_on(install, engines, recording, tmp_path):
    install()
    (tmp_path / "text.wav").write_text("no sound")
    for path in (tmp_path / "text.wav", tmp_path / "missing.wav", tmp_path):
        with pytest.raises(AudioFileError):
            engines.analyse(path, "toy/model")
    assert len(engines.analyse(recording, "toy/model").starts) == 6


def test_a_name_in_any_bytes_is_heard(install, engines, recording, tmp_path):
    install()
    path = tmp_path / "wie schön – 鳥 \udcff.wav"
    path.write_bytes(recording.read_bytes())
    assert len(engines.analyse(path, "toy/model").starts) == 6


def test_scores_and_frames_come_as_they_are_found_and_add_up_to_the_result(draws, engines, recording):
    told = []
    analysis = engines.analyse(recording, draws, on_scores=lambda *news: told.append(news))
    np.testing.assert_array_equal(np.array([start for start, _, _ in told], np.float32), analysis.starts)
    np.testing.assert_array_equal(np.stack([scores for _, scores, _ in told]), analysis.window_scores)
    np.testing.assert_array_equal(np.concatenate([frames for _, _, frames in told]), analysis.frames)
    at = 0
    for start, _, frames in told:
        assert at * analysis.frame_hop == pytest.approx(start, abs=analysis.frame_hop / 2)
        at += len(frames)


def test_progress_runs_to_the_end(install, engines, recording):
    install()
    told = []
    engines.analyse(recording, "toy/model", on_progress=lambda *progress: told.append(progress))
    done = [each[0] for each in told]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(7.0)
    assert all(total == pytest.approx(7.0) for _, total, _ in told)


def test_cancel_ends_the_waiting_at_once_and_the_work_between_batches(install, engines, recording):
    install(SLOW)
    engines.cards()
    seen = []
    with pytest.raises(Cancelled):
        engines.analyse(
            recording, "toy/model", on_scores=lambda *news: seen.append(news), cancelled=lambda: len(seen) > 0
        )
    assert len(seen) < 4
    assert len(engines.analyse(recording, "toy/model", end=2.0).starts) == 1


def test_analyses_from_many_threads_are_heard_one_after_the_other(install, engines, recording):
    install(SLOW)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(engines.analyse(recording, "toy/model", end=3.0)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(result.starts) for result in results] == [2] * 4


def test_live_sound_is_heard_before_the_rest_of_a_file(install, engines, tmp_path):
    install(SLOW)
    long = write(tmp_path / "long.wav", np.zeros(30000, np.float32))
    engines.prepare("toy/model")
    finished = []
    work = threading.Thread(target=lambda: finished.append(engines.analyse(long, "toy/model")))
    work.start()
    time.sleep(0.5)
    began = time.monotonic()
    heard = engines.hear(np.full(96000, 0.25, np.float32), 48000, "toy/model", start=7.0)
    waited = time.monotonic() - began
    assert heard.scores[1] == pytest.approx(0.25, abs=0.05)
    assert waited < 2.5
    assert not finished
    work.join()
    assert len(finished[0].starts) == 29


def test_newer_live_sound_overtakes_what_waits(install, engines):
    install(SLOW.replace("0.15", "1.0"))
    engines.prepare("toy/model")
    heard = []

    def hear(level):
        heard.append((level, engines.hear(np.full(2000, level, np.float32), 1000, "toy/model")))

    threads = [threading.Thread(target=hear, args=(level,)) for level in (0.1, 0.2, 0.3, 0.4)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    answered = {level for level, each in heard if each is not None}
    assert answered == {0.1, 0.4}


def test_live_sound_shorter_than_a_window_has_only_its_own_frames(draws, engines):
    heard = engines.hear(np.full(640, 0.5, np.float32), 1000, draws)
    assert heard.hop == 0.16
    assert heard.frames[:, 1].tolist() == [0.5] * 4


def test_only_the_newest_window_of_live_sound_counts(draws, engines):
    samples = np.zeros(5000, np.float32)
    samples[:2500] = 1.0
    assert engines.hear(samples, 1000, draws).scores[1] == 0


def test_live_sound_that_is_empty_or_not_a_number_is_silence(draws, engines):
    assert engines.hear(np.zeros(0, np.float32), 48000, draws).scores[1] == 0
    assert engines.hear(np.full(2000, np.nan, np.float32), 1000, draws).scores[1] == 0


def test_where_memory_is_short_clips_are_heard_one_by_one(install, engines, recording):
    install(
        """
        @hookimpl
        def models():
            return [card()]

        @hookimpl
        def infer(model, clips, want):
            if len(clips) > 1:
                raise MemoryError
            return [answer(clip) for clip in clips]
        """
    )
    analysis = engines.analyse(recording, "toy/model")
    assert analysis.window_scores[:, 1].tolist() == [0, 0, 0.5, 0.5, 0, 0]


def test_a_request_after_closing_is_an_error_not_a_hang(install, engines, recording):
    install(SLOW)
    engines.cards()
    threading.Timer(0.3, engines.close).start()
    with pytest.raises(EarmarkError, match="Earmark is closing"):
        engines.analyse(recording, "toy/model")


def test_an_unknown_model_is_a_sentence(engines, recording):
    with pytest.raises(PluginError, match="There is no model “nobody/nothing”"):
        engines.analyse(recording, "nobody/nothing")


def test_the_device_is_said_and_why(engines):
    assert engines.device_line().startswith("CPU, ")
    assert engines.device_line().endswith(": chosen")


def test_a_device_that_is_not_here_is_a_sentence(install, recording):
    from earmark.engine_client import Engines

    engines = Engines(device="cuda:99")
    with pytest.raises(EarmarkError, match="There is no device “cuda:99” here"):
        engines.device_line()
    engines.close()
