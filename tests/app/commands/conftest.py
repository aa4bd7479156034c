"""The command line as a person has it: a process of its own, a fresh home, and plugins installed beside Earmark."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

PATIENCE = 240.0  # seconds: a start of the engine on a machine that does much else takes some
TONE = '''
"""Says whether a sound is low or high: the share of its energy below and above 1 kHz, never quite sure."""
import numpy as np
from earmark.api import Heard, ModelCard, hookimpl

HOP = 0.05

@hookimpl
def models():
    of = dict(sample_rate=8000, window_seconds=2.0, labels=("low", "high"))
    return [
        ModelCard(model_id="tone/frames", title="Low or high", draws_timeline=True, **of),
        ModelCard(model_id="tone/steps", title="Low or high, in steps", **of),
    ]

@hookimpl
def infer(model, clips, want):
    return [hear(model, clip) for clip in clips]

def hear(card, clip):
    blocks = clip.samples.reshape(-1, round(HOP * clip.sample_rate))
    power = np.abs(np.fft.rfft(blocks)) ** 2
    low = np.fft.rfftfreq(blocks.shape[1], 1 / clip.sample_rate) < 1000
    loud = np.sqrt((blocks**2).mean(axis=1)) > 0.01
    share = power[:, low].sum(1) / (power.sum(1) + 1e-9)
    frames = (0.9 * np.stack([share, 1 - share], axis=1) * loud[:, None]).clip(0, 1).astype(np.float32)
    if not card.draws_timeline:
        return Heard(scores=frames.max(axis=0))
    return Heard(scores=frames.max(axis=0), frames=frames, hop=HOP)
'''


@dataclass
class CommandLine:
    """Runs `earmark` with its own home and its own plugins; `plugins` is on its PYTHONPATH."""

    home: Path
    plugins: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: str | Path, timeout: float = PATIENCE, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*arguments),
            cwd=self.folder,
            env=self.variables(**more),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    def words(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "earmark", *map(str, arguments)]

    def variables(self, **more: str) -> dict[str, str]:
        screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # the window's tests, beside these, set the last
        kept = {name: value for name, value in os.environ.items() if name not in screens}
        own = {"EARMARK_HOME": str(self.home), "PYTHONPATH": str(self.plugins), "COLUMNS": "120"}
        return kept | own | self.environment | more

    def install(self, name: str, code: str, *, distribution: str = "") -> None:
        """Install a plugin of one module beside Earmark, as pip would leave it."""
        (self.plugins / f"{name}_plugin.py").write_text(code, encoding="utf-8")
        info = self.plugins / f"{distribution or f'earmark_{name}'}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {info.name.partition('-')[0]}\nVersion: 1.0\n")
        with (info / "entry_points.txt").open("a") as file:
            file.write(f"[earmark]\n{name} = {name}_plugin\n")


def command_line(folder: Path) -> CommandLine:
    folders = [folder / name for name in ("home", "plugins", "work")]
    for each in folders:
        each.mkdir()
    return CommandLine(*folders)


@pytest.fixture
def earmark(tmp_path) -> CommandLine:
    return command_line(tmp_path)


@pytest.fixture(scope="module")
def shared_earmark(tmp_path_factory) -> CommandLine:
    """One command line for all tests of a module, for what takes long to set up and is not changed."""
    return command_line(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def tone(earmark) -> CommandLine:
    """The command line with the models `tone/frames` and `tone/steps`."""
    earmark.install("tone", TONE)
    return earmark


@pytest.fixture
def sound(earmark) -> Callable[..., Path]:
    """Write a recording: silence, a low tone from 1 to 2 s, silence, a high tone from 3 to 4 s, silence to 5 s."""

    def write(name: str = "tones.wav", *, sample_rate: int = 8000, times: int = 1) -> Path:
        second = np.arange(sample_rate) / sample_rate
        low, high = (0.5 * np.sin(2 * np.pi * frequency * second) for frequency in (300, 3000))
        silence = np.zeros(sample_rate)
        path = earmark.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(
            os.fsencode(path), np.tile(np.concatenate([silence, low, silence, high, silence]), times), sample_rate
        )
        return path

    return write
