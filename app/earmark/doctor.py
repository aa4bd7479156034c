"""What this machine has, what is missing, and what to do about it.

Whatever may hang, crash or print on loading (torch, the sound system, Qt) is looked at in a process of its own.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from earmark import __version__, display, folders
from earmark.errors import EarmarkError

if TYPE_CHECKING:
    from earmark.analysis import Heading
    from earmark.engine_client import Engines

PATIENCE = 60.0  # seconds; importing torch from a cold disk takes ten
ROOM_NEEDED = 1 << 30  # bytes


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at.

    Attributes:
        found: what is there, or what is wrong, in a few words.
        advice: what to do; empty where all is well.
        essential: without it `earmark tag` cannot work.
    """

    name: str
    found: str
    advice: str = ""
    essential: bool = False

    @property
    def is_well(self) -> bool:
        """Nothing to do here."""
        return not self.advice


def examine(*, every_model: bool = False) -> Iterator[Finding]:
    """Yield what was found, as it is found.

    Args:
        every_model: have every model hear its golden clips, not only those that are in use.
    """
    yield Finding(name="Earmark", found=f"{__version__}, Python {platform.python_version()} on {platform.platform()}")
    yield Finding(name="Machine", found=_machine())
    yield from _torch()
    yield _decoders()
    yield _display()
    yield _qt()
    yield _sound()
    for name, folder in (("Your data", folders.home()), ("Cache", folders.cache_folder())):
        yield examine_folder(name, folder)
    yield from _models(every_model)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return f"{cores} cores"
    return f"{cores} cores, {memory:.0f} GB of memory"


_ASK_TORCH = """
import json, warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    import torch, torchaudio
    cuda = torch.cuda.is_available()
print(json.dumps({
    "torch": torch.__version__, "torchaudio": torchaudio.__version__, "built_for": torch.version.cuda,
    "cuda": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if cuda else [],
    "mps": torch.backends.mps.is_available(), "threads": torch.get_num_threads(),
    "said": [str(each.message).splitlines()[0] for each in said if "CUDA" in str(each.message)],
}))
"""


def _torch() -> Iterator[Finding]:
    answer, trouble = ask(_ASK_TORCH)
    if not answer:
        yield Finding(
            name="PyTorch",
            found=f"cannot be loaded: {trouble}",
            advice="Install the pinned pair again: make run",
            essential=True,
        )
        return
    yield Finding(name="PyTorch", found=f"torch {answer['torch']}, torchaudio {answer['torchaudio']}")
    yield describe_device(answer, has_card=_nvidia_card())


def describe_device(answer: dict, *, has_card: bool) -> Finding:
    """Say what torch computes on and, where that is the processor, why it is not a graphics card."""
    if answer["cuda"]:
        return Finding(name="Device", found=", ".join(f"CUDA:{i} {name}" for i, name in enumerate(answer["cuda"])))
    if answer["mps"]:
        return Finding(name="Device", found="MPS, the Mac's graphics processor")
    processor = f"the processor, {answer['threads']} threads"
    if not answer["built_for"]:
        return Finding(name="Device", found=f"{processor}: this PyTorch is built without CUDA")
    if not has_card:
        return Finding(name="Device", found=f"{processor}: no NVIDIA card was found")
    said = answer["said"][0] if answer["said"] else "PyTorch does not say why"
    advice = f"Install an NVIDIA driver for CUDA {answer['built_for']} or newer, then start again."
    return Finding(name="Device", found=f"{processor}: there is an NVIDIA card, but {said}", advice=advice)


def _nvidia_card() -> bool:
    """Tell whether the machine has an NVIDIA display or compute card, with or without its driver."""
    if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists():
        return True
    for vendor in Path("/sys/bus/pci/devices").glob("*/vendor"):
        if vendor.read_text().strip() == "0x10de" and vendor.with_name("class").read_text().startswith("0x03"):
            return True
    return False


def _decoders() -> Finding:
    try:
        import av
        import soundfile
    except (ImportError, OSError) as error:
        found = f"a decoder cannot be loaded: {error}"
        return Finding(name="Decoders", found=found, advice="Install Earmark again: make run", essential=True)
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return Finding(
        name="Decoders",
        found=f"libsndfile {soundfile.__libsndfile_version__}, soundfile {soundfile.__version__}; "
        f"FFmpeg's libavcodec {codec} in PyAV {av.__version__}",
    )


def _display() -> Finding:
    if sentence := display.missing():
        return Finding(name="Display", found=sentence, advice=f"The window needs one. {display.HINT}")
    screen = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    return Finding(name="Display", found=screen or "the desktop's")


_ASK_QT = """
import ctypes, json, pathlib, sys
import PySide6, PySide6.QtWidgets
plugin = pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
if sys.platform == "linux":
    ctypes.CDLL(str(plugin))
print(json.dumps({"version": PySide6.__version__}))
"""


