"""Numbers and times as a user reads and writes them in a field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from projector.errors import InvalidChoice
from widgets.embedding.sentences import tr

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86400


def value_texts(values: Sequence[float], are_times: bool) -> list[str]:
    """Each value in as few digits as tell it from the others; times as dates where they can be."""
    if are_times:
        return [_time_text(value) for value in values]
    finite = [value for value in values if math.isfinite(value)]
    span = max(finite, default=0.0) - min(finite, default=0.0)
    largest = max((abs(value) for value in finite), default=0.0)
    digits = 4
    if 0 < span < largest:
        digits = min(12, 4 + int(math.log10(largest / span)))
    return [f"{value:.{digits}g}" for value in values]


def parse_value(text: str, are_times: bool) -> float:
    """What a user wrote. Raises InvalidChoice for what is no finite number, or no date."""
    text = text.strip()
    if are_times:
        return _parse_time(text)
    try:
        value = float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        sentence = tr("The ends of the range must be numbers, got {text}.")
        raise InvalidChoice(sentence.format(text=text or tr("nothing")))
    return value


def _parse_time(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        sentence = tr("The ends of the range must be dates such as 2024-05-31, got {text}.")
        raise InvalidChoice(sentence.format(text=text or tr("nothing"))) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH).total_seconds()


def _time_text(value: float) -> str:
    try:
        moment = EPOCH + timedelta(seconds=value)
    except (OverflowError, ValueError):
        return f"{value:.6g}"
    if value % _DAY_S == 0:
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S")
