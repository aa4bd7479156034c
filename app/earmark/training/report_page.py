"""A report as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from earmark.counted import counted
from earmark.score_text import per_cent
from earmark.times import time_text
from earmark.training.report import HTML
from earmark.training.report_charts import chart

Rows = Sequence[Sequence[str]]


def write_html(folder: Path, found: Mapping[str, Any]) -> Path:
    """Write the page of a report into a job's folder and return its path."""
    beside = folder / f"{HTML}.part"
    beside.write_text(page(found), encoding="utf-8")
    return beside.replace(folder / HTML)


def page(found: Mapping[str, Any]) -> str:
    """Return a report as a page."""
    title = f"{escape(str(found['name']))}: how good it is"
    style = files("earmark_resources").joinpath("style/report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body><main><h1>{title}</h1>{''.join(_sections(found))}</main></body></html>\n"
    )


def _sections(found: Mapping[str, Any]) -> Iterator[str]:
    yield _figures(found)
    yield _section("Compared", _compared(found))
    yield _section("Each label", _labels(found))
    yield _section("What is taken for what", _confusion(found))
    yield _section("How far its scores can be trusted", _trust(found))
    yield _section("Its worst mistakes", _mistakes(found))
    yield _section("How it learnt", _learning(found))
    yield _section("Would more clips help?", _more(found))
    yield _section("Made of and by", _made(found))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""


