"""`projector project` on the command line; the options of each projection are added to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def project_command(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A log folder or an embedding file.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="A .npy, .csv, .tsv, .parquet or .json file, a row for each vector."
        ),
    ],
    method: Annotated[str, typer.Option(help="pca, tsne, umap, raw or axes.")] = "tsne",
    dims: Annotated[
        int | None, typer.Option(min=2, max=3, help="2 or 3 dimensions (3; for axes, as many).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same positions (0).")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Which embedding, if there are several: NAME or RUN/NAME.")
    ] = None,
    step: Annotated[int | None, typer.Option(help="Which step; the last one otherwise.")] = None,
    center: Annotated[
        bool, typer.Option("--center", help="First subtract the mean of each dimension.")
    ] = False,
    unit_length: Annotated[
        bool, typer.Option("--unit-length", help="First give all vectors length 1.")
    ] = False,
    whiten: Annotated[
        bool, typer.Option("--whiten", help="First give all directions the same variance.")
    ] = False,
    pca: Annotated[
        int | None, typer.Option(min=1, help="First keep so many principal components.")
    ] = None,
    supervise: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Draw equal values of it together.")
    ] = None,
    starts: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="ROWS",
            rich_help_panel="Custom axes",
            help="Where an axis begins: the center of the rows that hold a value (label=3) or a "
            "text, as a regular expression (label~cat). Once for each axis.",
        ),
    ] = None,
    ends: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="ROWS",
            rich_help_panel="Custom axes",
            help="Where it ends, said in the same way.",
        ),
    ] = None,
    go_on: Annotated[
        Path | None,
        typer.Option("--continue", metavar="FILE", help="Go on from a layout written before."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=4, help="Lay out so many rows, place the others among them.")
    ] = None,
    with_metadata: Annotated[
        bool, typer.Option("--with-metadata", help="Write the metadata, too.")
    ] = False,
    quality: Annotated[
        bool, typer.Option("--quality", help="Print how far to trust the layout.")
    ] = False,
) -> None:
    """Lay out an embedding in two or three dimensions and write the positions.

    All parameters are kept with them. Ctrl+C writes what there is so far (exit code 130).
    """
    from app.project import ProjectWish, run_project
    from app.project_axes import read_poles, unfound_axes
    from app.project_checks import check_goes_with, with_supervision
    from app.project_options import GIVEN, find_projection, read_parameters, read_preparation
    from projector.contents import checked_path

    projection = find_projection(method)
    given = with_supervision(projection, context.meta[GIVEN], is_supervised=supervise is not None)
    check_goes_with(projection, has_start=go_on is not None, n_sampled=sample)
    poles = read_poles(method, starts or (), ends or ())
    axes = unfound_axes(poles)
    wish = ProjectWish(
        source=checked_path(source),
        out=out,
        projection=projection,
        parameters=read_parameters(projection, given, n_dims=dims, seed=seed, axes=axes),
        preparation=read_preparation(center, unit_length, whiten, pca),
        name=name,
        step=step,
        supervise=supervise,
        poles=poles,
        start=go_on,
        n_sampled=sample,
        has_metadata=with_metadata,
        has_quality=quality,
    )
    raise typer.Exit(run_project(wish))
