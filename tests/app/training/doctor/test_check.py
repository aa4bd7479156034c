"""A check as it is run: progress, cancelling, what is kept on disk, what is told."""

from __future__ import annotations

import io
import json
import os
import threading

import pytest
from rich.console import Console

from earmark.api import Cancelled
from earmark.training.doctor import Kind, Severity, check, rendered


@pytest.fixture
def several(put, noise, opened):
    for number in range(12):
        put(f"dog/{number}x.wav", noise(number)[:1000])
    put("dog/good.wav", noise(20))
    return opened()


def text(diagnosis) -> str:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(rendered(diagnosis))
    return console.export_text()


def test_progress_is_told_clip_by_clip(several):
    told = []
    check(several, told=lambda *each: told.append(each))
    assert [each for each in told if each[2] == "Listening"] == [(n, 13, "Listening") for n in range(1, 14)]


def test_a_check_that_is_cancelled_stops_and_leaves_no_thread(several):
    told = []
    with pytest.raises(Cancelled):
        check(several, told=lambda *each: told.append(each), cancelled=lambda: len(told) >= 3)
    assert len(told) == 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("doctor")]


def test_a_file_is_heard_again_only_when_it_changed(put, noise, opened):
    path = put("dog/a.wav", noise(1))
    assert check(opened()).of(Kind.SILENT) == ()
    before = path.stat()
    put("dog/a.wav", 0 * noise(1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check(opened()).of(Kind.SILENT) == ()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    assert len(check(opened()).of(Kind.SILENT)) == 1


def test_what_is_kept_and_damaged_is_heard_again(put, noise, opened, home):
    put("dog/a.wav", 0 * noise(1))
    check(opened())
    (kept,) = (path for path in (home / "cache" / "doctor").rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes()[:-20])
    assert len(check(opened()).of(Kind.SILENT)) == 1


def test_what_is_found_is_the_same_from_the_disk(several):
    assert check(several) == check(several)


def test_the_text_gives_a_few_lines_a_kind_and_the_json_everything(several):
    diagnosis = check(several)
    plain = json.loads(json.dumps(diagnosis.to_json()))
    assert plain["version"] == 1
    assert sum(each["kind"] == "too short" for each in plain["findings"]) == 12
    said = text(diagnosis)
    assert said.count("is only 62 ms long") == 4
    assert "and 8 more" in said


def test_the_most_severe_come_first(several, sounds, opened):
    (sounds / "dog" / "empty.wav").touch()
    diagnosis = check(opened())
    order = [list(Severity).index(each.severity) for each in diagnosis.findings]
    assert order == sorted(order)


def test_a_clean_data_set_is_said_to_be_clean(put, noise, opened):
    for number in range(12):
        put(f"dog/{number}x.wav", noise(number))
        put(f"cat/{number}y.wav", noise(number + 50))
    diagnosis = check(opened())
    assert diagnosis.findings == ()
    assert "Nothing is wrong with it." in text(diagnosis)
    assert diagnosis.seconds == pytest.approx(48)
    assert diagnosis.rates == {16_000: 24}
