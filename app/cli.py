"""The command line. Exit codes: 0 done, 1 the input is at fault (one sentence on stderr), 2 wrong
usage, 130 stopped by Ctrl+C."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.project_command import project_command
from app.project_options import ProjectCommand
from app.waiting import walk
from projector.errors import NotFound, ProjectorError

if TYPE_CHECKING:
    from app.places import Named


app = typer.Typer(
    help="Opens TensorBoard log folders on the desktop, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class ThemeName(str, Enum):
    """The themes of --theme."""

    light = "light"
    dark = "dark"


class DashboardName(str, Enum):
    """The dashboards of --dashboard; a test holds them against the table of dashboards."""

    embedding = "embedding"
    pr_curves = "pr-curves"
    hparams = "hparams"


class TableName(str, Enum):
    """The tables of --what; a test holds them against those of the core."""

    scalars = "scalars"
    pr_curves = "pr-curves"
    hparams = "hparams"
    embeddings = "embeddings"


Screenshot = Annotated[
    Path | None, typer.Option(help="Write a PNG of the whole window instead of showing it.")
]
Dashboard = Annotated[DashboardName | None, typer.Option(help="The tab to bring to the front.")]
Size = Annotated[str | None, typer.Option(help="Width and height of the window, such as 1280x800.")]
Theme = Annotated[ThemeName | None, typer.Option(help="Instead of the system's theme.")]


PATHS_HELP = "Log folders, event files or embeddings, each as PATH or NAME=PATH."
Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help=PATHS_HELP)]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # names hold what no terminal can show
    try:
        app(list(arguments), prog_name="projector")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except ProjectorError as error:
        from app.readable import printable

        typer.echo(printable(str(error)), err=True)
        return 1
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        typer.echo("The output can't be written: the disk is full.", err=True)
        return 1
    return 0


@app.command("open")
def open_command(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help=PATHS_HELP)] = None,
    screenshot: Screenshot = None,
    dashboard: Dashboard = None,
    size: Size = None,
    theme: Theme = None,
) -> None:
    """Open logs in a window, all paths together."""
    _show(check_paths(paths or []), screenshot, dashboard, size, theme)


@app.command("demo")
def demo_command(
    folder: Annotated[Path, typer.Argument(help="Where to write the logs.")] = Path("demo-logs"),
    screenshot: Screenshot = None,
    dashboard: Dashboard = None,
    size: Size = None,
    theme: Theme = None,
) -> None:
    """Write a real example log, trained here and now on handwritten digits, and open it."""
    from app.demo import write_demo

    _show([walk(write_demo(folder), "Writing the demo")], screenshot, dashboard, size, theme)


@app.command("inspect")
def inspect_command(
    paths: Paths,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check every checksum; reads all of every file.")
    ] = False,
) -> None:
    """Say what was found, what was not, and why."""
    from app.places import roots_of
    from app.readable import print_report
    from projector.contents import Place
    from projector.report import describe_contents

    roots = roots_of(check_paths(paths))
    place = Place(*roots, verify=True, uses_index=False) if verify else Place(*roots)
    contents = walk(place.read(), "Checking" if verify else "Reading")
    report = walk(describe_contents(contents), "Looking into")
    if as_json:
        typer.echo(_json(report))
    else:
        print_report(report, is_verified=verify)
    if contents.is_empty:
        raise NotFound(contents.why_empty)


@app.command("render")
def render_command(
    source: Annotated[Path, typer.Argument(help="A log folder or an embedding file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The PNG to write.")],
    name: Annotated[str | None, typer.Option(help="Which embedding, if there are several.")] = None,
    step: Annotated[int | None, typer.Option(help="Which step; the last one otherwise.")] = None,
    color_by: Annotated[
        str | None, typer.Option(help="The metadata column that colors the points.")
    ] = None,
    dims: Annotated[int, typer.Option(min=2, max=3, help="2 or 3 dimensions.")] = 3,
    method: Annotated[
        str, typer.Option(help="A projection, such as pca, tsne or umap, or the file of a layout.")
    ] = "pca",
    seed: Annotated[int, typer.Option(help="Of the projection.")] = 0,
    pictures: Annotated[bool, typer.Option(help="Draw label pictures as points.")] = False,
    size: Size = None,
    theme: Theme = None,
) -> None:
    """Write a picture of an embedding without a window."""
    from app.picture import PictureWish, render_picture

    wish = PictureWish(
        name=name,
        step=step,
        color_by=color_by,
        n_axes=dims,
        has_pictures=pictures,
        method=method,
        seed=seed,
        size=parse_size(size) or (1000, 800),
        is_dark=theme is ThemeName.dark,
    )
    walk(render_picture(check_path(source), out, wish), "Rendering")
    typer.echo(str(out))


app.command("project", cls=ProjectCommand)(project_command)

OUT_HELP = (
    "A .csv, .parquet or .json file. Embeddings: .npy, .npz, .tsv, .csv, .parquet, .arrow, .jsonl, "
    ".safetensors or .bytes, or a folder that TensorBoard's projector opens."
)


@app.command("export")
def export_command(
    paths: Paths,
    what: Annotated[TableName, typer.Option(help="Which table.")],
    out: Annotated[Path, typer.Option("--out", "-o", help=OUT_HELP)],
    all_points: Annotated[
        bool,
        typer.Option("--all-points", help="Scalars: also the points that a restart overwrote."),
    ] = False,
    name: Annotated[str | None, typer.Option(help="Embeddings: only those of this name.")] = None,
    step: Annotated[int | None, typer.Option(help="Embeddings: only those of this step.")] = None,
) -> None:
    """Write all points of the logs, or vectors with their metadata, for other programs."""
    from app.places import roots_of
    from app.readable import printable
    from projector.contents import Place
    from projector.tables import check_name, export_table, with_all_points

    if all_points and what is not TableName.scalars:
        raise typer.BadParameter("--all-points goes with --what scalars only.")
    if (name is not None or step is not None) and what is not TableName.embeddings:
        raise typer.BadParameter("--name and --step go with --what embeddings only.")
    check_name(what.value, out)  # before the work, not after it
    contents = walk(Place(*roots_of(check_paths(paths))).read(), "Reading")
    wanted = with_all_points(contents) if all_points else contents
    problems = walk(export_table(wanted, what.value, out, name=name, step=step), "Writing")
    for problem in (*contents.problems, *problems):
        typer.echo(printable(f"{problem.file}: {problem.what}"), err=True)
    typer.echo(str(out))


@app.command("install-launcher")
def install_launcher_command() -> None:
    """Add projector to the desktop's menu and to the folder's "open with", for this user."""
    from app.launcher import install_launcher

    for path in install_launcher():
        typer.echo(str(path))


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"projector {installed('projector')}")
        raise typer.Exit


def check_path(path: Path) -> Path:
    """The path itself. Raises NotFound or Unreadable when it can't be opened."""
    from projector.contents import checked_path

    return checked_path(path)


