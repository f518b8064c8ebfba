"""Kernels are compiled once per computer, outside of the program's own process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from projector import warm_up
from projector.progress import finish


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(warm_up, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def started(monkeypatch):
    """The families whose processes were started."""
    names, start = [], subprocess.Popen

    def note(command, **rest):
        names.append(command[-1])
        return start(command, **rest)

    monkeypatch.setattr(warm_up.subprocess, "Popen", note)
    return names


@pytest.mark.parametrize("family", warm_up.FAMILIES.values(), ids=warm_up.FAMILIES)
def test_every_family_has_kernels_that_compile(family):
    family()


@pytest.mark.parametrize("names", [warm_up.OPENING, warm_up.PROJECTING], ids=["open", "project"])
def test_the_first_start_compiles_and_the_second_does_not(cache, started, names):
    finish(warm_up.warm_up_once(names))
    finish(warm_up.warm_up_once(names))
    assert started == list(names)
    assert len(list(cache.iterdir())) == 1


def test_every_family_is_compiled_for_opening_or_for_projecting():
    assert (*warm_up.OPENING, *warm_up.PROJECTING) == tuple(warm_up.FAMILIES)


def test_what_was_compiled_for_one_use_is_kept_when_the_other_comes(cache):
    finish(warm_up.warm_up_once(("lines",)))
    finish(warm_up.warm_up_once(("pictures",)))
    assert len(list(cache.iterdir())) == 2


def test_a_failed_compilation_is_tried_again(cache, started):
    finish(warm_up.warm_up_once(("nonsense",)))
    assert started == ["nonsense"]
    assert not cache.exists()


def test_a_cancelled_warm_up_leaves_no_process(cache, monkeypatch):
    children, start = [], subprocess.Popen

    def note(command, **rest):
        children.append(start(command, **rest))
        return children[-1]

    monkeypatch.setattr(warm_up.subprocess, "Popen", note)
    work = warm_up.warm_up_once()
    next(work)
    work.close()
    assert all(child.poll() is not None for child in children)
    assert not cache.exists()


USE = """
import functools
import itertools
import sys
import numpy as np
from projector import warm_up
from projector.progress import finish
from projector.projections import PROJECTIONS
from projector.projections.contract import Control, Inputs
from projector.projections.prepare import Preparation
from projector.projections.sample import Sampling, on_sample
from projector.projections.shared import Shared
from projector.projections.tsne import run

def compiled():
    kernels = [name for name in sys.modules if name.endswith(".kernels")]
    return {
        (name, kernel, str(signature))
        for name in kernels
        for kernel, function in vars(sys.modules[name]).items()
        for signature in getattr(function, "signatures", ())
    }

for family in warm_up.PROJECTING:
    warm_up.FAMILIES[family]()
before = compiled()
short = {"umap": {"n_epochs": 2}, "tsne": {"n_iterations": 2, "supervision": 0.5}}
way, *paths = sys.argv[1:]
run.Descent = functools.partial(run.Descent, way=way)  # many rows would lead to the grid, too
for path in paths:
    vectors, shared = np.load(path, mmap_mode="r"), Shared()
    for preparation in (Preparation(), Preparation(unit_length=True), Preparation(n_components=5)):
        for name, n_dims in itertools.product(short, (2, 3)):
            method = PROJECTIONS[name]
            chosen = method.parameters(n_dims=n_dims, metric="cosine", **short[name])
            given = (method, vectors, preparation, chosen, Control())
            step = finish(shared.steps_work(*given, labels=np.arange(len(vectors)) % 3))
            wide = (200 * step.positions).astype(np.float32)
            for start in (step.positions, wide):
                finish(shared.steps_work(*given, start=start))
    for name in short:
        method = PROJECTIONS[name]
        chosen = method.parameters(n_dims=3, **short[name])
        finish(on_sample(method, Sampling(n_rows=100)).steps(Inputs(vectors), chosen, Control()))
for kernel in sorted(compiled() - before):
    print(*kernel)
"""


@pytest.mark.parametrize("way", ["pairs", "grid"])
def test_what_people_do_compiles_nothing_more(tmp_path, way):
    vectors = np.random.default_rng(0).normal(size=(500, 8)).astype(np.float32)
    np.save(tmp_path / "whole.npy", vectors)
    vectors[::50] = np.nan
    np.save(tmp_path / "gaps.npy", vectors)
    command = [sys.executable, "-c", USE, way, tmp_path / "whole.npy", tmp_path / "gaps.npy"]
    root = Path(warm_up.__file__).parents[1]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == ""
