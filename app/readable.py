"""The report of `projector inspect` for people: a table of runs, then embeddings, trials and
problems."""

from __future__ import annotations

import unicodedata
from typing import Any

from rich.console import Console
from rich.markup import escape as without_markup
from rich.table import Table

MOST_TRIALS = 10

_INVISIBLE = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, line and paragraph ends
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def printable(text: str) -> str:
    """The text on one line, with escapes such as \\x1b for what would steer the terminal."""
    return "".join(
        ascii(c)[1:-1] if unicodedata.category(c) in _INVISIBLE or c in _TURNING else c
        for c in text
    )


def escape(text: str) -> str:
    """A name from a file, as rich is to print it."""
    return without_markup(printable(text))


def print_report(report: dict[str, Any], console: Console | None = None) -> None:
    """Print what `projector.report.describe_contents` gave."""
    console = console or Console(highlight=False)
    console.print(f"[bold]{escape(report['path'])}[/]")
    if report["runs"]:
        console.print(_runs(report["runs"]))
    if report["embeddings"]:
        console.print(_embeddings(report["embeddings"]))
    if report["hparams"]:
        console.print(_trials(report["hparams"]))
    for problem in report["problems"]:
        where = (
            problem["file"]
            if problem["offset"] is None
            else f"{problem['file']} at byte {problem['offset']:,}"
        )
        console.print(f"[yellow]![/] {escape(where)}: {escape(problem['what'])}")


def _table(title: str, names: str, numbers: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in names.split():
        table.add_column(name.replace("_", " "), overflow="fold")
    for name in numbers.split():
        table.add_column(name.replace("_", " "), justify="right")
    return table


def _runs(runs: list[dict[str, Any]]) -> Table:
    table = _table("Runs", "run series", "files points last_step")
    for run in runs:
        kinds: dict[str, int] = {}
        for series in run["series"]:
            kinds[series["plugin"] or "other"] = kinds.get(series["plugin"] or "other", 0) + 1
        last = max((s["last_step"] for s in run["series"] if s["n"]), default=None)
        table.add_row(
            escape(run["name"]),
            ", ".join(f"{count} {escape(kind)}" for kind, count in kinds.items()) or "none",
            str(run["files"]),
            f"{sum(s['n'] for s in run['series']):,}",
            "" if last is None else f"{last:,}",
        )
    return table


def _embeddings(embeddings: list[dict[str, Any]]) -> Table:
    table = _table("Embeddings", "name run source metadata pictures", "step rows dims")
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


def _trials(hparams: dict[str, Any]) -> Table:
    table = _table(f"Trials ({len(hparams['trials']):,})", "trial status", "")
    keys = [("hparams", name) for name in hparams["names"]]
    keys += [("metrics", name) for name in hparams["metrics"]]
    for _, name in keys:
        table.add_column(escape(name), justify="right")
    for trial in hparams["trials"][:MOST_TRIALS]:
        values = [trial[kind].get(name) for kind, name in keys]
        shown = [
            "" if v is None else f"{v:.5g}" if isinstance(v, float) else escape(str(v))
            for v in values
        ]
        table.add_row(escape(trial["name"]), trial["status"], *shown)
    if len(hparams["trials"]) > MOST_TRIALS:
        table.caption = f"{len(hparams['trials']) - MOST_TRIALS:,} more; --json prints all."
    return table