def check_paths(texts: Sequence[str]) -> list[Named]:
    """What the user named, each with ~ resolved. Raises NotFound or Unreadable, InvalidChoice."""
    from app.places import absolute, parse_named, path_of, roots_of

    named = [absolute(parse_named(text)) for text in texts]
    for one in named:
        check_path(path_of(one))
    roots_of(named)
    return named


def _json(report: dict[str, Any]) -> str:
    """As UTF-8 where the output takes it; with escapes where it does not, or a name is not text."""
    import json

    text = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=1)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(report, allow_nan=False, indent=1)
    return text


def parse_size(text: str | None) -> tuple[int, int] | None:
    """(width, height) in pixels out of "1280x800". Raises a usage error when it isn't that."""
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 20):
        raise typer.BadParameter(f"--size must look like 1280x800, got {text}.")
    if not (100 <= int(width) <= 8000 and 100 <= int(height) <= 8000):
        raise typer.BadParameter(f"--size must lie between 100x100 and 8000x8000, got {text}.")
    return int(width), int(height)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show(
    named: Sequence[Named],
    screenshot: Path | None,
    dashboard: DashboardName | None,
    size: str | None,
    theme: ThemeName | None,
) -> None:
    """Show the window, or write its picture where that was asked for or no display is there."""
    wanted_size = parse_size(size)
    picture = screenshot
    if picture is None and not has_display():
        picture = Path("projector-window.png").absolute()
        typer.echo(
            "There is no display here, so this is a picture of the window instead:", err=True
        )
    from app.main import save_screenshot, show_window

    name = dashboard.value if dashboard else None
    shade: Any = theme.value if theme else None
    if picture is None:
        code = show_window(named, dashboard=name, size=wanted_size, theme=shade)
        raise typer.Exit(code)
    save_screenshot(named, picture, dashboard=name, size=wanted_size, theme=shade)
    typer.echo(str(picture))
