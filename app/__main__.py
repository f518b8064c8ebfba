"""`projector` and `python -m app`."""

from __future__ import annotations

import sys


def main() -> None:
    """The command line."""
    from app.cli import run

    sys.exit(run(sys.argv[1:]))


def main_window() -> None:
    """The window alone, as a double click starts it: any arguments are paths to open."""
    from app.cli import run

    sys.exit(run(["open", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
