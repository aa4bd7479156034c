"""What import contracts cannot say: that they forget nobody, that plugins see the API only, that locks are whole."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCE_ROOTS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["sources"]
PACKAGES = {path.parent.name: path.parent for root in SOURCE_ROOTS for path in (ROOT / root).glob("*/__init__.py")}
PLUGINS = set(PROJECT["project"]["entry-points"]["earmark"].values())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
PUBLIC = {"earmark.api", "earmark_torch", "earmark_trainer.fit"}
LOCKS = sorted((ROOT / "scripts" / "lock").glob("*.lock"))


def imports_of(package: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, module) of every import in a package, inside functions too."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path.name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute here"
                yield from ((path.name, f"{node.module}.{alias.name}") for alias in node.names)


def pins(lock: Path) -> dict[str, set[str]]:
    """Return name → versions of a lock."""
    found: dict[str, set[str]] = {}
    for name, pinned in re.findall(r"^([\w.-]+)==([\w.+-]+)", lock.read_text(), flags=re.MULTILINE):
        found.setdefault(name, set()).add(pinned)
    return found


def is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_the_contracts_know_every_package():
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)
    qt = next(contract for contract in CONTRACTS if contract["name"].startswith("Qt"))
    assert set(qt["source_modules"]) == set(PACKAGES)
    core = next(contract for contract in CONTRACTS if contract["name"].startswith("Core"))
    assert set(core["forbidden_modules"]) == set(PACKAGES) - {"earmark", "earmark_resources"}


def test_the_contracts_know_every_plugin():
    independence = next(contract for contract in CONTRACTS if contract["type"] == "independence")
    assert set(independence["modules"]) == PLUGINS
    assert set(PACKAGES) >= PLUGINS


@pytest.mark.parametrize("plugin", sorted(PLUGINS))
def test_a_plugin_sees_the_public_api_only(plugin):
    ours = {(file, module) for file, module in imports_of(PACKAGES[plugin]) if is_within(module, set(PACKAGES))}
    assert ours
    assert {(file, module) for file, module in ours if not is_within(module, PUBLIC | {plugin})} == set()


def test_what_plugins_share_sees_the_api_only():
    ours = {
        (file, module) for file, module in imports_of(PACKAGES["earmark_torch"]) if is_within(module, set(PACKAGES))
    }
    assert {(file, module) for file, module in ours if not is_within(module, {"earmark.api", "earmark_torch"})} == set()


def test_core_never_imports_what_it_must_not_by_name_either():
    """`importlib.import_module("torch")` would pass the contracts."""
    called = re.compile(r"import_module\(\s*f?[\"'](torch|PySide6|earmark_(?!resources))")
    core = [path for path in (ROOT / "app").rglob("*.py") if "engine" not in path.parts]
    assert [path.name for path in core if called.search(path.read_text(encoding="utf-8"))] == []


def test_help_answers_before_anything_heavy_is_imported():
    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from earmark.commands import run; run(['tag', '--help'])"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in said.stderr.splitlines()}
    assert "--threshold" in said.stdout
    assert "click" in imported
    assert imported & {"numpy", "torch", "PySide6", "rich", "soundfile", "av", "pluggy", "sqlite3"} == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address_and_hashes_everything(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text
    requirements = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(requirements) > 50
    assert [each.split()[0] for each in requirements if "--hash=sha256:" not in each] == []


def test_what_is_tested_is_what_runs():
    run, test = pins(LOCKS[1]), pins(LOCKS[0])
    assert [lock.name for lock in LOCKS] == ["requirements-dev.lock", "requirements.lock"]
    assert {name: versions for name, versions in run.items() if test.get(name) != versions} == {}


def test_the_lock_holds_every_dependency_and_the_pair_that_belongs_together():
    pinned = pins(ROOT / "scripts" / "lock" / "requirements.lock")
    wanted = {re.split(r"[=<>!~\[ ]", each)[0].lower() for each in PROJECT["project"]["dependencies"]}
    assert wanted - set(pinned) == set()
    assert pinned["torch"] == pinned["torchaudio"]


def test_the_wheel_holds_the_code_the_data_and_the_door_for_plugins(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [path for path in (ROOT / "resources").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {str(path.relative_to(ROOT / "resources")) for path in data} <= names
    assert {f"{package}/__init__.py" for package in PACKAGES} <= names
    assert (
        "[earmark]"
        in zipfile.ZipFile(wheel).read(f"earmark-{PROJECT['project']['version']}.dist-info/entry_points.txt").decode()
    )
    assert not [name for name in names if name.startswith(("tests/", "bench/", "app/"))]


def test_one_version_is_written_in_one_way():
    import earmark

    assert earmark.__version__ == PROJECT["project"]["version"]
