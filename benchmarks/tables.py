"""Reading tables: vectors in text beside polars' own reader, and metadata of a million rows.

The files are written first and are in the system's cache. Each figure is the best of three. polars
is spared work: it neither looks for labels nor makes float32 rows of its columns.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from projector.embeddings.delimited import read_delimited
from projector.embeddings.metadata import read_metadata
from projector.progress import finish

OPTIONS = ("--quick",)
WORDS = Path(__file__).resolve().parents[2] / "shared/data/words/embeddings_f16.npy"
N_ROWS, N_DIMS = 71_000, 384
N_METADATA = 1_000_000
REPEATS = 3
STATUS = Path("/proc/self/status")


def figures(*options: str) -> Iterator[dict[str, Any]]:
    """Seconds, and megabytes beyond what the result takes; with --quick for a tenth of the rows."""
    part = 10 if "--quick" in options else 1
    with tempfile.TemporaryDirectory() as folder:
        yield from _vector_figures(Path(folder) / "vectors.tsv", N_ROWS // part)
        yield from _metadata_figures(Path(folder) / "metadata.tsv", N_METADATA // part)


def _vector_figures(path: Path, n: int) -> Iterator[dict[str, Any]]:
    _write_vectors(path, n)
    case = f"{n:,} x {N_DIMS} TSV"
    peers: dict[str, Callable[[], object]] = {
        "polars.read_csv": lambda: pl.read_csv(path, separator="\t", has_header=False)
    }
    peers["numpy.loadtxt"] = lambda: np.loadtxt(path, np.float32, delimiter="\t")
    ours = _best_s(lambda: finish(read_delimited(path)))
    for peer, read in peers.items():
        theirs = _best_s(read, 1 if peer == "numpy.loadtxt" else REPEATS)
        yield _line(case, "reading, wall time", "s", ours, peer, theirs)
    if not STATUS.is_file():  # only Linux tells
        return
    grown = [_grown_mb(reader, path) for reader in ("ours", "polars")]
    yield _line(case, "growth of memory", "MB", grown[0], "polars.read_csv", grown[1])


def _metadata_figures(path: Path, n: int) -> Iterator[dict[str, Any]]:
    numbers = pl.DataFrame({"n": range(n)})
    table = numbers.select(
        word=pl.format("word {}", "n"),
        n="n",
        score=pl.col("n") / 7,
        kind=pl.format("c{}", pl.col("n") % 9),
    )
    table.write_csv(path, separator="\t")
    ours = _best_s(lambda: finish(read_metadata(path, n)))
    theirs = _best_s(lambda: pl.read_csv(path, separator="\t"))
    case = f"{n:,} x 4 metadata"
    yield _line(case, "reading, wall time", "s", ours, "polars.read_csv", theirs)


def _write_vectors(path: Path, n: int) -> None:
    """Real word vectors where they lie beside this checkout, else normal ones."""
    if WORDS.is_file():
        vectors = np.load(WORDS, mmap_mode="r")[:n]
    else:
        vectors = np.random.default_rng(0).normal(size=(n, N_DIMS)).astype(np.float16)
    with path.open("w") as file:
        for start in range(0, n, 1000):
            block = vectors[start : start + 1000].astype(np.float32).tolist()
            file.writelines("\t".join(map(repr, row)) + "\n" for row in block)


def _best_s(read: Callable[[], object], repeats: int = REPEATS) -> float:
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        read()
        spent.append(time.perf_counter() - start)
    return min(spent)


def _grown_mb(reader: str, path: Path) -> float:
    """How much the peak memory of a process of its own grows while it reads."""
    command = [sys.executable, "-m", "benchmarks.tables", reader, str(path)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _print_growth(reader: str, path: Path) -> None:
    before = _peak_mb()
    found: object
    if reader == "ours":
        found = finish(read_delimited(path))
    else:
        found = pl.read_csv(path, separator="\t", has_header=False)
    assert found is not None
    print(_peak_mb() - before)


def _peak_mb() -> float:
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _line(
    case: str, figure: str, unit: str, ours: float, peer: str, theirs: float
) -> dict[str, Any]:
    return {
        "case": case,
        "figure": figure,
        "unit": unit,
        "ours": round(ours, 3),
        "peer": peer,
        "theirs": round(theirs, 3),
        "ratio": round(theirs / ours, 2),
    }


if __name__ == "__main__":
    _print_growth(sys.argv[1], Path(sys.argv[2]))
