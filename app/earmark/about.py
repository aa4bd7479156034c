"""What this Earmark is made of: versions, licences, and whose work is in it. Nothing large is imported for it."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from importlib.resources import files

from earmark import __version__, folders

NEED = re.compile(r"([A-Za-z0-9._-]+)(?:\[([^]]*)\])?")  # name, extras
EXTRA = re.compile(r"extra == [\"']([^\"']+)")
SHOWN = ("PySide6_Essentials", "torch", "numpy", "scipy", "pyqtgraph", "sounddevice")


@dataclass(frozen=True)
class Licence:
    """A distribution that Earmark stands on."""

    name: str
    version: str
    licence: str  # as its metadata names it


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What About shows."""

    versions: tuple[tuple[str, str], ...]
    licences: tuple[Licence, ...]
    credits: str  # Markdown


def facts() -> Facts:
    """Return everything; it takes a moment."""
    return Facts(versions=tuple(_versions()), licences=licences(), credits=credits())


def licences() -> tuple[Licence, ...]:
    """Return what Earmark needs, and what that needs, as far as it is installed here; by name."""
    found: dict[str, Licence] = {}
    waiting, seen = ["earmark"], set()
    while waiting:
        need = waiting.pop()
        name, extras = NEED.match(need).groups("")  # type: ignore[union-attr]  # metadata begins with a name
        if (name, extras) in seen or not (known := _distribution(name)):
            continue
        seen.add((name, extras))
        found[re.sub(r"[-_.]+", "-", name).lower()] = Licence(known.name, known.version, _licence(known))
        waiting.extend(_needs(known, {each.strip() for each in extras.split(",")}))
    found.pop("earmark", None)
    return tuple(found[key] for key in sorted(found))


def credits() -> str:
    """Return, as Markdown, whose sounds are in the demo recording and in the models that come with Earmark."""
    resources = files("earmark_resources")
    texts = [resources / "demo.credits.md"]
    for folder in sorted((resources / "models").iterdir(), key=lambda each: each.name):
        texts.append(folder / "credits.md")
    return "\n\n".join(text.read_text(encoding="utf-8") for text in texts if text.is_file())


def _versions() -> Iterator[tuple[str, str]]:
    yield "Earmark", __version__
    yield "Python", f"{platform.python_version()} on {platform.platform()}"
    for name in SHOWN:
        try:
            yield name.removesuffix("_Essentials"), version(name)
        except PackageNotFoundError:
            continue
    yield "libsndfile", _libsndfile()
    yield "FFmpeg", _ffmpeg()
    yield "Library", str(folders.library_path())
    yield "Log", str(folders.log_path())


def _libsndfile() -> str:
    import soundfile

    return soundfile.__libsndfile_version__


def _ffmpeg() -> str:
    import av  # not at the top: it takes 70 ms

    return f"{getattr(av, 'ffmpeg_version_info', 'unknown')} through PyAV {av.__version__}"


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:  # for another system, or an extra that nobody asked for
        return None


def _needs(known: Distribution, extras: set[str]) -> Iterator[str]:
    """Yield what it needs, with the extras that were asked for."""
    for need in known.requires or ():
        extra = EXTRA.search(need)
        if NEED.match(need) and (extra is None or extra.group(1) in extras):
            yield need


def _licence(known: Distribution) -> str:
    """Return the licence by its short name; some distributions put the whole text there, others only a classifier."""
    said = known.metadata.json
    named = str(said.get("license_expression") or said.get("license") or "").strip()
    if named and "\n" not in named and len(named) < 80:
        return named
    names = [each.rpartition(" :: ")[2] for each in said.get("classifier", ()) if each.startswith("License ::")]
    return ", ".join(names) or named.partition("\n")[0] or "see its files"
