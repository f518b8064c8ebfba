"""TensorFlow 1 wrote a tag per sample, name/image/0, name/image/1 and so on; here they are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from projector.logs.columns import OLD_AUDIO, OLD_IMAGE
from projector.logs.series import Series


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Series of one run that hold the samples of one thing, in the order of the samples.

    name: what to call it: the tags without what tells them apart, or the title of the only one.
    """

    run: str
    name: str
    members: tuple[Series, ...]


def image_groups(series: Iterable[Series]) -> tuple[Family, ...]:
    """Series of images, those that belong together as one; in the order of their first member."""
    return _families(series, "image", OLD_IMAGE)


def audio_groups(series: Iterable[Series]) -> tuple[Family, ...]:
    """Series of audio, those that belong together as one; in the order of their first member."""
    return _families(series, "audio", OLD_AUDIO)


def _families(series: Iterable[Series], kind: str, field: int) -> tuple[Family, ...]:
    numbered = re.compile(rf"(.+)/{kind}(?:/([0-9]{{1,6}}))?", re.DOTALL)
    found: dict[tuple[str, str, bool], list[tuple[int, Series]]] = {}
    for one in series:
        is_old = one.payloads is not None and len(one) and one.payloads.fields[0] == field
        match = numbered.fullmatch(one.tag) if is_old else None
        if match:
            key, number = (one.run, match[1], True), int(match[2] or 0)
        else:
            key, number = (one.run, one.tag, False), 0
        found.setdefault(key, []).append((number, one))
    families = []
    for (run, name, is_family), members in found.items():
        ordered = tuple(one for _, one in sorted(members, key=lambda pair: pair[0]))
        families.append(Family(run, name if is_family else ordered[0].title, ordered))
    return tuple(families)
