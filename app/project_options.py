"""Options of `projector project` that follow from the parameters of each projection.

A field `n_neighbors` of a parameters class is the option --n-neighbors; its metadata hold the
"help". Nothing is imported before the command is used.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import typer
from typer.core import TyperCommand
from typing_extensions import override

if TYPE_CHECKING:
    from projector.projections.axes import Axis
    from projector.projections.contract import Projection
    from projector.projections.prepare import Preparation

GIVEN = "projector.parameters"
"""Under which the context keeps what was given of these options: texts and flags by field."""

_COMMON = ("n_dims", "seed")  # options of the command itself
_NAMES = {int: "INTEGER", float: "NUMBER", str: "TEXT"}


class ProjectCommand(TyperCommand):
    """The command with the options of all projections."""

    @override
    def get_params(self, ctx: Any) -> list[Any]:
        *own, help_option = super().get_params(ctx)
        return [*own, *_made_params(), help_option]

    @override
    def invoke(self, ctx: Any) -> Any:
        values = {name: ctx.params.pop(name, None) for name in _fields_by_name()}
        ctx.meta[GIVEN] = {name: value for name, value in values.items() if value is not None}
        return super().invoke(ctx)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one parameters class. kind: int, float, bool or str, of each one where is_many.
    choices: those of a Literal, else empty."""

    name: str
    kind: Any
    help: str
    default: Any
    choices: tuple[Any, ...] = ()
    is_many: bool = False

    @property
    def option(self) -> str:
        return option_name(self.name)


def fields_of(parameters: type[Any]) -> dict[str, Field]:
    """Those that an option can express, by name, without the dimensions and the seed."""
    hints = get_type_hints(parameters)
    found = {}
    for field in dataclasses.fields(parameters):
        kind = _kind_of(hints[field.name])
        if field.name in _COMMON or kind is None:
            continue
        inner, choices, is_many = kind
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        told = field.metadata["help"]
        found[field.name] = Field(field.name, inner, told, default, choices, is_many)
    return found


def read_parameters(
    projection: Projection,
    given: Mapping[str, Any],
    *,
    n_dims: int | None,
    seed: int | None,
    axes: tuple[Axis, ...] = (),
) -> Any:
    """The parameters out of what stood on the command line. Raises a usage error in words."""
    from projector.errors import InvalidChoice

    fields = fields_of(projection.parameters)
    foreign = [name for name in given if name not in fields]
    if foreign:
        raise typer.BadParameter(_why_foreign(projection, foreign[0]))
    values = {name: _value(fields[name], text) for name, text in given.items()}
    if axes and n_dims is None:
        n_dims = min(3, max(2, len(axes)))  # of too many axes the parameters tell
    common = {"n_dims": n_dims, "seed": seed, "axes": axes or None}
    values |= {name: value for name, value in common.items() if value is not None}
    try:
        return projection.parameters(**values)
    except InvalidChoice as error:
        raise typer.BadParameter(str(error)) from error


def read_preparation(
    center: bool, unit_length: bool, whiten: bool, n_components: int | None
) -> Preparation:
    """What is done to the vectors first. Raises a usage error in words."""
    from projector.errors import InvalidChoice
    from projector.projections.prepare import Preparation

    try:
        return Preparation(
            center=center, unit_length=unit_length, whiten=whiten, n_components=n_components
        )
    except InvalidChoice as error:
        raise typer.BadParameter(str(error)) from error


def as_arguments(parameters: Any) -> Iterator[str]:
    """What says the same on a command line: dimensions and seed, and all that is no default."""
    yield from ("--dims", str(parameters.n_dims), "--seed", str(parameters.seed))
    for name, field in fields_of(type(parameters)).items():
        value = getattr(parameters, name)
        if value == field.default:
            continue
        if field.kind is bool:
            yield field.option if value else f"--no-{field.option[2:]}"
        elif field.is_many:
            yield f"{field.option}={','.join(map(str, value))}"
        else:
            yield f"{field.option}={'none' if value is None else value}"


def find_projection(name: str) -> Projection:
    """The one of that name. Raises a usage error that lists all."""
    methods = _methods()
    if name not in methods:
        raise typer.BadParameter(f"--method must be one of {', '.join(methods)}, got {name}.")
    return methods[name]


