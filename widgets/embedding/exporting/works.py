"""What exports do in a job, on frozen data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from projector.arrays import FloatArray, IntArray
from projector.drafts import drafting
from projector.embeddings.bookmarks import write_bookmarks
from projector.errors import Unreadable
from projector.export.scene import Scene, column_texts
from projector.export.tables import find_neighbors_of, write_metadata_table, write_neighbors
from projector.progress import Progress, Work, scaled
from projector.sequences import read_sequences
from widgets.embedding.bookmarks.to_bookmarks import state_of
from widgets.embedding.bookmarks.views import View
from widgets.embedding.exporting.wish import tr
from widgets.embedding.loading import Shown


def described(
    scene: Scene, table: Any, label_by: str | None, *, has_sequences: bool
) -> Work[Scene]:
    """The scene with what its points are called and the lines through them."""
    yield Progress(None, tr("Collecting labels"))
    labels, sequences = None, None
    if table is not None and label_by is not None and label_by in table.columns:
        labels = column_texts(table[label_by])
    if has_sequences:
        sequences = yield from read_sequences(table)
    return dataclasses.replace(scene, labels=labels, sequences=sequences)


def with_scene(scene_work: Work[Scene], write: Callable[[Scene], Work[Path]]) -> Work[Path]:
    """Write a scene, once it is made."""
    scene = yield from scaled(scene_work, 0.0, 0.1)
    return (yield from scaled(write(scene), 0.1, 1.0))


def neighbors_work(
    path: Path, vectors: FloatArray, ids: IntArray, how: tuple[int, Any], table: Any, columns: Any
) -> Work[Path]:
    """Find the neighbors of some rows and write them. how: (k, metric)."""
    k = min(how[0], len(vectors) - 1)
    found = yield from scaled(find_neighbors_of(vectors, ids, max(1, k), how[1]), 0.0, 0.9)
    return (yield from scaled(write_neighbors(path, found, table, columns), 0.9, 1.0))


def metadata_work(path: Path, table: Any, ids: IntArray | None) -> Work[Path]:
    """Write these rows of the metadata, None for all."""
    yield Progress(0.0, tr("Writing {name}").format(name=path.name))
    return (yield from write_metadata_table(path, table if ids is None else table[ids]))


def bookmarks_work(path: Path, shown: Shown, views: Sequence[View]) -> Work[Path]:
    """Write views of the embedding shown as TensorBoard reads them."""
    states = []
    for number, view in enumerate(views):
        yield Progress(0.9 * number / len(views), tr("Writing {name}").format(name=path.name))
        states.append(state_of(view, shown, shown.coordinates))
    write_bookmarks(states, path)
    return path


def save_image(path: Path, work: Work[QImage]) -> Work[Path]:
    """Write an image as PNG; an older file stays until the new one is whole."""
    image = yield from scaled(work, 0.0, 0.8)
    yield Progress(0.8, tr("Writing {name}").format(name=path.name))
    image.setDevicePixelRatio(1.0)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise Unreadable(tr("{path} can't be written as PNG.").format(path=path))
    buffer.close()
    yield from drafting(path, lambda file: [file.write(data.data())])
    return path
