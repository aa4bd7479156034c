"""Whether a window can open is known before Qt is asked, which would abort."""

import socket
import subprocess
import sys

from earmark import display


def test_no_variable_means_no_display():
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in display.missing({}, "linux")


def test_a_display_that_nobody_serves_is_none():
    assert display.missing({"DISPLAY": ":4321"}, "linux") == "Nobody answers on the display :4321."


def test_a_display_that_answers_is_one():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X4321")
        server.listen()
        assert display.missing({"DISPLAY": ":4321.0"}, "linux") == ""


def test_wayland_a_remote_x_and_offscreen_are_taken_at_their_word():
    assert display.missing({"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""
    assert display.missing({"DISPLAY": "localhost:10.0"}, "linux") == ""
    assert display.missing({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""


def test_windows_and_the_mac_always_have_one():
    assert display.missing({}, "win32") == display.missing({}, "darwin") == ""


def test_as_a_program_it_says_so_and_exits_with_1():
    said = subprocess.run(
        [sys.executable, "-m", "earmark.display"], env={}, capture_output=True, text=True, check=False
    )
    if sys.platform == "linux":
        assert (said.returncode, said.stdout.strip()) == (1, display.missing({}))
