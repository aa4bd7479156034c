"""A search said back in words, so that nobody has to guess how it was understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from earmark.label_names import label_text
from earmark.library_search import HeardBy, Judged, Lasting, Recorded, Tagged, Term
from earmark.library_words import Meant

MOST = 4  # labels that are named
JUDGED = {
    "accepted": "with something accepted",
    "rejected": "with something rejected",
    "annotated": "with annotations",
    "unreviewed": "without annotations",
}


def meaning(terms: Sequence[Term | Meant], unwanted: Sequence[Sequence[Term | Meant]]) -> str:
    """Return what is searched for: "label 'Dog bark' scored over 0.60, recorded in May (any year)"."""
    parts = [_said(term) for term in terms]
    parts += [f"not: {' and '.join(map(_said, some))}" for some in unwanted if some]
    return ", ".join(parts) or "all recordings"


def _said(term: Term | Meant) -> str:
    match term:
        case Meant():
            return _words(term)
        case Recorded():
            return _recorded(term)
        case Tagged(tag=tag):
            return f"tagged '{tag}'"
        case Judged(status=status):
            return JUDGED[status]
        case HeardBy(model=model):
            return f"heard by a model called '{model}'"
        case Lasting(over=None, under=under):
            return f"shorter than {_length(under or 0.0)}"
        case Lasting(over=over):
            return f"longer than {_length(over or 0.0)}"
    return ""


def _words(term: Meant) -> str:
    if term.is_any_label:
        return f"any label {_scored(term)}"
    ways = []
    if term.labels:
        ways.append(f"{_labels(term.labels.values())} {_scored(term)}")
    if term.names:
        ways.append(f"{_quoted(' '.join(run) for run in term.names)} in its name, folder or tags")
    said = " or ".join(ways) or f"no label is called {_quoted(' '.join(run) for run in term.runs)}"
    if term.left_out:
        said += f" (nothing is called {_quoted(term.left_out)}: left out)"
    return said


def _labels(names: Iterable[str]) -> str:
    shown = sorted({label_text(name) for name in names})
    if len(shown) > MOST:
        return f"labels {_quoted(shown[:MOST])} and {len(shown) - MOST} more"
    return f"label {_quoted(shown)}"


def _scored(term: Meant) -> str:
    limits = ""
    if term.over is not None and term.under is not None:
        limits = f"scored between {term.over:.2f} and {term.under:.2f}"
    elif term.under is not None:
        limits = f"scored under {term.under:.2f}"
    elif term.over is not None or not term.status:
        limits = f"scored over {term.least:.2f}{'' if term.status else ' (or accepted)'}"
    return " and ".join(filter(None, (term.status, limits)))


def _quoted(words: Iterable[str]) -> str:
    *most, last = [f"'{word}'" for word in words]
    return f"{', '.join(most)} or {last}" if most else last


def _recorded(term: Recorded) -> str:
    day = term.day
    how = term.how
    if how == "in":
        how = "on" if day.day else "in"
    return f"recorded {how} {day.text}{'' if day.year else ' (any year)'}"


def _length(seconds: float) -> str:
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= unit and not seconds % unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"
