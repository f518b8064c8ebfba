"""`python -m benchmarks._log_readers READER FOLDER WARM_FOLDER RUNS LAST_STEP`: one reader, once.

Each reads WARM_FOLDER first, so that imports are made and kernels are loaded. One JSON line tells
how long reading took, as soon as it is done; a second one what was read and at what cost.
"""

from __future__ import annotations

import json
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._log_cases import ACCUMULATOR, PROTOBUF, SERVER

if TYPE_CHECKING:
    from projector.contents import Contents

KEEPING, AGAIN, POLLING = "ours keeping the index", "ours again", "ours polling"

Found = Callable[[], int]
"""Counts the points that a reader holds."""


def read_by_us(folder: Path) -> Found:
    """What the program does when it first opens a folder: numbers are read, payloads stay in the
    file."""
    from projector.contents import read_contents
    from projector.progress import finish

    return _points_of(finish(read_contents(folder, uses_index=False)))


def read_by_us_with_curves(folder: Path) -> Found:
    """As above, and every PR curve is read into arrays."""
    from projector.contents import read_contents
    from projector.pr_curves import read_curves
    from projector.progress import finish

    contents = finish(read_contents(folder, uses_index=False))
    curves = finish(read_curves([(c, i) for c in contents.curves for i in range(len(c))])).curves
    others = _points_of(contents)
    return lambda: others() - sum(len(curve) for curve in contents.curves) + len(curves)


def read_and_keep(folder: Path) -> Found:
    """As the program does at the end of the first session: what was read is kept as an index."""
    from projector.contents import Place
    from projector.progress import finish

    place = Place(folder)
    contents = finish(place.read())
    finish(place.save_index())
    return _points_of(contents)


def read_again(folder: Path) -> Found:
    """What the program does when it opens a folder of which it kept an index."""
    from projector.contents import read_contents
    from projector.progress import finish

    return _points_of(finish(read_contents(folder)))


def begin_polling(folder: Path) -> Callable[[], Found]:
    """Reads a folder, and answers what looks whether anything is new."""
    from projector.contents import Place
    from projector.progress import finish

    place = Place(folder, uses_index=False)
    finish(place.read())
    return lambda: _points_of(finish(place.read()))


def _points_of(contents: Contents) -> Found:
    return lambda: sum(len(series) for run in contents.logs.runs for series in run.series)


def read_by_accumulator(folder: Path) -> Found:
    """TensorBoard's reader in Python, one accumulator a run, keeping every point."""
    from tensorboard.backend.event_processing import event_accumulator

    everything = event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE
    accumulators = []
    for run in sorted(folder.iterdir()):
        accumulator = event_accumulator.EventAccumulator(str(run), size_guidance=everything)
        accumulator.Reload()
        accumulators.append(accumulator)

    def count() -> int:
        return sum(
            len(points(tag))
            for a in accumulators
            for kind, points in (
                ("scalars", a.Scalars),
                ("tensors", a.Tensors),
                ("images", a.Images),
                ("histograms", a.Histograms),
            )
            for tag in a.Tags()[kind]
        )

    return count


def read_by_protobuf(folder: Path) -> Found:
    """A loop over records that parses each as an Event; no checksum is looked at."""
    from projector.logs.messages import event_pb2

    found: dict[tuple[Path, str], list[Any]] = {}
    for path in sorted(folder.rglob("*tfevents*")):
        data, place = path.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            event = event_pb2.Event.FromString(data[place + 12 : place + 12 + length])
            for value in event.summary.value:
                read = getattr(value, value.WhichOneof("value"))
                points = found.setdefault((path, value.tag), [])
                points.append((event.step, event.wall_time, read))
            place += length + 16
    return lambda: sum(len(points) for points in found.values())


READERS: dict[str, Callable[[Path], Found]] = {
    "ours": read_by_us,
    "ours with curves": read_by_us_with_curves,
    KEEPING: read_and_keep,
    AGAIN: read_again,
    ACCUMULATOR: read_by_accumulator,
    PROTOBUF: read_by_protobuf,
}


