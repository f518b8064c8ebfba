"""Series are views of the sorted rows of a run, the same however the rows were sorted."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest

from projector.logs import runs
from projector.logs.grouping import groups
from projector.logs.runs import build_run, build_runs
from projector.logs.series import Run, Series
from projector.progress import finish
from tests.event_logs import (
    columns_of,
    events,
    logs_of,
    numbers_of,
    scalars,
    start_event,
    value_event,
)

MATRIX = {"dtype": 1, "tensor_shape": {"dim": [{"size": 2}]}, "float_val": [1.0, 2.0]}


def summary_of(run: Run) -> list[tuple[Any, ...]]:
    return [(s.tag, s.plugin, s.steps.tolist(), numbers_of(s), len(s.raw or s)) for s in run.series]


def test_a_run_is_the_same_in_steps_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    for file_id in range(3):
        messages = [start_event(int(rng.integers(9)))]
        for number, step in enumerate(rng.integers(0, 12, 40).tolist()):
            text = {"dtype": 7, "string_val": [str(number).encode()]}
            messages.append(value_event(step, "p", "text", tensor=text))
            messages.append(value_event(step, "v", simple_value=number))
        events(tmp_path, str(file_id), *messages)
    files = [columns_of(path) for path in sorted(tmp_path.iterdir())]
    at_once, _ = finish(build_run("r", files))
    monkeypatch.setattr(groups, "ROWS_A_STEP", 7)
    in_steps, _ = finish(build_run("r", files))
    assert summary_of(in_steps) == summary_of(at_once)


def test_many_runs_at_once_are_the_same_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 30):
        scalars(tmp_path / f"{n:02}", [step % 17 for step in range(5 * n)], tag=f"t{n % 3}")
    named = [(p.name, [columns_of(next(p.iterdir()))]) for p in sorted(tmp_path.iterdir())]
    one_by_one = [summary_of(finish(build_run(name, files))[0]) for name, files in named]
    for rows_a_step, rows_a_thread in ((1 << 20, 1), (100, 1), (100, 1 << 13)):
        monkeypatch.setattr(runs, "ROWS_A_STEP", rows_a_step)
        monkeypatch.setattr(runs, "_ROWS_WORTH_A_THREAD", rows_a_thread)
        assert [summary_of(run) for run, _ in finish(build_runs(named))] == one_by_one


def test_a_run_of_no_files_is_empty() -> None:
    run, problems = finish(build_run("gone", []))
    assert (run.series, problems) == ((), [])


def test_columns_that_may_not_be_written_to_are_read_all_the_same(tmp_path: Path) -> None:
    file = columns_of(scalars(tmp_path, [0, 1, 1]))
    for column in (*file.rows, *file.blobs, file.metadata_rows):
        column.setflags(write=False)
    run, _ = finish(build_run("r", [file]))
    assert [s.steps.tolist() for s in run.series] == [[0, 1]]


def test_series_can_not_be_written_to(tmp_path: Path) -> None:
    events(tmp_path, "1", value_event(0, "p", "text", tensor=MATRIX), value_event(0, "p"))
    scalars(tmp_path, [0, 1, 1])
    for series in logs_of(tmp_path).runs[0].series:
        for one in (series, series.raw):
            assert one is not None
            arrays = [one.steps, one.wall_times, one.values]
            if one.payloads is not None:
                places = one.payloads
                arrays += [places.file_ids, places.offsets, places.lengths, places.fields]
            assert not any(array.flags.writeable for array in arrays if array is not None)


def test_threads_that_ask_at_once_get_the_very_same_series(tmp_path: Path) -> None:
    scalars(tmp_path, list(range(50)))
    run = logs_of(tmp_path).runs[0]
    together, found = Barrier(4), list[tuple[Series, ...]]()

    def ask() -> None:
        together.wait()
        found.append(run.series)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(series is run.series for series in found)
