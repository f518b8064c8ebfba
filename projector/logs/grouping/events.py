"""Graphs and run metadata, which events carry outside of summaries."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, DoubleArray, IntArray, frozen
from projector.logs.columns import GRAPH, META_GRAPH, NUMBER, RUN_METADATA
from projector.logs.file_columns import FileColumns
from projector.logs.grouping.series import newest_of_steps
from projector.logs.series import Metadata, Payloads, Series


class _Events(NamedTuple):
    """All rows of a run's files that are no values, in their order; tags are texts."""

    tags: list[str]
    kinds: ByteArray
    steps: IntArray
    wall_times: DoubleArray
    file_ids: NDArray[np.int32]
    offsets: IntArray
    lengths: IntArray


def event_series(run: str, paths: tuple[Path, ...], files: list[FileColumns]) -> list[Series]:
    """The graph and the run metadata of a run; no restart makes them void."""
    events = _events(files)
    graphs = np.flatnonzero(events.kinds == GRAPH)
    if not len(graphs):
        graphs = np.flatnonzero(events.kinds == META_GRAPH)
    named = {("__run_graph__", "graphs"): graphs.tolist()} if len(graphs) else {}
    for i in np.flatnonzero(events.kinds == RUN_METADATA).tolist():
        named.setdefault((events.tags[i], "graph_tagged_run_metadata"), []).append(i)
    made = []
    for (tag, plugin), ids in named.items():
        places = np.array(ids, np.int64)
        newest = newest_of_steps(events.steps[places])
        series = _series(run, tag, plugin, paths, events, places)
        if not newest.all():
            series = _series(run, tag, plugin, paths, events, places[newest], series)
        made.append(series)
    return made


def _events(files: list[FileColumns]) -> _Events:
    tags: list[str] = []
    columns = []
    for file_id, file in enumerate(files):
        rows, blobs = file.rows, file.blobs
        places = np.flatnonzero(rows.kinds >= GRAPH)
        of_blob = (np.cumsum(rows.kinds != NUMBER) - 1)[places]
        texts = [*(tag.decode("utf-8", "replace") for tag in file.tags), ""]
        tags += [texts[tag] for tag in rows.tags[places].tolist()]
        taken = (rows.kinds[places], rows.steps[places], rows.wall_times[places])
        file_ids = np.full(len(places), file_id, np.int32)
        columns.append((*taken, file_ids, blobs.offsets[of_blob], blobs.lengths[of_blob]))
    return _Events(tags, *(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _series(
    run: str,
    tag: str,
    plugin: str,
    paths: tuple[Path, ...],
    events: _Events,
    places: IntArray,
    raw: Series | None = None,
) -> Series:
    payloads = Payloads(
        paths,
        frozen(events.file_ids[places]),
        frozen(events.offsets[places]),
        frozen(events.lengths[places]),
        frozen(events.kinds[places]),
    )
    steps, wall_times = frozen(events.steps[places]), frozen(events.wall_times[places])
    metadata = Metadata(plugin)
    return Series(run, tag, plugin, steps, wall_times, metadata, None, payloads, raw)
