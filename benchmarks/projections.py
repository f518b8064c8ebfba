"""Projections: ours beside openTSNE, scikit-learn and umap-learn, each in a process of its own.

All have two processor cores and two threads, and start from the same 50 principal components; ours
load compiled kernels from numba's cache, umap-learn compiles its own, so that its second run in one
process is listed, too. t-SNE makes 750 iterations with everyone, with the same perplexity; its KL
divergence is summed over all pairs, with affinities computed once, by the definition. ratio is
theirs / ours throughout: for seconds and KL more than 1 is better for us, for recall and
trustworthiness less than 1.

As layouts of the same 750 iterations differ in KL, there is a second comparison: the seconds that
ours took, neighbors included, to the first of its layouts (every 25th is kept, and scored after the
run) whose KL is no larger than the one the peer ended with, beside all seconds of the peer. The
peer, too, may have come close to its end earlier: it is no answer to who would win with fewer
iterations on both sides.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._projection_cases import N_DIMS, data_name, vectors_of
from benchmarks._projection_runs import (
    OPEN_TSNE,
    OURS_PCA,
    OURS_TSNE,
    OURS_UMAP,
    SKLEARN_PCA,
    SKLEARN_TSNE,
    UMAP_AGAIN,
    UMAP_LEARN,
    Costs,
    perplexity_of,
)
from benchmarks._projection_scores import (
    Truth,
    kl_divergence,
    recall,
    trustworthiness,
    truth_of,
)

OPTIONS = ("--quick", "--tsne")
SIZES, LARGE = (2_000, 10_000), 100_000
QUICK_SIZES, QUICK_LARGE = (500, 1_000), 4_000
PEERS = {
    OURS_TSNE: (OPEN_TSNE, SKLEARN_TSNE),
    OURS_UMAP: (UMAP_LEARN, UMAP_AGAIN),
    OURS_PCA: (SKLEARN_PCA,),
}
NAMES = {OURS_TSNE: "tsne", OURS_UMAP: "umap", OURS_PCA: "pca"}
MODULES = {
    OPEN_TSNE: "openTSNE",
    SKLEARN_TSNE: "sklearn",
    SKLEARN_PCA: "sklearn",
    UMAP_LEARN: "umap",
    UMAP_AGAIN: "umap",
}
SECONDS = {
    "cpu": "laying out, processor time",
    "wall": "laying out, wall time",
    "first": "until the first frame, wall time",
    "process": "whole process with imports, wall time",
}


KL = "KL divergence"
UNTIL = {
    "cpu": "until KL is at most the peer's last, processor time, against all of the peer's",
    "wall": "until KL is at most the peer's last, wall time, against all of the peer's",
}


@dataclass(frozen=True, eq=False)
class Made:
    """What one maker made, and its costs. layouts: float32 (m, n, dims) on the way, and clocks, the
    seconds after which each was there, by "cpu" and "wall"; neither where none were kept."""

    costs: Costs
    positions: np.ndarray
    layouts: np.ndarray
    clocks: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Case:
    """n rows in a file, to be laid out in two or three dimensions."""

    data: str
    path: Path
    truth: Truth
    n_dims: int

    def named(self, maker: str) -> str:
        """Such as "MNIST 10,000 x 50, t-SNE 2D"."""
        method = maker.removeprefix("our ")
        return f"{self.data} {len(self.truth.vectors):,} x {N_DIMS}, {method} {self.n_dims}D"


def figures(*options: str) -> Iterator[dict[str, Any]]:
    """Costs and quality of all; with --quick of a few rows, with --tsne of t-SNE alone."""
    is_quick = "--quick" in options
    sizes, large = (QUICK_SIZES, QUICK_LARGE) if is_quick else (SIZES, LARGE)
    wanted = (OURS_TSNE,) if "--tsne" in options else PEERS
    ours = [maker for maker in wanted if _is_there(maker)]
    _warm_up()
    data = data_name()
    spent: dict[tuple[str, int], dict[str, dict[int, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for n in (*sizes, large):
            path = Path(folder) / f"{n}.npy"
            np.save(path, vectors_of(n))
            truth = truth_of(np.load(path), perplexity_of(n))
            for maker in ours:
                for n_dims in (2, 3):
                    case = Case(data, path, truth, n_dims)
                    peers = [] if n == large else PEERS[maker]
                    yield from _compared(case, maker, peers, spent)
                if n == sizes[-1]:
                    yield from _gaps(Case(data, path, truth, 3), maker)
    yield from _growth(data, spent)


def _compared(
    case: Case, maker: str, peers: Any, spent: dict[Any, Any]
) -> Iterator[dict[str, Any]]:
    n = len(case.truth.vectors)
    ours = _made(case, maker)
    name = case.named(maker)
    times = spent.setdefault((maker, case.n_dims), {})
    times.setdefault(maker, {})[n] = ours.costs["cpu"]
    scores = _scores(case, maker, ours.positions)
    made = {peer: _made(case, peer) for peer in peers if _is_there(peer)}
    for peer, theirs in made.items():
        times.setdefault(peer, {})[n] = theirs.costs["cpu"]
        for key, figure in SECONDS.items():
            if key == "process" and peer == UMAP_AGAIN:
                continue
            yield _line(name, figure, "s", ours.costs[key], peer, theirs.costs[key])
    for peer, theirs in made.items():
        their_scores = _scores(case, maker, theirs.positions)
        for figure, score in scores.items():
            yield _line(name, figure, "", score, peer, their_scores[figure])
        if KL in their_scores:
            place = _first_at_most(case.truth, ours.layouts, their_scores[KL])
            for key, figure in UNTIL.items():
                seconds = None if place is None else float(ours.clocks[key][place])
                yield _line(name, figure, "s", seconds, peer, theirs.costs[key])
    if "iteration" in ours.costs:
        yield _line(name, "an iteration, wall time", "s", ours.costs["iteration"])
    if not made:
        for key, figure in SECONDS.items():
            yield _line(name, figure, "s", ours.costs[key])
        for figure, score in scores.items():
            yield _line(name, figure, "", score)


def _first_at_most(truth: Truth, layouts: np.ndarray, kl: float) -> int | None:
    """Which layout is the first whose divergence is no larger, found by halving, as divergences
    fall; None where the last one's is larger still."""
    low, high = 0, len(layouts)
    while low < high:
        middle = (low + high) // 2
        if kl_divergence(truth, layouts[middle]) <= kl:
            high = middle
        else:
            low = middle + 1
    return low if low < len(layouts) else None


