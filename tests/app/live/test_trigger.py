"""A trigger fires once, when its label has lasted long enough, and again only after it has gone."""

from __future__ import annotations

import sys
import time

from earmark.live.trigger import Trigger, run_command


def fired(trigger: Trigger, scores: list[float]) -> list[int]:
    return [second for second, score in enumerate(scores) if trigger.follow({"dog": score}, float(second))]


def test_it_fires_once_when_the_label_has_lasted_long_enough():
    assert fired(Trigger("dog", 0.5, seconds=2), [0, 0.9, 0.2, 0.9, 0.9, 0.9, 0.9]) == [5]


def test_a_short_pause_does_not_make_it_fire_again_a_long_one_does():
    assert fired(Trigger("dog", 0.5), [0.9, 0.1, 0.9, 0.1, 0.1, 0.1, 0.9]) == [0, 6]


def test_a_star_is_any_label():
    assert Trigger("*", 0.5).follow({"cat": 0.7}, 0.0)
    assert not Trigger("*", 0.5).follow({"cat": 0.4}, 0.0)


def test_the_command_learns_what_was_heard(tmp_path):
    code = (
        "import os, sys; open(sys.argv[1], 'w').write(' '.join(os.environ['EARMARK_' + n] for n in ('LABEL', 'SCORE')))"
    )
    run_command([sys.executable, "-c", code, str(tmp_path / "alert")], label="dog bark", score=0.8125, seconds=3.0)
    until = time.monotonic() + 10
    while not ((tmp_path / "alert").exists() and (tmp_path / "alert").read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert (tmp_path / "alert").read_text() == "dog bark 0.8125"


def test_a_command_that_cannot_be_started_does_not_stop_the_listening(caplog):
    run_command(["/nowhere/alarm"], label="dog", score=1.0, seconds=0.0)
    assert "/nowhere/alarm" in caplog.text
