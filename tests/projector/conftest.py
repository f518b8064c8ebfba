"""What tests of the core share."""

from __future__ import annotations

import pytest

from projector.embeddings import convert


@pytest.fixture
def all_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small matrices are mapped like large ones."""
    monkeypatch.setattr(convert, "MAPPED_BYTES", 0)
