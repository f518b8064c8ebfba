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


@njit(cache=True, nogil=True, inline="always")
def _sink(distances, ids, flags, size, distance, i, flag):
    """The same in the first `size` places of a heap whose members carry a flag each."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and distances[child + 1] > distances[child]:
            child += 1
        if distances[child] <= distance:
            break
        distances[place], ids[place], flags[place] = distances[child], ids[child], flags[child]
        place = child
    distances[place], ids[place], flags[place] = distance, i, flag


@njit(cache=True, nogil=True, inline="always")
def _sort_heap(distances, ids, flags):
    """Rising instead."""
    for size in range(distances.shape[0] - 1, 0, -1):
        distance, i, flag = distances[size], ids[size], flags[size]
        distances[size], ids[size], flags[size] = distances[0], ids[0], flags[0]
        _sink(distances, ids, flags, size, distance, i, flag)


@njit(cache=True, nogil=True, inline="always", fastmath=_FAST)
def _squared(a, b):
    total = np.float32(0)
    for i in range(a.shape[0]):
        change = a[i] - b[i]
        total += change * change
    return total


@njit(cache=True, nogil=True, fastmath=_FAST)
def keep_group(products, squares, members, distances, ids, start, stop):
    """Compare the members of a group with one another, for those in places start..stop-1.

    products: float32 (g, g), of the members int64 (g,). squares: float32 (g,), of their lengths.
    distances float32, ids int32: heaps (n, m) of squared distances, of all rows.
    """
    n = products.shape[1]
    for r in range(start, stop):
        heap, heap_ids, row = distances[members[r]], ids[members[r]], products[r]
        worst = heap[0] - squares[r]
        for low in range(0, n, _CHUNK):
            high = min(low + _CHUNK, n)
            least = squares[low] - 2 * row[low]
            for c in range(low, high):  # in one go by the processor's wide registers
                least = min(least, squares[c] - 2 * row[c])
            if least >= worst:
                continue
            for c in range(low, high):
                distance = squares[c] - 2 * row[c]
                if distance >= worst or c == r:
                    continue
                is_there = False
                for place in range(heap_ids.shape[0]):
                    is_there |= heap_ids[place] == members[c]
                if not is_there:
                    _replace_root(heap, heap_ids, distance + squares[r], members[c])
                    worst = heap[0] - squares[r]


@njit(cache=True, nogil=True, fastmath=_FAST)
def measure_heaps(rows, distances, ids, is_new, start, stop):
    """Put the squared distance of whole rows, float32 (n, d), beside each id, and sort by it."""
    largest = np.float32(np.inf)
    for r in range(start, stop):
        heap, heap_ids, flags = distances[r], ids[r], is_new[r]
        for size in range(heap.shape[0]):
            i = heap_ids[size]
            distance = _squared(rows[r], rows[i]) if i >= 0 else largest
            # grow the heap by one: up from the last place
            place = size
            while place > 0 and heap[(place - 1) // 2] < distance:
                heap[place] = heap[(place - 1) // 2]
                heap_ids[place] = heap_ids[(place - 1) // 2]
                place = (place - 1) // 2
            heap[place], heap_ids[place] = distance, i
        _sort_heap(heap, heap_ids, flags)


@njit(cache=True, nogil=True)
def fill_circles(ids, is_new, n_used, circles, circles_new, rank, start, stop):
    """Make the row itself known to its neighbor of this rank, for rows start..stop-1: circles,
    int32 (n, c), hold n_used[i] ids so far."""
    for r in range(start, stop):
        i = ids[r, rank]
        if i >= 0 and n_used[i] < circles.shape[1]:
            circles[i, n_used[i]] = r
            circles_new[i, n_used[i]] = is_new[r, rank]
            n_used[i] += 1


@njit(cache=True, nogil=True, fastmath=_FAST)
def look_around(
    heads, rows, tails, likeness, circles, circles_new, distances, ids, is_new, start, stop
):
    """Compare rows start..stop-1 with the circles of those in their own circle; returns how many
    neighbors were new.

    A row's head, float32 (n, h), are its lengths along a few axes, and tails, float32 (n,), the
    length of the rest: whole rows are compared only where they might be near, the rests being no
    more alike than a cosine of `likeness`. distances, ids, is_new: (n, m), rising.
    """
    m, width = ids.shape[1], circles.shape[1]
    has_tails = heads.shape[1] < rows.shape[1]
    seen = np.full(rows.shape[0], -1, np.int32)
    n_new = 0
    for r in range(start, stop):
        heap, heap_ids, flags = distances[r], ids[r], is_new[r]
        seen[r] = r
        for place in range(m // 2):
            last = m - 1 - place
            heap[place], heap[last] = heap[last], heap[place]
            heap_ids[place], heap_ids[last] = heap_ids[last], heap_ids[place]
            flags[place], flags[last] = flags[last], flags[place]
        for place in range(m):
            if heap_ids[place] >= 0:
                seen[heap_ids[place]] = r
        for through in range(-1, width):
            between = r if through < 0 else circles[r, through]
            if between < 0:
                continue
            is_any = through < 0 or circles_new[r, through] != 0
            for place in range(width):
                i = circles[between, place]
                if i < 0 or seen[i] == r:
                    continue
                if not is_any and circles_new[between, place] == 0:
                    continue
                seen[i] = r
                distance = _squared(heads[r], heads[i])
                if has_tails:
                    a, b = tails[r], tails[i]
                    if distance + a * a + b * b - 2 * likeness * a * b >= heap[0]:
                        continue
                    distance = _squared(rows[r], rows[i])
                if distance < heap[0]:
                    _sink(heap, heap_ids, flags, m, distance, i, 1)
                    n_new += 1
        _sort_heap(heap, heap_ids, flags)
    return n_new
