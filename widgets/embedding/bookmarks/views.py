"""Views that were given a name: what was chosen, from where it was seen, and the layouts in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from projector.embeddings.choice import ANOTHER, EmbeddingChoice
from projector.errors import InvalidChoice
from projector.render.camera import Camera
from widgets.embedding.bookmarks.thumbnails import thumbnail_of
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.layouts import Layout
from widgets.embedding.sources import source_now
from widgets.embedding.view_model import EmbeddingViewModel

MOST = 1000
NOT_OF_A_VIEW = frozenset(
    {"edits", "named", "metadata_path", "metadata_header", "metadata_repair", "sprite_path"}
)
"""Work on the data; going back to a view leaves it alone."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """camera: None for the whole cloud. layouts: as they were, by their keys. thumbnail: a small
    picture as PNG, empty for none. n_points: of its embedding; None where nobody knows."""

    name: str
    choice: EmbeddingChoice
    camera: Camera | None = None
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    thumbnail: bytes = b""
    n_points: int | None = None


class Views(QObject):
    """The named views of what is open, in the order they were made. changed: others are in it.

    camera_wanted: the Camera of a view that is gone back to.
    """

    changed = Signal()
    camera_wanted = Signal(object)

    def __init__(
        self, model: EmbeddingViewModel, canvas: ScatterCanvas, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas = model, canvas
        self.all: tuple[View, ...] = ()

    def of_now(self, name: str) -> View:
        """What is on the screen."""
        choice, model = self._model.choice, self._model
        shown = (one for one in (model.layout, model.second_layout) if one is not None)
        layouts = {one.key: one for one in shown}
        n_points = None if model.embedding is None else model.embedding.n_points
        return View(name, choice, self._canvas.camera, layouts, n_points=n_points)

    def free_name(self) -> str:
        """One that no view has."""
        names = {view.name for view in self.all}
        number = len(self.all) + 1
        while self.tr("View {n}").format(n=number) in names:
            number += 1
        return self.tr("View {n}").format(n=number)

    def save(self, name: str) -> None:
        """Keep what is on the screen; it takes the place of a view of the same name.

        Raises InvalidChoice for an empty name.
        """
        name = name.strip()
        if not name:
            raise InvalidChoice(self.tr("A view needs a name."))
        view = self.of_now(name)
        self.add([dataclasses.replace(view, thumbnail=thumbnail_of(self._canvas))])

    def add(self, views: Sequence[View]) -> None:
        """Keep views; each takes the place of one of the same name."""
        found = {view.name: view for view in self.all}
        for view in views:
            found[view.name] = view
        self.set_all(tuple(found.values()))

    def rename(self, index: int, name: str) -> None:
        """Raises InvalidChoice for an empty name, or that of another view."""
        name = name.strip()
        others = {view.name for i, view in enumerate(self.all) if i != index}
        if not name or name in others:
            raise InvalidChoice(self.tr("A view needs a name that no other view has."))
        views = list(self.all)
        views[index] = dataclasses.replace(views[index], name=name)
        self.set_all(tuple(views))

    def remove(self, index: int) -> None:
        self.set_all(self.all[:index] + self.all[index + 1 :])

    def set_all(self, views: tuple[View, ...]) -> None:
        self.all = views[:MOST]
        self.changed.emit()

    def show(self, view: View) -> None:
        """Go back to a view; it can be undone. Edits and named selections stay as they are.

        Raises InvalidChoice where its embedding is not open.
        """
        model, wanted = self._model, view.choice
        which = (wanted.run, wanted.name, wanted.copy)
        groups = [(group.run, group.name, group.copy) for group in model.groups]
        if which not in groups and any(which[:2]):
            text = self.tr("The view “{view}” is of {name}, which is not open.")
            raise InvalidChoice(text.format(view=view.name, name=wanted.name))
        keys = {key: self._kept(layout, view.name) for key, layout in view.layouts.items()}
        fields = _fields(wanted, keys)
        if fields.get("second") and model.layouts.find(fields["second"]) is None:
            fields["second"] = ""  # as where it is thrown away: a later one may get its key
        now = model.choice
        if which in groups and which != (now.run, now.name, now.copy):
            fields = {**ANOTHER, **fields}
        model.choose(**fields)
        if view.camera is not None:
            self.camera_wanted.emit(view.camera)

    def _kept(self, layout: Layout, name: str) -> str:
        """The key under which a layout is kept as it was when the view was saved."""
        source = source_now(self._model.groups, layout.source)
        if source is not layout.source and source is not None:
            layout = dataclasses.replace(layout, source=source)
        known = self._model.layouts.find(layout.key)
        if known is None:
            self._model.keep_layout(dataclasses.replace(layout, is_running=False))
            return layout.key
        if known is layout or np.array_equal(known.positions, layout.positions, equal_nan=True):
            return layout.key
        key = self._model.layouts.new_key(layout.projection)
        title = f"{layout.title} ({name})"
        self._model.keep_layout(dataclasses.replace(layout, key=key, title=title, is_running=False))
        return key


def _fields(choice: EmbeddingChoice, keys: Mapping[str, str]) -> dict[str, Any]:
    """What of a choice makes a view; layouts by the keys that they have now."""
    fields = {one.name: getattr(choice, one.name) for one in dataclasses.fields(choice)}
    fields["layout"] = keys.get(choice.layout, choice.layout)
    if choice.second is not None:
        fields["second"] = keys.get(choice.second, choice.second)
    return {name: value for name, value in fields.items() if name not in NOT_OF_A_VIEW}
