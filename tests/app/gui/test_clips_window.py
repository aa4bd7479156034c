"""Clips are cut beside the window, with their names shown beforehand, and can be cancelled."""

from __future__ import annotations

import pytest
import soundfile


@pytest.fixture
def asked(analysed):
    """The window that asks for clips, and the recording's folder."""
    analysed.do["export_clips"].trigger()
    return analysed.exchanging.cutting.window


def notices(window) -> str:
    return "\n".join(notice.text for notice in window.desk.notices.shown)


def test_all_events_in_the_table_are_cut(analysed, asked, qtbot, tmp_path):
    asked.has_list.setChecked(True)
    asked.button.click()
    qtbot.waitUntil(lambda: "2 clips were written into clips." in notices(analysed))
    table, bark, speech = sorted((tmp_path / "clips").iterdir())
    assert (table.name, bark.name[:-9], speech.name[:-9]) == ("clips.csv", "garden_dog_bark_", "garden_speech_")
    assert soundfile.info(bark).samplerate == 32_000
    assert analysed.exchanging.cutting.window is None


def test_only_the_selected_events_are_cut_where_there_are_some(analysed, qtbot, tmp_path):
    analysed.desk.findings.select([1])
    analysed.do["export_clips"].trigger()
    asked = analysed.exchanging.cutting.window
    assert asked.group.currentText() == "Selected (1)"
    asked.button.click()
    qtbot.waitUntil(lambda: "1 clip was written into clips." in notices(analysed))


def test_names_are_shown_while_the_pattern_is_typed(asked, qtbot):
    asked.pattern.setText("{label}/{n}")
    asked.form.setCurrentIndex(asked.form.findData("flac"))
    assert asked.preview.text() == "speech/0001.flac\ndog_bark/0002.flac"


def test_a_pattern_that_makes_no_names_says_why_and_cannot_be_used(asked):
    asked.pattern.setText("{labl}")
    assert "The pattern has no {labl}." in asked.preview.text()
    assert not asked.button.isEnabled()


def test_cancelling_keeps_what_is_cut_and_closes(analysed, asked, qtbot, tmp_path):
    asked.show_progress = lambda done, total: asked.reject()
    asked.button.click()
    qtbot.waitUntil(lambda: analysed.exchanging.cutting.window is None)
    assert all(path.suffix == ".wav" for path in (tmp_path / "clips").iterdir())


def test_a_folder_that_cannot_be_written_is_a_notice(analysed, asked, qtbot, recording):
    asked.folder.setText(str(recording / "clips"))
    asked.button.click()
    qtbot.waitUntil(lambda: "cannot be written" in notices(analysed))


def test_pattern_form_and_padding_are_remembered(analysed, asked):
    asked.pattern.setText("{n}")
    asked.padding.setValue(0.5)
    asked.reject()
    analysed.do["export_clips"].trigger()
    again = analysed.exchanging.cutting.window
    assert (again.pattern.text(), again.padding.value()) == ("{n}", 0.5)
