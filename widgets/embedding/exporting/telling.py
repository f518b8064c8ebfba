"""What the dialog says of an export before it is made: how many points, and about how large."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from projector.export import page_data, svg_lines
from projector.export.picture_data import MOST_SIDE_PX
from projector.export.svg import MOST_SHAPES
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.wish import ExportWish
from widgets.embedding.view_model import number_text

_KB = 1000


def counts(exporter: Exporter) -> dict[str, int]:
    """How many points each of the choices of points means."""
    embedding = exporter.model.embedding
    n = 0 if embedding is None else embedding.n_points
    ids = exporter.shown_ids()
    return {
        "shown": n if ids is None else len(ids),
        "selected": len(exporter.model.selection),
        "all": n,
    }


def preview(exporter: Exporter, wish: ExportWish, suffix: str) -> str:
    """One or two sentences; suffix: of the file."""
    known = counts(exporter)
    if wish.kind in ("neighbors", "selection"):
        return _of_selection(wish, known["selected"])
    n, total = known[wish.which if wish.kind != "picture" else "shown"], known["all"]
    if not n:
        return tr("There is no such point.")
    which = tr("All {n} points").format(n=number_text(n))
    if n < total:
        which = tr("{n} of {total} points").format(n=number_text(n), total=number_text(total))
    parts = [
        tr("{which}, about {size}.").format(which=which, size=_size(exporter, wish, suffix, n))
    ]
    return " ".join([*parts, *_notes(wish, n, total), *_left_out(exporter, wish)])


def _of_selection(wish: ExportWish, n: int) -> str:
    if not n:
        return tr("Nothing is selected: select points first.")
    if wish.kind == "selection":
        return tr("{n} selected points.").format(n=number_text(n))
    text = tr("{k} neighbors of each of {n} selected points: {rows} rows at most.")
    rows = number_text(n * wish.n_neighbors)
    return text.format(k=number_text(wish.n_neighbors), n=number_text(n), rows=rows)


def _notes(wish: ExportWish, n: int, total: int) -> list[str]:
    notes = []
    if wish.kind == "drawing" and n > MOST_SHAPES:
        text = tr("More than {most} points are painted into it as a picture.")
        notes.append(text.format(most=number_text(MOST_SHAPES)))
    if wish.kind in ("coordinates", "metadata") and n < total:
        notes.append(tr("Rows of the other points are left out."))
    if wish.kind == "bookmarks":
        notes.append(tr("Each view holds every position, as TensorBoard wants it."))
    return notes


def _left_out(exporter: Exporter, wish: ExportWish) -> list[str]:
    """What is on the screen and will not be in the file."""
    model, drawn = exporter.model, exporter.canvas.drawn
    is_flat, sheet = exporter.canvas.camera.is_flat, model.sheet
    n_steps = 0 if drawn.sequences is None else len(drawn.sequences.pairs)
    most = {"drawing": svg_lines.MOST_SEGMENTS, "page": page_data.MOST_SEGMENTS}.get(wish.kind)
    notes = []
    if most is not None and n_steps > most:
        text = tr("Of {total} steps of sequences, {most} at most are drawn.")
        notes.append(text.format(total=number_text(n_steps), most=number_text(most)))
    if wish.kind == "page":
        if sheet is not None and wish.has_pictures and max(sheet.size) > MOST_SIDE_PX:
            notes.append(tr("The label pictures are too large for a page and are left out."))
        if drawn.contours is not None and not is_flat:
            notes.append(tr("Contours hold for one side only and are left out."))
        if drawn.labels is not None:
            notes.append(tr("The labels are those on the screen; a search there names others."))
    if wish.kind == "ply":
        notes.append(tr("Labels, pictures and lines are left out."))
        if drawn.sizes is not None:
            notes.append(tr("How large points are stands in the property “size”."))
    return notes


def _size(exporter: Exporter, wish: ExportWish, suffix: str, n: int) -> str:
    embedding = exporter.model.embedding
    table = None if embedding is None else embedding.metadata
    n_columns = 0 if table is None or not wish.has_columns else table.width
    sheet = exporter.model.sheet
    n_bytes = {
        "picture": wish.width * wish.height // 4,
        "drawing": 85 * n if n <= MOST_SHAPES else wish.width * wish.height,
        "page": 60_000 + 19 * n + _sheet_bytes(sheet if wish.has_pictures else None),
        "ply": (48 if wish.is_text else 20) * n,
        "coordinates": n * ({".npy": 12, ".parquet": 16}.get(suffix, 36) + 9 * n_columns),
        "metadata": 9 * n * n_columns,
        "bookmarks": 330 * n,
    }[wish.kind]
    return size_text(n_bytes)


def _sheet_bytes(sheet: object) -> int:
    size = getattr(sheet, "size", (0, 0))
    return min(8 << 20, int(size[0] * size[1] * 0.5))


def size_text(n_bytes: int) -> str:
    """Such as "1.2 MB"."""
    for unit in ("B", "KB", "MB"):
        if n_bytes < _KB or unit == "MB":
            digits = f"{n_bytes:.0f}" if n_bytes >= 10 or unit == "B" else f"{n_bytes:.1f}"
            return f"{digits} {unit}"
        n_bytes = n_bytes / _KB  # type: ignore[assignment]
    raise AssertionError


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Export", text)
