"""Every way in which a plugin can be at fault, in a real engine, while the others live on."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from earmark.api import CheckpointError, PluginError
from earmark.engine_client import Engines

INFER = """
@hookimpl
def models():
    return [card()]

@hookimpl
def infer(model, clips, want):
    if sum(loudness(clip) for clip in clips) > 0:
        {fault}
    return [answer(clip) for clip in clips]
"""

REFUSED = {
    "broken import": ("import nothing_of_that_name", "imported"),
    "exit at import": ("sys.exit(1)", "SystemExit"),
    "duplicate id": (
        """
        @hookimpl
        def models():
            return [card(), card()]
        @hookimpl
        def infer(model, clips, want): return []
        """,
        "more than once",
    ),
    "missing hook": ("@hookimpl\ndef models(): return [card()]", "`infer`"),
    "unknown argument": ("@hookimpl\ndef models(colour): return []", "colour"),
    "misspelt hook": ("@hookimpl\ndef model(): return []", "model"),
    "raise while listing": ("@hookimpl\ndef models(): raise OSError('no disk')", "no disk"),
}

FAILS = {
    "wrong count": ("return []", "0 answers"),
    "wrong shape": ("return [Heard(scores=np.zeros(9, np.float32)) for clip in clips]", "shape"),
    "out of range": ("return [Heard(scores=np.full(2, 7, np.float32)) for clip in clips]", "from 7 to 7"),
    "not a number": ("return [Heard(scores=np.full(2, np.nan, np.float32)) for clip in clips]", "NaN"),
    "raise": ("raise ZeroDivisionError('by zero')", "by zero"),
    "exit": ("sys.exit(4)", "SystemExit"),
}

DIES = {
    "hang": ("time.sleep(60)", "did not return in time"),
    "hang that holds Python's lock": ("ctypes.PyDLL(None).sleep(60)", "did not return in time"),
    "segmentation fault": ("ctypes.string_at(0)", "segmentation fault"),
    "kill, as when memory runs out": ("os.kill(os.getpid(), 9)", "memory"),
    "exit without a word": ("os._exit(5)", "status 5"),
    "abort": ("os.abort()", "SIGABRT"),
}


@pytest.fixture
def good(install) -> str:
    """Return the name of a plugin of another distribution, which must live on."""
    return install(name="good")


def loud_score(engines: Engines, path, model: str = "good/model") -> float:
    return dict(engines.analyse(path, model).tags())["loud"]


@pytest.mark.parametrize("fault", REFUSED)
def test_a_plugin_at_fault_is_switched_off_with_a_sentence(install, engines, recording, good, fault):
    source, word = REFUSED[fault]
    install(source, name="bad")
    assert [card.model_id for card in engines.cards() if card.model_id.startswith(("bad", "good"))] == ["good/model"]
    (refused,) = [each for each in engines.faults() if each.plugin == "bad"]
    assert word in refused.sentence
    with pytest.raises(PluginError, match="“bad”"):
        engines.analyse(recording, "bad/model")
    assert loud_score(engines, recording) == 0.5


@pytest.mark.parametrize("fault", FAILS)
def test_a_request_that_a_plugin_fails_ends_with_a_sentence(install, engines, recording, good, fault):
    line, word = FAILS[fault]
    install(INFER.format(fault=line), name="bad")
    with pytest.raises(PluginError, match=word) as failed:
        engines.analyse(recording, "bad/model")
    assert (failed.value.plugin, failed.value.hook) == ("bad", "infer")
    assert loud_score(engines, recording) == 0.5


@pytest.mark.parametrize("fault", DIES)
def test_a_plugin_that_takes_its_process_down_is_named_with_the_clip_in_flight(
    install, impatient, recording, good, fault
):
    line, word = DIES[fault]
    install(INFER.format(fault=line), name="bad")
    engines, notices = impatient(), []
    engines.on_notice = notices.append
    with pytest.raises(PluginError, match=word) as died:
        engines.analyse(recording, "bad/model")
    assert (died.value.plugin, died.value.hook) == ("bad", "infer")
    assert "bad/model" in died.value.sentence
    assert "“knock at the door.wav” at 1.0–" in died.value.sentence  # the first window is quiet
    assert [str(notice) for notice in notices] == [str(died.value)]
    assert loud_score(engines, recording) == 0.5


def test_a_plugin_that_dies_twice_is_switched_off_and_not_started_again(install, engines, recording, good):
    install(INFER.format(fault="os._exit(1)"), name="bad")
    for _ in range(2):
        with pytest.raises(PluginError, match="status 1"):
            engines.analyse(recording, "bad/model")
    with pytest.raises(PluginError, match="switched off"):
        engines.analyse(recording, "bad/model")
    assert loud_score(engines, recording) == 0.5


def test_a_plugin_that_died_once_may_try_again_with_another_file(install, engines, recording, quiet):
    install(INFER.format(fault="os._exit(1)"), name="bad")
    with pytest.raises(PluginError):
        engines.analyse(recording, "bad/model")
    assert loud_score(engines, quiet, "bad/model") == 0


@pytest.mark.parametrize("where", ["import", "models"])
@pytest.mark.parametrize("line", ["time.sleep(60)", "ctypes.string_at(0)"])
def test_a_plugin_that_hangs_or_crashes_while_listing_hurts_nobody(install, recording, good, where, line):
    install(line if where == "import" else f"@hookimpl\ndef models(): {line}", name="bad")
    install(name="sibling", distribution="bad")  # in the same process
    engines = Engines(device="cpu", deadline=2.0)
    listed = {card.model_id for card in engines.cards()}
    assert {"good/model", "sibling/model"} <= listed
    assert "bad/model" not in listed
    assert [each.hook for each in engines.faults() if each.plugin == "bad"] == [where]
    assert loud_score(engines, recording, "sibling/model") == 0.5
    engines.close()


def test_the_next_start_knows_the_cards_without_asking(install, engines, good):
    install("raise SystemExit", name="bad")
    listed = engines.cards()
    later = Engines(device="cpu")
    assert later.cards() == listed
    assert [str(fault) for fault in later.faults()] == [str(fault) for fault in engines.faults()]
    assert not later._keepers


def test_a_plugin_that_was_changed_is_asked_again(install, engines):
    install("import nothing_of_that_name")
    assert engines.faults()
    install(name="toy")
    assert not Engines(device="cpu").faults()


def test_two_distributions_with_one_name_are_told_apart(install, engines, recording):
    install(name="twin", distribution="first")
    install(name="twin", distribution="second")
    (refused,) = engines.faults()
    assert "first has that name already" in refused.sentence
    assert loud_score(engines, recording, "twin/model") == 0.5


def test_what_plugins_print_goes_to_the_log_and_nowhere_else(install, engines, recording, capfd, home):
    install(INFER.format(fault="print('a stray print', flush=True); os.write(2, b'a stray complaint')"))
    engines.analyse(recording, "toy/model")
    assert capfd.readouterr() == ("", "")
    log = (home / "logs" / "engine.log").read_text()
    assert "a stray print" in log
    assert "a stray complaint" in log


def test_an_engine_killed_in_the_middle_of_a_request_is_named_and_the_others_live_on(install, engines, recording, good):
    install(INFER.format(fault="time.sleep(5)"), name="slow")
    engines.cards()

    def kill():
        os.kill(engines._keepers["slow"].pid, signal.SIGKILL)

    threading.Timer(1.5, kill).start()
    with pytest.raises(PluginError, match=r"“slow” was killed from outside, most likely because memory ran out"):
        engines.analyse(recording, "slow/model")
    assert loud_score(engines, recording) == 0.5


def test_an_engine_killed_while_idle_is_started_again_unnoticed(install, engines, recording):
    install()
    assert loud_score(engines, recording, "toy/model") == 0.5
    os.kill(engines._keepers["toy"].pid, signal.SIGKILL)
    assert loud_score(engines, recording, "toy/model") == 0.5


def test_a_file_that_waits_for_another_that_kills_the_engine_is_heard_all_the_same(install, engines, recording, quiet):
    install(INFER.format(fault="time.sleep(0.5); os._exit(1)"))
    engines.cards()
    heard = []
    second = threading.Thread(target=lambda: heard.append(engines.analyse(quiet, "toy/model")))
    threading.Timer(0.2, second.start).start()
    with pytest.raises(PluginError, match="status 1"):
        engines.analyse(recording, "toy/model")
    second.join()
    assert len(heard) == 1
    assert len(heard[0].starts) == 6


def test_a_model_whose_weights_are_missing_refuses_and_says_how_to_get_them(install, engines, recording):
    install(
        """
        @hookimpl
        def models():
            return [card(weights=(Weights(name="w", url="https://example.org/w"),))]

        @hookimpl
        def load(model_id, checkpoint, device, precision):
            return np.random.default_rng()

        @hookimpl
        def infer(model, clips, want):
            return [answer(clip) for clip in clips]
        """
    )
    (heading,) = [heading for heading in engines.headings() if heading.plugin == "toy"]
    assert not heading.has_weights
    assert "earmark models import" in heading.error
    with pytest.raises(CheckpointError, match="earmark models import FILE --as model --plugin toy"):
        engines.analyse(recording, "toy/model")


def test_the_engine_ends_when_its_parent_is_killed(install, recording, tmp_path):
    import subprocess
    import sys

    install(INFER.format(fault="time.sleep(60)"))
    script = f"""
