"""View files (.projector): what is open, what was chosen, from where it is seen, and the layouts.

A ZIP, all of it stored as it is: view.json, and for each layout its positions and what is drawn of
them as little-endian 32-bit floats, row by row; for each view that has one a small picture as PNG.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.drafts import drafting
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.choice_json import from_json, plain, plain_value, to_json
from projector.embeddings.memory import check_fits
from projector.embeddings.zips import is_stored, opened_member, opened_zip
from projector.errors import InvalidChoice, ProjectorError, Unreadable
from projector.export.thumbnails import LARGEST_BYTES, is_sound
from projector.progress import Progress, Work
from projector.render.camera import Camera

SUFFIX = ".projector"
VERSION = 1

_FORMAT, _MAIN = "projector view", "view.json"
_LARGEST_MAIN = 64 << 20
_BYTES_A_BYTE = 12  # of Python objects, for each byte of JSON
_MOST_ROWS = 1 << 31
_LARGEST_PLACE = 1e6  # what is drawn lies around -1..1
_LONGEST_KEY = 1000
_MOST_LAYOUTS, _MOST_VIEWS, _MOST_PLACES = 200, 1000, 1000
_BAD_JSON = (ValueError, OverflowError, RecursionError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """What was open. name: the user's, "" for none. relative: from the folder of the view file, ""
    where there is no such way."""

    path: Path
    name: str = ""
    relative: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SavedLayout:
    """A layout as plain values; positions and coordinates are float32 (n, 2|3).

    run, name, copy, step: of the embedding. facts: all else that JSON holds of it.
    """

    key: str
    run: str
    name: str
    copy: int
    step: int | None
    positions: FloatArray
    coordinates: FloatArray
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A choice, and from where the cloud is seen; None for the whole of it. layouts: by key, as
    names of kept ones. thumbnail: a small picture as PNG, empty for none. n_points: of the
    embedding that it is of, which is not always the one that is shown; None where nobody said.
    """

    name: str
    choice: EmbeddingChoice
    camera: Camera | None = None
    thumbnail: bytes = b""
    n_points: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ViewFile:
    """All that a view file holds.

    n_points: of the embedding that is shown. named: views that the user gave a name. columns:
    computed columns, a list or a polars Series of n values each. told: sentences on what could not
    be used. unknown: of the choice, what another version wrote.
    """

    places: tuple[SavedPlace, ...]
    view: SavedView
    n_points: int = 0
    named: tuple[SavedView, ...] = ()
    layouts: tuple[SavedLayout, ...] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)


def is_view_file(path: Path) -> bool:
    """By its name."""
    return path.suffix.lower() == SUFFIX


def write_view(path: Path, file: ViewFile) -> Work[Path]:
    """Write it; an older file stays until the new one is whole. Raises Unreadable."""
    text = json.dumps(_main(file, path), allow_nan=False, indent=1)

    def fill(out: BinaryIO) -> Iterator[Progress]:
        yield Progress(0.0, f"Writing {path.name}")
        with ZipFile(out, "w", ZIP_STORED) as archive:
            archive.writestr(_MAIN, text)
            for number, view in enumerate(file.named):
                if view.thumbnail:
                    archive.writestr(_picture_name(number), view.thumbnail)
            for number, layout in enumerate(file.layouts):
                archive.writestr(f"layouts/{number}.positions", _bytes(layout.positions))
                archive.writestr(f"layouts/{number}.coordinates", _bytes(layout.coordinates))
                yield Progress((number + 1) / len(file.layouts), f"Writing {path.name}")

    yield from drafting(path, fill)
    return path


def read_view(path: Path) -> Work[ViewFile]:
    """What is of use in a view file. Raises NotFound, Unreadable, TooLarge."""
    yield Progress(None, f"Reading {path.name}")
    with opened_zip(path) as archive:
        found = _read_main(archive, path)
        told: list[str] = []
        n = _count(found.get("n_points", 0))
        check_fits(n, f"A selection in {path}")
        view, unknown = _read_view(found.get("view", {}), n, told)
        layouts: list[SavedLayout] = []
        for number, one in enumerate(_listed(found, "layouts", _MOST_LAYOUTS)):
            yield Progress(None, f"Reading {path.name}")
            try:
                layout = _read_layout(path, archive, number, one)
                _check_key(layout.key, layouts)
                layouts.append(layout)
            except (ProjectorError, *_BAD_JSON) as error:
                told.append(f"Layout {number + 1} was left out: {error}")
        named = []
        for number, one in enumerate(_listed(found, "named", _MOST_VIEWS)):
            saved = _read_named(one, n, path, told)
            picture = _read_picture(path, archive, number, saved.name, told)
            named.append(replace(saved, thumbnail=picture))
            yield Progress(None, f"Reading {path.name}")
    columns = _read_columns(found.get("columns", {}), n, told)
    places = _read_places(found, path)
    return ViewFile(places, view, n, tuple(named), tuple(layouts), columns, tuple(told), unknown)


