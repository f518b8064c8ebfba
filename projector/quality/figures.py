"""A figure of quality: its value, whether it is exact, and how far off it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen

Kind = Literal["exact", "sampled", "approximate"]


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """value: 1 is best. per_point: float32 (n,), NaN for rows that were not looked at, or None
    where the figure belongs to no single points. n_looked_at: rows, triplets or pairs, as unit
    says. kind: exact where those are all there are; sampled where standard_error says how far off
    the value may be; approximate where some neighbors may not be the true ones.
    """

    name: str
    value: float
    per_point: FloatArray | None
    n_looked_at: int
    unit: str
    kind: Kind = "exact"
    standard_error: float = 0.0

    @property
    def is_exact(self) -> bool:
        return self.kind == "exact"

    @property
    def text(self) -> str:
        """Such as "trustworthiness 0.9531 ± 0.0021 (sampled, 1,000 rows)"."""
        error = f" ± {self.standard_error:.4f}" if self.kind == "sampled" else ""
        return (
            f"{self.name} {self.value:.4f}{error} ({self.kind}, {self.n_looked_at:,} {self.unit})"
        )


def mean_over_rows(
    name: str, values: DoubleArray, rows: IntArray, n: int, n_whole: int | None = None
) -> Figure:
    """The mean of one value a row. values: float64 (m,), one each of the rows, int64 (m,), of n.

    n_whole: of how many rows they are a sample (drawn without putting back); None for n.
    """
    per_point = np.full(n, np.nan, np.float32)
    per_point[rows] = values
    whole = n if n_whole is None else n_whole
    m = len(rows)
    value = float(values.mean())
    if m == whole:
        return Figure(name, value, frozen(per_point), m, "rows")
    spread = float(np.std(values, ddof=1)) if m > 1 else np.nan
    error = float(spread / np.sqrt(m) * np.sqrt(1.0 - m / whole))
    return Figure(name, value, frozen(per_point), m, "rows", "sampled", error)
