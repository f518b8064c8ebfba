"""The table of all dashboards: tabs, command line, palette and tests are derived from it."""

from __future__ import annotations

from widgets.dashboard import Dashboard
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.hparams.dashboard import HparamsDashboard
from widgets.pr_curves.dashboard import PrCurvesDashboard

DASHBOARDS: tuple[type[Dashboard], ...] = (
    EmbeddingDashboard,
    PrCurvesDashboard,
    HparamsDashboard,
)
