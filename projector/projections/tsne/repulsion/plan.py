"""Which way to sum up what all points do to one another: the cheapest for the layout as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from projector.projections.tsne.repulsion.grid import N_NODES

PER_REACH = {2: 3.0, 3: 2.5}
"""Nodes of the grid within the reach of the short part, by dims: errors of a thousandth."""

_WIDEST = {2: 0.25, 3: 0.35}  # spacing of a grid for the whole kernel, by dims
_NODES_ACROSS = 24  # a narrow layout
_NARROWEST = 1e-12
_NEAR = 2.0  # width below which all points count as close together
_MOST_NODES = 8e6  # some 300 MB
_LEAST_REACH = {2: 3.0, 3: 6.0}  # below, errors reach half a hundredth
# CPU seconds, roughly
_PAIR = {2: 0.09e-9, 3: 0.11e-9}
_SHORT_PAIR = {2: 0.12e-9, 3: 0.14e-9}
_NODE = 20e-9
_POINT = {2: 50e-9, 3: 150e-9}
_SHORT_POINT = 40e-9
_BASE, _SHORT_BASE = 3e-4, 2e-4


@dataclass(frozen=True, slots=True)
class Plan:
    """spacing: of the grid's nodes. reach: of the short part, summed over pairs; 0 for a grid that
    takes the whole kernel. is_near: all points lie so close together that nearly nothing tells
    their potentials apart. n_pairs: within reach, roughly. cost: CPU seconds, roughly."""

    spacing: float
    reach: float = 0.0
    is_near: bool = False
    n_pairs: float = 0.0
    cost: float = math.inf


def pairs_cost(n: int, n_dims: int) -> float:
    """CPU seconds of comparing all with all, roughly."""
    return n * n * _PAIR[n_dims]


def whole_plan(n: int, sides: list[float]) -> Plan:
    """One grid for the whole kernel; its cost is infinite where it would be too large."""
    n_dims, widest = len(sides), max(sides)
    # in a few steps only, so that a kernel's transform serves many iterations
    steps = math.ceil(4 * math.log2(max(widest, _NARROWEST) / _NODES_ACROSS))
    spacing = min(_WIDEST[n_dims], 2 ** (steps / 4))
    cost = _grid_cost(n, sides, spacing)
    return Plan(spacing, is_near=widest < _NEAR, cost=cost)


def split_plan(
    n: int, sides: list[float], count_near: Callable[[float], float], least: float
) -> Plan | None:
    """A grid and pairs within a reach, at which both cost about as much; None where that is never
    less than least, the cost of another way. count_near: of pairs, by the reach."""
    n_dims = len(sides)
    found = None
    n_steps = 4 * math.log2(max(1.0, max(sides) / _LEAST_REACH[n_dims]))
    for step in range(math.ceil(n_steps)):
        reach = _LEAST_REACH[n_dims] * 2 ** (step / 4)
        cost = _grid_cost(n, sides, reach / PER_REACH[n_dims]) + _SHORT_BASE + n * _SHORT_POINT
        if cost >= least:
            continue
        n_pairs = count_near(reach)
        pairs = n_pairs * _SHORT_PAIR[n_dims]
        if pairs + cost < least:
            least = pairs + cost
            found = Plan(reach / PER_REACH[n_dims], reach, n_pairs=n_pairs, cost=least)
        elif pairs >= least:
            break  # pairs only grow
    return found


def _grid_cost(n: int, sides: list[float], spacing: float) -> float:
    n_nodes = math.prod(2 * (side / spacing + N_NODES + 2) for side in sides)
    if n_nodes > _MOST_NODES:
        return math.inf
    return n_nodes * _NODE + n * _POINT[len(sides)] + _BASE
