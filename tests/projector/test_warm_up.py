"""Kernels are compiled once per computer, outside of the program's own process."""

from __future__ import annotations

import subprocess

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


def test_the_first_start_compiles_and_the_second_does_not(cache, started):
    finish(warm_up.warm_up_once())
    finish(warm_up.warm_up_once())
    assert started == list(warm_up.FAMILIES)
    assert len(list(cache.iterdir())) == 1


def test_a_failed_compilation_is_tried_again(cache, started, monkeypatch):
    monkeypatch.setattr(warm_up, "FAMILIES", {"nonsense": None})
    finish(warm_up.warm_up_once())
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
