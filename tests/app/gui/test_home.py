"""What makes the window a person's own: settings, presets, recent files, hints, About, and a narrow screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QDockWidget

from earmark import presets, settings
from earmark.gui.model_picker import COMPARE
from earmark.gui.presets import ManageWindow, SaveWindow
from earmark.gui.theme import DARK, HIGH_CONTRAST, LIGHT
from earmark.presets import Preset


def drop(window, paths) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = QPointF(400, 300), Qt.DropAction.CopyAction
    window.dropEvent(QDropEvent(at, copy, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))


@pytest.fixture
def choices(analysed):
    """The settings window."""
    analysed.do["settings"].trigger()
    return analysed.home.preferences.show()


def choose(box, name: str) -> None:
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def test_the_name_that_is_given_stands_with_judgements(analysed, choices):
    choices.author.setText("  Ada ")
    choices.author.editingFinished.emit()
    assert analysed.desk.author == "Ada"
    choices.author.setText("")
    choices.author.editingFinished.emit()
    assert analysed.desk.author == settings.login_name() == choices.author.text()


def test_what_models_run_on_changes_and_is_kept(qtbot, analysed, choices, engines):
    choose(choices.precision, "bf16")
    qtbot.waitUntil(lambda: settings.read().precision == "bf16")
    assert engines.precision == "bf16"
    choices.deadline.setValue(90)
    qtbot.waitUntil(lambda: settings.read().deadline == 90.0)


def test_a_device_that_is_not_here_is_a_notice_and_the_old_one_stays(qtbot, analysed, choices, engines):
    choose(choices.device, "cuda")
    qtbot.waitUntil(lambda: any("no CUDA device" in notice.text for notice in analysed.desk.notices.shown))
    qtbot.waitUntil(lambda: choices.device.currentData() == "auto")
    assert (engines.device, settings.read().device) == ("auto", "auto")


def test_the_theme_changes_in_the_menu_too(analysed, choices):
    choose(choices.theme, "light")
    assert analysed.desk.appearance.theme.name == "light"
    assert analysed.home._themes.checkedAction().data() == "light"


def test_the_wheel_does_what_is_chosen(analysed, choices):
    choose(choices.wheel, "zooms")
    assert analysed.desk.span.wheel_zooms
    assert analysed.do["wheel_zooms"].isChecked()


def test_a_model_can_be_left_out_of_the_toolbar_but_not_the_one_in_use(analysed, choices):
    for row in range(choices.models.count()):
        choices.models.item(row).setCheckState(Qt.CheckState.Unchecked)
    picker = analysed.tools.model
    offered = [picker.itemData(row) for row in range(picker.count())]
    assert offered == ["toy/frames", None, COMPARE]  # what can be done with models stands under a line


def test_spectrograms_on_disk_have_a_limit_and_can_be_cleared(qtbot, analysed, choices):
    cache = analysed.desk.shown.drawing.cache
    qtbot.waitUntil(lambda: cache.size() > 0)
    choices.cache.setValue(0.5)
    assert settings.read().cache_gigabytes == 0.5
    assert cache._most == 500_000_000
    choices.clear.setEnabled(True)
    qtbot.mouseClick(choices.clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: choices.used.text() == "0 MB used")


def test_what_was_opened_is_offered_the_newest_first_and_remembered(qtbot, make_window, make_recording):
    first, second = make_recording("a.wav"), make_recording("b.wav")
    window = make_window([first])
    qtbot.waitUntil(lambda: window.home.recent.paths == [first])
    window.desk.open([second])
    qtbot.waitUntil(lambda: window.home.recent.paths == [second, first])
    window.close()
    again = make_window()
    assert [action.text() for action in again.home.recent.menu.actions()][:2] == ["&1  b.wav", "&2  a.wav"]


def test_a_recent_recording_that_has_gone_says_so(qtbot, analysed, recording, make_recording):
    make_recording("b.wav")
    recording.unlink()
    menu = analysed.home.recent.menu
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "&1  garden.wav  (not there any more)")
    assert not menu.actions()[0].isEnabled()


def test_a_preset_sets_what_it_says_and_leaves_the_rest(analysed):
    row = analysed.desk.settings_row
    row.use(replace(row.settings(), shortest=0.5, thresholds={}))
    analysed.home.use(Preset(name="Print", view={"colours": "inverted gray"}))
    assert analysed.viewing.settings.look.colours == "inverted gray"
    assert row.settings().shortest == 0.5
    analysed.home.use(Preset(name="Calls", events=replace(row.settings(), shortest=0.1)))
    assert row.settings().shortest == 0.1
    assert analysed.viewing.settings.look.colours == "inverted gray"


def test_a_preset_may_choose_the_model(qtbot, analysed, engines):
    analysed.home.use(Preset(name="Steps", model_id="toy/steps"))
    qtbot.waitUntil(lambda: engines.asked[-1][1] == "toy/steps")
    assert analysed.tools.model.currentData() == "toy/steps"


def test_what_is_set_can_be_kept_and_taken_again(analysed):
    analysed.viewing.settings.change(scale="mel")
    dialog = SaveWindow(analysed, analysed.home._now())
    save = dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert not save.isEnabled()
    dialog.name.setText("Mine")
    dialog.events.setChecked(False)
    analysed.home.presets.keep(dialog.preset())
    analysed.viewing.settings.change(scale="log")
    menu = analysed.home.presets.menu
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text().replace("&", "") == "Mine").trigger()
    assert analysed.viewing.settings.look.scale == "mel"
    assert presets.own()[0].events is None


def test_presets_are_renamed_and_deleted_in_their_window(qtbot, home):
    presets.save(Preset(name="Mine"))
    dialog = ManageWindow(None, pytest.fail)
    qtbot.addWidget(dialog)
    dialog.name.setText("Yours")
    dialog.rename.click()
    assert [each.name for each in presets.own()] == ["Yours"]
    dialog.delete.click()
    assert presets.own() == []
    assert not dialog.delete.isEnabled()


def test_a_preset_that_is_dropped_is_imported_and_a_recording_beside_it_opened(qtbot, make_window, tmp_path, recording):
    path = tmp_path / "Frogs.json"
    path.write_text('{"earmark_preset": 1, "name": "Frogs", "view": {"scale": "mel"}}')
    window = make_window()
    drop(window, [path, recording])
    assert [each.name for each in presets.own()] == ["Frogs"]
    qtbot.waitUntil(lambda: window.desk.shown.path == recording)


def test_hints_go_when_they_are_closed_or_done_and_do_not_come_back(qtbot, analysed, make_window):
    hints = analysed.home.hints
    hints.begin()
    assert "Drop a recording" in hints.card.text.text()
    qtbot.mouseClick(hints.card.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "threshold" in hints.card.text.text() and hints.card.isVisible())
    analysed.desk.settings_row.threshold.slider.setValue(60)
    qtbot.waitUntil(lambda: "Ctrl+R" in hints.card.text.text() and hints.card.isVisible())
    analysed.close()
    again = make_window()
    again.home.hints.begin()
    assert "Ctrl+R" in again.home.hints.card.text.text()


def test_about_names_versions_licences_and_credits_and_copies_them(qtbot, analysed):
    about = analysed.home.show_about()
    qtbot.waitUntil(about.copy.isEnabled)
    names = [about.licences.item(row, 0).text() for row in range(about.licences.rowCount())]
    assert {"numpy", "torch"} <= set(names)
    assert "ESC-10" in about.credits.toPlainText()
    about.copy.click()
    assert "Device: CPU, 2 threads" in QGuiApplication.clipboard().text()


def test_in_a_narrow_window_the_left_panels_fold_and_can_be_shown(qtbot, analysed):
    recordings = analysed.findChild(QDockWidget, "recordings")
    assert recordings.isVisible()
    analysed.resize(1024, 700)
    qtbot.waitUntil(lambda: not recordings.isVisible())
    strip = analysed.home.folding.strip
    assert strip.isVisible()
    qtbot.mouseClick(analysed.home.folding._buttons["recordings"], Qt.MouseButton.LeftButton)
    assert recordings.isVisible()
    analysed.resize(1280, 800)
    qtbot.waitUntil(lambda: not strip.isVisible())
    assert recordings.isVisible()


def test_folded_panels_are_remembered_as_open(qtbot, analysed, make_window):
    analysed.resize(1024, 700)
    qtbot.waitUntil(lambda: not analysed.findChild(QDockWidget, "recordings").isVisible())
    analysed.close()
    assert make_window().findChild(QDockWidget, "recordings").isVisible()


def test_in_a_narrow_window_the_toolbar_has_room_for_the_model(qtbot, analysed):
    analysed.resize(1024, 700)
    qtbot.waitUntil(lambda: analysed.home.folding.strip.isVisible())
    qtbot.waitUntil(analysed.tools.model.isVisible)
    assert analysed.do["zoom_in"] not in analysed.tools.actions()
    assert analysed.do["zoom_in"].isEnabled()  # its key and its menu entry stay
    analysed.resize(1280, 800)
    qtbot.waitUntil(lambda: analysed.do["zoom_in"] in analysed.tools.actions())


def channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    luminances = []
    for name in (first, second):
        red, green, blue = (int(name[place : place + 2], 16) for place in (1, 3, 5))
        luminances.append(0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


@pytest.mark.parametrize(("theme", "least"), [(LIGHT, 4.5), (DARK, 4.5), (HIGH_CONTRAST, 7.0)])
def test_text_can_be_read_in_every_theme(theme, least):
    pairs = [(text, ground) for text in (theme.text, theme.muted) for ground in (theme.window, theme.base, theme.plot)]
    pairs += [(theme.accent_text, theme.accent), (theme.alarm_text, theme.alarm), (theme.text, theme.raised)]
    assert [pair for pair in pairs if contrast(*pair) < least] == []


def test_high_contrast_can_be_chosen_and_is_remembered(analysed, make_window, home):
    analysed.home._themes.pick("high contrast")
    assert analysed.desk.appearance.theme is HIGH_CONTRAST
    analysed.close()
    assert settings.read().window["theme"] == "high contrast"
