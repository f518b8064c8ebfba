"""`projector project` on the command line; the options of each projection are added to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def project_command(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A log folder or an embedding file.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="A .npy, .csv, .tsv, .parquet or .json file, a row for each vector."
        ),
    ],
    method: Annotated[str, typer.Option(help="The projection: pca, tsne, umap ...")] = "tsne",
    dims: Annotated[int | None, typer.Option(min=2, max=3, help="2 or 3 dimensions (3).")] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same positions (0).")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Which embedding, if there are several.")] = None,
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
    from app.project_options import (
        GIVEN,
        find_projection,
        read_parameters,
        read_preparation,
        with_supervision,
    )
    from projector.contents import checked_path

    projection = find_projection(method)
    given = with_supervision(projection, context.meta[GIVEN], is_supervised=supervise is not None)
    wish = ProjectWish(
        source=checked_path(source),
        out=out,
        projection=projection,
        parameters=read_parameters(projection, given, n_dims=dims, seed=seed),
        preparation=read_preparation(center, unit_length, whiten, pca),
        name=name,
        step=step,
        supervise=supervise,
        start=go_on,
        n_sampled=sample,
        has_metadata=with_metadata,
        has_quality=quality,
    )
    raise typer.Exit(run_project(wish))
