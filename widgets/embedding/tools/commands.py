"""The commands of the cloud itself: tools, what is shown over the points, the camera."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.tools.auto_orbit import AutoOrbit
from widgets.embedding.tools.gizmo import LETTERS, SIDES
from widgets.embedding.tools.tool import Tool, ToolInHand
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command

SMALLEST_LABEL, LARGEST_LABEL, LABEL_STEP = 0.5, 3.0, 1.15
ZOOM = 1.25


class CloudCommands(QObject):
    """Their keys work while a cloud has the focus."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        hand: ToolInHand,
        orbit: AutoOrbit,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._hand, self._orbit = model, canvas, hand, orbit

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self.tools(), *self.shown(), *self.camera())

    def tools(self) -> tuple[Command, ...]:
        """In the order of Tool."""
        texts = (
            (self.tr("Turn tool"), self.tr("Drag to turn the cloud, in 2D to move it."), "V"),
            (self.tr("Move tool"), self.tr("Drag to move the cloud."), "M"),
            (
                self.tr("Rectangle tool"),
                self.tr("Drag to select all points in a rectangle; Shift adds, Alt removes."),
                "B",
            ),
            (
                self.tr("Lasso tool"),
                self.tr("Draw around points to select them; Shift adds, Alt removes."),
                "L",
            ),
        )
        return tuple(
            Command(
                f"embedding.tool_{tool.value}",
                text,
                tip,
                partial(self._hand.take, tool),
                menu="Select",
                picture_keys=(key,),
                is_checked=partial(self._has, tool),
            )
            for tool, (text, tip, key) in zip(Tool, texts, strict=True)
        )

    def shown(self) -> tuple[Command, ...]:
        """What lies over the points, each a switch; and the size of labels."""
        return (
            self._switch(
                "shows_labels",
                self.tr("Show labels"),
                self.tr("Name the points that matter most in the picture."),
                "N",
            ),
            self._switch(
                "shows_words",
                self.tr("Words in place of points"),
                self.tr("Write labels where points are, as many as there is room for."),
                "W",
            ),
            Command(
                "embedding.larger_labels",
                self.tr("Larger labels"),
                self.tr("Write labels larger."),
                partial(self._scale_labels, LABEL_STEP),
                picture_keys=("]",),
            ),
            Command(
                "embedding.smaller_labels",
                self.tr("Smaller labels"),
                self.tr("Write labels smaller."),
                partial(self._scale_labels, 1 / LABEL_STEP),
                picture_keys=("[",),
            ),
            self._switch(
                "shows_axes", self.tr("Show axes"), self.tr("Draw the axes with their names."), "A"
            ),
            self._switch(
                "shows_sequences",
                self.tr("Show sequences"),
                self.tr("Draw lines from each point to the one that follows it."),
                "Q",
            ),
            self._switch(
                "shows_density",
                self.tr("Show density contours"),
                self.tr("Draw lines around the regions where points crowd."),
                "D",
            ),
            Command(
                "embedding.beside",
                self.tr("Two views side by side"),
                self.tr("Show another layout beside this one, seen from the same place."),
                self._toggle_second,
                picture_keys=("S",),
                is_enabled=self._has_cloud,
                is_checked=self._has_second,
            ),
        )

    def camera(self) -> tuple[Command, ...]:
        return (
            self._switch(
                "is_orthographic",
                self.tr("Without perspective"),
                self.tr("Draw far points as large and as wide apart as near ones."),
                "P",
            ),
            self._switch(
                "keeps_aspect",
                self.tr("Keep aspect"),
                self.tr("Draw all axes to one scale; else each is stretched to fill the picture."),
                "K",
            ),
            Command(
                "embedding.auto_orbit",
                self.tr("Turn by itself"),
                self.tr("Turn the cloud slowly until it is touched."),
                self._orbit.toggle,
                picture_keys=("O",),
                is_enabled=self._is_solid,
                is_checked=self._is_turning,
            ),
            *(self._look_command(axis, is_near) for axis in range(3) for is_near in (True, False)),
            *(self._zoom_command(is_in) for is_in in (True, False)),
        )

    def _look_command(self, axis: int, is_near: bool) -> Command:
        letter = LETTERS[axis]
        text = self.tr("Look along {axis}") if is_near else self.tr("Look along {axis} from behind")
        return Command(
            f"embedding.look_{letter.lower()}" + ("" if is_near else "_back"),
            text.format(axis=letter),
            self.tr("See the cloud from the end of an axis."),
            partial(self._canvas.turn_to, *SIDES[axis, is_near]),
            picture_keys=(letter if is_near else f"Shift+{letter}",),
            is_enabled=self._is_solid,
        )

    def _zoom_command(self, is_in: bool) -> Command:
        return Command(
            "embedding.zoom_in" if is_in else "embedding.zoom_out",
            self.tr("Zoom in") if is_in else self.tr("Zoom out"),
            self.tr("Come nearer.") if is_in else self.tr("Go farther away."),
            partial(self._zoom, ZOOM if is_in else 1 / ZOOM),
            picture_keys=("+",) if is_in else ("-",),
            is_enabled=self._has_cloud,
        )

    def _switch(self, field: str, text: str, tip: str, key: str) -> Command:
        return Command(
            f"embedding.{field}",
            text,
            tip,
            partial(self._toggle, field),
            picture_keys=(key,),
            is_checked=partial(self._is_on, field),
        )

    def _toggle(self, field: str) -> None:
        self._model.choose(**{field: not self._is_on(field)})

    def _is_on(self, field: str) -> bool:
        return bool(getattr(self._model.choice, field))

    def _has(self, tool: Tool) -> bool:
        return self._hand.tool is tool

    def _has_cloud(self) -> bool:
        return self._model.shown is not None

    def _is_solid(self) -> bool:
        return self._model.shown is not None and not self._model.choice.is_flat

    def _is_turning(self) -> bool:
        return self._orbit.is_running

    def _has_second(self) -> bool:
        return self._model.choice.second is not None

    def _toggle_second(self) -> None:
        choice = self._model.choice
        self._model.choose(second=choice.layout if choice.second is None else None)

    def _scale_labels(self, factor: float) -> None:
        size = self._model.choice.label_size * factor
        self._model.choose(label_size=min(LARGEST_LABEL, max(SMALLEST_LABEL, size)))

    def _zoom(self, factor: float) -> None:
        canvas = self._canvas
        width, height = canvas.width(), canvas.height()
        camera = canvas.camera.zoomed(factor, width / 2, height / 2, width, height)
        canvas.look_from(camera)