def found_places(file: ViewFile, folder: Path) -> tuple[tuple[SavedPlace, ...], tuple[Path, ...]]:
    """Where what was open is now, and the paths that are gone; folder: that of the view file."""
    found, gone = [], []
    for place in file.places:
        beside = folder / place.relative if place.relative else place.path
        path = next((path for path in (place.path, beside) if os.path.exists(path)), None)
        if path is None:
            gone.append(place.path)
        else:
            found.append(SavedPlace(Path(os.path.abspath(path)), place.name))
    return tuple(found), tuple(gone)


def _main(file: ViewFile, path: Path) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "version": VERSION,
        "opened": [
            {"path": str(one.path), "relative": _relative(one.path, path), "name": one.name}
            for one in file.places
        ],
        "n_points": file.n_points,
        "view": _plain_view(file.view, file.unknown),
        "named": [_plain_view(view, {}) for view in file.named],
        "layouts": [
            {
                "key": layout.key,
                "run": layout.run,
                "name": layout.name,
                "copy": layout.copy,
                "step": layout.step,
                "shape": list(layout.positions.shape),
                "facts": plain(layout.facts),
            }
            for layout in file.layouts
        ],
        "columns": {name: plain(_as_list(values)) for name, values in file.columns.items()},
    }


def _as_list(values: Any) -> list[Any]:
    """Of a polars Series much sooner than one by one."""
    return values.to_list() if hasattr(values, "to_list") else list(values)


def _relative(path: Path, view_path: Path) -> str:
    try:
        return os.path.relpath(path, os.path.abspath(view_path.parent))
    except ValueError:  # another drive
        return ""


def _plain_view(view: SavedView, unknown: Mapping[str, Any]) -> dict[str, Any]:
    camera = None if view.camera is None else view.camera.to_json()
    n_points = {} if view.n_points is None else {"n_points": view.n_points}
    choice = to_json(view.choice, unknown)
    return {"name": view.name, "camera": camera, "choice": choice, **n_points}


def _bytes(values: FloatArray) -> bytes:
    return np.ascontiguousarray(values, "<f4").tobytes()


def _read_main(archive: ZipFile, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_member(path, archive, _MAIN, None))
    except (ProjectorError, *_BAD_JSON) as error:
        raise Unreadable(f"{path} is no view that projector wrote.") from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise Unreadable(f"{path} is no view that projector wrote.")
    version = found.get("version")
    if type(version) is not int or version < 1:
        raise Unreadable(f"{path} is no view that projector wrote.")
    if version > VERSION:
        raise Unreadable(
            f"{path} was saved by a newer projector (its format is {str(version)[:20]}, this one "
            f"reads {VERSION}). Open it with that one."
        )
    return found


def _member(path: Path, archive: ZipFile, name: str, size: int | None) -> bytes:
    """The bytes of a member that is as large as it must be; stored, so no larger than the file."""
    info = archive.getinfo(name)
    if not is_stored(info) or (size is not None and info.file_size != size):
        raise Unreadable(f"{name} is not as large as it must be.")
    if size is None and info.file_size > _LARGEST_MAIN:
        raise Unreadable(f"{name} is larger than {_LARGEST_MAIN >> 20} MB.")
    check_fits(info.file_size * (2 if size is not None else _BYTES_A_BYTE), name)
    with opened_member(path, archive, info) as stream:
        return stream.read()


