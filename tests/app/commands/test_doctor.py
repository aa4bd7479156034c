"""What the doctor says of machines that this one is not."""

import pytest

from earmark import doctor

CPU_ONLY = {"cuda": [], "mps": False, "threads": 8, "built_for": "13.0", "said": []}


def test_a_graphics_card_that_works_is_named():
    finding = doctor.describe_device(CPU_ONLY | {"cuda": ["NVIDIA H200", "NVIDIA L4"]}, has_card=True)
    assert (finding.found, finding.is_well) == ("CUDA:0 NVIDIA H200, CUDA:1 NVIDIA L4", True)


def test_a_torch_without_cuda_is_why():
    assert "built without CUDA" in doctor.describe_device(CPU_ONLY | {"built_for": None}, has_card=True).found


def test_a_card_whose_driver_is_too_old_comes_with_what_to_do():
    finding = doctor.describe_device(CPU_ONLY | {"said": ["The driver is too old"]}, has_card=True)
    assert "there is an NVIDIA card, but The driver is too old" in finding.found
    assert "driver for CUDA 13.0 or newer" in finding.advice


def test_a_folder_that_cannot_be_written_is_essential_and_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    finding = doctor.examine_folder("Your data", tmp_path / "file" / "earmark")
    assert finding.essential
    assert "EARMARK_HOME" in finding.advice
    assert doctor.examine_folder("Your data", tmp_path / "new").is_well


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise OSError('PortAudio library not found')", "PortAudio library not found"),
        ("import os; os.kill(os.getpid(), 11)", "ended by signal 11"),
        ("import sys; sys.exit(4)", "ended with 4"),
        ("import time; time.sleep(30)", "no answer within"),
        ("print('chatter'); print('not json')", "not understood"),
    ],
)
def test_whatever_is_asked_may_raise_crash_or_hang(program, words):
    answer, trouble = doctor.ask(program, patience=2.0)
    assert answer == {}
    assert words in trouble


def test_an_answer_comes_after_whatever_was_printed_before():
    assert doctor.ask("print('ALSA lib chatter'); print('{\"a\": 1}')") == ({"a": 1}, "")


def test_the_doctor_names_everything_it_looked_at_and_a_plugin_that_was_refused(tone):
    tone.install("bad", "import no_such_module_anywhere")
    ended = tone("doctor")
    for name in ("Earmark", "PyTorch", "Device", "Decoders", "Display", "Qt", "Sound", "Your data", "Plugin", "Models"):
        assert f" {name}" in ended.stdout
    assert "no_such_module_anywhere" in ended.stdout
    assert ended.returncode == 0, ended.stdout


def test_a_home_that_cannot_be_written_fails_the_doctor(earmark):
    earmark.home.rmdir()
    earmark.home.touch()
    ended = earmark("doctor")
    assert ended.returncode == 3
    assert "cannot be written" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_machine_without_a_sound_system_is_told_what_to_install(earmark):
    (earmark.plugins / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    said = earmark("doctor").stdout
    assert "no PortAudio" in said
    assert "libportaudio2" in said
