"""Makes sources of the blocks of a projector config, and says of each what was tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from projector.embeddings.checkpoints import find_checkpoint
from projector.embeddings.doctor import Finding, Tried
from projector.embeddings.embedding import Source
from projector.embeddings.format import TensorInfo
from projector.embeddings.formats import RAW, TEXT, all_suffixes, has_suffix, list_tensors
from projector.embeddings.found import Gathering, shown, split_name
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo, ProjectorConfig
from projector.embeddings.names import (
    is_held_back,
    key_of,
    key_trouble,
    keys_of_keras,
    reasons,
)
from projector.embeddings.paths import FoundFile, find_file
from projector.embeddings.weights import Weights, find_weights
from projector.errors import ProjectorError
from projector.progress import Progress, Work


@dataclass(frozen=True, slots=True)
class ConfigPlace:
    """Where a config stands. run_folder: that of its run, which is not always its own."""

    path: Path
    run: str
    run_folder: Path


def read_blocks(place: ConfigPlace, config: ProjectorConfig, gathering: Gathering) -> Work[None]:
    """Add all that a config describes; blocks without a file mean variables of a checkpoint."""
    in_files = [info for info in config.embeddings if info.tensor_path]
    in_weights = [info for info in config.embeddings if not info.tensor_path]
    for i, info in enumerate(in_files):
        yield from _read_file_block(place, info, gathering)
        if i % 20 == 0:
            yield Progress(None, f"Looking into {place.path.name}")
    if in_weights or not config.embeddings or config.model_checkpoint_path:
        yield from _read_weights_blocks(place, config, in_weights, gathering)


def _read_file_block(place: ConfigPlace, info: EmbeddingInfo, gathering: Gathering) -> Work[None]:
    title = shown(info.tensor_name or info.tensor_path)
    tensor = find_file(info.tensor_path, place.path.parent, gathering.root)
    if tensor.path is None:
        checkpoint = find_checkpoint(info.tensor_path, place.path.parent, gathering.shards)
        tensor = replace(tensor, path=checkpoint)
    if tensor.path is None:
        nearest = gathering.names.nearest(info.tensor_path, place.path.parent)
        what = f"The vectors of {title} were not found."
        gathering.fail(place.path, what, *tensor.places, nearest=nearest)
        return
    key = ""
    suffix = tensor.path.suffix.lower()
    if suffix == ".bytes" and _pair(info.tensor_shape) is None:
        what = "The file holds bare numbers; add tensor_shape (rows, then values) to the config."
        gathering.fail(tensor.path, what)
        return
    if not (has_suffix(tensor.path, RAW) or has_suffix(tensor.path, TEXT)):
        try:
            infos = yield from list_tensors(tensor.path)
        except ProjectorError as error:
            what = f"The vectors of {title} can't be read."
            gathering.fail(place.path, what, Tried(tensor.path, str(error)))
            return
        chosen = key_of(info.tensor_name, infos)
        if chosen is None:
            what = f"The vectors of {title} were not found in {tensor.path.name}."
            tried = key_trouble(info.tensor_name, infos, tensor.path)
            gathering.fail(place.path, what, *tried)
            return
        key = chosen
    name, step = split_name(info.tensor_name or tensor.path.name)
    source = Source(name, place.run, tensor.path, step, _pair(info.tensor_shape), key=key)
    _add(place, _with_companions(place, info, source, gathering), tensor, gathering)


def _add(place: ConfigPlace, source: Source, tensor: FoundFile, gathering: Gathering) -> None:
    title, where = shown(source.name), source.tensor_path
    if source.step is not None:
        title += f" of step {source.step:,}"
    if gathering.has(source) and not gathering.holds(source):
        what = f"{title} stands twice in the run; the last one counts."
        gathering.tell(Finding(place.path, what, "repaired"))
    gathering.add(source)
    if tensor.is_moved:
        what = f"The vectors of {title} lie elsewhere than written: {where}."
        gathering.tell(Finding(place.path, what, "repaired", tensor.places))
    else:
        gathering.tell(Finding(place.path, f"{title} is in {where.name}.", "found"))


def _with_companions(
    place: ConfigPlace, info: EmbeddingInfo, source: Source, gathering: Gathering
) -> Source:
    """The same source with metadata, pictures and bookmarks, as far as they are there."""
    paths = [
        _companion(what, text, place, source.name, gathering)
        for what, text in (
            ("metadata", info.metadata_path),
            ("sprite", info.sprite.image_path),
            ("bookmarks", info.bookmarks_path),
        )
    ]
    tile = _pair(info.sprite.single_image_dim)
    return replace(
        source, metadata_path=paths[0], sprite_path=paths[1], bookmarks_path=paths[2], tile=tile
    )


def _companion(
    what: str, text: str, place: ConfigPlace, name: str, gathering: Gathering
) -> Path | None:
    """One file that belongs to an embedding; where it is missing the embedding stays."""
    found = find_file(text, place.path.parent, gathering.root)
    verb = "were" if what == "bookmarks" else "was"
    if text and found.path is None:
        nearest = gathering.names.nearest(text, place.path.parent)
        why = f"The {what} of {shown(name)} {verb} not found."
        gathering.fail(place.path, why, *found.places, nearest=nearest)
    elif found.is_moved:
        why = f"The {what} of {shown(name)} {verb} found elsewhere than written: {found.path}."
        gathering.tell(Finding(place.path, why, "repaired", found.places))
    return found.path


def _read_weights_blocks(
    place: ConfigPlace,
    config: ProjectorConfig,
    blocks: list[EmbeddingInfo],
    gathering: Gathering,
) -> Work[None]:
    written = config.model_checkpoint_path
    weights = yield from find_weights(written, place.path.parent, place.run_folder)
    if weights.path is None:
        if blocks or not config.embeddings:
            _tell_no_weights(place, config, blocks, weights, gathering)
        return
    path = weights.path
    gathering.used |= {path.resolve(), path.parent.resolve()}
    try:
        infos = yield from list_tensors(path)
    except ProjectorError as error:
        what = f"{_counted(len(blocks))} of the config can't be read."
        gathering.fail(place.path, what, Tried(path, str(error)), *weights.tried)
        return
    tell_tensors(path, infos, gathering)
    if weights.is_moved:
        what = f"The config's checkpoint is not where it is written; {path.name} is read instead."
        gathering.tell(Finding(place.path, what, "repaired", weights.tried))
    template = config.embeddings[0] if config.embeddings else EmbeddingInfo()
    if template.tensor_name or template.tensor_path:
        template = EmbeddingInfo()
    taken = _named_blocks(place, blocks, path, infos, gathering)
    add_tensors(place, path, infos, gathering, taken=taken, template=template)


def _named_blocks(
    place: ConfigPlace,
    blocks: list[EmbeddingInfo],
    path: Path,
    infos: tuple[TensorInfo, ...],
    gathering: Gathering,
) -> set[str]:
    """Add the variables that blocks name; the keys of those."""
    taken: set[str] = set()
    for info, key in zip(blocks, _keys_of(blocks, infos), strict=True):
        if not info.tensor_name:
            continue
        chosen = next((one for one in infos if one.key == key), None)
        if key is None or chosen is None:
            what = f"The vectors of {shown(info.tensor_name)} were not found in {path.name}."
            gathering.fail(place.path, what, *key_trouble(info.tensor_name, infos, path))
            continue
        taken.add(key)
        if chosen.why_not and not is_held_back(chosen):
            what = f"{shown(info.tensor_name)} can't be shown."
            gathering.fail(place.path, what, *reasons([chosen], path))
            continue
        source = Source(chosen.title or key, place.run, path, shape=_rows(chosen), key=key)
        source = _with_companions(place, info, source, gathering)
        _add(place, source, FoundFile(path), gathering)
    return taken


def _keys_of(blocks: list[EmbeddingInfo], infos: tuple[TensorInfo, ...]) -> list[str | None]:
    """The key each block means. Keras writes one name for all layers, so a name that stands several
    times means one layer after the other."""
    keys: list[str | None] = []
    counts: dict[str, int] = {}
    in_order = keys_of_keras(infos)
    for info in blocks:
        name = info.tensor_name
        count = counts[name] = counts.get(name, 0) + 1
        key = key_of(name, infos) if name else None
        if count > 1 and key in in_order:
            place = in_order.index(key) + count - 1
            key = in_order[place] if place < len(in_order) else key
        keys.append(key)
    return keys


def add_tensors(
    place: ConfigPlace,
    path: Path,
    infos: tuple[TensorInfo, ...],
    gathering: Gathering,
    *,
    taken: set[str],
    template: EmbeddingInfo,
) -> None:
    """Add all matrices of a file that no block names. template: what they get beside them."""
    for info in infos:
        if info.why_not or info.key in taken:
            continue
        name = info.title or info.key or path.stem
        source = Source(name, place.run, path, shape=_rows(info), key=info.key)
        if gathering.has(source):
            source = replace(source, name=info.key)
        beside = EmbeddingInfo(
            metadata_path=template.metadata_path, bookmarks_path=template.bookmarks_path
        )
        gathering.add(_with_companions(place, beside, source, gathering))


def tell_tensors(path: Path, infos: tuple[TensorInfo, ...], gathering: Gathering) -> None:
    """One finding on a file of several tensors: how many can be shown, and why the others can't."""
    n = sum(1 for info in infos if not info.why_not)
    tried = reasons(infos, path)
    matrices = "1 matrix" if n == 1 else f"{n:,} matrices" if n else "no matrix of numbers"
    tensors = "1 tensor" if len(infos) == 1 else f"{len(infos):,} tensors"
    what = f"{path.name} holds {matrices} among {tensors}."
    gathering.tell(Finding(path, what, "found" if n else "failed", tried))
    for info in infos if n else ():
        if not info.key:  # a damaged part of the file
            gathering.fail(path, info.why_not)


