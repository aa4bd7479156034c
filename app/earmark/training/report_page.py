"""A report as one HTML page that needs nothing beside it but the recordings, to be listened to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from earmark.counted import counted
from earmark.label_names import label_text
from earmark.score_text import per_cent
from earmark.times import time_text
from earmark.training.judged import ENOUGH
from earmark.training.report import HTML
from earmark.training.report_charts import Points, axis, chart
from earmark.training.report_table import Markup, accuracy, note, number, share, table

TITLES = {"accuracy": "accuracy", "mean_average_precision": "mAP"}
LEAKY = "Clips of one source on both sides make a model look better than it is: only the first row counts."
TRUST = "A score is no probability: where points are below the straight line, the model is surer than it should be."
UNTRIED = (
    "Not tried: that takes runs on parts of the clips, which the settings of a new model offer in the window, and "
    "earmark train --learning-curve on the command line."
)
FEW = f"No score to count from is chosen by fewer than {ENOUGH} clips of a label: the usual one is used."
FLAWLESS = "None: each of these clips was told rightly."


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


def _judged(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return found["test"] or found["validate"]


def _figures(found: Mapping[str, Any]) -> str:
    told = _judged(found)
    if not told:
        return "<p>No clips were held out: nothing is known of how good it is.</p>"
    figures = {
        "accuracy": accuracy(told["accuracy"]),
        "mAP": number(told["mean_average_precision"]),
        "AUC": number(told["auc"]),
        "d′": number(told["d_prime"], 2) if told["d_prime"] is not None else "∞" if told["auc"] == 1 else "–",
    }
    boxes = "".join(f"<div><b>{value}</b>{name}</div>" for name, value in figures.items() if value != "–")
    on = "that decided nothing" if found["test"] else "by which the best moment of the training was chosen"
    return f'<div class="figures">{boxes}</div><p>Measured on {counted(told["clips"], "clip")} {on}.</p>'


def _compared(found: Mapping[str, Any]) -> str:
    told = _judged(found)
    rows = [_reached("this model", told, told["clips"])] if told else []
    said = []
    if start := found["start"]:
        rows.append(_reached(f"{start['model']}, from which it started", start, start["clips"]))
        said += start["warnings"]
    if leaky := found["leaky"]:
        rows.append(_reached("on a split that ignores sources", leaky, leaky["test_clips"]))
        said.append(LEAKY)
    if len(rows) < 2:
        return ""
    return table(["", "clips", "accuracy", "mAP"], rows, numbers=(1, 2, 3)) + "".join(map(note, said))


def _reached(name: str, told: Mapping[str, Any], clips: int) -> list[str]:
    return [name, str(clips), accuracy(told["accuracy"]), number(told["mean_average_precision"])]


def _labels(found: Mapping[str, Any]) -> str:
    told, limits = _judged(found), found["thresholds"]
    if not told:
        return ""
    wanted = per_cent(limits["wanted"])
    head = ["label", "trained on", "judged on", "precision", "recall", "AP", "counts from", f"{wanted} right from"]
    rows = [_label(each, limits["labels"], found["data"]["labels"][each["label"]]) for each in told["labels"]]
    said = (
        f"The last column is over all {limits['clips']} held-out clips: from which score {wanted} of a label's clips "
        "are right, and how many of those that have it are kept there."
    )
    few = any(each["best"] is None for each in limits["labels"].values())
    return table(head, rows, "labels", numbers=range(1, 8)) + note(said) + note(FEW if few else "")


def _label(told: Mapping[str, Any], limits: Mapping[str, Any], clips: Mapping[str, int]) -> list[str]:
    limit = limits[told["label"]]
    known = limit["threshold"] is not None
    return [
        label_text(told["label"]),
        str(clips["train"]),
        str(told["clips"]),
        share(told["precision"]),
        share(told["recall"]),
        number(told["average_precision"]),
        number(limit["best"], 2),
        f"{limit['threshold']:.2f} keeps {per_cent(limit['recall'])}" if known else "out of reach",
    ]


def _confusion(found: Mapping[str, Any]) -> str:
    told = _judged(found)
    if not told or not told["confusion"]:
        return ""
    names = [label_text(each["label"]) for each in told["labels"]]
    head = "".join(f'<th class="turned"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        _confusion_row(name, row, place) for place, (name, row) in enumerate(zip(names, told["confusion"], strict=True))
    )
    above = f"<thead><tr><th>is ↓ said →</th>{head}</tr></thead>"
    return f'<div class="wide"><table class="confusion">{above}<tbody>{rows}</tbody></table></div>'


def _confusion_row(name: str, row: Sequence[int], place: int) -> str:
    most = max(1, sum(row))
    cells = "".join(
        f'<td class="{"right" if column == place else "wrong"}" style="--share:{count / most:.2f}">{count or ""}</td>'
        for column, count in enumerate(row)
    )
    return f"<tr><th>{escape(name)}</th>{cells}</tr>"


def _trust(found: Mapping[str, Any]) -> str:
    points = [(each["score"], each["right"]) for each in found["reliability"] or []]
    if not points:
        return ""
    lines: dict[str, Points] = {"share that is right": points, "if scores were probabilities": [(0.0, 0.0), (1.0, 1.0)]}
    drawn = chart(lines, axis("score", (), is_share=True), axis("share that is right", (), is_share=True))
    return drawn + note(TRUST)


def _mistakes(found: Mapping[str, Any]) -> str:
    if not _judged(found):
        return ""
    rows = [
        [
            Path(each["file"]).name,
            time_text(each["start"], 1),
            f"{label_text(each['said'])} {each['score']:.2f}",
            ", ".join(f"{label_text(label)} {score:.2f}" for label, score in each["is"].items()) or "none of them",
            _player(each),
        ]
        for each in found["mistakes"]
    ]
    return table(["file", "from", "said", "is", "listen"], rows, "mistakes", numbers=(1,)) or note(FLAWLESS)


def _player(mistake: Mapping[str, Any]) -> Markup:
    """Return what plays a stretch of a recording that is on this machine."""
    end = f",{mistake['end']:.3f}" if mistake["end"] is not None else ""
    address = escape(Path(mistake["file"]).absolute().as_uri())
    return Markup(f'<audio controls preload="none" src="{address}#t={mistake["start"]:.3f}{end}"></audio>')


def _learning(found: Mapping[str, Any]) -> str:
    curve = found["curve"]
    losses = {
        "training clips": curve["loss"],
        "clips to choose by": [(each["epoch"], each["loss"]) for each in curve["metrics"] if "loss" in each],
    }
    names = ("accuracy", "mAP")
    metrics = {name: [(each["epoch"], each[name]) for each in curve["metrics"] if name in each] for name in names}
    drawn = [_by_epoch(losses, "loss"), _by_epoch(metrics, "on clips to choose by", is_share=True)]
    return f'<div class="charts">{"".join(drawn)}</div>' if any(drawn) else ""


def _by_epoch(lines: Mapping[str, Points], up: str, *, is_share: bool = False) -> str:
    known = {name: line for name, line in lines.items() if line}
    points = [point for line in known.values() for point in line]
    if not points:
        return ""
    across = axis("epoch", [0.0, *(epoch for epoch, _ in points)], is_whole=True)
    return chart(known, across, axis(up, [0.0, *(value for _, value in points)], is_share=is_share))


def _more(found: Mapping[str, Any]) -> str:
    learning = found["learning_curve"]
    if not learning:
        return note(UNTRIED)
    points = [(each["clips"], each["score"]) for each in learning["points"] if each["score"] is not None]
    across = axis("clips to learn from", [clips for clips, _ in points], is_whole=True)
    up = axis(TITLES[learning["metric"]], [score for _, score in points])
    return chart({"": points}, across, up) + note(learning["sentence"])


def _words(settings: Mapping[str, Any]) -> str:
    """Return settings as they are read: "mix 0.7, speeds 0.87 1.0 1.15"."""
    known = {name.replace("_", " "): value for name, value in settings.items() if value not in ({}, [], None)}
    return ", ".join(f"{name} {_value(value)}" for name, value in known.items())


def _value(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case list() | tuple():
            return " ".join(map(str, value))
        case dict():
            return " ".join(f"{name} {each}" for name, each in value.items())
    return str(value).replace("_", " ")


def _made(found: Mapping[str, Any]) -> str:
    data, run, recipe = found["data"], found["run"], found["recipe"]
    clips, skipped = data["clips"], len(data["skipped"])
    settings = dict(recipe["settings"])
    network = settings.pop("network", {})
    rows = [
        ["data", f"{data.get('folder', '')} ({data.get('title', '')})"],
        ["clips", f"{clips['train']} to learn from, {clips['validate']} to choose by, {clips['test']} to judge by"],
        ["sources", f"{data['sources']}, each on one side"],
        ["left out", f"{counted(skipped, 'file')} that could not be read" if skipped else ""],
        ["began as", run["model"] if run["starts_from_weights"] else f"a new network of {run['model']}"],
        ["size", "" if run["parameters"] is None else f"{run['parameters'] / 1e6:.2f} million parameters"],
        ["run", f"{counted(run['epochs'], 'epoch')} in {time_text(run['seconds'], 0)}, seed {run['seed']}"],
        ["on", ", ".join(filter(None, (run["device"], run["precision"])))],
        ["recipe", f"{recipe['preset']}: batches of {recipe['batch_size']}, rate {recipe['learning_rate']:g}"],
        ["settings", _words(settings)],
        ["network", _words(network)],
        ["Earmark", found["earmark"]],
    ]
    return table(["", ""], [row for row in rows if row[1]], "made")
