# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""Inner loops of the search for neighbors. Imports numba: import this inside functions only.

The nearest so far are kept in heaps whose root is the farthest of them. A heap is as long as the
row of `distances` it lives in, starts with infinities and -1, and holds each id once.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# NaN never reaches these loops, but infinities mark rows that can't be neighbors
_FAST = {"reassoc", "contract", "nsz", "nnan", "arcp"}
_CHUNK = 32
_CACHED_BYTES = 1 << 17

EUCLIDEAN, COSINE, DOT, MANHATTAN = 0, 1, 2, 3


@njit(cache=True, nogil=True, inline="always")
def _replace_root(distances, ids, distance, i):
    """Put the pair where the farthest was, and the heap in order."""
    size = distances.shape[0]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and distances[child + 1] > distances[child]:
            child += 1
        if distances[child] <= distance:
            break
        distances[place] = distances[child]
        ids[place] = ids[child]
        place = child
    distances[place] = distance
    ids[place] = i


@njit(cache=True, nogil=True, fastmath=_FAST)
def keep_nearest(products, offsets, factor, own, first, distances, ids, start, stop):
    """The distance of row r of the tile to the point first + c is offsets[c] - factor *
    products[r, c]. products: float (r, c). offsets: (c,), inf for points that can't be neighbors.
    own: int64 (r,), the number of each row, which is not its own neighbor. distances, ids: heaps
    (r, m) of the rows, ids int32."""
    n = products.shape[1]
    for r in range(start, stop):
        heap, heap_ids, row = distances[r], ids[r], products[r]
        worst = heap[0]
        for low in range(0, n, _CHUNK):
            high = min(low + _CHUNK, n)
            least = offsets[low] - factor * row[low]
            for c in range(low, high):  # in one go by the processor's wide registers
                least = min(least, offsets[c] - factor * row[c])
            if least >= worst:
                continue
            for c in range(low, high):
                distance = offsets[c] - factor * row[c]
                if distance < worst and first + c != own[r]:
                    _replace_root(heap, heap_ids, distance, first + c)
                    worst = heap[0]


@njit(cache=True, nogil=True, fastmath=_FAST)
def keep_nearest_of_columns(products, offsets, factor, first, distances, ids, start, stop):
    """The same for the columns start..stop of a tile: the distance of column c to the point
    first + r is offsets[r] - factor * products[r, c]. offsets: (r,). distances, ids: heaps (c, m)
    of the columns, none of which is among the rows."""
    largest = np.finfo(np.float32).max
    worst = np.empty(_CHUNK, distances.dtype)
    for low in range(start, stop, _CHUNK):
        n = min(_CHUNK, stop - low)
        for c in range(n):
            worst[c] = min(distances[low + c, 0], largest)
        for r in range(products.shape[0]):
            row = products[r, low : low + n]
            least = offsets[r] - factor * row[0] - worst[0]
            for c in range(n):  # in one go by the processor's wide registers
                least = min(least, offsets[r] - factor * row[c] - worst[c])
            if least >= 0:
                continue
            for c in range(n):
                distance = offsets[r] - factor * row[c]
                if distance < worst[c]:
                    _replace_root(distances[low + c], ids[low + c], distance, first + r)
                    worst[c] = min(distances[low + c, 0], largest)


@njit(cache=True, nogil=True, fastmath=_FAST)
def keep_nearest_manhattan(rows, columns, offsets, own, first, distances, ids, start, stop):
    """The same by the sum of absolute differences. rows: (r, d), columns: (c, d), of one dtype."""
    n, d = columns.shape
    size = max(1, _CACHED_BYTES // (d * columns.itemsize))
    for low in range(0, n, size):
        high = min(low + size, n)
        for r in range(start, stop):
            heap, heap_ids, row = distances[r], ids[r], rows[r]
            for c in range(low, high):
                distance = offsets[c]
                other = columns[c]
                for i in range(d):
                    distance += abs(row[i] - other[i])
                if distance < heap[0] and first + c != own[r]:
                    _replace_root(heap, heap_ids, distance, first + c)


@njit(cache=True, nogil=True, fastmath=_FAST)
def exact_distances(vectors, metric, own, ids, distances, start, stop):
    """distances float64 (r, m): of the points own int64 (r,) to ids int32 (r, m), from the vectors
    themselves in double precision; inf where an id is -1."""
    d = vectors.shape[1]
    for r in range(start, stop):
        row = vectors[own[r]]
        for m in range(ids.shape[1]):
            if ids[r, m] < 0:
                distances[r, m] = np.inf
                continue
            other = vectors[ids[r, m]]
            product = own_square = square = 0.0
            if metric == EUCLIDEAN:
                for i in range(d):
                    difference = np.float64(row[i]) - np.float64(other[i])
                    square += difference * difference
                distances[r, m] = math.sqrt(square)
            elif metric == MANHATTAN:
                for i in range(d):
                    square += abs(np.float64(row[i]) - np.float64(other[i]))
                distances[r, m] = square
            else:
                for i in range(d):
                    product += np.float64(row[i]) * np.float64(other[i])
                    own_square += np.float64(row[i]) * np.float64(row[i])
                    square += np.float64(other[i]) * np.float64(other[i])
                if metric == DOT:
                    distances[r, m] = -product
                elif own_square == 0.0 or square == 0.0:
                    distances[r, m] = 1.0
                else:
                    cosine = product / (math.sqrt(own_square) * math.sqrt(square))
                    distances[r, m] = 1.0 - min(1.0, max(-1.0, cosine))
