"""Training: from a folder of one's own sounds to a model that listens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMessageBox

from earmark.analysis import Heading
from earmark.catalogue import Model
from earmark.checkpoints import model_id_of
from earmark.counted import counted
from earmark.gui import layout
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.layout import Tools
from earmark.gui.part import Menus, Part
from earmark.gui.theme import Theme
from earmark.gui.training_draft import Draft
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_jobs import TrainingJobs
from earmark.gui.training_outcome import Outcome, outcome_of
from earmark.gui.training_panel import TrainingPanel
from earmark.gui.training_report import ReportWindow
from earmark.gui.training_view import possible
from earmark.gui.training_wizard import TrainingWizard
from earmark.model_file import write_model_file
from earmark.training.adoption import adopt

DEEDS = (
    Deed(name="new_model", menu="T&rain", text="&New model…", keys=("Ctrl+N",)),
    Deed(name="show_training", menu="T&rain", text="&Show training", needs="jobs"),
    Deed(name="pause_training", menu="|T&rain", text="&Pause or continue", needs="training"),
    Deed(name="stop_training", menu="T&rain", text="S&top and keep", needs="training"),
    Deed(name="resume_training", menu="T&rain", text="&Resume the chosen job", needs="resumable"),
    Deed(name="use_trained", menu="|T&rain", text="&Use the chosen job's model now", needs="trained"),
    Deed(name="training_report", menu="T&rain", text="R&eport of the chosen job…", needs="trained"),
)
HEIGHT = 250  # pixels of the panel at first


class Training(QObject):
    """The wizard, the jobs and their panel."""

    start_asked = Signal(object, str)  # ModelCard, name: what training is to begin with, and is not here

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._errands = Errands(desk, desk.notices.report)
        self.jobs, self.panel = TrainingJobs(self), TrainingPanel()
        self.wizard: TrainingWizard | None = None  # while it is open
        self.report: ReportWindow | None = None  # once it was asked for
        self.dock_widget: QDockWidget | None = None
        self._connect()

    def _connect(self) -> None:
        self.jobs.listed.connect(lambda: self.panel.show_jobs(self.jobs.jobs))
        self.jobs.moved.connect(self.panel.show_job)
        self.jobs.ended.connect(self._tell)
        self.jobs.answered.connect(self._take_answers)
        self.jobs.failed.connect(self._desk.notices.report)
        for signal in (self.jobs.listed, self.jobs.moved, self.panel.chosen):
            signal.connect(lambda *_: self._desk.changed.emit())
        self.panel.new_wanted.connect(self.open_wizard)
        self.panel.view.asked.connect(self._do)
        self._desk.listening.headings_known.connect(lambda _: self._offer_models())

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        chosen = self._with_chosen
        return Part(
            deeds=DEEDS,
            doing={
                "new_model": self.open_wizard,
                "show_training": self.show,
                "pause_training": lambda: self._with_running(self.jobs.pause),
                "stop_training": lambda: self._with_running(self.jobs.stop),
                "resume_training": lambda: chosen(self.jobs.resume),
                "use_trained": lambda: chosen(lambda job: self.use(job.folder)),
                "training_report": lambda: chosen(lambda job: self.show_report(job.folder)),
            },
            menus=self._fill,
            given=self._given,
            wear=self._wear,
            panes=(self.panel.list,),
            may_close=self._may_close,
            close=self._close,
        )

    def equip(self, tools: Tools) -> None:
        """Know the toolbar: it offers the models."""
        self._tools = tools

    def start(self) -> None:
        """Look for jobs of earlier days."""
        self.jobs.load()

    def show(self) -> None:
        """Bring the panel to the front."""
        if self.dock_widget:
            self.dock_widget.show()
            self.dock_widget.raise_()
            self.panel.list.setFocus()

    def open_wizard(self) -> None:
        """Ask for all that a new model needs; the window stays usable."""
        if self.wizard is None:
            self.wizard = wizard = TrainingWizard(self._desk.window, self._desk.library)
            wizard.heard.connect(self._desk.play)
            wizard.weights_asked.connect(self._tools.model.weights_asked)
            wizard.start_asked.connect(self.start_asked)
            wizard.wanted.connect(self._train)
            wizard.finished.connect(lambda _: self._forget_wizard())
            self._offer_models()
        self.wizard.show()
        self.wizard.raise_()
        self.wizard.activateWindow()

    def _forget_wizard(self) -> None:
        if self.wizard:
            self.wizard.deleteLater()
            self.wizard = None

    def _offer_models(self) -> None:
        if self.wizard:
            self._errands.run(self._models, self._show_models)

    def _models(self) -> list[Model]:
        """Return the models that can be trained, on a thread."""
        engines = self._desk.engines
        cards = [card for card in engines.cards() if card.trainable and card.recipe]
        return [engines.model(card.model_id) for card in cards]

    def _show_models(self, models: list[Model]) -> None:
        if self.wizard:
            self.wizard.offer(models, self._desk.listening.model_id)

    def take_start(self) -> None:
        """Let the wizard see what has come."""
        if self.wizard:
            self.wizard.model.take_start()

    def _train(self, draft: Draft) -> None:
        self.show()
        self.jobs.add(draft.jobs, self.panel.choose)

    def _do(self, what: str, job: TrainingJob) -> None:
        """Do what a button of the panel says."""
        doing = {
            "pause": self.jobs.pause,
            "stop": self.jobs.stop,
            "cancel": self.jobs.cancel,
            "resume": self.jobs.resume,
            "remove": self._remove,
            "use": lambda job: self.use(job.folder),
            "report": lambda job: self.show_report(job.folder),
        }
        doing[what](job)

    def use(self, folder: Path) -> None:
        """Make a model of a job's best checkpoint, with its report, and listen with it."""
        engines = self._desk.engines

        def work() -> tuple[str, list[Heading]]:
            outcome_of(folder, engines)
            model = adopt(folder, engines)
            return model_id_of(model), engines.headings()

        self._errands.run(work, lambda answer: self._listen_with(*answer))

    def show_report(self, folder: Path) -> None:
        """Show what came of a job."""
        self._errands.run(lambda: outcome_of(folder, self._desk.engines), self._show_outcome)

    def _show_outcome(self, outcome: Outcome) -> None:
        if self.report is None:
            self.report = ReportWindow(self._desk.window)
            self.report.heard.connect(self._desk.play)
            self.report.use_asked.connect(self.use)
            self.report.export_asked.connect(self.export)
            self.report.wear(self._desk.appearance.theme)
        self.report.show_outcome(outcome)
        self.report.show()
        self.report.raise_()
        self.report.activateWindow()

    def export(self, folder: Path, path: Path) -> None:
        """Write a job's model as one file."""
        engines = self._desk.engines

        def work() -> Path:
            outcome_of(folder, engines)
            return write_model_file(adopt(folder, engines), path)

        self._errands.run(work, lambda written: self._desk.notices.tell(f"The model is in {written}."))

    def _listen_with(self, model_id: str, headings: list[Heading]) -> None:
        self._desk.listening.learn(headings)
        self._tools.model.choose(model_id)
        self._desk.notices.tell(f"{model_id} listens from now on.")

    def _remove(self, job: TrainingJob) -> None:
        beside = f", the {counted(len(job.sides), 'run')} beside it" if job.sides else ""
        question = f"Remove “{job.name}”{beside} and all checkpoints from the disk?"
        answer = QMessageBox.question(self.panel, "Remove a training job", question)
        if answer == QMessageBox.StandardButton.Yes:
            self.jobs.remove(job)

    def _tell(self, job: TrainingJob) -> None:
        """Say how a job ended."""
        if job.state == "failed":
            self._desk.notices.say(f"{job.name}: {job.sentence}", hint=job.hint)
        elif job.state == "done" and not job.main:
            self._desk.notices.offer(f"{job.name} is trained.", "Use it now", lambda: self.use(job.folder))

    def _take_answers(self, job: TrainingJob) -> None:
        """Have the report say what was asked beside a model, once the last run that tells has ended."""
        engines = self._desk.engines
        if job.is_judged:
            self._errands.run(lambda: outcome_of(job.folder, engines), lambda found: self._tell_answers(job, found))

    def _tell_answers(self, job: TrainingJob, outcome: Outcome) -> None:
        if self.report and self.report.isVisible() and self.report.folder == job.folder:
            self.report.show_outcome(outcome)
        told = f"{job.name}: what was asked beside it is in its report now."
        self._desk.notices.offer(told, "Report", lambda: self._show_outcome(outcome))

    def _with_running(self, do) -> None:
        if self.jobs.running:
            do(self.jobs.running)

    def _with_chosen(self, do) -> None:
        if self.panel.job:
            do(self.panel.job)

    def _given(self) -> set[str]:
        job = self.panel.job
        found = {"jobs"} if self.jobs.jobs else set()
        found |= {"training"} if self.jobs.running else set()
        if job:
            found |= {"resumable"} if job.is_resumable else set()
            found |= {"trained"} if "use" in possible(job) else set()
        return found

    def _fill(self, menus: Menus) -> None:
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        self.dock_widget = layout.dock(self._desk.window, "Training", self.panel, below)
        self._desk.window.resizeDocks([self.dock_widget], [HEIGHT], Qt.Orientation.Vertical)
        self.dock_widget.visibilityChanged.connect(self.jobs.elsewhere.watch)
        self.dock_widget.hide()  # until there is something to see

    def _wear(self, theme: Theme) -> None:
        self.panel.wear(theme)
        if self.report:
            self.report.wear(theme)

    def _may_close(self) -> bool:
        """Ask, where something is being trained."""
        job = self.jobs.running
        if job is None:
            return True
        box = QMessageBox(self._desk.window)
        box.setWindowTitle("A model is being trained")
        box.setText(f"“{job.name}” is being trained.")
        box.setInformativeText("Closing stops it with a checkpoint: it can be resumed at the next start.")
        stop = box.addButton("&Stop and close", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("S&tay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.exec()
        return box.clickedButton() is stop

    def _close(self) -> None:
        if self.wizard:
            self.wizard.reject()  # hidden only, it would outlive the window
        if self.report:
            self.report.hide()
        self.jobs.close()
        self._errands.close()
