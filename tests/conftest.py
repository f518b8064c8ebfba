"""Every test runs without a display, and none may touch the user's own settings or caches."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of logs by real writers; tests that need it are skipped where it is absent."""
    folder = SHARED / "fixtures"
    if not folder.is_dir():
        pytest.skip("the folder of logs by real writers is not beside this checkout")
    return folder
