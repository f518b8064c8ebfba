"""The curve 1 / (1 + a r^2b): how strongly two points of a layout belong together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from projector.arrays import DoubleArray

_N_SAMPLES = 300
_N_ROUNDS = 200
_CLOSE_ENOUGH = 1e-10


@lru_cache(maxsize=32)
def fit_curve(min_dist: float, spread: float) -> tuple[float, float]:
    """a and b of the curve closest to: 1 up to min_dist, from there falling as exp(-r / spread).

    By damped Gauss-Newton steps on log a and log b, which keeps both positive.
    """
    distances = np.linspace(0, 3 * spread, _N_SAMPLES)[1:]  # at 0 every such curve is right
    wanted = np.minimum(1.0, np.exp(-(distances - min_dist) / spread))
    logs, damping = np.zeros(2), 1e-3
    values = _curve(logs, distances)
    for _ in range(_N_ROUNDS):
        slopes = _slopes(logs, distances, values)
        normal = slopes.T @ slopes
        damped = normal + damping * np.diag(np.diag(normal))
        tried = logs + np.clip(np.linalg.solve(damped, slopes.T @ (wanted - values)), -2, 2)
        tried_values = _curve(tried, distances)
        if _error(tried_values, wanted) < _error(values, wanted):
            moved = float(np.abs(tried - logs).max())
            logs, values, damping = tried, tried_values, damping * 0.3
            if moved < _CLOSE_ENOUGH:
                break
        elif damping > 1e12:
            break
        else:
            damping *= 10
    a, b = np.exp(logs)
    return float(a), float(b)


def _curve(logs: DoubleArray, distances: DoubleArray) -> DoubleArray:
    a, b = np.exp(logs)
    values: DoubleArray = 1 / (1 + a * distances ** (2 * b))
    return values


def _slopes(logs: DoubleArray, distances: DoubleArray, values: DoubleArray) -> DoubleArray:
    """How the curve changes with log a and log b, (n, 2)."""
    by_log_a = -values * (1 - values)
    return np.stack([by_log_a, by_log_a * 2 * np.exp(logs[1]) * np.log(distances)], axis=1)


def _error(values: DoubleArray, wanted: DoubleArray) -> float:
    return float(((wanted - values) ** 2).sum())
