"""Of very many lines a part is drawn that stands for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from projector.export import fair_lines
from projector.export.fair_lines import fair_pairs
from projector.sequences import Sequences


def lines(n_lines, n_rows):
    rows = np.arange(n_lines * n_rows)
    return Sequences("next", rows, np.arange(0, n_lines * n_rows + 1, n_rows))


def test_each_step_is_there_once_with_its_share_of_the_line():
    fair = fair_pairs(lines(7, 5))
    expected = [(r, r + 1) for r in range(35) if r % 5 < 4]
    assert sorted(map(tuple, fair.pairs.tolist())) == expected
    assert np.allclose(fair.shares, (fair.pairs[:, 0] % 5 + 0.5) / 4)
    assert fair.highest == 34


def test_a_part_is_of_whole_lines_from_all_over():
    fair = fair_pairs(lines(1000, 11))
    pairs = fair.pairs[fair.chosen(1005)]
    drawn, counts = np.unique(pairs[:, 0] // 11, return_counts=True)
    assert len(drawn) == 100
    assert set(counts) == {10}
    assert np.diff([0, *drawn, 1000]).max() < 30


def test_a_smaller_part_is_within_a_larger_one():
    fair = fair_pairs(lines(300, 4))
    assert set(fair.chosen(90)) < set(fair.chosen(600))


def test_one_line_that_is_too_long_is_drawn_in_pieces_from_all_over(monkeypatch):
    monkeypatch.setattr(fair_lines, "LONGEST_PIECE", 10)
    fair = fair_pairs(lines(1, 1001))
    pairs = fair.pairs[fair.chosen(100)]
    assert len(pairs) == 100
    assert np.diff(np.sort(pairs[:, 0])).max() < 250


def test_what_is_not_wanted_leaves_room_for_the_rest():
    fair = fair_pairs(lines(100, 11))
    is_wanted = fair.pairs[:, 0] < 110
    chosen = fair.chosen(100, is_wanted)
    assert len(chosen) == 100
    assert fair.pairs[chosen].max() < 110


@pytest.mark.parametrize("most", [1, 3, 39])
def test_no_more_than_asked_for_is_chosen(most):
    assert 0 < len(fair_pairs(lines(4, 11)).chosen(most)) <= most


def test_no_line_is_no_pair():
    fair = fair_pairs(Sequences("next", np.empty(0, np.int64), np.array([0])))
    assert len(fair.pairs) == len(fair.chosen(10)) == 0
    assert fair.highest == -1
