"""The report of `projector inspect` for people: a table of runs, then embeddings, trials and
problems."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape as without_markup
from rich.table import Table

from app.readable_findings import print_findings

MOST_TRIALS = 10
MOST_RUNS = 200
"""How many runs a terminal is filled with; a file or a pipe gets all of them."""

_INVISIBLE = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, line and paragraph ends
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LEAST_RUN = 16

# The columns of runs by their width; the first to be left out where a terminal is narrow, last.
_RUN_COLUMNS = {
    "points": 10,
    "scalars": 7,
    "last step": 9,
    "problems": 8,
    "other series": 18,
    "last write": 16,
    "files": 5,
    "first step": 10,
    "started": 16,
}
_RUN_ORDER = (
    "files",
    "scalars",
    "points",
    "other series",
    "first step",
    "last step",
    "started",
    "last write",
    "problems",
)


def printable(text: str) -> str:
    """The text on one line, with escapes such as \\x1b for what would steer the terminal."""
    return "".join(
        ascii(c)[1:-1] if unicodedata.category(c) in _INVISIBLE or c in _TURNING else c
        for c in text
    )


def escape(text: str) -> str:
    """A name from a file, as rich is to print it."""
    return without_markup(printable(text))


def print_report(
    report: dict[str, Any], console: Console | None = None, *, is_verified: bool = False
) -> None:
    """Print what `projector.report.describe_contents` gave. is_verified: of all of every file.

    A terminal gets tables that fit it; anything else a line a run, however long.
    """
    console = console or report_console()
    for root in report.get("roots") or [{"name": "", "path": report["path"]}]:
        name = f"{escape(root['name'])} = " if root["name"] else ""
        console.print(f"[bold]{name}{escape(root['path'])}[/]", soft_wrap=True)
    if report["runs"]:
        _print_runs(report, console)
    if report["embeddings"]:
        console.print(_embeddings(report["embeddings"], console))
    if report["hparams"]:
        console.print(_trials(report["hparams"], console))
    findings = report.get("findings", ())
    print_findings(findings, console, printable)
    _print_problems(_untold(report["problems"], findings), console)
    if is_verified:
        n_files = sum(run["files"] for run in report["runs"])
        console.print(f"Every checksum of {_counted(n_files, 'event file')} was looked at.")


def report_console() -> Console:
    """A console as wide as the terminal; where there is none, so wide that no line is folded."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=10_000)


