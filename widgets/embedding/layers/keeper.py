"""Keeps what lies over the points of one canvas up to date, while the picture rests."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSizeF, QTimer, Signal, Slot

from projector.arrays import FloatArray, IntArray
from projector.errors import ProjectorError
from projector.labels import LabelRank, rank_labels, typical_rows
from projector.progress import Work
from projector.sequences import sequence_column
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.inspecting.latest import Latest
from widgets.embedding.layers.contours import Contours, find_contours
from widgets.embedding.layers.labels import NO_ROWS, LabelStyle, PlacedLabels, new_labels
from widgets.embedding.layers.sequences import SequenceLines, read_sequence_lines
from widgets.embedding.overlay_painter import CAPTION_MARGIN
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

if TYPE_CHECKING:
    import polars as pl

REST_MS = 180
LONGEST_S = 0.6
"""While the camera moves on and on, labels are placed anew this often."""

Ranked = tuple[FloatArray, LabelRank, "pl.Series | None", IntArray]


class LabelKeeper(QObject):
    """Ranks the points of a layout once, in a job, and places labels whenever the picture rests."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._run_job = model, canvas, run_job
        self._rank: LabelRank | None = None
        self._ranked: FloatArray | None = None
        self._named: pl.Series | None = None
        self._typical = NO_ROWS
        self._column: tuple[pl.DataFrame | None, str | None, pl.Series | None] = (None, None, None)
        self._labels: PlacedLabels | None = None
        self._placed_at = 0.0
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._on_rest)
        canvas.camera_changed.connect(self._on_camera_changed)
        for signal in (canvas.places_changed, canvas.raised_changed, canvas.resized):
            signal.connect(self._wait)
        canvas.theme_changed.connect(self._wait)
        model.changed.connect(self._on_changed)
        model.table_changed.connect(self._forget)
        model.shown_changed.connect(self._forget)

    @Slot()
    def _wait(self) -> None:
        self._timer.start()

    @Slot()
    def _forget(self) -> None:
        """The points are called otherwise by now."""
        self._show(None)
        self._wait()

    @Slot(object)
    def _on_camera_changed(self, _camera: object) -> None:
        if self._labels is not None and monotonic() - self._placed_at > LONGEST_S:
            self._place()
        self._wait()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"label_by", "shows_labels", "shows_words", "label_size"}:
            self._show(None)
            self._on_rest()

    @property
    def _label_column(self) -> pl.Series | None:
        """The same object as long as it is the same column of the same table."""
        embedding, name = self._model.embedding, self._model.choice.label_by
        table = None if embedding is None else embedding.metadata
        if table is None or name is None or name not in table.columns:
            self._column = (None, None, None)
        elif self._column[0] is not table or self._column[1] != name:
            self._column = (table, name, table[name])
        return self._column[2]

    @property
    def _is_wanted(self) -> bool:
        choice = self._model.choice
        is_named = choice.label_by is not None
        return choice.shows_words or (choice.shows_labels and is_named)

    @Slot()
    def _on_rest(self) -> None:
        drawn = self._canvas.drawn
        if not self._is_wanted or not len(drawn.positions):
            self._show(None)
        elif drawn.positions is not self._ranked or self._label_column is not self._named:
            title = self.tr("Choosing labels")
            rank = self._rank if drawn.positions is self._ranked else None
            work = _ranked(drawn.positions, rank, self._label_column)
            self._run_job(
                "embedding/labels",
                title,
                work,
                on_done=self._on_ranked,
                on_failed=self._on_stopped,
            )
        else:
            self._place()

    @Slot(object)
    def _on_ranked(self, result: Ranked) -> None:
        self._ranked, self._rank, self._named, self._typical = result
        if self._ranked is self._canvas.drawn.positions:
            self._place()

    @Slot(object)
    def _on_stopped(self, _error: ProjectorError) -> None:
        self._show(None)

    def _place(self) -> None:
        canvas, choice = self._canvas, self._model.choice
        drawn = canvas.drawn
        n_ranked = -1 if self._rank is None else len(self._rank.places)
        if self._rank is None or n_ranked != len(drawn.positions) or not drawn.is_complete:
            return
        style = LabelStyle(choice.label_size, choice.shows_words)
        raised = drawn.raised
        named = (
            raised.neighbors if raised.selected is None else (raised.selected, *raised.neighbors)
        )
        view = drawn.view(
            canvas.camera, QSizeF(canvas.size()), canvas.devicePixelRatioF(), canvas.font()
        )
        self._placed_at = monotonic()
        self._show(
            new_labels(
                self._rank,
                view,
                style,
                self._model.label,
                emphasis=drawn.emphasis,
                named=named,
                obstacles=_in_the_way(canvas),
                typical=self._typical,
                before=self._labels,
            )
        )

    def _show(self, labels: PlacedLabels | None) -> None:
        if labels is not None or self._labels is not None:
            self._labels = labels
            self._canvas.set_placed_labels(labels)