def _qt() -> Finding:
    answer, trouble = ask(_ASK_QT)
    if answer:
        return Finding(name="Qt", found=answer["version"])
    advice = "Install the system package that holds this library; `make run` does so on Debian and Ubuntu."
    return Finding(name="Qt", found=f"a library is missing: {trouble}", advice=advice)


_ASK_SOUND = """
import json, sounddevice
devices = sounddevice.query_devices()
print(json.dumps({
    "in": [each["name"] for each in devices if each["max_input_channels"]],
    "out": [each["name"] for each in devices if each["max_output_channels"]],
}))
"""


def _sound() -> Finding:
    answer, trouble = ask(_ASK_SOUND)
    if not answer and "PortAudio" in trouble:
        return Finding(name="Sound", found="no PortAudio", advice="Install it: sudo apt-get install libportaudio2")
    if not answer:
        return Finding(name="Sound", found=trouble, advice="Playing and recording will not work; all else does.")
    counted = f"{len(answer['out'])} to play on, {len(answer['in'])} to record from"
    if not answer["out"]:
        return Finding(name="Sound", found=counted, advice="Playing needs a loudspeaker; all else works without.")
    if not answer["in"]:
        return Finding(name="Sound", found=counted, advice="Listening live needs a microphone; all else works without.")
    return Finding(name="Sound", found=counted)


def examine_folder(name: str, folder: Path) -> Finding:
    """Say whether a folder can be written and has room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"earmark")
    except OSError as error:
        advice = "Give yourself the right to write there, or name another folder in EARMARK_HOME."
        found = f"{folder} cannot be written: {error.strerror}"
        return Finding(name=name, found=found, advice=advice, essential=True)
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        advice = "Make room, or name a folder on another disk in EARMARK_HOME."
        return Finding(name=name, found=f"{folder}, {free / 2**20:.0f} MB free", advice=advice)
    return Finding(name=name, found=f"{folder}, {free / 2**30:.0f} GB free")


def _models(every_model: bool) -> Iterator[Finding]:
    from earmark import settings
    from earmark.engine_client import Engines

    chosen = settings.read()
    engines = Engines(device=chosen.device, precision=chosen.precision)
    try:
        headings = engines.headings()
        for fault in engines.faults():
            yield Finding(name="Plugin", found=fault.sentence, advice=fault.hint or "Ask its author.")
        yield from _golden(engines, headings, None if every_model else chosen.models)
    except EarmarkError as error:
        yield Finding(name="Models", found=error.sentence, advice=error.hint or "See the log.", essential=True)
        return
    finally:
        engines.close()
    ready = [heading.model_id for heading in headings if heading.has_weights]
    yield _ready(ready)
    if waiting := [heading.model_id for heading in headings if not heading.has_weights]:
        found = f"waiting for weights (earmark models fetch, or import): {', '.join(waiting)}"
        yield Finding(name="Models", found=found)


def _golden(engines: Engines, headings: Sequence[Heading], model_ids: Sequence[str] | None) -> Iterator[Finding]:
    """Have these models, or all, hear their golden clips on the device and in the precision that the settings say."""
    ready = [heading.model_id for heading in headings if heading.has_weights and heading.weights_sha256]
    for model_id in [each for each in ready if model_ids is None or each in model_ids]:
        try:
            off = engines.golden_difference(model_id)
        except EarmarkError as error:
            yield Finding(name="Golden", found=f"{model_id}: {error.sentence}", advice=error.hint or "See the log.")
            continue
        if off is not None:
            yield describe_golden(
                model_id, *off, where=f"{engines.device_line().partition(':')[0]}, {engines.precision}"
            )
    if model_ids is not None and set(ready) - set(model_ids):
        yield Finding(name="Golden", found="the other models: earmark doctor --models")


def describe_golden(model_id: str, difference: float, allowed: float, *, where: str) -> Finding:
    """Say whether a model answers as its weights should."""
    if difference <= allowed:
        return Finding(name="Golden", found=f"{model_id} answers as it should ({where}; {difference:.1e} off)")
    found = (
        f"{model_id} answers differently than its weights should: by {difference:.2g}, where {allowed:g} is rounding"
    )
    return Finding(
        name="Golden", found=f"{found} ({where})", advice="Do not trust it here: choose another device or fp32."
    )


def _ready(model_ids: list[str]) -> Finding:
    if model_ids:
        return Finding(name="Models", found=f"ready: {', '.join(model_ids)}")
    return Finding(name="Models", found="none is ready", advice="Try: earmark models fetch", essential=True)


def ask(program: str, *, patience: float = PATIENCE) -> tuple[dict, str]:
    """Run a small program; return what its last line says in JSON, or nothing and what went wrong."""
    words = [sys.executable, "-c", program]
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=patience, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return {}, f"no answer within {patience:.0f} s"
    if ended.returncode < 0:
        return {}, f"it was ended by signal {-ended.returncode}"
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        return {}, said[-1] if said else f"it ended with {ended.returncode}"
    try:
        return json.loads(ended.stdout.splitlines()[-1]), ""
    except (IndexError, ValueError):
        return {}, "its answer was not understood"
