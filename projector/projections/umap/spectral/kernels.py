# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""The spectral start's inner loops. Imports numba, so import this module inside functions only."""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def find_degrees(starts, weights, degrees, start, stop):
    """Fill degrees float64 (n,): the sum of the weights of each row's edges."""
    for i in range(start, stop):
        total = 0.0
        for e in range(starts[i], starts[i + 1]):
            total += weights[e]
        degrees[i] = total


@njit(cache=True, nogil=True)
def normalize(starts, ids, weights, degrees, normal, start, stop):
    """Fill normal float32 (m,): weights over the roots of the degrees of both ends."""
    for i in range(start, stop):
        for e in range(starts[i], starts[i + 1]):
            normal[e] = weights[e] / math.sqrt(degrees[i] * degrees[ids[e]])


@njit(cache=True, nogil=True)
def multiply(starts, ids, normal, x, before, factors, out, start, stop):
    """out = p A x + q x + r before, for rows start..stop; factors: p, q and r.

    x, before, out float32 (n, c). The step of any recurrence of two terms in A.
    """
    p, q, r = factors
    width = x.shape[1]
    sums = np.empty(width, np.float32)
    for i in range(start, stop):
        sums[:] = 0
        for e in range(starts[i], starts[i + 1]):
            j, weight = ids[e], normal[e]
            for c in range(width):
                sums[c] += weight * x[j, c]
        for c in range(width):
            out[i, c] = p * sums[c] + q * x[i, c] + r * before[i, c]
