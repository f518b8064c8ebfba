"""Compiles all kernels once per computer, each family in a process of its own.

Compiling takes about ten seconds and holds the interpreter lock, so that done on a thread it would
freeze the window. The processes leave machine code in numba's cache, from where it loads at once.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from projector.arrays import FloatArray
from projector.cache import cache_folder
from projector.progress import Progress, Work, finish

POLL_S = 0.05
NOTE = "Preparing projector for this computer (only this once)"


def warm_up_logs() -> None:
    """The scanner of event files and the sorting of their rows, on a number and a large payload."""
    from projector.logs.folder import read_logs
    from projector.logs.writer import EventWriter

    with tempfile.TemporaryDirectory() as folder:
        with EventWriter(Path(folder)) as writer:
            writer.scalar("a", 1.0, 0)
            writer.tensor("b", np.zeros(1 << 16), 0, plugin="b")
        finish(read_logs(Path(folder)))


def warm_up_pictures() -> None:
    """The painter, of points and of label pictures."""
    from projector.render.raster import warm_up

    finish(warm_up())


def warm_up_labels() -> None:
    """Which labels are seen, and where they go."""
    from projector.labels import rank_labels

    finish(rank_labels(_points()[:, :3].copy()))


def warm_up_lines() -> None:
    """The lines of parallel coordinates."""
    from projector.hparams.lines import warm_up

    finish(warm_up())


def warm_up_neighbors() -> None:
    """The search for the neighbors of all points, by each distance, and that of wide rows."""
    from projector.neighbor_graph import descent, find_neighbors
    from projector.neighbors import METRICS

    for metric in METRICS:
        finish(find_neighbors(_points(), 5, metric))
    finish(descent.warm_up())


def warm_up_tsne() -> None:
    """t-SNE in two and three dimensions, by all pairs and by the grid."""
    from projector.projections.tsne import warm_up

    finish(warm_up())


def warm_up_umap() -> None:
    """UMAP, by a short run."""
    from projector.projections.umap import warm_up

    finish(warm_up())


def warm_up_placing() -> None:
    """New rows among others, and among those of a sample."""
    from projector.projections.place import place_rows

    points = _points()
    for n_dims in (2, 3):
        finish(place_rows(points[:20], points, points[:, :n_dims].copy(), n_rounds=1))


def warm_up_quality() -> None:
    """The figures of a layout, and labels that disagree."""
    from projector.neighbor_graph import find_neighbors
    from projector.quality import label_disagreement, measure_quality

    points = _points()
    finish(measure_quality(points, points[:, :2].copy(), 5))
    graph = finish(find_neighbors(points, 5))
    finish(label_disagreement(graph, np.arange(len(points)) % 3, 5))


def warm_up_clusters() -> None:
    """Clusters by density, and near duplicates."""
    from projector.clusters import HdbscanParameters, hdbscan
    from projector.duplicates import find_near_duplicates
    from projector.neighbor_graph import find_neighbors

    points = _points()[:, :3].copy()
    finish(hdbscan(points, HdbscanParameters(least_size=5)))
    finish(find_near_duplicates(finish(find_neighbors(points, 5)), 0.1))


def _points() -> FloatArray:
    return np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)


FAMILIES: dict[str, Callable[[], None]] = {
    "logs": warm_up_logs,
    "pictures": warm_up_pictures,
    "lines": warm_up_lines,
    "labels": warm_up_labels,
    "neighbors": warm_up_neighbors,
    "tsne": warm_up_tsne,
    "umap": warm_up_umap,
    "placing": warm_up_placing,
    "quality": warm_up_quality,
    "clusters": warm_up_clusters,
}
OPENING = ("logs", "pictures", "lines", "labels")
"""What must be compiled before a folder can be shown."""
PROJECTING = tuple(name for name in FAMILIES if name not in OPENING)
"""What must be compiled before a projection can be watched."""


def warm_up_once(names: Sequence[str] = OPENING) -> Work[None]:
    """Compile those families that this computer has not compiled yet; does nothing from the second
    time on.

    Where the processes can't be started or fail, the kernels are compiled later, when first needed.
    """
    kind = f"kernels-{'-'.join(names)}"
    marker = cache_folder() / f"{kind}.{_fingerprint()}"
    if marker.exists() or getattr(sys, "frozen", False):
        return
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "projector.warm_up", name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
            creationflags=getattr(
                subprocess, "CREATE_NO_WINDOW", 0
            ),  # Windows would open a console
        )
        for name in names
    ]
    try:
        while any(child.poll() is None for child in children):
            yield Progress(None, NOTE)
            time.sleep(POLL_S)
    finally:
        for child in children:
            child.terminate()
            child.wait()
    if all(child.returncode == 0 for child in children):
        _leave(marker, kind)


def _fingerprint() -> str:
    """Changes with the kernels' sources, numba, Python and the processor."""
    sources = sorted(Path(__file__).parent.rglob("kernels.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    digest.update(f"{version('numba')} {sys.version} {platform.machine()}".encode())
    digest.update(str(Path(__file__).parent).encode())
    return digest.hexdigest()[:16]


def _leave(marker: Path, kind: str) -> None:
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        for older in marker.parent.glob(f"{kind}.*"):
            older.unlink(missing_ok=True)
        marker.touch()
    except OSError:  # a cache that can't be written costs time at the next start, nothing else
        return


if __name__ == "__main__":
    FAMILIES[sys.argv[1]]()