def _tell_no_weights(
    place: ConfigPlace,
    config: ProjectorConfig,
    blocks: list[EmbeddingInfo],
    weights: Weights,
    gathering: Gathering,
) -> None:
    endings = tuple(one for one in all_suffixes() if one not in (".txt", ".bin", ".csv", ".tsv"))
    nearest = gathering.names.first_with(endings, place.path.parent)
    written = config.model_checkpoint_path
    if not config.embeddings and not written:
        what = "The config names no embedding (tensor_name, tensor_path), and no checkpoint."
        gathering.fail(place.path, what, *weights.tried, nearest=nearest)
        return
    checkpoint = f" {written}" if written else ""
    names = ", ".join(shown(info.tensor_name) for info in blocks[:3] if info.tensor_name)
    what = f"The config names no file of vectors (tensor_path), and its checkpoint{checkpoint} "
    what += f"was not found, so there is nothing to show for {names or 'it'}."
    gathering.fail(place.path, what, *weights.tried, nearest=nearest)


def _counted(n: int) -> str:
    return "1 embedding" if n == 1 else f"{n:,} embeddings"


def _rows(info: TensorInfo) -> tuple[int, int] | None:
    return (info.shape[0], info.shape[1]) if len(info.shape) == 2 and all(info.shape) else None


def _pair(numbers: Iterable[int]) -> tuple[int, int] | None:
    values = [int(number) for number in numbers]
    return (values[0], values[1]) if len(values) == 2 else None
