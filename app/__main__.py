"""`projector` and `python -m app`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """The command line."""
    from app.cli import run

    _end(run(sys.argv[1:]))


def main_window() -> None:
    """The window alone, as a double click starts it: any arguments are paths to open."""
    from app.cli import run

    _end(run(["open", *sys.argv[1:]]))


def _end(code: int) -> None:
    """All is done: another Ctrl+C would only break off Python's own end, with a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


if __name__ == "__main__":
    main()
