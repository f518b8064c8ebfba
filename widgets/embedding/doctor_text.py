"""What was looked for and what came of it, as text to copy and as text to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPalette

from projector.embeddings.doctor import Finding, told
from projector.embeddings.formats import all_suffixes
from widgets.shared.theme import plot_colors

MOST_FILES = 200
"""So many files are shown; the text to copy holds all."""
MOST_QUIET = 20
"""So many files without trouble are listed beside those with trouble; of more only the number."""
MOST_TRIED = 12
SIGNS = {"found": "✓", "repaired": "~", "failed": "✗"}

ByFile = dict[Path, list[Finding]]


def report_text(findings: Iterable[Finding], roots: Sequence[Path]) -> str:
    """All of it as plain text."""
    lines = [tr("Embeddings were looked for in {}").format(", ".join(map(str, roots)))]
    by_file = _by_file(findings)
    for file, those in by_file.items():
        lines += ["", str(file)]
        for finding in those:
            lines.append(f"  {SIGNS[finding.outcome]} {finding.what}")
            lines += [f"      {_reason(finding, one)}" for one in range(len(finding.tried))]
            if finding.nearest is not None:
                lines.append(f"      {_nearest(finding)}")
    if not by_file:
        lines += ["", tr("Nothing like it is there. Looked for were:")]
        lines += [f"  - {line}" for line in looked_for()]
    return "\n".join(lines) + "\n"


def report_html(findings: Iterable[Finding], roots: Sequence[Path], palette: QPalette) -> str:
    """The same for the eye; of very many files only the first, those with trouble before others."""
    by_file = _by_file(findings)
    if not by_file:
        items = "".join(f"<li>{escape(line)}</li>" for line in looked_for())
        title = escape(tr("Nothing like it is there. Looked for were:"))
        return f"<p>{title}</p><ul style='-qt-list-indent: 0; margin-left: 12px'>{items}</ul>"
    troubled = [file for file, those in by_file.items() if has_trouble(those)]
    quiet = [file for file in by_file if file not in set(troubled)]
    shown = [*troubled, *(quiet if len(quiet) <= MOST_QUIET else ())][:MOST_FILES]
    parts = [_file_html(file, by_file[file], roots, palette) for file in shown]
    n_more = len(by_file) - len(shown)
    if n_more:
        more = tr("{n} more files are not shown here; the report that is copied names all.")
        parts.append(f"<p>{escape(more.format(n=f'{n_more:,}'))}</p>")
    return "".join(parts)


def looked_for() -> tuple[str, ...]:
    """What embeddings are told by, a line each."""
    endings = ", ".join(all_suffixes())
    return (
        tr("projector_config.pbtxt and projector_config.json, in every folder"),
        tr("vectors as PyTorch's add_embedding writes them: 00000/name/tensors.tsv"),
        tr("checkpoints of TensorFlow and Keras: checkpoint, *.index, *.ckpt, *.weights.h5"),
        tr("files of vectors where there are no event files: {}").format(endings),
    )


def has_trouble(findings: Iterable[Finding]) -> bool:
    """Whether anything was not as it was written."""
    return any(finding.outcome != "found" for finding in findings)


def _by_file(findings: Iterable[Finding]) -> ByFile:
    found: ByFile = {}
    for finding in findings:
        found.setdefault(finding.file, []).append(finding)
    return found


def _file_html(
    file: Path, findings: Sequence[Finding], roots: Sequence[Path], palette: QPalette
) -> str:
    title = escape(_short(file, roots))
    rows = "".join(_rows_html(finding, palette) for finding in findings)
    return f"<p><b>{title}</b></p><table cellspacing='0' cellpadding='2'>{rows}</table>"


def _rows_html(finding: Finding, palette: QPalette) -> str:
    colors = plot_colors(palette)
    paints = {"found": colors.point, "repaired": colors.neighbor, "failed": colors.selected}
    sign = f"<b><font color='{paints[finding.outcome].name()}'>{SIGNS[finding.outcome]}</font></b>"
    rows = [f"<tr><td width='20'>{sign}</td><td>{escape(finding.what)}</td></tr>"]
    lines = [_reason(finding, i) for i in range(min(MOST_TRIED, len(finding.tried)))]
    if len(finding.tried) > MOST_TRIED:
        n_more = len(finding.tried) - MOST_TRIED
        lines.append(tr("{n} more were tried.").format(n=f"{n_more:,}"))
    muted = colors.muted.name()
    rows += [
        f"<tr><td></td><td><font color='{muted}'>{escape(one)}</font></td></tr>" for one in lines
    ]
    if finding.nearest is not None:
        rows.append(f"<tr><td></td><td>{escape(_nearest(finding))}</td></tr>")
    return "".join(rows)


def _reason(finding: Finding, index: int) -> str:
    """One place with why it did not help; the place goes where it is the file itself."""
    one = finding.tried[index]
    if one.path == finding.file:
        return one.why[:1].upper() + one.why[1:]
    return told(one)


def _nearest(finding: Finding) -> str:
    return tr("The nearest there is: {}").format(finding.nearest)


def _short(file: Path, roots: Sequence[Path]) -> str:
    """The path from the only folder that was opened on, else the whole."""
    if len(roots) == 1 and file != roots[0] and file.is_relative_to(roots[0]):
        return str(file.relative_to(roots[0]))
    return str(file)


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Doctor", text)
