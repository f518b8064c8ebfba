"""Gathers what is found below one root: sources, and what was tried for each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from projector.embeddings.beside import Beside
from projector.embeddings.checkpoints import Shards
from projector.embeddings.doctor import Finding, Names, Tried
from projector.embeddings.embedding import Source
from projector.errors import Problem

_NAME_WITH_STEP = re.compile(r"(.*):(\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """sources: where embeddings can be read from. findings: all that was looked into, and what
    came of it. problems: what failed, as one sentence each."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Gathering:
    """Of sources with the same run, name and step the last one counts. root: the folder that was
    opened. used: files of vectors that are spoken for, and folders of which a config has chosen a
    checkpoint. shards: as find_checkpoint keeps them. beside: what lies in folders of bare files.
    """

    root: Path
    names: Names
    sources: dict[tuple[str, str, int | None], Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    shards: Shards = field(default_factory=dict)
    beside: dict[Path, Beside] = field(default_factory=dict)

    def add(self, source: Source) -> None:
        key = source.run, source.name, source.step
        self.sources.pop(key, None)
        self.sources[key] = source
        self.used.add(source.tensor_path.resolve())

    def has(self, source: Source) -> bool:
        """Whether the name is taken."""
        return (source.run, source.name, source.step) in self.sources

    def holds(self, source: Source) -> bool:
        """Whether the very same is known already."""
        return self.sources.get((source.run, source.name, source.step)) == source

    def tell(self, finding: Finding) -> None:
        """Keep a finding; one that failed is a problem, too."""
        self.findings.append(finding)
        if finding.outcome == "failed":
            self.problems.append(finding.problem)

    def fail(self, file: Path, what: str, *tried: Tried, nearest: Path | None = None) -> None:
        self.tell(Finding(file, what, "failed", tried, nearest))

    def add_problem(self, problem: Problem) -> None:
        """A problem that has a place in its file."""
        self.problems.append(problem)
        self.findings.append(Finding(problem.file, problem.what, "failed"))

    @property
    def is_empty(self) -> bool:
        return not (self.sources or self.problems)

    def found(self) -> Found:
        return Found(tuple(self.sources.values()), tuple(self.problems), tuple(self.findings))


def split_name(name: str) -> tuple[str, int | None]:
    """The name and the step in hidden:00003; a last :0 is an output number of TensorFlow."""
    match = _NAME_WITH_STEP.fullmatch(name)
    if not match or not match[1] or len(match[2]) > 18:
        return name, None
    return match[1], None if match[2] == "0" else int(match[2])


def shown(name: str) -> str:
    """A name out of a file, in quotes and not too long for a sentence."""
    return repr(name if len(name) <= 100 else name[:100] + "…")
