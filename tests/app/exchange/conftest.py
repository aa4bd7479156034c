"""Documents with labels that try to break the files they are written into."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from earmark.document import Document

PLAIN = ("dog", "Speech, male", "it's loud", "ドアの音", "Größe", "a=b;c|d", "#1", "100%")
HOSTILE = ('say "hi", you', '"quoted"', '"half', "tab\there", "line\nbreak", "line\u2028break", "return\rhere", "\\")


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """Return a maker of documents with one event of each label."""

    def make(
        labels=PLAIN, *, file: str = "in/a recording.wav", model: str = "htsat/everyday", duration=60.0
    ) -> Document:
        return {
            "version": 1,
            "file": file,
            "model": model,
            "weights": "ab" * 32,
            "duration": duration,
            "window": 10.0,
            "hop": 5.0,
            "tags": [{"label": label, "score": 0.5} for label in labels],
            "windows": [],
            "events": [
                {
                    "label": label,
                    "onset": index + 0.123456,
                    "offset": index + 1.5,
                    "score": 0.9876,
                    "status": "unreviewed",
                    "reviewer": "",
                }
                for index, label in enumerate(labels)
            ],
            "warnings": [],
        }

    return make


@pytest.fixture
def plain_document(make_document) -> Document:
    return make_document(PLAIN)


@pytest.fixture
def hostile_document(make_document) -> Document:
    return make_document(HOSTILE)
