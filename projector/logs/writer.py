"""Writes event files that TensorBoard and this program read: for demo, tests and scripts."""

from __future__ import annotations

import itertools
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from projector.errors import InvalidChoice
from projector.logs import dtypes
from projector.logs.messages import event_pb2, hparams_pb2, plugins_pb2, summary_pb2, tensor_pb2
from projector.logs.records import framed

Status = Literal["unknown", "success", "failure", "running"]
HParam = bool | int | float | str

_numbers = itertools.count()


class EventWriter:
    """One event file in `folder`, which is made if need be. A context manager; or call close().

    suffix: put at the end of the file name. now: tells the wall time (unix seconds) of values
    written without one.
    """

    def __init__(
        self, folder: Path, suffix: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self._now = now
        folder.mkdir(parents=True, exist_ok=True)
        started = now()
        host = platform.node() or "localhost"
        # files of one second are read in the order of their names: 10 must not come before 9
        name = f"events.out.tfevents.{int(started):010d}.{host}.{os.getpid()}.{next(_numbers):06d}"
        self.path = folder / f"{name}{suffix}"
        self._file = self.path.open("xb")
        self._write(event_pb2.Event(wall_time=started, file_version="brain.Event:2"))

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is buffered and close the file; closing twice does no harm."""
        self._file.close()

    def flush(self) -> None:
        """Hand everything written so far to the system, so that readers see it."""
        self._file.flush()

    def scalar(self, tag: str, value: float, step: int = 0, wall_time: float | None = None) -> None:
        """One number, kept as float32."""
        with np.errstate(over="ignore"):
            stored = float(np.float32(value))
        self._write_value(summary_pb2.Summary.Value(tag=tag, simple_value=stored), step, wall_time)

    def tensor(
        self,
        tag: str,
        array: ArrayLike,
        step: int = 0,
        *,
        plugin: str = "",
        content: bytes = b"",
        display_name: str = "",
        wall_time: float | None = None,
    ) -> None:
        """An array of numbers, bools or texts, for the named plugin."""
        value = summary_pb2.Summary.Value(tag=tag, tensor=_tensor_proto(np.asarray(array)))
        _describe(value, plugin, content, display_name)
        self._write_value(value, step, wall_time)

    def text(self, tag: str, text: str, step: int = 0, wall_time: float | None = None) -> None:
        """A Markdown document."""
        self.tensor(tag, text, step, plugin="text", wall_time=wall_time)

    def pr_curve(
        self,
        tag: str,
        labels: ArrayLike,
        predictions: ArrayLike,
        step: int = 0,
        *,
        n_thresholds: int = 127,
        weights: ArrayLike | None = None,
        display_name: str = "",
        wall_time: float | None = None,
    ) -> None:
        """The curve of true labels and predicted probabilities, counted at even thresholds.

        labels, predictions (0..1), weights: the same number of values. Raises InvalidChoice
        where they don't fit.
        """
        counts = _confusion_counts(labels, predictions, weights, n_thresholds)
        tp, fp, tn, fn = counts
        self.pr_curve_counts(
            tag, tp, fp, tn, fn, step, display_name=display_name, wall_time=wall_time
        )

    def pr_curve_counts(
        self,
        tag: str,
        true_positives: ArrayLike,
        false_positives: ArrayLike,
        true_negatives: ArrayLike,
        false_negatives: ArrayLike,
        step: int = 0,
        *,
        display_name: str = "",
        wall_time: float | None = None,
    ) -> None:
        """The curve of counts, one per threshold j/(n-1), thresholds increasing."""
        tp, fp, tn, fn = (
            np.asarray(counts, np.float64)
            for counts in (true_positives, false_positives, true_negatives, false_negatives)
        )
        least = 1e-7
        precision, recall = tp / np.maximum(tp + fp, least), tp / np.maximum(tp + fn, least)
        curve = np.stack((tp, fp, tn, fn, precision, recall)).astype(np.float32)
        content = plugins_pb2.PrCurvePluginData(num_thresholds=curve.shape[1]).SerializeToString()
        self.tensor(
            tag,
            curve,
            step,
            plugin="pr_curves",
            content=content,
            display_name=display_name,
            wall_time=wall_time,
        )

    def hparams(
        self,
        hparams: Mapping[str, HParam],
        metrics: Sequence[str | tuple[str, str]] = (),
        *,
        group_name: str = "",
        wall_time: float | None = None,
    ) -> None:
        """The hyperparameters of this run, and the scalars that tell how good it is.

        metrics: tags in this run, or (group, tag) where group is a run below this one.
        """
        started = self._now() if wall_time is None else wall_time
        experiment = hparams_pb2.Experiment(
            hparam_infos=[_hparam_info(name, value) for name, value in hparams.items()],
            metric_infos=[_metric_info(metric) for metric in metrics],
        )
        start = hparams_pb2.SessionStartInfo(group_name=group_name, start_time_secs=started)
        for name, value in hparams.items():
            _set_hparam(start.hparams[name], value)
        self._write_hparams("experiment", wall_time, experiment=experiment)
        self._write_hparams("session_start_info", wall_time, session_start_info=start)

    def session_end(self, status: Status = "success", wall_time: float | None = None) -> None:
        """How the run of these hyperparameters ended."""
        number = hparams_pb2.Status.Value(f"STATUS_{status.upper()}")
        ended = self._now() if wall_time is None else wall_time
        end = hparams_pb2.SessionEndInfo(status=number, end_time_secs=ended)
        self._write_hparams("session_end_info", wall_time, session_end_info=end)

    def _write_hparams(self, name: str, wall_time: float | None, **data: Any) -> None:
        content = hparams_pb2.HParamsPluginData(**data).SerializeToString()
        empty = np.zeros(0, np.float32)
        self.tensor(
            f"_hparams_/{name}", empty, plugin="hparams", content=content, wall_time=wall_time
        )

    def _write_value(self, value: Any, step: int, wall_time: float | None) -> None:
        event = event_pb2.Event(
            wall_time=self._now() if wall_time is None else wall_time,
            step=int(step),
            summary=summary_pb2.Summary(value=[value]),
        )
        self._write(event)

    def _write(self, event: Any) -> None:
        self._file.write(framed(event.SerializeToString()))


def _describe(value: Any, plugin: str, content: bytes, display_name: str) -> None:
    if plugin:
        value.metadata.plugin_data.plugin_name = plugin
        value.metadata.plugin_data.content = content
    if display_name:
        value.metadata.display_name = display_name


def _tensor_proto(array: NDArray[Any]) -> Any:
    shape = tensor_pb2.TensorShapeProto(
        dim=[tensor_pb2.TensorShapeProto.Dim(size=size) for size in array.shape]
    )
    if array.dtype.kind in "OSU":
        texts = [t.encode() if isinstance(t, str) else bytes(t) for t in array.ravel().tolist()]
        return tensor_pb2.TensorProto(dtype=dtypes.STRING, tensor_shape=shape, string_val=texts)
    number = _dtype_number(array.dtype)
    content = array.astype(array.dtype.newbyteorder("<")).tobytes()
    return tensor_pb2.TensorProto(dtype=number, tensor_shape=shape, tensor_content=content)


def _dtype_number(dtype: np.dtype[Any]) -> int:
    if dtype == np.bool_:
        return dtypes.BOOL
    for number in (1, 2, 3, 4, 5, 6, 8, 9, 17, 18, 19, 22, 23):
        if dtypes.RAW[number] == dtype.newbyteorder("<"):
            return number
    raise InvalidChoice(f"Arrays of {dtype} can't be written to an event file.")


def _confusion_counts(
    labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None, n_thresholds: int
) -> NDArray[np.float64]:
    """float64 (4, n): true positives, false positives, true negatives, false negatives."""
    truth = np.asarray(labels).astype(np.bool_).ravel()
    scores = np.asarray(predictions, np.float64).ravel()
    weight = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64).ravel()
    if not len(truth) == len(scores) == len(weight):
        lengths = f"{len(truth)} labels, {len(scores)} predictions and {len(weight)} weights"
        raise InvalidChoice(f"A curve needs as many labels as predictions, got {lengths}.")
    if n_thresholds < 2:
        raise InvalidChoice(f"A curve needs at least 2 thresholds, got {n_thresholds}.")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise InvalidChoice("Predictions must be probabilities between 0 and 1.")
    bins = np.floor(scores * (n_thresholds - 1)).astype(np.int64)
    tp, fp = (
        np.bincount(bins, weight * part, n_thresholds)[::-1].cumsum()[::-1]
        for part in (truth, ~truth)
    )
    return np.stack((tp, fp, fp[0] - fp, tp[0] - tp))


def _hparam_info(name: str, value: HParam) -> Any:
    kind = "BOOL" if isinstance(value, bool | np.bool_) else "FLOAT64"
    if isinstance(value, str):
        kind = "STRING"
    number = hparams_pb2.DataType.Value(f"DATA_TYPE_{kind}")
    return hparams_pb2.HParamInfo(name=name, type=number)


def _metric_info(metric: str | tuple[str, str]) -> Any:
    group, tag = ("", metric) if isinstance(metric, str) else metric
    return hparams_pb2.MetricInfo(name=hparams_pb2.MetricName(group=group, tag=tag))


def _set_hparam(target: Any, value: HParam) -> None:
    if isinstance(value, bool | np.bool_):
        target.bool_value = bool(value)
    elif isinstance(value, str):
        target.string_value = value
    else:
        target.number_value = float(value)
