"""What the README says is so: its plugin works, its hooks are the hooks, its commands run, its links lead somewhere."""

import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from earmark import hookspecs

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO = ROOT / "resources" / "earmark_resources" / "demo.flac"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}


def block_after(words: str, language: str) -> str:
    """Return the first code block of a language after some words."""
    found = re.search(rf"```{language}\n(.*?)```", README[README.index(words) :], flags=re.DOTALL)
    assert found, f"no {language} block after {words!r}"
    return found[1]


@pytest.fixture
def with_plugin(earmark, tmp_path):
    """Install the README's plugin beside Earmark, from its two files, without a network."""
    source = tmp_path / "earmark-loud"
    source.mkdir()
    (source / "pyproject.toml").write_text(block_after("`pyproject.toml`", "toml"))
    (source / "earmark_loud.py").write_text(block_after("`earmark_loud.py`", "python"))
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    words = [sys.executable, "-m", "pip", "install", *flags, "--target", earmark.plugins, source]
    subprocess.run(words, check=True, env=CLEAN)
    return earmark


def test_the_plugin_of_two_short_files_hears_what_is_loud(with_plugin, sound):
    ended = with_plugin("tag", sound(), "--model", "loud/by-rule", "--format", "csv")
    assert ended.returncode == 0, ended.stderr
    header, *rows = [line.split(",") for line in ended.stdout.splitlines()]
    spans = [(float(row[0]), float(row[1])) for row in rows]
    assert header[:2] == ["Start (s)", "End (s)"]
    assert spans == [
        (pytest.approx(1, abs=0.06), pytest.approx(2, abs=0.06)),
        (pytest.approx(3, abs=0.06), pytest.approx(4, abs=0.06)),
    ]


def test_the_plugin_is_listed_and_keeps_its_promises(with_plugin):
    listed = with_plugin("plugins", "list")
    assert "loud  earmark-loud 0.1.0: loud/by-rule" in re.sub(
        " +", lambda gap: "  " if len(gap[0]) > 1 else " ", listed.stdout
    )
    checked = with_plugin("plugins", "check", "earmark_loud")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_hook_is_named_with_its_signature():
    hooks = {name: hook for name, hook in vars(hookspecs).items() if hasattr(hook, "earmark_spec")}
    signatures = {f"def {name}{inspect.signature(hook)}: ...".replace("'", "") for name, hook in hooks.items()}
    assert len(signatures) == 5
    assert set(block_after("There are five hooks", "python").splitlines()) == signatures
    assert all(f"| `{name}` |" in README for name in hooks)


COMMANDS = [line.partition("  #")[0].strip() for line in block_after("## On the command line", "sh").splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_does_what_it_says(earmark, line):
    shutil.copy(DEMO, earmark.folder / "garden.wav")
    (earmark.folder / "recordings").mkdir()
    shutil.copy(DEMO, earmark.folder / "recordings" / "night.flac")
    if line.startswith("earmark library"):  # there must be something to be found
        assert earmark("tag", "garden.wav").returncode == 0
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        line, shell=True, cwd=earmark.folder, env=earmark.variables(PATH=programs), capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    written = [path for path in earmark.folder.rglob("*") if path.suffix in (".jsonl", ".txt")]
    assert ended.stdout or (written and all(path.stat().st_size for path in written))


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https://)([^)#]+)", README))
def test_a_link_leads_somewhere(target):
    assert (ROOT / target).exists()


def test_every_make_target_that_is_named_exists():
    pages = [README, *(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))]
    named = {
        name
        for page in pages
        for name in re.findall(r"\bmake (\w+)`|^make (\w+)(?=  |$)", page, flags=re.MULTILINE)
        for name in name
        if name
    }
    makefile = (ROOT / "Makefile").read_text()
    assert named >= {"run", "test", "bench"}
    assert {name for name in named if not re.search(rf"^{name}:", makefile, flags=re.MULTILINE)} == set()