def _scores(case: Case, maker: str, positions: np.ndarray) -> dict[str, float]:
    found = {
        "recall@10": recall(case.truth, positions),
        "trustworthiness@15": trustworthiness(case.truth, positions),
    }
    if maker == OURS_TSNE and case.truth.affinities is not None:
        found[KL] = kl_divergence(case.truth, positions)
    return found


def _gaps(case: Case, maker: str) -> Iterator[dict[str, Any]]:
    command = ["_projection_gaps", NAMES[maker], str(case.n_dims), str(case.path)]
    gaps = json.loads(_run(command))
    figure = "longest gap of a 4 ms timer while it runs"
    yield _line(case.named(maker), figure, "ms", gaps["busy"], "idle", gaps["idle"])


def _growth(data: str, spent: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    """The exponent of processor time over rows, by least squares of the logarithms."""
    for (maker, n_dims), times in spent.items():
        exponents = {who: _exponent(costs) for who, costs in times.items() if len(costs) > 1}
        ours = exponents.pop(maker)
        case = f"{data}, {maker.removeprefix('our ')} {n_dims}D, "
        for peer, theirs in exponents.items():
            common = sorted(times[peer])
            mine = _exponent({n: times[maker][n] for n in common})
            yield _line(f"{case}{_span(common)}", "growth exponent", "", mine, peer, theirs)
        yield _line(f"{case}{_span(sorted(times[maker]))}", "growth exponent", "", ours)


def _span(sizes: list[int]) -> str:
    return f"{sizes[0]:,} to {sizes[-1]:,} rows"


def _exponent(costs: dict[int, float]) -> float:
    logs = [(math.log(n), math.log(max(cost, 1e-6))) for n, cost in costs.items()]
    return float(np.polyfit(*zip(*logs, strict=True), 1)[0])


def _made(case: Case, maker: str) -> Made:
    """What one maker makes in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "positions.npy"
        begun = time.perf_counter()
        wish = [maker, str(case.n_dims), str(case.path), str(out)]
        told = _run(["_projection_runs", *wish])
        costs = {**json.loads(told), "process": time.perf_counter() - begun}
        layouts, clocks = np.empty((0, 0, 0), np.float32), {}
        if out.with_suffix(".npz").is_file():
            with np.load(out.with_suffix(".npz")) as kept:
                layouts, clocks = kept["layouts"], {key: kept[key] for key in UNTIL}
        return Made(costs, np.load(out), layouts, clocks)


def _run(command: list[str]) -> str:
    """The last line a child printed. Raises RuntimeError where it fails."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    environment = {**os.environ, **{f"{name}_NUM_THREADS": "2" for name in threads}}
    child = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{command[0]}", *command[1:]],
        capture_output=True,
        check=False,
        text=True,
        env=environment,
    )
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{child.stderr}")
    return child.stdout.splitlines()[-1]


def _warm_up() -> None:
    """Compile our kernels where that was not done before."""
    from projector.warm_up import FAMILIES

    for name in FAMILIES:
        subprocess.run([sys.executable, "-m", "projector.warm_up", name], check=True)


def _is_there(maker: str) -> bool:
    """Whether it can be run; says so where it can't."""
    if maker in NAMES:
        from projector.projections import PROJECTIONS

        return NAMES[maker] in PROJECTIONS
    if importlib.util.find_spec(MODULES[maker]):
        return True
    print(f"{MODULES[maker]} is not installed: {maker} is left out", file=sys.stderr)
    return False


def _line(
    case: str,
    figure: str,
    unit: str,
    ours: float | None,
    peer: str | None = None,
    theirs: float | None = None,
) -> dict[str, Any]:
    """Without a peer where ours alone was run; ours is None where it never came so far."""
    return {
        "case": case,
        "figure": figure,
        "unit": unit,
        "ours": None if ours is None else round(ours, 4),
        "peer": peer,
        "theirs": None if theirs is None else round(theirs, 4),
        "ratio": None if theirs is None else round(theirs / ours, 3) if ours else None,
    }
