"""An evaluation as people read it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earmark.label_names import label_text

Document = Mapping[str, Any]
MOST_LABELS = 60  # in the table; all of them are in the JSON
MOST_CONFUSIONS = 5
WIDTH = 110  # characters: longer sentences go on in the next line


def lines(document: Document) -> Iterator[str]:
    """Yield the lines of one evaluation."""
    about = document.get("model") or document["predictions"]
    on = f"{document['folder']}, {document['side']}" if "side" in document else document["truth"]
    yield f"{about} on {on}"
    if tags := document.get("tags"):
        yield from _indented(_tags(tags))
    if events := document.get("events"):
        yield from _indented(_events(events))
    if quality := document.get("embeddings"):
        yield from _indented(_quality(quality))
    yield from _indented(_published(document.get("published", ())))
    yield from _indented(_notes(document))


def compared(documents: Sequence[Document]) -> Iterator[str]:
    """Yield a table of several models, a line each."""
    rows = [["", *(name for name, _ in _FIGURES)]]
    for document in documents:
        rows.append([document["model"], *(_percent(_at(document, place)) for _, place in _FIGURES)])
    shown = [at for at in range(len(rows[0])) if not at or any(row[at] != "–" for row in rows[1:])]
    yield from _table([[row[at] for at in shown] for row in rows])


_FIGURES = (
    ("accuracy", ("tags", "accuracy")),
    ("mAP", ("tags", "mean_average_precision")),
    ("AUC", ("tags", "auc")),
    ("event F1", ("events", "event_f1", "macro")),
    ("segment F1", ("events", "segment_f1", "macro")),
    ("intersection F1", ("events", "intersection_f1", "macro")),
    ("PSDS 1", ("events", "psds_1")),
    ("homogeneity", ("embeddings", "homogeneity")),
)


def _tags(tags: Mapping[str, Any]) -> Iterator[str]:
    named = (("accuracy", "accuracy"), ("top 5", "top_5"), ("mAP", "mean_average_precision"), ("AUC", "auc"))
    said = [f"{name} {_percent(tags[key])}" for name, key in named if tags[key] is not None]
    if tags["d_prime"] is not None:
        said.append(f"d′ {tags['d_prime']:.3f}")
    yield f"{tags['clips']} clips: {', '.join(said)}"
    rows = [["label", "clips", "AP", "precision", "recall"]]
    there = [each for each in tags["labels"] if each["clips"]]
    for each in there[:MOST_LABELS]:
        figures = (_percent(each[key]) for key in ("average_precision", "precision", "recall"))
        rows.append([label_text(each["label"]), str(each["clips"]), *figures])
    yield from _table(rows)
    if len(there) > MOST_LABELS:
        yield f"and {len(there) - MOST_LABELS} more labels: see --format json"
    yield from _confusions(tags["confusion"])


def _confusions(table: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what is most often taken for what."""
    if not table:
        return
    names, counts = table["labels"], table["counts"]
    wrong = [(n, names[a], names[b]) for a, row in enumerate(counts) for b, n in enumerate(row) if n and a != b]
    for number, true, told in sorted(wrong, key=lambda each: -each[0])[:MOST_CONFUSIONS]:
        yield f"{number} × {label_text(true)} taken for {label_text(told)}"


def _events(events: Mapping[str, Any]) -> Iterator[str]:
    yield f"{events['recordings']} recordings, {events['true']} true events, {events['found']} found"
    collar, seconds = events["event_f1"]["collar"], events["segment_f1"]["seconds"]
    criteria = ", ".join(f"{name.upper()} {events['intersection_f1'][name]:g}" for name in ("dtc", "gtc", "cttc"))
    how = {
        "event_f1": f"event F1 (collar {collar:g} s, offset 20 %)",
        "segment_f1": f"segment F1 ({seconds:g} s)",
        "intersection_f1": f"intersection F1 ({criteria})",
    }
    for key, name in how.items():
        yield f"{name}: {_f1(events[key])}"
    for key, name in (("psds_1", "PSDS 1"), ("psds_2", "PSDS 2")):
        if events[key] is not None:
            yield f"{name}: {events[key]:.4f}"
    rows = [["label", "event F1", "segment F1", "intersection F1"]]
    rows += [[label_text(label), *(_percent(events[key]["labels"][label]) for key in how)] for label in _labels(events)]
    yield from _table(rows)


def _f1(scores: Mapping[str, Any]) -> str:
    said = f"{_percent(scores['macro'])}"
    if abs(scores["scorers_macro"] - scores["macro"]) > 5e-5:
        said += f", {_percent(scores['scorers_macro'])} without the labels that were never found, as the scorer has it"
    return said if scores["micro"] is None else f"{said}; over all events {_percent(scores['micro'])}"


def _labels(events: Mapping[str, Any]) -> list[str]:
    return list(events["event_f1"]["labels"])[:MOST_LABELS]


def _quality(quality: Mapping[str, Any]) -> Iterator[str]:
    own, clusters = quality["silhouette"], quality["silhouette_of_clusters"]
    yield f"Embeddings of {quality['clips']} clips: silhouette {own:.3f}, that of the clusters {clusters:.3f},"
    yield f"adjusted Rand index {quality['adjusted_rand']:.3f}, homogeneity {quality['homogeneity']:.3f};"
    yield f"k-means with {quality['labels']} clusters, seed {quality['seed']}"


def _published(figures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in figures:
        here = "not measured here" if each["here"] is None else f"here {_percent(each['here'])}"
        yield f"Published: {each['figure']} {_percent(each['published'])}; {here}"


def _notes(document: Document) -> Iterator[str]:
    if protocol := document.get("protocol"):
        yield protocol
    yield from document["warnings"]
    if failed := document.get("failed"):
        yield f"{len(failed)} failed, the first: {failed[0]['file']}: {failed[0]['error']}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows in columns: words to the left, figures to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for first, *rest in rows:
        figures = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *figures)).rstrip()


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"


def _at(document: Document, place: Sequence[str]) -> float | None:
    found: Any = document
    for name in place:
        found = found.get(name) if found else None
    return found


def _indented(said: Iterator[str]) -> Iterator[str]:
    for line in said:
        parts = textwrap.wrap(line, WIDTH) if len(line) > WIDTH else [line]
        yield from (f"  {part}" for part in parts)
