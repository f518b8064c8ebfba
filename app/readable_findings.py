"""The part of the report of `projector inspect` that says what was tried for each embedding: a tree
for each config or file, with a mark before each line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape as without_markup

MOST_QUIET = 20
"""So many files without trouble are listed one by one; of more only their number is told."""
_MOST_TRIED = 12
_MARKS = {"found": "[green]✓[/]", "repaired": "[yellow]~[/]", "failed": "[red]✗[/]"}
_PLAIN_MARKS = {"found": "+", "repaired": "~", "failed": "x"}

Printable = Callable[[str], str]


def print_findings(
    findings: Iterable[dict[str, Any]], console: Console, printable: Printable
) -> None:
    """Print a tree for each file; of many files only those with trouble."""
    files: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        files.setdefault(finding["file"], []).append(finding)
    if not files:
        return
    quiet = [file for file, those in files.items() if not _has_trouble(those)]
    console.print(f"[bold]Where embeddings were looked for ({len(files):,})[/]")
    for file, those in files.items():
        if len(quiet) > MOST_QUIET and not _has_trouble(those):
            continue
        _print_file(file, those, console, printable)
    if len(quiet) > MOST_QUIET:
        console.print(f"[dim]{len(quiet):,} more files hold what was looked for in them.[/]")


def _has_trouble(findings: list[dict[str, Any]]) -> bool:
    return any(finding["outcome"] != "found" for finding in findings)


def _print_file(
    file: str, findings: list[dict[str, Any]], console: Console, printable: Printable
) -> None:
    def say(text: str) -> None:
        console.print(text, soft_wrap=True)

    def shown(text: str) -> str:
        return without_markup(printable(text))

    marks = _MARKS if (console.encoding or "").lower().startswith("utf") else _PLAIN_MARKS
    say(shown(file))
    for finding in findings:
        say(f"  {marks[finding['outcome']]} {shown(finding['what'])}")
        for tried in finding["tried"][:_MOST_TRIED]:
            say(f"      [dim]{shown(_told(tried, file))}[/]")
        if len(finding["tried"]) > _MOST_TRIED:
            n_more = len(finding["tried"]) - _MOST_TRIED
            say(f"      [dim]{n_more:,} more; --json prints all[/]")
        if finding["nearest"]:
            say(f"      the nearest there is: {shown(finding['nearest'])}")


def _told(tried: dict[str, str], file: str) -> str:
    """A place with why it did not help; the place goes where the reason names it."""
    why = tried["why"]
    if not why[:1].islower() or tried["path"] in (file, "") or tried["path"] in why:
        return why
    return f"{tried['path']} {why}"
