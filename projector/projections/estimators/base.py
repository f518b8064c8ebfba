"""What all estimators have in common."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

import numpy as np

from projector.arrays import FloatArray
from projector.errors import InvalidChoice
from projector.progress import Work, finish
from projector.projections.contract import Control, Inputs
from projector.projections.estimators.checks import (
    checked_labels,
    checked_start,
    checked_vectors,
    checked_whole,
)
from projector.projections.step import Step

Start = str | FloatArray


class Estimator:
    """_projection: its name in PROJECTIONS. _names: those of our parameters that scikit-learn calls
    otherwise."""

    _projection: ClassVar[str]
    _names: ClassVar[dict[str, str]] = {"n_components": "n_dims", "random_state": "seed"}

    embedding_: FloatArray
    n_features_in_: int
    diagnostics_: dict[str, float]

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters by name."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Change some parameters. Raises InvalidChoice for a name that is none of them."""
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                raise InvalidChoice(
                    f"{name} is no parameter of {type(self).__name__}; it has {', '.join(known)}."
                )
            setattr(self, name, value)
        return self

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803
        """X: n rows of d numbers. y: n classes for supervision, -1 or None for unknown.

        Raises InvalidChoice, NothingToShow, TooLarge.
        """
        finish(self.steps(X, y))
        return self

    def fit_transform(self, X: Any, y: Any = None) -> FloatArray:  # noqa: N803
        """Fit, and float32 (n, n_components)."""
        return self.fit(X, y).embedding_

    def steps(self, X: Any, y: Any = None, control: Control | None = None) -> Work[Step]:  # noqa: N803
        """Fit step by step; stopped at any step, the result so far stays."""
        vectors = checked_vectors(X)
        inputs = Inputs(vectors, start=self._start(vectors), labels=checked_labels(y, vectors))
        self.n_features_in_ = vectors.shape[1]
        self._learn_vectors(vectors)
        work = self._table()[self._projection].steps(
            inputs, self._parameters(), control or Control()
        )
        last: Step | None = None
        for step in work:
            if isinstance(step, Step):
                last = step
                self._learn(step)
            yield step
        assert last is not None  # every projection yields one
        return last

    def _table(self) -> dict[str, Any]:
        from projector.projections import PROJECTIONS

        return PROJECTIONS

    def _parameters(self) -> Any:
        """Our parameters. Raises InvalidChoice."""
        given = self.get_params()
        if not isinstance(given.get("start", ""), str):
            del given["start"]
        ours = {self._names.get(name, name): value for name, value in given.items()}
        ours["n_dims"] = checked_whole("n_components", ours["n_dims"])
        if ours["seed"] is None:
            ours["seed"] = int(np.random.default_rng().integers(2**32))
        ours["seed"] = checked_whole("random_state", ours["seed"])
        return self._table()[self._projection].parameters(**ours)

    def _start(self, vectors: FloatArray) -> FloatArray | None:
        start = getattr(self, "start", None)
        if start is None or isinstance(start, str):
            return None
        n_dims = checked_whole("n_components", self.n_components)  # type: ignore[attr-defined]
        return checked_start(start, len(vectors), n_dims)

    def _learn(self, step: Step) -> None:
        self.embedding_ = step.positions
        self.diagnostics_ = step.diagnostics

    def _learn_vectors(self, vectors: FloatArray) -> None:
        """Before the first step."""

    def _check_fitted(self) -> None:
        if not hasattr(self, "embedding_"):
            raise InvalidChoice(f"This {type(self).__name__} is not fitted yet; call fit first.")

    def _checked_new(self, X: Any) -> FloatArray:  # noqa: N803
        self._check_fitted()
        vectors = checked_vectors(X)
        if vectors.shape[1] != self.n_features_in_:
            raise InvalidChoice(
                f"{type(self).__name__} was fitted to rows of {self.n_features_in_:,} values, "
                f"got rows of {vectors.shape[1]:,}."
            )
        return vectors

    def __repr__(self) -> str:
        defaults = {n: p.default for n, p in inspect.signature(type(self)).parameters.items()}
        changed = [f"{n}={_told(v)}" for n, v in self.get_params().items() if v is not defaults[n]]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "embedding_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=["float32"]),
            input_tags=InputTags(allow_nan=True),
        )


def _told(value: Any) -> str:
    """A layout by its shape: its numbers would fill the screen."""
    return f"<{value.shape} layout>" if isinstance(value, np.ndarray) else repr(value)
