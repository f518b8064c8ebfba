"""`python -m tests.fuzz [TARGET ...]`: fuzzes all targets for FUZZ_SECONDS in all, 600 unless told,
then runs what was kept once more with the compiled kernels, bounds checked.

Prints a line per target; ends with 1 where anything was found. The inputs are kept under
build/fuzz, so that the next run starts where this one ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import SHARED
from tests.fuzz.targets import TARGETS, seeds

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "fuzz"
OPTIONS = ("-max_len=4096", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1")


@dataclass
class Outcome:
    """What fuzzing one target came to."""

    name: str
    executions: int = 0
    seconds: float = 0.0
    corpus: int = 0
    coverage: int = 0
    slowest_ms: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        rate = self.executions / self.seconds if self.seconds else 0.0
        return (
            f"{self.name:8} {self.executions:10,} executions {rate:8,.0f}/s "
            f"{self.corpus:6,} inputs kept {self.coverage:6,} branches "
            f"{self.slowest_ms:7,.0f} ms longest {len(self.findings):3} findings"
        )


def main() -> int:
    names = sys.argv[1:] or list(TARGETS)
    total = float(os.environ.get("FUZZ_SECONDS", "600"))
    shares = sum(TARGETS[name].share for name in names)
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=in_memory) as folder:
        os.environ["TMPDIR"] = folder  # of those started here; a worker leaves its files behind
        n_found = sum(fuzz(name, total * TARGETS[name].share / shares) for name in names)
    return int(n_found > 0)


def fuzz(name: str, seconds: float) -> bool:
    """Fuzz one target and tell how it went; whether anything was found."""
    folder = prepared(name)
    outcome = fuzzed(name, folder, seconds)
    outcome.findings += compared(name, folder)
    say(outcome.line)
    for finding in outcome.findings:
        say(f"    {finding}")
    return bool(outcome.findings)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def event_files(name: str) -> list[Path]:
    """Event files by real writers, one of each size and place; small ones where all is used."""
    largest = 3_000 if name in ("bytes", "index") else 400_000
    folders = [ROOT / "tests" / "data", SHARED / "fixtures"]
    files = [path for folder in folders for path in sorted(folder.rglob("*tfevents*"))]
    chosen: dict[tuple[str, int], Path] = {}
    for path in files:
        if path.is_file() and 0 < path.stat().st_size <= largest:
            chosen.setdefault((path.parent.parent.name, path.stat().st_size), path)
    return list(chosen.values())


def prepared(name: str) -> Path:
    """The target's folder, with a first corpus."""
    folder = KEPT / name
    for part in ("corpus", "findings"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for data in seeds(event_files(name), name):
        (folder / "corpus" / hashlib.sha1(data).hexdigest()).write_bytes(data)
    for path in sorted((ROOT / "tests" / "data" / "fuzz").glob(f"{name}-*")):
        shutil.copy(path, folder / "corpus" / path.name)
    return folder


def fuzzed(name: str, folder: Path, seconds: float) -> Outcome:
    command = [
        *(sys.executable, "-m", "tests.fuzz.worker", name, str(folder)),
        *(*OPTIONS, f"-max_total_time={round(seconds)}", f"-artifact_prefix={folder}/findings/"),
    ]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    (folder / "log.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    outcome = Outcome(name, corpus=len(list((folder / "corpus").iterdir())))
    outcome.executions = last_number(r"stat::number_of_executed_units:\s+(\d+)", done.stderr)
    outcome.seconds = last_number(r"Done \d+ runs in (\d+) second", done.stderr) or seconds
    outcome.coverage = last_number(r" cov: (\d+) ", done.stderr)
    slowest = folder / "slowest.json"
    if slowest.is_file():
        outcome.slowest_ms = 1000 * json.loads(slowest.read_text("utf-8"))["seconds"]
    if done.returncode:
        kept = re.findall(r"Test unit written to (\S+)", done.stderr)
        outcome.findings.append(f"{error_in(done.stderr)} {' '.join(kept)}")
    return outcome


def last_number(pattern: str, text: str) -> int:
    return int((re.findall(pattern, text) or ["0"])[-1])


def error_in(text: str) -> str:
    """The line of a log that says most."""
    lines = [
        line for line in text.splitlines() if re.match(r"\w*(Error|Exception|Warning)\b", line)
    ]
    told = [line for line in text.splitlines() if "ERROR: libFuzzer" in line]
    return (lines or told or text.splitlines()[-1:] or ["ended without a word"])[-1]


def compared(name: str, folder: Path) -> list[str]:
    """Inputs to which the compiled kernels say something else than plain Python, or fail."""
    plain = replayed(name, folder, {"NUMBA_DISABLE_JIT": "1"})
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(KEPT / "numba")}
    compiled = replayed(name, folder, checked)
    wrong = []
    for path, answer in compiled.items():
        if "Traceback" in answer:
            wrong.append(f"compiled: {path}: {answer.splitlines()[-1]}")
        elif answer != plain.get(path):
            wrong.append(f"compiled and plain Python differ: {folder / 'corpus' / path}")
    return wrong


def replayed(name: str, folder: Path, environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.fuzz.replay", name, str(folder / "corpus")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    if done.returncode:
        return {"all": f"Traceback: {error_in(done.stderr)}"}
    answers: dict[str, str] = json.loads(done.stdout)
    return answers


if __name__ == "__main__":
    sys.exit(main())
