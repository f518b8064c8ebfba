"""The iterations of a t-SNE, steered between any two of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from projector.arrays import MaskArray
from projector.progress import Progress, Work
from projector.projections.contract import Control, wait_while_paused
from projector.projections.points import with_gaps
from projector.projections.step import Step
from projector.projections.tsne.descent import Descent
from projector.projections.tsne.parameters import TsneParameters, check_exaggeration, check_rate

READY = 0.2
"""Share of the progress that neighbors and affinities take."""

_EXACT_LIMIT = 20_000  # points up to which the divergence is computed exactly in the end
_KL_EVERY = 10
_MOMENTUM_EARLY, _MOMENTUM = 0.5, 0.8


@dataclass(slots=True)
class Iterations:
    """The iterations. n_seen: of the perturbations asked for, how many were made. kl: the newest
    measure of the divergence, as diagnostics."""

    parameters: TsneParameters
    control: Control
    mask: MaskArray
    descent: Descent
    n_seen: int = 0
    kl: dict[str, float] = field(default_factory=dict)

    def steps(self, n_early: int) -> Work[Step]:
        """A Step per iteration. n_early: how many of them are exaggerated."""
        self.n_seen = self.control.n_perturbations
        i = 0
        while i < (n := self._n_iterations()):
            done = READY + (1 - READY) * i / n
            if self.control.is_paused:
                yield from wait_while_paused(self.control, done)
                continue  # more may be wanted by now
            self._perturb()
            note = f"Iteration {i + 1:,} of {n:,}"
            for _ in self._iterate(i, n_early):
                yield Progress(done, note)
            i += 1
            yield self._step(i / n, note, i)
        return (yield from self._last_step(i))

    def _n_iterations(self) -> int:
        return self.parameters.n_iterations + max(0, self.control.n_more)

    def _perturb(self) -> None:
        if self.control.n_perturbations != self.n_seen:
            self.n_seen = self.control.n_perturbations
            self.descent.perturb()

    def _iterate(self, i: int, n_early: int) -> Work[None]:
        is_early = i < n_early
        exaggeration, rate = self.control.exaggeration, self.control.learning_rate
        if exaggeration is None:
            exaggeration = self.parameters.early_exaggeration if is_early else 1.0
        check_exaggeration("The exaggeration", exaggeration)
        if rate is None:
            rate = self.parameters.rate_for(self.descent.points.shape[1], exaggeration)
        check_rate(rate)
        measures = i % _KL_EVERY == 0
        yield from self.descent.iterate(
            exaggeration=exaggeration,
            rate=rate,
            momentum=_MOMENTUM_EARLY if is_early else _MOMENTUM,
            measures=measures,
        )
        if measures:  # before anything moved
            self.kl = {"kl": self.descent.kl, "kl iteration": float(i)}

    def _step(self, done: float, note: str, i: int, **more: float) -> Step:
        figures = {"iteration": float(i), "gradient": self.descent.gradient, **self.kl, **more}
        positions = with_gaps(self.descent.positions, self.mask)
        return Step(READY + (1 - READY) * done, note, positions, figures)

    def _last_step(self, i: int) -> Work[Step]:
        is_exact = self.descent.points.shape[1] <= _EXACT_LIMIT
        work = self.descent.exact_divergence() if is_exact else self.descent.divergence()
        while True:
            try:
                next(work)
            except StopIteration as stop:
                kl = float(stop.value)
                break
            yield Progress(1.0, "Measuring the divergence")
        self.kl = {"kl": kl, "kl iteration": float(i)}
        more = {"exact kl": kl} if is_exact else {}
        last = self._step(1.0, f"{i:,} iterations", i, **more)
        yield last
        return last
