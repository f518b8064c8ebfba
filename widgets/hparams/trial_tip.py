"""The tip that shows a trial's values while the pointer is on its line."""

from __future__ import annotations

import html

from projector.hparams.texts import number_spec, value_text
from widgets.hparams.view_model import TRIAL, HparamsViewModel

MOST_ROWS = 24
MOST_LETTERS = 60


def trial_tip(model: HparamsViewModel, row: int) -> str:
    """Rich text: the trial's title, then a line a shown column."""
    trial = model.trials.trials[row]
    columns = [col for col in model.shown if col.id != TRIAL]
    lines = [f"<b>{_safe(trial.title)}</b><table cellspacing='0' cellpadding='1'>"]
    for column in columns[:MOST_ROWS]:
        text = value_text(column.value(row), number_spec(column))
        lines.append(f"<tr><td>{_safe(column.title)}&nbsp;&nbsp;</td><td>{_safe(text)}</td></tr>")
    lines.append("</table>")
    if len(columns) > MOST_ROWS:
        more = model.tr("%1 more columns").replace("%1", str(len(columns) - MOST_ROWS))
        lines.append(_safe(more))
    return "".join(lines)


def _safe(text: str) -> str:
    """Escaped, on one line and not too long."""
    short = text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
    return html.escape(" ".join(short.split()))
