"""`python -m bench [NAME]…`: run the benches, write `build/bench/NAME.json`, and say which promises hold.

A missed promise is reported as missed; the exit status is 0 all the same. 15 minutes at most for all of them.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bench

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "bench"
TIME_LIMIT = 15 * 60.0  # seconds, for all benches together
ONE = "--one"
VERSIONS = (
    "earmark",
    "torch",
    "torchaudio",
    "numpy",
    "scipy",
    "PySide6-Essentials",
    "timm",
    "torchlibrosa",
    "transformers",
)


def main(arguments: list[str]) -> None:
    """Run the benches that are named, or all."""
    if arguments[:1] == [ONE]:
        run_one(arguments[1])
        return
    names = arguments or benches()
    RESULTS.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + TIME_LIMIT
    reports = [run_apart(f"{number}/{len(names)}", name, ends) for number, name in enumerate(names, 1)]
    for line in table(reports):
        print(line)


def benches() -> list[str]:
    """Return the modules here that measure something."""
    names = sorted(each.name for each in pkgutil.iter_modules(bench.__path__))
    return [name for name in names if "\ndef measure(" in (ROOT / "bench" / f"{name}.py").read_text(encoding="utf-8")]


def run_apart(position: str, name: str, ends: float) -> dict[str, Any]:
    """Run one bench in a process group of its own, and end all of it when the time is over."""
    print(f"{position} {name} …", flush=True)
    result = RESULTS / f"{name}.json"
    result.unlink(missing_ok=True)
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "bench", ONE, name], cwd=ROOT, start_new_session=True)
    try:
        status = process.wait(timeout=max(1.0, ends - started))
        trouble = f"it ended with {status}" if status else ""
    except subprocess.TimeoutExpired:
        trouble = "the time was over"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    seconds = time.monotonic() - started
    print(f"    {seconds:.0f} s" + (f", {trouble}" if trouble else ""), flush=True)
    report = json.loads(result.read_text()) if result.exists() else {"bench": name, "targets": []}
    return report | {"trouble": trouble}


def run_one(name: str) -> None:
    """Run one bench here and write its report."""
    report = {"bench": name, "date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    report |= {"versions": versions(), "commit": commit()}
    measured = importlib.import_module(f"bench.{name}").measure()
    text = json.dumps(report | {"targets": []} | measured, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")


def machine() -> dict[str, Any]:
    """Return what a figure depends on; `load` is what ran beside it at the start."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": processor(),
        "cores": cores,
        "memory_gb": round(memory, 1),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
    }


def processor() -> str:
    """Return the processor's name and, where Linux tells, the wide arithmetic it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    known = dict(line.split(":", 1) for line in lines if ":" in line)
    known = {name.strip(): value.strip() for name, value in known.items()}
    wide = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in known.get("flags", "").split()]
    return f"{known.get('model name', platform.machine())} ({', '.join(wide) or 'no wide arithmetic'})"


def versions() -> dict[str, str]:
    """Return the versions that a figure depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in VERSIONS}


def commit() -> str:
    """Return the commit that was measured, with a plus where files were changed; empty outside a clone."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def table(reports: list[dict[str, Any]]) -> list[str]:
    """Return the promises and what became of them, a line each."""
    lines = ["", f"{'':8}{'measured':>12}  {'promised':>14}"]
    for report in reports:
        lines += [_row(each) for each in report["targets"]]
        if report["trouble"]:
            lines.append(f"{'failed':<8}{'':>12}  {'':>14}  {report['bench']}: {report['trouble']}")
    missed = sum(not each["met"] for report in reports for each in report["targets"])
    met = sum(each["met"] for report in reports for each in report["targets"])
    failed = sum(bool(report["trouble"]) for report in reports)
    return [*lines, "", f"{met} met, {missed} missed, {failed} benches failed. All figures: build/bench/"]


def _row(promise: dict[str, Any]) -> str:
    state = "met" if promise["met"] else "MISSED"
    measured = f"{promise['value']:.4g} {promise['unit']}"
    limit = f"≥ {promise['at_least']:g}" if "at_least" in promise else f"≤ {promise['at_most']:g}"
    return f"{state:<8}{measured:>12}  {limit:>10} {promise['unit']:<3}  {promise['what']}"


if __name__ == "__main__":
    main(sys.argv[1:])
