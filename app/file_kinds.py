"""The kinds of files that the dialog offers, out of the table of formats."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from projector.embeddings.formats import FORMATS, all_suffixes

LOGS = ("*tfevents*",)
VIEWS = ("*.projector",)
CONFIGS = ("*projector_config.pbtxt", "*projector_config.json")


def file_filter() -> str:
    """What QFileDialog takes: everything that can be opened, each kind by itself, all files."""
    vectors = tuple(f"*{suffix}" for suffix in all_suffixes())
    kinds = [
        (tr("Logs and embeddings"), (*LOGS, *CONFIGS, *vectors, *VIEWS)),
        (tr("Event files"), LOGS),
        (tr("Projector configs"), CONFIGS),
        *((one.name, tuple(f"*{suffix}" for suffix in one.suffixes)) for one in FORMATS),
        (tr("Saved views"), VIEWS),
        (tr("All files"), ("*",)),
    ]
    return ";;".join(_entry(name, patterns) for name, patterns in kinds)


def _entry(name: str, patterns: Iterable[str]) -> str:
    # a name in brackets would be taken for patterns
    plain = name.replace("(", "").replace(")", "")
    return f"{plain[:1].upper()}{plain[1:]} ({' '.join(patterns)})"


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Files", text)
