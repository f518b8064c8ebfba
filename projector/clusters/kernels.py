# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""Inner loops over edges and trees. Imports numba: import this inside functions only.

Sets of points are trees of parents: int64 (n,), a root is its own parent.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def root_of(parents, i):
    """The root of the set that holds i; shortens the way to it."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(cache=True, nogil=True)
def join_edges(a, b, order, parents, chosen, n_chosen, start, stop):
    """Join the ends of the edges order[start:stop], which are int64 places in a and b, int32 (e,).
    Those that joined two sets are put into chosen, int64, from n_chosen on; returns the new
    n_chosen. Ends below 0 are passed over."""
    for place in range(start, stop):
        edge = order[place]
        if a[edge] < 0 or b[edge] < 0:
            continue
        low, high = root_of(parents, a[edge]), root_of(parents, b[edge])
        if low == high:
            continue
        if high < low:
            low, high = high, low
        parents[high] = low
        chosen[n_chosen] = edge
        n_chosen += 1
    return n_chosen


@njit(cache=True, nogil=True)
def all_roots(parents, roots):
    """roots int64 (n,): of each point."""
    for i in range(parents.shape[0]):
        roots[i] = root_of(parents, i)


@njit(cache=True, nogil=True)
def link(a, b, parents, nodes, left, right, sizes):
    """The tree of joins along n - 1 edges a, b int64, shortest first. Join m makes node n + m of
    left[m] and right[m]; sizes int64 (2n - 1,), 1 for points. nodes int64 (n,): of each root."""
    n = parents.shape[0]
    for m in range(n - 1):
        low, high = root_of(parents, a[m]), root_of(parents, b[m])
        left[m], right[m] = nodes[low], nodes[high]
        sizes[n + m] = sizes[left[m]] + sizes[right[m]]
        parents[high] = low
        nodes[low] = n + m


@njit(cache=True, nogil=True)
def condense(
    left, right, closeness, sizes, least, owners, fell, parents, births, stability, deaths
):
    """Keep only those splits of which both sides have `least` points; returns how many clusters
    there are, the first of which holds everything.

    closeness: float64 (n - 1,), of the joins, falling. owners int64, fell float64 (2n - 1,): the
    cluster that a node belongs to and the closeness at which it fell out of it, 0 if it did not.
    Of clusters: parents int64, births (closeness at the beginning), stability, deaths float64.
    """
    n = left.shape[0] + 1
    owners[2 * n - 2] = 0
    count = 1
    for m in range(n - 2, -1, -1):
        node = n + m
        owner = owners[node]
        if fell[node] > 0:
            for child in (left[m], right[m]):
                owners[child] = owner
                fell[child] = fell[node]
            continue
        now = closeness[m]
        is_split = sizes[left[m]] >= least and sizes[right[m]] >= least
        for child in (left[m], right[m]):
            owners[child] = owner
            if is_split:
                parents[count] = owner
                births[count] = now
                owners[child] = count
                count += 1
            elif sizes[child] < least:
                fell[child] = now
            else:
                continue
            stability[owner] += (now - births[owner]) * sizes[child]
            deaths[owner] = max(deaths[owner], now)
    return count


@njit(cache=True, nogil=True)
def join_centers(rows, products, squares, labels, apart, sums):
    """Give each row its nearest center and add it to the sum of that center's rows.

    rows: float32 (r, d). products: float32 (r, k), with the centers, squares: float32 (k,), of the
    centers' lengths. labels int32, apart float64 (r,), the squared distance; sums float64 (k, d).
    """
    for r in range(rows.shape[0]):
        best, least = 0, squares[0] - 2 * products[r, 0]
        for center in range(1, squares.shape[0]):
            score = squares[center] - 2 * products[r, center]
            if score < least:
                best, least = center, score
        labels[r] = best
        total = sums[best]
        length = 0.0
        for axis in range(rows.shape[1]):
            value = np.float64(rows[r, axis])
            total[axis] += value
            length += value * value
        apart[r] = max(0.0, length + least)
