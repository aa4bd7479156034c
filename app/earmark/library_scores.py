"""How scores are kept in the library: compressed, a minute a piece; frames as float16, which is exact to 0.0005."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from earmark.analysis import Analysis
from earmark.api import Float

PIECE_SECONDS = 60.0
LEVEL = 1  # four times as fast as 6, for a tenth more room


@dataclass(frozen=True)
class Part:
    """Some rows of scores: `place` is the first one's number."""

    kind: str
    place: int
    rows: int
    data: bytes


KINDS = {"starts": np.dtype("<f4"), "windows": np.dtype("<f4"), "frames": np.dtype("<f2")}


def as_kept(analysis: Analysis) -> Analysis:
    """Return the analysis as it will be found again: frame scores rounded to float16."""
    if analysis.frames is None:
        return analysis
    return replace(analysis, frames=analysis.frames.astype(KINDS["frames"]).astype(np.float32))


def packed(analysis: Analysis) -> Iterator[Part]:
    """Yield all scores in compressed pieces of a minute."""
    yield from _pieces("starts", np.asarray(analysis.starts)[:, None], analysis.hop)
    yield from _pieces("windows", analysis.window_scores, analysis.hop)
    if analysis.frames is not None and analysis.frame_hop:
        yield from _pieces("frames", analysis.frames, analysis.frame_hop)


def facts_of(analysis: Analysis) -> dict[str, object]:
    """Return the other columns of a result."""
    facts = {
        "labels": analysis.labels,
        "thresholds": dict(analysis.thresholds),
        "warnings": analysis.warnings,
        "device": analysis.device,
        "seconds_taken": analysis.seconds_taken,
    }
    return {
        "duration": analysis.duration,
        "frame_hop": None if analysis.frames is None else analysis.frame_hop,
        "facts": json.dumps(facts, ensure_ascii=False),
    }


def unpacked(path: Path, row: sqlite3.Row | Mapping, parts: Sequence[Part]) -> Analysis | None:
    """Return the analysis of a row of `results` and its pieces; None where a piece is damaged."""
    facts = json.loads(row["facts"])
    labels = tuple(facts["labels"])
    try:
        starts = _joined("starts", parts, 1)[:, 0]
        windows = _joined("windows", parts, len(labels))
        frames = _joined("frames", parts, len(labels)) if row["frame_hop"] else None
    except (zlib.error, ValueError):
        return None
    return Analysis(
        path=path,
        model_id=row["model_id"],
        weights=row["weights"],
        labels=labels,
        duration=row["duration"],
        window=row["window"],
        hop=row["hop"],
        starts=starts,
        window_scores=windows,
        frames=frames,
        frame_hop=row["frame_hop"],
        device=facts["device"],
        seconds_taken=facts["seconds_taken"],
        warnings=tuple(facts["warnings"]),
        thresholds=facts["thresholds"],
        channel=row["channel"],
        precision=row["precision"],
        start=row["starts_at"],
        end=row["ends_at"],
    )


def _pieces(kind: str, rows: np.ndarray, hop: float) -> Iterator[Part]:
    step = max(1, round(PIECE_SECONDS / hop))
    for place in range(0, len(rows), step):
        piece = np.ascontiguousarray(rows[place : place + step], KINDS[kind])
        yield Part(kind, place, len(piece), zlib.compress(piece.tobytes(), LEVEL))


def _joined(kind: str, parts: Sequence[Part], width: int) -> Float:
    """Return the rows [rows, width] of all pieces of a kind.

    Raises:
        ValueError: a piece is missing or has another size than it should.
    """
    wanted = sorted((part for part in parts if part.kind == kind), key=lambda part: part.place)
    joined = np.empty((sum(part.rows for part in wanted), width), np.float32)
    position = 0
    for part in wanted:
        if part.place != position:
            raise ValueError(f"Rows {position} to {part.place} are missing.")
        rows = np.frombuffer(zlib.decompress(part.data), KINDS[kind]).reshape(part.rows, width)
        joined[position : position + part.rows] = rows
        position += part.rows
    return joined
