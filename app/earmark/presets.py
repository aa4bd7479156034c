"""Presets: named sets of settings, as small JSON files that people can share.

Earmark brings some; a person's own are in `home()/presets`. What a preset does not say is left as it is.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from earmark import folders
from earmark.errors import EarmarkError
from earmark.events import EventSettings

FORM = 1
SUFFIX = ".json"
MOST_BYTES = 1_000_000  # no preset is larger; whatever was dropped on the window may be
LONGEST_NAME = 60
NUMBERS = {  # of events: the least and the most
    "threshold": (0.0, 1.0),
    "smooth": (0.0, 10.0),
    "hysteresis": (0.0, 1.0),
    "close_gaps": (0.0, 60.0),
    "shortest": (0.0, 60.0),
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A named set of settings.

    Attributes:
        events: None leaves them as they are; view: the same, as JSON, which only the window understands.
        model_id: empty leaves the model as it is.
        path: its file; None where it is not kept.
        is_own: a person made it, and may rename and delete it.
    """

    name: str
    events: EventSettings | None = None
    view: Mapping[str, Any] = field(default_factory=dict)
    model_id: str = ""
    path: Path | None = None
    is_own: bool = True


def presets_folder() -> Path:
    """Return the folder of a person's own presets."""
    return folders.home() / "presets"


def shipped() -> list[Preset]:
    """Return the presets that come with Earmark, by name."""
    folder = files("earmark_resources") / "presets"
    plain = [json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(SUFFIX)]
    return sorted((_preset(each, is_own=False) for each in plain), key=lambda preset: preset.name)


def own() -> list[Preset]:
    """Return a person's own presets, by name; files that are none are left out."""
    found = []
    for path in sorted(presets_folder().glob(f"*{SUFFIX}")):
        try:
            found.append(read(path))
        except EarmarkError:
            continue
    return sorted(found, key=lambda preset: preset.name.casefold())


def read(path: Path) -> Preset:
    """Return the preset in a file.

    Raises:
        EarmarkError: it cannot be read, or holds none.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise EarmarkError(f"{path.name} is no preset of Earmark.", hint="It is far too large.")
        plain = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EarmarkError(f"{path.name} cannot be read.", hint=str(error)) from error
    except ValueError as error:
        raise EarmarkError(f"{path.name} is no preset of Earmark.", hint="It is no JSON.") from error
    if not isinstance(plain, dict) or "earmark_preset" not in plain:
        raise EarmarkError(f"{path.name} is no preset of Earmark.", hint="A preset is a file that Save as… has made.")
    if plain["earmark_preset"] != FORM:
        raise EarmarkError(f"{path.name} was made by a newer Earmark.", hint="Only that one can read it.")
    return _preset(plain, path=path)


def save(preset: Preset) -> Preset:
    """Keep a preset, in the place of one's own of the same name, and return it as it is kept.

    Raises:
        EarmarkError: the name cannot be used, or the disk does not take it.
    """
    name = _usable(preset.name)
    plain = {"earmark_preset": FORM, "name": name, "model": preset.model_id, "view": dict(preset.view)}
    if preset.events:
        plain["events"] = _plain_events(preset.events)
    there = {each.name.casefold(): each.path for each in own()}
    path = there.get(name.casefold()) or _free(name)
    try:
        _write(path, plain)
    except OSError as error:
        raise EarmarkError(f"The preset {name} cannot be kept.", hint=str(error)) from error
    return read(path)


def rename(preset: Preset, name: str) -> Preset:
    """Give one's own preset another name, and return it.

    Raises:
        EarmarkError: there is one of that name, or it cannot be used.
    """
    name = _usable(name)
    others = [each for each in own() if each.path != preset.path]
    if any(each.name.casefold() == name.casefold() for each in others):
        raise EarmarkError(f"There is a preset {name} already.", hint="Choose another name, or delete that one.")
    delete(preset)
    return save(Preset(name=name, events=preset.events, view=preset.view, model_id=preset.model_id))


def delete(preset: Preset) -> None:
    """Delete one's own preset.

    Raises:
        EarmarkError: the disk does not allow it.
    """
    try:
        if preset.path:
            preset.path.unlink(missing_ok=True)
    except OSError as error:
        raise EarmarkError(f"The preset {preset.name} cannot be deleted.", hint=str(error)) from error


def import_from(path: Path) -> Preset:
    """Keep the preset in a file from elsewhere as one's own, and return it.

    Raises:
        EarmarkError: it holds none.
    """
    return save(read(path))


def is_preset(path: Path) -> bool:
    """Return whether a file calls itself a preset."""
    try:
        return path.suffix.lower() == SUFFIX and b'"earmark_preset"' in path.open("rb").read(4096)
    except OSError:
        return False


def _preset(plain: Mapping[str, Any], *, path: Path | None = None, is_own: bool = True) -> Preset:
    """Return what can be used of a file; people write them by hand too."""
    name, view, model_id = plain.get("name"), plain.get("view"), plain.get("model")
    named = name if isinstance(name, str) and name.strip() else path.stem if path else "Unnamed"
    return Preset(
        name=named.strip()[:LONGEST_NAME],
        events=_events(plain["events"]) if isinstance(plain.get("events"), dict) else None,
        view=view if isinstance(view, dict) else {},
        model_id=model_id if isinstance(model_id, str) else "",
        path=path,
        is_own=is_own,
    )


def _events(plain: Mapping[str, Any]) -> EventSettings:
    chosen: dict[str, Any] = {name: plain[name] for name in NUMBERS if _is_number(plain.get(name), *NUMBERS[name])}
    thresholds = plain.get("thresholds")
    labels = thresholds.items() if isinstance(thresholds, dict) else ()
    return EventSettings(**chosen, thresholds={label: each for label, each in labels if _is_number(each, 0, 1)})


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _plain_events(events: EventSettings) -> dict[str, Any]:
    plain = asdict(events)
    return {name: plain[name] for name in (*NUMBERS, "thresholds")}


def _usable(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise EarmarkError("A preset needs a name.")
    if len(name) > LONGEST_NAME:
        raise EarmarkError("This name is too long for a menu.", hint=f"It may have {LONGEST_NAME} characters.")
    return name


def _free(name: str) -> Path:
    """Return a file that is not there yet, with a name that any system takes."""
    stem = re.sub(r"[^\w -]", "", name).strip() or "preset"
    number = 1
    while (path := presets_folder() / f"{stem}{f' {number}' if number > 1 else ''}{SUFFIX}").exists():
        number += 1
    return path


def _write(path: Path, plain: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".preset-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(plain, file, indent=2, ensure_ascii=False)
        file.write("\n")
    Path(beside).replace(path)
