"""Finding names by what a user types."""

from __future__ import annotations

import re


def matches(pattern: str, text: str) -> bool:
    """Whether the text holds the pattern, as plain text or as a regular expression, in any case."""
    if pattern.casefold() in text.casefold():
        return True
    try:
        return re.search(pattern, text, re.IGNORECASE) is not None
    except re.error:
        return False
