"""What the user's hand does on a canvas, told as what it means: picked, outlined, asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Slot
from PySide6.QtGui import QPainter

from projector.render.camera import Camera
from projector.selection import Combine
from widgets.embedding.navigator import Navigator
from widgets.embedding.tip import TipMaker, paint_tip
from widgets.embedding.tools.outline import Outline, paint_outline
from widgets.embedding.tools.tool import CURSORS, Tool
from widgets.embedding.view_model import number_text
from widgets.shared.theme import PlotColors

if TYPE_CHECKING:
    from widgets.embedding.canvas import ScatterCanvas


class Hand(QObject):
    """Emits the canvas's signals. tips: what is said at the pointer."""

    def __init__(self, canvas: ScatterCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.tips = TipMaker()
        self._navigator = navigator = Navigator(canvas)
        navigator.moved.connect(self._on_moved)
        navigator.clicked.connect(self._on_clicked)
        navigator.hovered.connect(self._on_hovered)
        navigator.double_clicked.connect(self._on_double_clicked)
        navigator.outline_changed.connect(self._on_outline_changed)
        navigator.outlined.connect(self._on_outlined)
        navigator.menu_asked.connect(self._on_menu_asked)
        navigator.reset_asked.connect(self._on_reset_asked)
        navigator.fly_asked.connect(self._on_fly_asked)
        navigator.cleared.connect(canvas.cleared)
        navigator.flat_asked.connect(canvas.flat_asked)
        navigator.touched.connect(canvas.touched)

    @property
    def tool(self) -> Tool:
        return self._navigator.tool

    @property
    def is_outlining(self) -> bool:
        return self._navigator.outline is not None

    def take(self, tool: Tool) -> None:
        """What a drag with the left button does from now on."""
        self._navigator.abandon()
        self._navigator.tool = tool
        self._canvas.setCursor(CURSORS[tool])

    def paint(self, painter: QPainter, colors: PlotColors) -> None:
        """The outline that is being drawn, and the tip."""
        if self._navigator.outline is not None:
            paint_outline(painter, self._navigator.outline, colors)
        if self.tips.tip is not None:
            size = QSizeF(self._canvas.size())
            font, floating = self._canvas.font(), self._canvas.floating
            paint_tip(painter, self.tips.tip, size, font, colors, floating)

    def show_tip(self, point: int | None, at: QPointF) -> None:
        """Tell of the point under the pointer, None for none."""
        canvas = self._canvas
        label = "" if point is None else canvas.drawn.label_of(point)
        row = "" if point is None else self.tr("Row {row}").format(row=number_text(point))
        if self.tips.show(point, at, label, row, canvas.devicePixelRatioF()):
            canvas.update()
        if point != canvas.raised.hovered:
            canvas.set_hovered(point)
            canvas.point_hovered.emit(point)

    @Slot(object)
    def _on_moved(self, camera: Camera) -> None:
        self.show_tip(None, QPointF())
        self._canvas.look_from(camera)

    @Slot(object, object)
    def _on_clicked(self, at: QPointF, how: Combine) -> None:
        point = self._canvas.point_at(at)
        if how == "replace":
            self._canvas.point_clicked.emit(point)
        elif point is not None:
            self._canvas.point_combined.emit(point, how)

    @Slot(object)
    def _on_double_clicked(self, at: QPointF) -> None:
        point = self._canvas.point_at(at)
        if point is None:
            self._canvas.reset_camera()
        else:
            self._canvas.fly_to(point)

    @Slot(object)
    def _on_outline_changed(self, _outline: Outline | None) -> None:
        self.show_tip(None, QPointF())
        self._canvas.update()

    @Slot(object)
    def _on_outlined(self, outline: Outline) -> None:
        self._canvas.outlined.emit(outline.polygon, outline.how)

    @Slot(object)
    def _on_menu_asked(self, at: QPointF | None) -> None:
        """By key it is the menu of the selected point, or of all."""
        canvas = self._canvas
        point = canvas.raised.selected if at is None else canvas.point_at(at)
        if at is None:
            at = QPointF(canvas.rect().center())
            place = at if point is None else canvas.place_of(point)
            at = place if QRectF(canvas.rect()).contains(place) else at
        self.show_tip(None, QPointF())
        canvas.menu_asked.emit(point, at.toPoint())

    @Slot(object)
    def _on_hovered(self, at: QPointF | None) -> None:
        self.show_tip(None if at is None else self._canvas.point_at(at), at or QPointF())

    @Slot()
    def _on_reset_asked(self) -> None:
        self._canvas.reset_camera()

    @Slot()
    def _on_fly_asked(self) -> None:
        selected = self._canvas.raised.selected
        if selected is not None:
            self._canvas.fly_to(selected)
        else:
            self._canvas.fit()
