"""Tools ▸ Map of sounds: windows as points that tell what they are and are heard when they are clicked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from earmark.gui.map_plot import CLEAR, FAINT
from earmark.gui.map_window import OPEN


@pytest.fixture
def engines(engines):
    """Let `toy/frames` give embeddings: where in the recording a window is."""

    class EmbeddingEngines(type(engines)):
        def headings(self):
            first, *others = super().headings()
            return [replace(first, embeds=True), *others]

        def analyse(self, path, model_id, *, embeddings=False, **told):
            heard = super().analyse(path, model_id, **told)
            vectors = np.stack([heard.starts, heard.starts**2], axis=1)
            return replace(heard, embeddings=vectors) if embeddings else heard

    return EmbeddingEngines()


@pytest.fixture
def mapped(qtbot, analysed):
    """A window with the map of the recording that is open."""
    analysed.do["sound_map"].trigger()
    analysed.mapping.draw(OPEN, "toy/frames")
    qtbot.waitUntil(lambda: bool(analysed.mapping.window.plot.points), timeout=10_000)
    return analysed


def test_only_models_that_embed_are_offered(analysed):
    analysed.mapping.show()
    model = analysed.mapping.window.model
    assert [model.itemText(row) for row in range(model.count())] == ["Toy/frames"]


def test_the_labels_are_listed_and_stand_out_when_chosen(mapped):
    window = mapped.mapping.window
    listed = [window.labels.item(row).text() for row in range(window.labels.count())]
    assert listed == ["All (7)", "Speech (3)", "Nothing of interest (2)", "Dog bark (2)"]
    window.labels.setCurrentRow(1)
    alphas = {
        point.label: dot.brush().color().alpha()
        for point, dot in zip(window.plot.points, window.plot.dots.points(), strict=True)
    }
    assert (alphas["speech"], alphas["dog_bark"]) == (CLEAR, FAINT)


def test_keys_go_from_point_to_point_and_enter_plays(qtbot, mapped, card):
    plot = mapped.mapping.window.plot
    QTest.keyClick(plot, Qt.Key.Key_Right)
    first = plot.current
    is_rightmost = plot.points[first].xy[0] == max(point.xy[0] for point in plot.points)
    QTest.keyClick(plot, Qt.Key.Key_Left if is_rightmost else Qt.Key.Key_Right)
    assert plot.current != first
    point = plot.points[plot.current]
    assert mapped.mapping.window.pointed.whole.endswith(f"garden.wav, 0:0{point.start:.1f} – 0:0{point.end:.1f}")
    QTest.keyClick(plot, Qt.Key.Key_Return)
    qtbot.waitUntil(card.started.is_set)
    assert mapped.desk.player.position == pytest.approx(point.start, abs=0.3)


def test_a_point_of_another_recording_is_opened_there(qtbot, mapped, make_recording):
    other = make_recording("night.wav")
    mapped.mapping.open(replace(mapped.mapping.window.plot.points[2], path=other))
    qtbot.waitUntil(lambda: mapped.desk.shown.path == other and mapped.desk.shown.info is not None)
    qtbot.waitUntil(lambda: mapped.desk.player.position == pytest.approx(1.0))