def table(head: Sequence[str], rows: Rows, kind: str = "") -> str:
    """Return a table of text; nothing without rows."""
    if not rows:
        return ""
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _judged(found: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    side = "test" if found["test"] else "validate"
    return ("clips that nothing was decided by" if side == "test" else "validation clips"), found[side]


def _number(value: Any, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _share(value: float | None) -> str:
    return "–" if value is None else per_cent(value)


def _figures(found: Mapping[str, Any]) -> str:
    on, told = _judged(found)
    if not told:
        return "<p>No clips were held out: nothing is known of how good it is.</p>"
    figures = {
        "accuracy": _share(told["accuracy"]),
        "mAP": _number(told["mean_average_precision"]),
        "AUC": _number(told["auc"]),
        "d′": _number(told["d_prime"], 2),
    }
    boxes = "".join(f"<div><b>{value}</b>{name}</div>" for name, value in figures.items() if value != "–")
    return f'<div class="figures">{boxes}</div><p>Measured on {counted(told["clips"], "clip")}: {on}.</p>'


def _compared(found: Mapping[str, Any]) -> str:
    _, told = _judged(found)
    rows = [["this model", _share(told["accuracy"]), _number(told["mean_average_precision"])]] if told else []
    said = []
    if start := found["start"]:
        rows.append([f"{start['model']}, before", _share(start["accuracy"]), _number(start["mean_average_precision"])])
        said += start["warnings"]
    if leaky := found["leaky"]:
        rows.append(
            ["a split that ignores sources", _share(leaky["accuracy"]), _number(leaky["mean_average_precision"])]
        )
        said.append("Clips of one source on both sides make a model look better than it is: the first row counts.")
    notes = "".join(f"<p>{escape(each)}</p>" for each in said)
    return table(["", "accuracy", "mAP"], rows) + notes if len(rows) > 1 else ""


def _labels(found: Mapping[str, Any]) -> str:
    _, told = _judged(found)
    if not told:
        return ""
    limits = found["thresholds"]
    wanted = per_cent(limits["wanted"])
    rows = []
    for each in told["labels"]:
        limit, clips = limits["labels"][each["label"]], found["data"]["labels"][each["label"]]
        kept = (
            f"{limit['threshold']:.2f} keeps {per_cent(limit['recall'])}"
            if limit["threshold"] is not None
            else "out of reach"
        )
        figures = [_share(each[name]) for name in ("precision", "recall")]
        rows.append(
            [
                each["label"],
                str(clips["train"]),
                str(each["clips"]),
                *figures,
                _number(each["average_precision"]),
                _number(limit["best"], 2),
                kept,
            ]
        )
    head = ["label", "trained on", "judged on", "precision", "recall", "AP", "counts from", f"{wanted} right from"]
    note = f"The last column is over all {limits['clips']} held-out clips: how many of a label's clips are kept there."
    return table(head, rows, "labels") + f"<p>{note}</p>"


def _confusion(found: Mapping[str, Any]) -> str:
    _, told = _judged(found)
    if not told or not told["confusion"]:
        return ""
    names = [each["label"] for each in told["labels"]]
    head = "".join(f'<th class="turned"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        _confusion_row(name, row, place) for place, (name, row) in enumerate(zip(names, told["confusion"], strict=True))
    )
    return f'<table class="confusion"><thead><tr><th>is ↓ said →</th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _confusion_row(name: str, row: Sequence[int], place: int) -> str:
    most = max(1, sum(row))
    cells = "".join(
        f'<td class="{"right" if column == place else "wrong"}" style="--share:{count / most:.2f}">{count or ""}</td>'
        for column, count in enumerate(row)
    )
    return f"<tr><th>{escape(name)}</th>{cells}</tr>"


def _trust(found: Mapping[str, Any]) -> str:
    bins = found["reliability"] or []
    points = [(each["score"], each["right"]) for each in bins]
    lines = {"right, of all with this score": points, "if scores were probabilities": [(0.0, 0.0), (1.0, 1.0)]}
    drawn = chart(lines, across="score", up="share that is right", bottom=0, top=1) if points else ""
    note = "<p>A score is not a probability: below the straight line a model is surer than it should be.</p>"
    return drawn + note if drawn else ""


def _mistakes(found: Mapping[str, Any]) -> str:
    rows = [
        [
            Path(each["file"]).name,
            time_text(each["start"], 1),
            f"{each['said']} ({each['score']:.2f})",
            ", ".join(f"{label} ({score:.2f})" for label, score in each["is"].items()) or "none of them",
        ]
        for each in found["mistakes"]
    ]
    return table(["file", "from", "said", "is"], rows)


def _learning(found: Mapping[str, Any]) -> str:
    curve = found["curve"]
    held = [(each["epoch"], each["loss"]) for each in curve["metrics"] if "loss" in each]
    loss = chart({"training": curve["loss"], "validation": held}, across="epoch", up="loss")
    names = ("accuracy", "mAP")
    metrics = {name: [(each["epoch"], each[name]) for each in curve["metrics"] if name in each] for name in names}
    drawn = chart({name: line for name, line in metrics.items() if line}, across="epoch", up="on validation", top=1)
    return f'<div class="charts">{loss}{drawn}</div>' if loss or drawn else ""


def _more(found: Mapping[str, Any]) -> str:
    learning = found["learning_curve"]
    if not learning:
        return ""
    points = [(each["clips"], each["score"]) for each in learning["points"] if each["score"] is not None]
    return (
        chart({"": points}, across="training clips", up=learning["metric"]) + f"<p>{escape(learning['sentence'])}</p>"
    )


def _made(found: Mapping[str, Any]) -> str:
    data, run, recipe = found["data"], found["run"], found["recipe"]
    clips = data["clips"]
    rows = [
        ["data", f"{data.get('folder', '')} ({data.get('title', '')})"],
        ["clips", f"{clips['train']} for training, {clips['validate']} for validation, {clips['test']} for testing"],
        ["sources", f"{data['sources']}, each on one side"],
        ["left out", counted(len(data["skipped"]), "file") + " that could not be read"],
        ["began as", run["model"] if run["starts_from_weights"] else f"a new network of {run['model']}"],
        ["size", "" if run["parameters"] is None else f"{run['parameters'] / 1e6:.2f} million parameters"],
        ["run", f"{counted(run['epochs'], 'epoch')} in {time_text(run['seconds'], 0)}, seed {run['seed']}"],
        ["on", f"{run['device']}, {run['precision']}"],
        ["recipe", f"{recipe['preset']}: batches of {recipe['batch_size']}, rate {recipe['learning_rate']:g}"],
        ["settings", ", ".join(f"{name} {value}" for name, value in recipe["settings"].items())],
        ["Earmark", found["earmark"]],
    ]
    return table(["", ""], [row for row in rows if row[1]], "made")
