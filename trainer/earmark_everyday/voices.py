"""Made-up voices: flite, festival and espeak-ng, each voice in one fold."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError, Float

PACKAGES = {
    "espeak-ng": "espeak-ng",
    "flite": "flite",
    "text2wave": "festival festvox-kdlpc16k festvox-us-slt-hts festvox-kallpc16k festvox-italp16k festvox-itapc16k "
    "festvox-suopuhe-lj festvox-suopuhe-mv festvox-czech-dita festvox-czech-ph festvox-ca-ona-hts festvox-ru",
    "fluidsynth": "fluidsynth fluid-soundfont-gm",
}


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One speaker of one synthesiser, in one fold."""

    program: str
    name: str
    language: str
    fold: int


_FLITE = {"slt": 1, "rms": 2, "awb": 3, "kal16": 4}
_FESTIVAL = {
    "ked_diphone": ("en", 1),
    "lp_diphone": ("it", 1),
    "hy_fi_mv_diphone": ("fi", 1),
    "pc_diphone": ("it", 2),
    "czech_dita": ("cs", 2),
    "msu_ru_nsh_clunits": ("ru", 2),
    "suo_fi_lj_diphone": ("fi", 3),
    "czech_ph": ("cs", 3),
    "kal_diphone": ("en", 4),  # flite's kal is the same man: both in fold 4
    "upc_ca_ona_hts": ("ca", 4),
    "cmu_us_slt_arctic_hts": ("en", 1),  # as flite's slt
}
# Fold by fold, so that no formant variant is heard on both sides of a split.
_ESPEAK = {
    1: ("en-us+female1 en-gb+male3 de+female2 fr+Andy es+Annie nl+Mario sv+klatt4 hi+male6 en+grandpa "
        "en-us+Alex pt+anika id+Gene"),
    2: ("en-gb+female3 en-us+male1 de+Michael fr+female4 it+Denis pl+klatt2 tr+Steph en+croak "
        "en-gb+Benjamin es+Linda ru+Lee cmn+male2"),
    3: ("en-us+klatt5 en-gb+Andrea de+male4 es+Pablo it+Alicia pt+Boris ru+female5 el+Max en+grandma "
        "en-us+Ed fr+sandro nl+Iven"),
    4: ("en-us+Quincy en-gb+klatt3 fr+Auntie es+male7 it+Zac nl+Belinda sv+travis cmn+shelby en+norbert "
        "en-us+David de+John hi+Nguyen"),
}  # fmt: skip

DEMO_VOICE = Voice(program="espeak-ng", name="en-gb-scotland+Hugo", language="en", fold=0)
"""Speaks in the demo recording only."""


def voices() -> list[Voice]:
    """Return every voice, the recorded people's before the formant ones."""
    flite = [Voice(program="flite", name=name, language="en", fold=fold) for name, fold in _FLITE.items()]
    festival = [
        Voice(program="text2wave", name=name, language=language, fold=fold)
        for name, (language, fold) in _FESTIVAL.items()
    ]
    espeak = [
        Voice(program="espeak-ng", name=name, language=name.split("+")[0].split("-")[0], fold=fold)
        for fold, names in _ESPEAK.items()
        for name in names.split()
    ]
    return flite + festival + espeak


def check_programs() -> None:
    """Raise DatasetError, with the line that installs it, where a synthesiser is missing."""
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if missing:
        raise DatasetError("Programs that make voices and music are missing.", hint=f"apt install {' '.join(missing)}")


def spoken(voice: Voice, text: str, rng: np.random.Generator) -> tuple[Float, int]:
    """Return `text` said by `voice` at a random pitch and pace: samples [samples] and their rate.

    Raises:
        DatasetError: the synthesiser failed or said nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = {"flite": _flite, "text2wave": _festival, "espeak-ng": _espeak}[voice.program](voice, path, text, rng)
        result = subprocess.run(command, input=_encoded(voice, text), capture_output=True, check=False, timeout=60)
        if not path.exists() or path.stat().st_size < 2000:
            raise DatasetError(f"{voice.program} did not speak as {voice.name}: {result.stderr.decode()[-200:]}")
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(1), rate


def _encoded(voice: Voice, text: str) -> bytes:
    # festival's older voices know one byte a letter
    encodings = {"it": "latin-1", "fi": "latin-1", "cs": "iso-8859-2", "ca": "latin-1"}
    return text.encode(encodings.get(voice.language, "utf-8") if voice.program == "text2wave" else "utf-8", "ignore")


def _flite(voice: Voice, path: Path, text: str, rng: np.random.Generator) -> list[str]:
    pitch = {"slt": 170, "rms": 95, "awb": 115, "kal16": 100}[voice.name] * rng.uniform(0.8, 1.3)
    settings = [f"duration_stretch={rng.uniform(0.8, 1.25):.2f}", f"int_f0_target_mean={pitch:.0f}"]
    return ["flite", "-voice", voice.name, "--setf", settings[0], "--setf", settings[1], "-t", text, "-o", str(path)]


def _festival(voice: Voice, path: Path, text: str, rng: np.random.Generator) -> list[str]:
    stretch = f"(Parameter.set 'Duration_Stretch {rng.uniform(0.85, 1.2):.2f})"
    return ["text2wave", "-eval", f"(voice_{voice.name})", "-eval", stretch, "-o", str(path)]


def _espeak(voice: Voice, path: Path, text: str, rng: np.random.Generator) -> list[str]:
    how = ["-p", str(rng.integers(20, 80)), "-s", str(rng.integers(120, 200)), "-a", "100"]
    return ["espeak-ng", "-v", voice.name, *how, "-w", str(path), text]