def _read_view(value: Any, n: int, told: list[str]) -> tuple[SavedView, Mapping[str, Any]]:
    found = value if isinstance(value, Mapping) else {}
    camera, name = found.get("camera"), found.get("name", "")
    try:
        seen_from = None if camera is None else Camera.from_json(camera)
    except (InvalidChoice, *_BAD_JSON):
        told.append("The saved camera can't be used; the whole cloud is shown.")
        seen_from = None
    try:
        read = from_json(found.get("choice", {}), n)
    except InvalidChoice as error:
        told.append(str(error))
        read = from_json({}, n)
    told.extend(read.told)
    title = name[:200] if isinstance(name, str) else ""
    return SavedView(title, read.choice, seen_from), read.unknown


def _read_named(value: Any, n: int, path: Path, told: list[str]) -> SavedView:
    """A view of an embedding of as many rows as it says itself, n where it doesn't say."""
    try:
        n_own = _count(value["n_points"])
        check_fits(n_own, f"A selection in {path}")
    except (ProjectorError, *_BAD_JSON):
        return _read_view(value, n, told)[0]
    return replace(_read_view(value, n_own, told)[0], n_points=n_own)


def _read_layout(path: Path, archive: ZipFile, number: int, value: Any) -> SavedLayout:
    n, d = (_count(one) for one in value["shape"])
    if d not in (2, 3):
        raise Unreadable(f"It has {d} dimensions, not two or three.")
    arrays = []
    for name in ("positions", "coordinates"):
        data = _member(path, archive, f"layouts/{number}.{name}", 4 * n * d)
        array = np.frombuffer(data, "<f4").astype(np.float32).reshape(n, d)
        most = _LARGEST_PLACE if name == "coordinates" else np.finfo(np.float32).max
        array[~(np.abs(array) <= most).all(axis=1)] = np.nan
        arrays.append(frozen(array))
    step = value.get("step")
    return SavedLayout(
        key=_text(value["key"]),
        run=_text(value["run"]),
        name=_text(value["name"]),
        copy=_count(value["copy"]),
        step=None if step is None else int(step),
        positions=arrays[0],
        coordinates=arrays[1],
        facts=plain_value(dict(value.get("facts", {}))),
    )


def _picture_name(number: int) -> str:
    return f"views/{number}.png"


def _read_picture(path: Path, archive: ZipFile, number: int, view: str, told: list[str]) -> bytes:
    """Of a view, empty where there is none that can be used."""
    name = _picture_name(number)
    if name not in archive.NameToInfo:
        return b""
    try:
        if archive.getinfo(name).file_size > LARGEST_BYTES:
            raise Unreadable("It is too large.")
        picture = _member(path, archive, name, None)
    except (ProjectorError, *_BAD_JSON):
        picture = b""
    if not is_sound(picture):
        told.append(f"The small picture of the view {view!r} is damaged and was left out.")
        return b""
    return picture


def _check_key(key: str, others: Sequence[SavedLayout]) -> None:
    """An empty key would stand for the principal components that every embedding has."""
    if not key or len(key) > _LONGEST_KEY or any(key == one.key for one in others):
        raise Unreadable("Its key is empty, too long, or that of another.")


def _read_columns(value: Any, n: int, told: list[str]) -> dict[str, Sequence[Any]]:
    """Only whole columns of words, numbers and truth values."""
    found: dict[str, Sequence[Any]] = {}
    for name, values in value.items() if isinstance(value, Mapping) else ():
        kinds = set(map(type, values)) - {type(None)} if isinstance(values, list) else {list}
        is_sound = kinds <= {int, float} or (len(kinds) == 1 and kinds <= {str, bool})
        if is_sound and len(values) == n:
            found[str(name)] = values
        else:
            told.append(f"The saved column {str(name)[:100]} can't be used.")
    return found


def _read_places(found: Mapping[str, Any], path: Path) -> tuple[SavedPlace, ...]:
    places = []
    try:
        for one in _listed(found, "opened", _MOST_PLACES):
            name, relative = _text(one.get("name", "")), _text(one.get("relative", ""))
            places.append(SavedPlace(Path(_text(one["path"])), name, relative))
    except _BAD_JSON as error:
        raise Unreadable(f"{path} doesn't say of which logs it is a view.") from error
    if not places:
        raise Unreadable(f"{path} doesn't say of which logs it is a view.")
    return tuple(places)


def _listed(found: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = found.get(name, [])
    return value[:most] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("it must be a text")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _MOST_ROWS:
        raise Unreadable("A number of rows makes no sense.")
    return int(value)
