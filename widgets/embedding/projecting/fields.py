"""What the forms ask for each parameter: its label, its tip, its limits, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Field:
    """words: (value, text) pairs to choose from, or none for a number between low and high.

    decimals: 0 for whole numbers. automatic: what an empty value is called, None where there must
    be one; it stands for None. is_basic: seen without asking for more.
    """

    name: str
    label: str
    tip: str
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    decimals: int = 0
    automatic: str | None = None
    words: tuple[tuple[Any, str], ...] = ()
    is_basic: bool = False


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("ProjectionFields", text)


def fields_of(projection: str) -> tuple[Field, ...]:
    """In the order in which they are shown; seed and supervision are asked for by themselves."""
    return {"tsne": _tsne, "umap": _umap}.get(projection, tuple)()


def _metrics() -> tuple[tuple[str, str], ...]:
    return (
        ("euclidean", tr("Euclidean")),
        ("cosine", tr("Cosine")),
        ("dot", tr("Dot product")),
        ("manhattan", tr("Manhattan")),
    )


def _metric(*, is_basic: bool) -> Field:
    tip = tr("How the distance between vectors is measured when neighbors are looked for")
    return Field("metric", tr("Metric"), tip, words=_metrics(), is_basic=is_basic)


def _tsne() -> tuple[Field, ...]:
    auto = tr("Automatic")
    return (
        Field(
            "perplexity",
            tr("Perplexity"),
            tr("About how many neighbors count for each point: more show larger structure"),
            low=0.0,
            high=100_000,
            step=5.0,
            decimals=1,
            automatic=auto,
            is_basic=True,
        ),
        Field(
            "n_iterations",
            tr("Iterations"),
            tr("How many steps are made; more can be added later"),
            high=1_000_000,
            step=50,
            is_basic=True,
        ),
        _metric(is_basic=False),
        Field(
            "learning_rate",
            tr("Learning rate"),
            tr("How far points move in one iteration; it can be changed while it runs"),
            high=1e7,
            step=50,
            decimals=1,
            automatic=auto,
        ),
        Field(
            "early_exaggeration",
            tr("Exaggeration"),
            tr("How much stronger neighbors attract each other at first, so that clusters form"),
            low=0.1,
            high=1000,
            decimals=1,
        ),
        Field(
            "n_early",
            tr("Early iterations"),
            tr("How many of the iterations are exaggerated"),
            high=1_000_000,
            step=50,
        ),
        Field(
            "start",
            tr("Start"),
            tr("Where the points begin: principal components keep the large shape"),
            words=(("pca", tr("Principal components")), ("random", tr("Random"))),
        ),
    )


def _umap() -> tuple[Field, ...]:
    auto = tr("Automatic")
    return (
        Field(
            "n_neighbors",
            tr("Neighbors"),
            tr("How many neighbors count for each point: more show larger structure"),
            low=2,
            high=1000,
            is_basic=True,
        ),
        Field(
            "min_dist",
            tr("Min. distance"),
            tr("How close points may lie: less makes tighter clusters"),
            high=100,
            step=0.05,
            decimals=3,
            is_basic=True,
        ),
        _metric(is_basic=True),
        Field(
            "n_epochs",
            tr("Epochs"),
            tr("How often all pairs are gone through: 500 up to 10,000 points, else 200"),
            low=-1,
            high=100_000,
            step=50,
            automatic=auto,
        ),
        Field(
            "start",
            tr("Start"),
            tr("Where the points begin"),
            words=(
                ("spectral", tr("Spectral")),
                ("pca", tr("Principal components")),
                ("random", tr("Random")),
            ),
        ),
        *_more_of_umap(),
    )


def _more_of_umap() -> tuple[Field, ...]:
    return (
        Field(
            "learning_rate",
            tr("Learning rate"),
            tr("How far points move in the first epoch; it can be changed while it runs"),
            low=0.001,
            high=100,
            step=0.1,
            decimals=3,
        ),
        Field(
            "spread",
            tr("Spread"),
            tr("The scale of the layout, together with the minimum distance"),
            low=0.01,
            high=100,
            step=0.1,
            decimals=2,
        ),
        Field(
            "negative_sample_rate",
            tr("Repelled pairs"),
            tr("How many points push each other apart for each pair that attracts"),
            high=100,
        ),
        Field(
            "repulsion_strength",
            tr("Repulsion"),
            tr("How strongly points that are no neighbors push each other apart"),
            high=100,
            step=0.1,
            decimals=2,
        ),
        Field(
            "local_connectivity",
            tr("Connectivity"),
            tr("So many nearest points count as fully connected"),
            high=100,
            decimals=1,
        ),
        Field(
            "set_op_mix_ratio",
            tr("Union"),
            tr("1 joins what either of two points takes for a neighbor, 0 keeps what both do"),
            high=1,
            step=0.1,
            decimals=2,
        ),
    )
