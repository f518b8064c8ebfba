"""What a terminal shows while a projection runs."""

from __future__ import annotations

import io

import numpy as np
import pytest

from app.project_watch import told_figures, told_span, watch
from projector.progress import Progress
from projector.projections.step import Step


class Terminal(io.StringIO):
    def isatty(self):
        return True


def five_iterations():
    yield Progress(None, "Finding neighbors")
    for i in range(5):
        yield Progress(None, "Between two iterations")
        positions = np.zeros((3, 2), np.float32)
        yield Step(
            (i + 1) / 5, f"Iteration {i + 1} [of 5]", positions, {"iteration": i, "kl": 1.25}
        )
    return "the result"


def test_a_terminal_is_told_the_iteration_and_its_figures(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    assert watch(five_iterations(), "t-SNE") == "the result"
    assert "Iteration 5 [of 5]  KL = 1.25" in terminal.getvalue()


def test_a_pipe_is_told_nothing(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    assert watch(five_iterations(), "t-SNE") == "the result"
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("diagnostics", "told"),
    [
        ({}, ""),
        ({"iteration": 3.0, "kl": 1.74839, "kl iteration": 0.0, "gradient": 1e-5}, "KL = 1.748"),
        ({"kl": 1.7, "exact kl": 1.74839}, "exact KL = 1.748"),
        (
            {"variance 1": 0.5, "variance 2": 0.25, "variance 3": 0.1},
            "variance 1 = 0.5, variance 2 = 0.25",
        ),
    ],
)
def test_figures_are_few_and_short(diagnostics, told):
    assert told_figures(diagnostics) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "nearly done"), (42.4, "42 s left"), (600, "10 min left"), (9000, "2.5 h left")],
)
def test_the_time_left_is_no_more_exact_than_it_is_known(seconds, told):
    assert told_span(seconds) == told
