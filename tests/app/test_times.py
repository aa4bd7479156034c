"""Times as a person types them."""

from __future__ import annotations

import pytest

from earmark.times import TimeTextError, seconds_of, stretch_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83.4", 83.4),
        ("83,4", 83.4),
        ("1:23.4", 83.4),
        (" 1:02:03.5 ", 3723.5),
        (".5", 0.5),
        ("12 s", 12.0),
        ("90", 90),
    ],
)
def test_a_typed_time_is_read(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1:60", "1:60:00", "1::2", "1e3", "nan"])
def test_what_is_no_time_is_refused_with_a_sentence(text):
    with pytest.raises(TimeTextError) as refused:
        seconds_of(text)
    assert refused.value.hint


def test_an_end_before_the_start_is_refused():
    with pytest.raises(TimeTextError, match="ends after it starts"):
        stretch_of(3.0, 2.0, duration=10.0)


def test_an_end_beyond_the_recording_is_its_end_and_a_start_beyond_it_is_refused():
    assert stretch_of(3.0, 12.0, duration=10.0) == (3.0, 10.0)
    with pytest.raises(TimeTextError, match="recording ends"):
        stretch_of(11.0, 12.0, duration=10.0)
