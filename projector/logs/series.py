"""What event files say: logs hold runs, a run holds series, a series holds points in step order.

Vocabulary of TensorBoard's data provider: run, tag, plugin, step. Payloads that are not single
numbers stay in the file and are read when looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, IntArray
from projector.errors import Problem, Unreadable


@dataclass(frozen=True, slots=True)
class Metadata:
    """The SummaryMetadata of a tag (formats.md 2.3): carried by its first value, valid for all."""

    plugin: str = ""
    content: bytes = b""
    display_name: str = ""
    description: str = ""
    data_class: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Payloads:
    """Where the payload of each point lies: `lengths[i]` bytes at `offsets[i]` of
    `files[file_ids[i]]`.

    fields: uint8 (n,), the field number of Summary.Value's oneof that the bytes belong to
    (formats.md 2.2: 4 image, 5 histo, 6 audio, 8 tensor; 0 where the value had none), or 100 plus
    the field number of Event for payloads that come from the event itself (104 graph_def, 108
    tagged_run_metadata).
    """

    files: tuple[Path, ...]
    file_ids: NDArray[np.int32]
    offsets: IntArray
    lengths: IntArray
    fields: NDArray[np.uint8]

    def problem(self, i: int, what: str) -> Problem:
        """Something wrong with point i, at its place in its file."""
        return Problem(self.files[int(self.file_ids[i])], what, int(self.offsets[i]))

    def read(self, i: int) -> bytes:
        """The serialized message of point i. Raises Unreadable when the file has gone or shrunk."""
        path = self.files[int(self.file_ids[i])]
        length = int(self.lengths[i])
        try:
            with path.open("rb") as file:
                file.seek(int(self.offsets[i]))
                data = file.read(length)
        except OSError as error:
            raise Unreadable(f"{path} can't be read any more: {error.strerror}.") from error
        if len(data) < length:
            raise Unreadable(f"{path} became shorter while it was open; reload the folder.")
        return data


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """All points of one tag in one run, steps strictly increasing (the newest value of a step
    wins).

    steps: int64 (n,). wall_times: float64 (n,), unix seconds. values: float64 (n,) where plugin is
    "scalars", else None, and payloads says where the values lie. raw: all points in the order of
    the files, where a restart or a repeated step hid some; None where nothing is hidden.
    """

    run: str
    tag: str
    plugin: str
    steps: IntArray
    wall_times: DoubleArray
    metadata: Metadata = field(default_factory=Metadata)
    values: DoubleArray | None = None
    payloads: Payloads | None = None
    raw: Series | None = None

    @property
    def title(self) -> str:
        """What to call it on screen: the display name where there is one, else the tag."""
        return self.metadata.display_name or self.tag

    def __len__(self) -> int:
        return len(self.steps)


class SeriesSource(Protocol):
    """Makes the series of a run when they are first asked for, perhaps on two threads at once."""

    @property
    def plugins(self) -> frozenset[str]:
        """That the series belong to."""
        ...

    def make(self) -> tuple[Series, ...]:
        """By tag, then plugin; with those of which a restart hides all points (see Series.raw)."""
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """One folder of event files. name: its path below the root with "/", "." for the root
    itself. made: its series, or what makes them."""

    name: str
    files: tuple[Path, ...]
    made: tuple[Series, ...] | SeriesSource
    start_time: float | None = None

    @property
    def series(self) -> tuple[Series, ...]:
        """All series by tag, then plugin; the very same at each call."""
        if isinstance(self.made, tuple):
            return self.made
        known: tuple[Series, ...] | None = self.__dict__.get("_series")
        if known is None:
            made = tuple([series for series in self.made.make() if len(series)])
            # of two threads that come here at once, both get what the first one has made
            known = self.__dict__.setdefault("_series", made)
        return known

    def series_of(self, plugin: str) -> tuple[Series, ...]:
        """The series of one plugin, by tag."""
        if not isinstance(self.made, tuple) and plugin not in self.made.plugins:
            return ()
        return tuple([series for series in self.series if series.plugin == plugin])


@dataclass(frozen=True, slots=True)
class _AllPoints:
    """The series of a run with every point that was ever written."""

    source: SeriesSource

    @property
    def plugins(self) -> frozenset[str]:
        return self.source.plugins

    def make(self) -> tuple[Series, ...]:
        made = [series.raw or series for series in self.source.make()]
        return tuple([series for series in made if len(series)])


@dataclass(frozen=True, slots=True, eq=False)
class Logs:
    """Everything found in the event files below `path`; runs sorted by name."""

    path: Path
    runs: tuple[Run, ...] = ()
    problems: tuple[Problem, ...] = ()

    def series(self, plugin: str) -> tuple[Series, ...]:
        """All series of one plugin ("scalars", "pr_curves", "hparams" ...), by run then tag."""
        return tuple([s for run in self.runs for s in run.series_of(plugin)])

    def all_points(self) -> Logs:
        """The same logs with every point that was ever written, in the order of the files: steps
        may repeat and go back (formats.md 1.7)."""
        return replace(self, runs=tuple([_with_all_points(run) for run in self.runs]))

    def run(self, name: str) -> Run | None:
        """The run of that name, or None."""
        return next((run for run in self.runs if run.name == name), None)


def _with_all_points(run: Run) -> Run:
    if isinstance(run.made, tuple):
        return replace(run, made=tuple([series.raw or series for series in run.made]))
    return replace(run, made=_AllPoints(run.made))
