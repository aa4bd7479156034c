"""The selection in numbers."""

from __future__ import annotations

import pytest

from earmark.frequency_scale import FrequencyScale
from earmark.gui.selecting import Ground
from earmark.gui.selection import Selection, Stretch
from earmark.gui.selection_panel import SelectionPanel, SelectionTextError, hertz_of

GROUND = Ground(duration=100.0, sample_rate=1000, scale=FrequencyScale("linear", 16_000.0))


@pytest.fixture
def panel(qtbot) -> SelectionPanel:
    selection = Selection()
    selection.select(Stretch(start=1.0, end=2.5, low=800.0, high=3000.0))
    panel = SelectionPanel(selection, GROUND)
    qtbot.addWidget(panel)
    panel.selection = selection
    panel.show()
    return panel


def fill(panel: SelectionPanel, **texts: str) -> None:
    for name, text in texts.items():
        getattr(panel, name).setText(text)
    panel.accept()


def test_it_begins_with_what_is_selected(panel):
    assert [each.text() for each in (panel.start, panel.end, panel.low, panel.high)] == [
        "0:01.000",
        "0:02.500",
        "800",
        "3000",
    ]


def test_what_is_typed_is_selected(panel):
    fill(panel, start="0:59.5", end="75", low="1.5 kHz", high="4 000 Hz")
    assert panel.selection.stretch == Stretch(start=59.5, end=75.0, low=1500.0, high=4000.0)
    assert not panel.isVisible()


def test_no_frequencies_are_all_of_them(panel):
    fill(panel, low="", high=" ")
    assert panel.selection.stretch == Stretch(start=1.0, end=2.5)


def test_the_selection_ends_with_the_recording(panel):
    fill(panel, end="1:00:00", high="99999")
    assert panel.selection.stretch == Stretch(start=1.0, end=100.0, low=800.0, high=16_000.0)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"start": "soon"}, "“soon” is not a time"),
        ({"end": "0:00.5"}, "later than the start"),
        ({"start": "500", "end": "600"}, "lasts 1:40.000"),
        ({"low": "high"}, "“high” is not a frequency"),
        ({"low": "5000"}, "above the lowest"),
        ({"low": "20000", "high": ""}, "up to 16000 Hz"),
    ],
)
def test_what_cannot_be_selected_is_said_and_nothing_is_lost(panel, texts, said):
    before = panel.selection.stretch
    fill(panel, **texts)
    assert said in panel.problem.text()
    assert panel.isVisible()
    assert panel.selection.stretch == before


@pytest.mark.parametrize("text", ["-5", "nan", "inf", "1e999", "k", "5 m"])
def test_odd_frequencies_are_refused(text):
    with pytest.raises(SelectionTextError):
        hertz_of(text)