def _methods() -> dict[str, Projection]:
    """All projections, and that along axes of one's own, which can't do without them."""
    from projector.projections import PROJECTIONS
    from projector.projections.axes import PROJECTION as AXES

    return {**PROJECTIONS, AXES.name: AXES}


def option_name(name: str) -> str:
    return f"--{name.removeprefix('is_').replace('_', '-')}"


def _why_foreign(projection: Projection, name: str) -> str:
    owners = ", ".join(owner.name for owner, _ in _fields_by_name()[name])
    own = ", ".join(field.option for field in fields_of(projection.parameters).values())
    return (
        f"{option_name(name)} goes with --method {owners}, not with {projection.name}, "
        f"which has {own or 'no options of its own'}."
    )


def _fields_by_name() -> dict[str, list[tuple[Projection, Field]]]:
    found: dict[str, list[tuple[Projection, Field]]] = {}
    for projection in _methods().values():
        for name, field in fields_of(projection.parameters).items():
            found.setdefault(name, []).append((projection, field))
    return found


def _made_params() -> list[Any]:
    """The options as typer makes them of a function's parameters."""
    annotations = {
        name: _annotation([owner for owner, _ in owners], [field for _, field in owners])
        for name, owners in _fields_by_name().items()
    }
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in annotations.items()
    ]

    def stub(**_: Any) -> None:
        """Never called."""

    stub.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    stub.__annotations__ = annotations
    made = typer.Typer(add_completion=False)
    made.command(add_help_option=False)(stub)
    return list(typer.main.get_command(made).params)


def _annotation(owners: Sequence[Projection], fields: Sequence[Field]) -> Any:
    first = fields[0]
    panel = ", ".join(owner.title for owner in owners)
    texts = [_help_of(field) for field in fields]
    if len(set(texts)) > 1:
        texts = [f"{owner.title}: {text}" for owner, text in zip(owners, texts, strict=True)]
    text = " ".join(dict.fromkeys(texts))
    if first.kind is bool:
        flags = f"{first.option}/--no-{first.option[2:]}"
        return Annotated[bool | None, typer.Option(flags, help=text, rich_help_panel=panel)]
    choices = dict.fromkeys(str(one) for field in fields for one in field.choices)
    name = "|".join(choices) or _NAMES[first.kind]
    if first.is_many:
        name = f"{name},..."
    option = typer.Option(first.option, help=text, rich_help_panel=panel, metavar=name)
    return Annotated[str | None, option]


def _help_of(field: Field) -> str:
    default = field.default
    is_told = default not in (None, (), dataclasses.MISSING)
    shown = f" (default: {default})" if is_told else ""
    text = field.help[:1].upper() + field.help[1:]
    return (text.rstrip(".") + shown + ".").replace("[", "(").replace("]", ")").lstrip(". ")


def _kind_of(hint: Any) -> tuple[Any, tuple[Any, ...], bool] | None:
    """(type, choices, whether there are several) of what an option can express; None for others."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        kinds = [_kind_of(one) for one in inner if one is not type(None)]
        return kinds[0] if len(kinds) == 1 else None
    if origin is Literal:
        return type(inner[0]), inner, False
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        kind = _kind_of(inner[0])
        return None if kind is None or kind[2] else (kind[0], kind[1], True)
    return (hint, (), False) if hint in (int, float, bool, str) else None


def _value(field: Field, given: Any) -> Any:
    """Out of the text of an option. Raises a usage error."""
    if field.kind is bool:
        return given
    if given.lower() in ("none", "auto") and field.default is None:
        return None
    if field.is_many:
        return tuple(_one(field, part.strip()) for part in given.split(",") if part.strip())
    return _one(field, given)


def _one(field: Field, text: str) -> Any:
    kind: Callable[[str], Any] = field.kind
    try:
        value = kind(text)
    except ValueError as error:
        wanted = {int: "a whole number", float: "a number"}[field.kind]
        raise typer.BadParameter(f"{field.option} must be {wanted}, got {text}.") from error
    if field.choices and value not in field.choices:
        known = ", ".join(map(str, field.choices))
        raise typer.BadParameter(f"{field.option} must be one of {known}, got {text}.")
    return value