def _time_reader(read: Callable[[], Found]) -> None:
    bytes_before = _bytes_read("self")
    wall, cpu = time.perf_counter(), time.process_time()
    count = read()
    _tell(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)
    bytes_after = _bytes_read("self")
    megabytes = bytes_after - bytes_before if bytes_before and bytes_after else None
    _tell(memory=_peak_memory("self"), read=megabytes, n_points=count())


def _peak_memory(process: str) -> float | None:
    """Megabytes; None where the system does not tell."""
    return _from_proc(process, "status", "VmHWM", 1024)


def _bytes_read(process: str) -> float | None:
    """Megabytes, of files in the cache too; None where the system does not tell."""
    return _from_proc(process, "io", "rchar", 1)


def _from_proc(process: str, page: str, name: str, unit: int) -> float | None:
    try:
        lines = Path(f"/proc/{process}/{page}").read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) * unit / 1e6 if found else None


def _time_server(folder: Path, n_runs: int, last_step: int) -> None:
    """TensorBoard's server, keeping every point: from its start until it says that all is loaded.

    It is not asked while it is timed: an answer takes some 40 ms however little there is to tell,
    which is as long as it needs for a small folder. A server before that is asked for every run.
    """
    _run_server(folder, lambda stub: _check_runs(stub, n_runs, last_step))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, memory, megabytes = _run_server(folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    _tell(wall=wall, cpu=cpu)
    _tell(memory=memory, read=megabytes, n_points=None)


def _run_server(
    folder: Path, check: Callable[[Any], None] | None = None
) -> tuple[float, float | None, float | None]:
    """Seconds from the server's start to the end of its load, megabytes of memory and megabytes
    read; then checks what it shows."""
    import tensorboard_data_server

    kinds = ("scalars", "pr_curves", "hparams", "images", "histograms")
    keep_all = ",".join(f"{kind}=all" for kind in kinds)
    options = ["--reload=once", "--port=0", f"--samples-per-plugin={keep_all}", "--verbose"]
    with tempfile.TemporaryDirectory() as home:
        port_file = Path(home) / "port"
        binary = tensorboard_data_server.server_binary()
        command = [binary, f"--logdir={folder}", f"--port-file={port_file}", *options]
        start = time.perf_counter()
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
            try:
                assert server.stderr is not None
                if not any(b"Finished load cycle" in line for line in server.stderr):
                    raise RuntimeError("The server ended without saying that it loaded all.")
                spent = time.perf_counter() - start
                cost = _peak_memory(str(server.pid)), _bytes_read(str(server.pid))
                if check:
                    check(_stub(port_file))
            finally:
                server.kill()
    return spent, *cost


def _stub(port_file: Path) -> Any:
    import grpc
    from tensorboard.data.proto import data_provider_pb2_grpc

    options = [("grpc.enable_http_proxy", 0), ("grpc.max_receive_message_length", 1 << 28)]
    channel = grpc.insecure_channel(f"localhost:{port_file.read_text().strip()}", options)
    return data_provider_pb2_grpc.TensorBoardDataProviderStub(channel)


def _check_runs(stub: Any, n_runs: int, last_step: int) -> None:
    from tensorboard.data.proto import data_provider_pb2

    request = data_provider_pb2.ListScalarsRequest()
    request.plugin_filter.plugin_name = "scalars"
    runs = stub.ListScalars(request, wait_for_ready=True, timeout=60).runs
    steps = [[tag.metadata.max_step for tag in run.tags] for run in runs]
    n_whole = sum(bool(of_run) and min(of_run) == last_step for of_run in steps)
    if n_whole != n_runs:
        raise RuntimeError(f"The server shows {n_whole} of {n_runs} runs to their last step.")


def _tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    reader, folder, warm, n_runs, last_step = sys.argv[1:]
    if reader == SERVER:
        _time_server(Path(folder), int(n_runs), int(last_step))
        return
    if reader == POLLING:
        begin_polling(Path(warm))()
        _time_reader(begin_polling(Path(folder)))
        return
    READERS[reader](Path(warm))
    _time_reader(partial(READERS[reader], Path(folder)))


if __name__ == "__main__":
    main()
