"""Every test runs without a display, and none may touch the user's own settings or caches."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

# As in the program itself: a collection on a worker thread would destroy widgets.
gc.disable()

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of logs by real writers; tests that need it are skipped where it is absent."""
    folder = SHARED / "fixtures"
    if not folder.is_dir():
        pytest.skip("the folder of logs by real writers is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def collected_on_the_main_thread() -> Iterator[None]:
    """Cyclic garbage goes between tests."""
    yield
    gc.collect(1)


@pytest.fixture(autouse=True, scope="module")
def all_collected_on_the_main_thread() -> Iterator[None]:
    """What survived single tests goes between modules."""
    yield
    gc.collect()
