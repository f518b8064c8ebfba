"""The export dialog: kinds at the left, their options at the right, and where it went."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.errors import ProjectorError
from projector.progress import Progress
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.option_form import OptionForm
from widgets.embedding.exporting.telling import counts, preview, size_text
from widgets.embedding.exporting.wish import Kind, kinds
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import number_text
from widgets.shared.job import Job, RunJob
from widgets.shared.texts import plain_tip


class ExportDialog(QDialog):
    """Asks what to write and where. folder: where the last export of this window went."""

    folder: Path | None = None

    def __init__(
        self, exporter: Exporter, run_job: RunJob, kind: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self._exporter, self._run_job = exporter, run_job
        self._job: Job | None = None
        self._written: Path | None = None
        model, canvas = exporter.model, exporter.canvas
        ratio = canvas.devicePixelRatioF()
        screen = QSize(round(canvas.width() * ratio), round(canvas.height() * ratio))
        self.options = OptionForm(screen, model.choice.n_neighbors)
        self.options.changed.connect(self._show_preview)
        self._make_texts()
        self._make_outcome()
        self._lay_out()
        self.list.setCurrentRow([one.name for one in kinds()].index(kind))

    def _make_texts(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Kind of file"))
        for kind in kinds():
            item = QListWidgetItem(kind.title, self.list)
            item.setToolTip(kind.tip)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + MARGIN))
        widest = max(self.fontMetrics().horizontalAdvance(kind.title) for kind in kinds())
        self.list.setFixedWidth(widest + 5 * MARGIN)
        self.list.currentRowChanged.connect(self._on_kind)
        self._title = QLabel()
        font = self._title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._title.setFont(font)
        self._tip = self._wrapped(is_quiet=True)
        self.preview = self._wrapped(is_quiet=False)

    def _wrapped(self, *, is_quiet: bool) -> QLabel:
        label = QLabel(wordWrap=True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if is_quiet:
            label.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        return label

    def _make_outcome(self) -> None:
        self.outcome = self._wrapped(is_quiet=False)
        self.outcome.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the export"))
        self._folder_button = QPushButton(self.tr("Open folder"))
        self._folder_button.setToolTip(self.tr("Show the file in the file manager"))
        self._folder_button.clicked.connect(self._on_folder)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        self.export_button = self._buttons.addButton(
            self.tr("Export…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.export_button.clicked.connect(self.export)
        self._show_running(is_running=False)
        self._folder_button.hide()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(MARGIN)
        for widget in (self._title, self._tip):
            right.addWidget(widget)
        right.addSpacing(MARGIN)
        right.addWidget(self.options)
        right.addStretch(1)
        right.addWidget(self.preview)
        right.addWidget(self._progress)
        outcome = QHBoxLayout()
        outcome.setSpacing(MARGIN)
        outcome.addWidget(self.outcome, 1)
        outcome.addWidget(self._folder_button)
        right.addLayout(outcome)
        middle = QHBoxLayout()
        middle.setSpacing(2 * MARGIN)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, 2 * MARGIN)
        column.setSpacing(2 * MARGIN)
        column.addLayout(middle, 1)
        column.addWidget(self._buttons)
        # only once it is in the dialog, which knows of no default before
        self.export_button.setDefault(True)
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        QWidget.setTabOrder(self.export_button, close)
        character, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        self.resize(96 * character, 26 * line)

    @property
    def kind(self) -> Kind:
        return kinds()[max(0, self.list.currentRow())]

    @Slot(int)
    def _on_kind(self, _row: int) -> None:
        kind = self.kind
        self._title.setText(kind.title)
        self._tip.setText(kind.tip)
        has_pictures = self._exporter.model.sheet is not None
        self.options.show_kind(kind, self._points(), has_pictures=has_pictures)
        self.outcome.clear()
        self._folder_button.hide()
        self._show_preview()

    def _points(self) -> list[tuple[str, str]]:
        """The choices of points there are; those that would be the same are not offered twice."""
        known = counts(self._exporter)
        found = []
        if known["shown"] < known["all"]:
            text = self.tr("Those that are shown ({n})")
            found.append((text.format(n=number_text(known["shown"])), "shown"))
        if known["selected"]:
            text = self.tr("Those that are selected ({n})")
            found.append((text.format(n=number_text(known["selected"])), "selected"))
        text = self.tr("All ({n})").format(n=number_text(known["all"]))
        return [*found, (text, "all")]

    @Slot()
    def _show_preview(self) -> None:
        wish = self.options.wish
        self.preview.setText(preview(self._exporter, wish, self.options.suffix))
        needs_selection = wish.kind in ("neighbors", "selection")
        is_possible = not needs_selection or len(self._exporter.model.selection) > 0
        if wish.kind == "metadata":
            embedding = self._exporter.model.embedding
            is_possible = embedding is not None and embedding.metadata is not None
            if not is_possible:
                self.preview.setText(self.tr("This embedding has no metadata."))
        self.export_button.setEnabled(is_possible)

    @Slot()
    def export(self) -> None:
        """Ask where to, and write it; pressed while something is written, stop that."""
        if self._job is not None:
            self._job.cancel()
            self._end(self.tr("The export was stopped; nothing was written."))
            return
        suffix = self.options.suffix
        start = (ExportDialog.folder or _documents()) / f"{self._name()}{suffix}"
        title = self.tr("Export: {kind}").format(kind=self.kind.title)
        chosen, _ = QFileDialog.getSaveFileName(
            self, title, str(start), f"{self.kind.title.split(' (')[0]} (*{suffix})"
        )
        if chosen:
            path = Path(chosen)
            self.write(path if path.suffix else path.with_suffix(suffix))

    def write(self, path: Path) -> None:
        """Write what is picked to a path."""
        ExportDialog.folder = path.parent
        self._written = None
        try:
            work = self._exporter.work(self.options.wish, path)
        except ProjectorError as error:
            self._end(str(error))
            return
        self._show_running(is_running=True)
        job = self._run_job(
            "embedding/export",
            self.tr("Writing {name}").format(name=path.name),
            work,
            on_done=self._on_done,
            on_step=self._on_step,
            on_failed=self._on_failed,
        )
        self._job = job if job.is_running else None

    def _name(self) -> str:
        """Of the embedding, as a file may be called."""
        embedding = self._exporter.model.embedding
        name = "embedding" if embedding is None else embedding.source.name
        plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)
        kind = self.kind.name
        tail = "" if kind in ("picture", "drawing", "page", "ply") else f"_{kind}"
        return f"{plain.strip('._')[:80] or 'embedding'}{tail}"

    @Slot(object)
    def _on_step(self, step: object) -> None:
        if isinstance(step, Progress):
            self._progress.setRange(0, 0 if step.done is None else 1000)
            self._progress.setValue(round(1000 * (step.done or 0.0)))
            self.outcome.setText(step.note)

    @Slot(object)
    def _on_done(self, path: Path) -> None:
        self._written = path
        size = size_text(path.stat().st_size) if path.exists() else ""
        text = self.tr("{name} was written, {size}.")
        self._end(text.format(name=path.name, size=size))
        self.outcome.setToolTip(plain_tip(str(path)))
        self._folder_button.show()

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self._end(str(error))

    def _end(self, text: str) -> None:
        self._job = None
        self._show_running(is_running=False)
        self.outcome.setText(text)

    def _show_running(self, *, is_running: bool) -> None:
        self._progress.setVisible(is_running)
        self._folder_button.hide()
        self.options.setEnabled(not is_running)
        self.list.setEnabled(not is_running)
        self.export_button.setText(self.tr("Stop") if is_running else self.tr("Export…"))

    @Slot()
    def _on_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    @override
    def reject(self) -> None:
        """What is being written is stopped, as nobody would be told of its end."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().reject()


def _documents() -> Path:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    found = Path(QStandardPaths.writableLocation(place))
    return found if found.is_dir() else Path.home()
