"""`python -m benchmarks NAME`: ours beside its peers in one run, one JSON line per figure."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

import benchmarks


def main() -> int:
    names = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != "_")
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print(f"usage: python -m benchmarks {'|'.join(names)} [OPTION]", file=sys.stderr)
        return 2
    module = importlib.import_module(f"benchmarks.{sys.argv[1]}")
    options, known = sys.argv[2:], getattr(module, "OPTIONS", ())
    if not set(options) <= set(known):
        print(f"options of {sys.argv[1]}: {' '.join(known) or 'none'}", file=sys.stderr)
        return 2
    for figure in module.figures(*options):
        print(json.dumps({"benchmark": sys.argv[1], **figure}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