def _ranked(
    positions: FloatArray, rank: LabelRank | None, column: pl.Series | None
) -> Work[Ranked]:
    if rank is None:
        rank = yield from rank_labels(positions)
    typical = yield from typical_rows(positions, column)
    return positions, rank, column, typical


def _in_the_way(canvas: ScatterCanvas) -> list[QRectF]:
    """What lies on the canvas: its tools, its caption, and the texts that name raised points."""
    rects = list(canvas.floating)
    metrics = canvas.fontMetrics()
    width = metrics.horizontalAdvance(canvas.caption) + 2 * CAPTION_MARGIN
    rects.append(QRectF(0, 0, width, metrics.height() + 2 * CAPTION_MARGIN))
    fixed = (one for one in canvas.overlay.texts if one.has_ground and one.tint is None)
    return rects + [text.rect for text in fixed]


class SequenceKeeper(QObject):
    """Reads the column that says which row follows each. said: what could not be followed."""

    said = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas = model, canvas
        self._latest = Latest(run_job, "embedding/sequences", self.tr("Following sequences"))
        self._lines: SequenceLines | None = None
        model.shown_changed.connect(self.read)
        model.table_changed.connect(self.read)
        model.changed.connect(self._on_changed)

    @Slot()
    def read(self) -> None:
        """Follow the rows of the table shown."""
        self._latest.cancel()
        embedding = self._model.embedding
        table = None if embedding is None else embedding.metadata
        if sequence_column(table) is None:
            self._on_read(None)
            return
        self._latest.start(read_sequence_lines(table), self._on_read)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "shows_sequences" in names:
            self._show()

    @Slot(object)
    def _on_read(self, lines: SequenceLines | None) -> None:
        had_any, self._lines = self._lines is not None, lines
        if lines is not None and lines.trouble:
            self.said.emit(lines.trouble)
        if lines is not None or had_any:
            self._show()

    def _show(self) -> None:
        self._canvas.set_sequences(self._lines if self._model.choice.shows_sequences else None)


class ContourKeeper(QObject):
    """Finds contours anew whenever the picture rests, while they are wanted."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._run_job = model, canvas, run_job
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._on_rest)
        canvas.camera_changed.connect(self._wait)
        for signal in (canvas.places_changed, canvas.raised_changed, canvas.resized):
            signal.connect(self._wait)
        model.changed.connect(self._on_changed)

    @Slot()
    @Slot(object)
    def _wait(self, _camera: object = None) -> None:
        if self._model.choice.shows_density:
            self._timer.start()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "shows_density" in names:
            self._on_rest()

    @Slot()
    def _on_rest(self) -> None:
        canvas = self._canvas
        drawn = canvas.drawn
        if not self._model.choice.shows_density or not len(drawn.positions):
            canvas.set_contours(None)
            return
        emphasis = drawn.emphasis
        if emphasis is not None and len(emphasis) != len(drawn.positions):
            return
        width, height = canvas.width(), canvas.height()
        work = find_contours(drawn.positions, emphasis, canvas.camera, width, height)
        title = self.tr("Finding dense regions")
        self._run_job("embedding/density", title, work, on_done=self._on_found)

    @Slot(object)
    def _on_found(self, contours: Contours | None) -> None:
        if self._model.choice.shows_density:
            self._canvas.set_contours(contours)
