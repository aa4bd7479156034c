"""How long the rest takes: learnt from what was heard, by the kind of file."""

import pytest

from earmark.pace import Pace, Weight, weight_of

WAV, FLAC = Weight(".wav", 1000), Weight(".flac", 100)


def test_before_anything_was_heard_nobody_knows():
    pace = Pace()
    pace.expect_all([WAV, WAV])
    assert pace.seconds_left() is None
    assert pace.times_real_time == 0.0


def test_the_rest_takes_as_long_as_what_was_heard():
    pace = Pace()
    pace.expect_all([WAV] * 5)
    pace.heard(WAV, sound=600, taken=3)
    pace.passed(WAV)
    assert pace.seconds_left() == pytest.approx(12)
    assert pace.times_real_time == pytest.approx(200)


def test_a_packed_file_of_the_same_length_takes_as_long():
    pace = Pace()
    pace.expect_all([WAV, FLAC])
    pace.heard(WAV, sound=60, taken=3)
    pace.heard(FLAC, sound=60, taken=3)
    assert pace.seconds_left() == pytest.approx(6)


def test_the_part_that_was_heard_of_the_one_in_work_is_not_waited_for_again():
    pace = Pace()
    pace.expect_all([WAV, WAV])
    pace.go_on(WAV, sound=30, part=0.5, speed=10)  # 500 bytes in 3 s
    assert pace.seconds_left() == pytest.approx(9)


def test_what_was_known_or_failed_took_no_time():
    pace = Pace()
    pace.expect_all([WAV] * 3)
    pace.heard(WAV, sound=60, taken=3)
    for _ in range(2):
        pace.passed(WAV)
    assert pace.seconds_left() == pytest.approx(3)


def test_a_file_that_has_gone_weighs_nothing(tmp_path):
    assert weight_of(tmp_path / "gone.WAV") == Weight(".wav", 0)