import sys, threading
from pathlib import Path
from earmark.engine_client import Engines
engines = Engines(device="cpu")
engines.cards()
threading.Thread(target=engines.analyse, args=(Path({str(recording)!r}), "toy/model"), daemon=True).start()
while engines._keepers["toy"].pid is None: pass
print(engines._keepers["toy"].pid, flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    engine = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not is_running(engine):
            return
        time.sleep(0.1)
    os.kill(engine, signal.SIGKILL)
    pytest.fail("the engine outlived its parent")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_file_that_a_live_sounds_crash_interrupts_begins_again_and_is_told_once(install, engines, quiet):
    install(INFER.replace("return [answer", "time.sleep(0.1); return [answer").format(fault="os._exit(1)"))
    engines.prepare("toy/model")
    told, results = [], []

    def analyse():
        results.append(engines.analyse(quiet, "toy/model", on_scores=lambda start, *_: told.append(start)))

    work = threading.Thread(target=analyse)
    work.start()
    while not told:
        time.sleep(0.01)
    with pytest.raises(PluginError, match="over live sound"):
        engines.hear(np.ones(2000, np.float32), 1000, "toy/model")
    work.join()
    assert told == [0, 1, 2, 3, 4, 5]
    assert results[0].starts.tolist() == told


def test_a_plugin_that_hangs_while_listing_does_not_keep_another_distributions_model_waiting(
    install, engines, recording, good
):
    install("time.sleep(60)", name="bad")
    began = time.monotonic()
    assert engines.heading("good/model").has_weights
    assert loud_score(engines, recording) == 0.5
    assert time.monotonic() - began < 30
    assert engines._keepers.keys() == {"good"}


def test_what_was_refused_is_asked_again_on_request(install, engines, home):
    install(first="assert os.path.exists(os.environ['EARMARK_HOME'] + '/ready')")
    assert engines.faults()
    (home / "ready").touch()
    assert engines.faults()
    engines.refresh()
    assert not engines.faults()
