"""Options of `projector project` that go together, or don't."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from app.project_options import fields_of, option_name

if TYPE_CHECKING:
    from projector.projections.contract import Projection

_SUPERVISION = ("supervision", "target_weight")
_USUAL_SUPERVISION = "0.5"


def with_supervision(
    projection: Projection, given: Mapping[str, Any], *, is_supervised: bool
) -> Mapping[str, Any]:
    """What was given, and how much labels count where that was not said: a column that is named
    shall not go unheard. Raises a usage error where the method can't be supervised, or by no
    column."""
    weights = [name for name in _SUPERVISION if name in fields_of(projection.parameters)]
    if not is_supervised:
        idle = [name for name in weights if name in given]
        if idle:
            raise typer.BadParameter(f"{option_name(idle[0])} needs a column: --supervise COLUMN.")
        return given
    if not weights:
        raise typer.BadParameter(f"--supervise does not go with --method {projection.name}.")
    return dict.fromkeys(weights, _USUAL_SUPERVISION) | dict(given)


def check_goes_with(projection: Projection, *, has_start: bool, n_sampled: int | None) -> None:
    """Raise a usage error for what the method would not heed, or could not."""
    fields = {field.name for field in dataclasses.fields(projection.parameters)}
    if has_start and "start" not in fields:
        raise typer.BadParameter(
            f"--continue does not go with --method {projection.name}, which starts from nothing."
        )
    if n_sampled is None:
        return
    if "axes" in fields:
        raise typer.BadParameter(f"--sample does not go with --method {projection.name}.")
    from projector.errors import InvalidChoice
    from projector.projections.sample import Sampling

    try:
        Sampling(n_rows=n_sampled)
    except InvalidChoice as error:
        raise typer.BadParameter(str(error)) from error
