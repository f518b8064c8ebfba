"""Sources that are the same embedding at different steps, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.embedding import Source


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """One embedding; sources in order of their steps, at least one.

    copy: 0, or counts on where the same run, name and step came more than once.
    """

    run: str
    name: str
    copy: int
    sources: tuple[Source, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        return tuple(-1 if source.step is None else source.step for source in self.sources)

    def index_of(self, step: int | None) -> int:
        """Where a step stands among the sources; the last where it is not there."""
        steps = [source.step for source in self.sources]
        return steps.index(step) if step in steps else len(steps) - 1

    def step_at(self, index: int) -> int | None:
        """What to choose for this source: for the last one None, which is the newest ever after."""
        is_last = index >= len(self.sources) - 1
        has_none = any(source.step is None for source in self.sources)
        return None if is_last and not has_none else self.sources[index].step


def group_sources(sources: Sequence[Source]) -> tuple[SourceGroup, ...]:
    """Groups in the order in which their first source was found."""
    found: dict[tuple[str, str, int], dict[int | None, Source]] = {}
    for source in sources:
        copy = 0
        while source.step in found.setdefault((source.run, source.name, copy), {}):
            copy += 1
        found[source.run, source.name, copy][source.step] = source
    return tuple(
        SourceGroup(run, name, copy, tuple(sorted(of_step.values(), key=_order)))
        for (run, name, copy), of_step in found.items()
    )


def chosen_group(groups: Sequence[SourceGroup], choice: EmbeddingChoice) -> SourceGroup | None:
    """The group the choice names, else the first, rather one with metadata; None without groups."""
    wanted = (choice.run, choice.name, choice.copy)
    named = [group for group in groups if (group.run, group.name, group.copy) == wanted]
    described = [group for group in groups if group.sources[-1].metadata_path is not None]
    return next(iter([*named, *described, *groups]), None)


def source_now(groups: Sequence[SourceGroup], source: Source) -> Source | None:
    """The same source as it was read last: logs that are read again have equal ones."""
    known = [one for group in groups for one in group.sources]
    same = (one for one in known if one is source)
    return next(same, next((one for one in known if one == source), None))


def _order(source: Source) -> tuple[bool, int]:
    return source.step is not None, source.step or 0
