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
DATA = Path(__file__).resolve().parent / "data"
"""A few logs by real writers, cut from a larger collection that may lie beside this checkout."""


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was compared with TensorBoard, where tests say so."""
    passed = terminalreporter.getreports("passed")
    told = [told for report in passed for told in getattr(report, "user_properties", ())]
    folders = {value for name, value in told if name == "folder"}
    series = {one for name, value in told if name == "series" for one in value}
    if folders:
        text = f"{len(folders)} folders, {len(series):,} series compared with TensorBoard"
        terminalreporter.write_line(text)
