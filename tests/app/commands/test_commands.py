"""What every command has in common: quick help, exit statuses, errors in sentences."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

import earmark as package
from earmark.commands import COMMANDS, run


def test_the_version_is_told(earmark):
    assert earmark("--version").stdout == f"earmark {package.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(command, capsys):
    assert run([command, "--help"]) == 0
    assert f"Usage: earmark {command}" in capsys.readouterr().out


def test_the_help_names_every_command_and_the_window(capsys):
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert "earmark [OPTIONS] [FILE]…" in said
    assert all(f"\n  {command} " in said for command in COMMANDS)


def test_without_a_display_the_window_says_so_and_what_to_do_instead(earmark, sound):
    for arguments in ((), (sound(),)):
        ended = earmark(*arguments)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "There is no display here" in ended.stderr
        assert "earmark tag FILE" in ended.stderr


def test_a_misspelt_command_is_not_taken_for_a_file(earmark):
    ended = earmark("modles", "list")
    assert ended.returncode == 2
    assert "no file and no command named modles" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_option_is_a_sentence_and_2(earmark):
    ended = earmark("tag", "--threshold", "2", "x.wav")
    assert ended.returncode == 2
    assert "--threshold" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_leaves_ends_it_quietly(tone, sound):
    for number in range(8):
        sound(f"{number}.wav", times=20)
    words = tone.words("tag", tone.folder, "--model", "tone/frames", "--format", "json", "--top", "all")
    process = subprocess.Popen(words, env=tone.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 141
    assert "Traceback" not in process.stderr.read()


def test_ctrl_c_ends_it_with_130_a_sentence_and_no_process_left(tone, sound):
    sound(times=4000)
    words = tone.words("tag", tone.folder, "--model", "tone/frames")
    process = subprocess.Popen(
        words, env=tone.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130, said
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert not children_of_session(process.pid)


def children_of_session(session: int) -> list[int]:
    """Return the processes of a session that are still there, a second later at most."""
    for _ in range(20):
        alive = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if is_alive_in(session, path)]
        if not alive:
            return []
        time.sleep(0.05)
    return alive


def is_alive_in(session: int, stat: Path) -> bool:
    try:
        state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return False  # it has just ended
    return int(of) == session and state != "Z"