def _untold(
    problems: Sequence[dict[str, Any]], findings: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The problems that the findings do not tell already."""
    told: dict[str, set[str]] = {}
    for finding in findings:
        if finding["outcome"] == "failed":
            told.setdefault(finding["file"], set()).add(finding["what"])
    return [
        one
        for one in problems
        if not any(one["what"].startswith(what) for what in told.get(one["file"], ()))
    ]


def _print_problems(problems: Sequence[dict[str, Any]], console: Console) -> None:
    if problems:
        console.print(f"[bold]Problems ({len(problems):,})[/]")
    for problem in problems:
        where = (
            problem["file"]
            if problem["offset"] is None
            else f"{problem['file']} at byte {problem['offset']:,}"
        )
        console.print(f"[yellow]![/] {escape(where)}: {escape(problem['what'])}", soft_wrap=True)


def _print_runs(report: dict[str, Any], console: Console) -> None:
    runs = report["runs"]
    n_points = sum(series["n"] for run in runs for series in run["series"])
    title = f"{_counted(len(runs), 'run')}, {_counted(n_points, 'point')}"
    shown = runs[:MOST_RUNS] if console.is_terminal else runs
    console.print(_runs(title, shown, _problems_by_run(report), console))
    if len(shown) < len(runs):
        n_more = len(runs) - len(shown)
        console.print(f"[dim]{n_more:,} more; into a file or pipe goes the whole table.[/]")
    n_hidden = sum(series.get("n_overwritten", 0) for run in runs for series in run["series"])
    if n_hidden:
        console.print(
            f"{_counted(n_hidden, 'overwritten point')}: restarts or repeated steps took their "
            "place. `projector export --all-points` exports them.",
            soft_wrap=True,
        )


def _problems_by_run(report: dict[str, Any]) -> Counter[str]:
    """How many problems lie in the folder of each run."""
    folders = (problem["file"].rpartition("/")[0] or "." for problem in report["problems"])
    return Counter(folders)


def _table(title: str, names: Iterable[str], numbers: Iterable[str], console: Console) -> Table:
    lines = box.HEAVY_HEAD if console.is_terminal else None
    table = Table(title=title, title_justify="left", title_style="bold", box=lines)
    for name in names:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _runs(
    title: str, runs: Sequence[dict[str, Any]], problems: Counter[str], console: Console
) -> Table:
    rows = [_run_row(run, problems) for run in runs]
    room = console.width - _LEAST_RUN - 4
    columns = []
    for name, width in _RUN_COLUMNS.items():
        if any(row[name] for row in rows) and room >= width + 3:
            columns.append(name)
            room -= width + 3
    table = _table(title, ["run"], (), console)
    for name in (name for name in _RUN_ORDER if name in columns):
        is_text = name == "other series"
        table.add_column(
            name,
            justify="left" if is_text else "right",
            overflow="fold" if is_text else "ellipsis",
            no_wrap=not is_text,
        )
    for run, row in zip(runs, rows, strict=True):
        table.add_row(escape(run["name"]), *(row[c] for c in _RUN_ORDER if c in columns))
    return table


def _run_row(run: dict[str, Any], problems: Counter[str]) -> dict[str, str]:
    """What stands in each column of one run; a column without any text is left out."""
    kinds = Counter(series["plugin"] or "other" for series in run["series"])
    n_scalars = kinds.pop("scalars", 0)
    first = min((s["first_step"] for s in run["series"] if s["n"]), default=None)
    last = max((s["last_step"] for s in run["series"] if s["n"]), default=None)
    n_problems = problems[run["name"]]
    return {
        "files": f"{run['files']:,}",
        "scalars": f"{n_scalars:,}",
        "points": f"{sum(s['n'] for s in run['series']):,}",
        "other series": ", ".join(f"{count} {escape(kind)}" for kind, count in kinds.items()),
        "first step": "" if first is None else f"{first:,}",
        "last step": "" if last is None else f"{last:,}",
        "started": _time(run["start_time"]),
        "last write": _time(run["last_time"]),
        "problems": f"{n_problems:,}" if n_problems else "",
    }


def _time(seconds: object) -> str:
    """In the time of this computer, to the minute."""
    if not isinstance(seconds, float):
        return ""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return ""


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _embeddings(embeddings: list[dict[str, Any]], console: Console) -> Table:
    names = ("name", "run", "source", "metadata", "pictures")
    table = _table("Embeddings", names, ("step", "rows", "dims"), console)
    for embedding in embeddings:
        sprite, metadata = embedding["sprite"], embedding["metadata"]
        table.add_row(
            escape(embedding["name"]),
            escape(embedding["run"]),
            escape(embedding["source"]),
            escape(", ".join(metadata["columns"])) if metadata else "none",
            f"{sprite['tile'][0]}\u00d7{sprite['tile'][1]}" if sprite else "none",
            "" if embedding["step"] is None else str(embedding["step"]),
            f"{embedding['rows']:,}",
            f"{embedding['dims']:,}",
        )
    return table


def _trials(hparams: dict[str, Any], console: Console) -> Table:
    title = f"Trials ({len(hparams['trials']):,})"
    table = _table(title, ("trial", "status"), (), console)
    keys = [("hparams", name) for name in hparams["names"]]
    keys += [("metrics", name) for name in hparams["metrics"]]
    n_shown = max(1, (console.width - 30) // 12)
    for _, name in keys[:n_shown]:
        table.add_column(escape(name), justify="right")
    for trial in hparams["trials"][:MOST_TRIALS]:
        values = [trial[kind].get(name) for kind, name in keys[:n_shown]]
        shown = [
            "" if v is None else f"{v:.5g}" if isinstance(v, float) else escape(str(v))
            for v in values
        ]
        table.add_row(escape(trial["name"]), trial["status"], *shown)
    left_out = []
    if len(hparams["trials"]) > MOST_TRIALS:
        left_out.append(_counted(len(hparams["trials"]) - MOST_TRIALS, "more trial"))
    if len(keys) > n_shown:
        left_out.append(_counted(len(keys) - n_shown, "more column"))
    if left_out:
        table.caption = f"{', '.join(left_out)}; --json prints all."
        table.caption_justify = "left"
    return table
