"""Finds the embeddings behind a path: projector configs, PyTorch's and Keras's layouts,
checkpoints, bare files.

Nothing is loaded: a source says where an embedding can be read from, a finding what was tried.
"""

from __future__ import annotations

import re
import time
from collections.abc import Set
from pathlib import Path

from projector.embeddings.bare import find_bare_files, source_of_file
from projector.embeddings.blocks import ConfigPlace, add_tensors, read_blocks, tell_tensors
from projector.embeddings.checkpoints import STATE_NAME, latest_checkpoint, written_checkpoint
from projector.embeddings.config import CONFIG_NAME, is_json_config, read_config
from projector.embeddings.doctor import Finding, Folders, Names, Tried
from projector.embeddings.embedding import Source
from projector.embeddings.formats import list_tensors
from projector.embeddings.found import Found, Gathering
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo
from projector.embeddings.weights import is_written
from projector.errors import ProjectorError
from projector.logs.series import Logs
from projector.logs.watch import list_folders
from projector.progress import Progress, Work

__all__ = ["Folders", "Found", "find_sources"]

_PLUGIN_FOLDER = ("plugins", "org_tensorflow_tensorboard_projector")
_STEP_FOLDER = re.compile(r"\d{5,}")
_STEP_S = 0.02


def find_sources(path: Path, logs: Logs, folders: Folders | None = None) -> Work[Found]:
    """Where each embedding below a folder, or those in a file, can be read from; loads nothing.

    Of embeddings with the same run, name and step the last one counts. Bare files of vectors are
    offered only where a folder holds no logs. folders: what lies below `path`, where that is known.
    """
    if path.is_dir():
        if folders is None:
            folders = [(Path(listing.path), listing.others) for listing in list_folders(path)]
        gathering = Gathering(path, Names(folders))
        yield from _find_in_folder(path, folders, gathering)
        if gathering.is_empty and not logs.runs:
            yield from find_bare_files(_with_root(path, folders), gathering)
        return gathering.found()
    gathering = Gathering(path.parent, Names([(path.parent, {path.name})]))
    if path.suffix.lower() == ".pbtxt" or is_json_config(path):
        yield from _read_config(ConfigPlace(path, ".", path.parent), gathering)
    else:
        yield from source_of_file(path, gathering)
    return gathering.found()


def _with_root(path: Path, folders: Folders) -> Folders:
    """The root first, also where nothing of interest is in it."""
    return folders if folders and folders[0][0] == path else [(path, set()), *folders]


def _find_in_folder(root: Path, folders: Folders, gathering: Gathering) -> Work[None]:
    configs: dict[str, list[ConfigPlace]] = {}
    loose: list[tuple[str, Path]] = []
    holding_weights: list[Path] = []
    for folder, names in folders:
        for name in _config_names(names):
            run_folder = _run_folder(folder, root)
            run = _run_name(run_folder, root)
            # the plugin's own folder comes after its run in the walk, and replaces the run's config
            known = configs.get(run, [])
            others = [one for one in known if one.path.parent == folder]
            configs[run] = [*others, ConfigPlace(folder / name, run, run_folder)]
        if "tensors.tsv" in names and _STEP_FOLDER.fullmatch(folder.parent.name):
            loose.append((_run_name(folder.parent.parent, root), folder))
        if any(name == STATE_NAME or name.endswith((".index", ".ckpt")) for name in names):
            holding_weights.append(folder)
    shown = time.monotonic()
    for places in configs.values():
        for place in places:
            yield from _read_config(place, gathering)
        if time.monotonic() - shown > _STEP_S:
            yield Progress(None, f"Found {len(gathering.sources):,} embeddings")
            shown = time.monotonic()
    for run, folder in loose:
        source = _loose_source(run, folder)
        if source.tensor_path.resolve() not in gathering.used and not gathering.has(source):
            gathering.add(source)
            what = "No config names it; PyTorch wrote it."
            gathering.tell(Finding(source.tensor_path, what, "found"))
        if time.monotonic() - shown > _STEP_S:
            yield Progress(None, f"Found {len(gathering.sources):,} embeddings")
            shown = time.monotonic()
    for folder in holding_weights:
        yield from _find_checkpoint(_run_name(folder, root), folder, gathering)


def _config_names(names: Set[str]) -> list[str]:
    """JSON first, so that of the same embedding the text counts."""
    found = [name for name in sorted(names) if name.lower().endswith("projector_config.json")]
    return [*found, *([CONFIG_NAME] if CONFIG_NAME in names else [])]


def _run_folder(folder: Path, root: Path) -> Path:
    parts = folder.relative_to(root).parts
    return folder.parent.parent if parts[-2:] == _PLUGIN_FOLDER else folder


def _run_name(folder: Path, root: Path) -> str:
    try:
        return folder.relative_to(root).as_posix()
    except ValueError:  # the folder that was opened is itself a step of a run
        return "."


def _read_config(place: ConfigPlace, gathering: Gathering) -> Work[None]:
    config, problems = yield from read_config(place.path)
    if problems and not config.embeddings:
        for problem in problems:
            gathering.add_problem(problem)
        return
    n = len(config.embeddings)
    what = f"A projector config with {n:,} embedding{'' if n == 1 else 's'}."
    gathering.tell(Finding(place.path, what, "found"))
    for problem in problems:
        gathering.add_problem(problem)
    yield from read_blocks(place, config, gathering)


def _find_checkpoint(run: str, folder: Path, gathering: Gathering) -> Work[None]:
    """All matrices of the latest checkpoint in a folder, where no config has it already."""
    path = latest_checkpoint(folder)
    yield Progress(None, f"Looking into {folder.name}")
    if path is None or {path.resolve(), folder.resolve()} & gathering.used:
        return  # a config has it, or another one of the same folder
    gathering.used.add(path.resolve())
    try:
        infos = yield from list_tensors(path)
    except ProjectorError as error:
        gathering.fail(path, "The checkpoint can't be read.", Tried(path, str(error)))
        return
    tell_tensors(path, infos, gathering)
    _tell_moved(path, folder, gathering)
    place = ConfigPlace(path, run, folder)
    add_tensors(place, path, infos, gathering, taken=set(), template=EmbeddingInfo())


def _tell_moved(path: Path, folder: Path, gathering: Gathering) -> None:
    """Where the state file names another checkpoint than the one that is read."""
    written = written_checkpoint(folder)
    if written and not is_written(path, written, folder):
        what = f"The latest checkpoint is not where it is written; {path.name} is read instead."
        tried = Tried(Path(written), "is not there")
        gathering.tell(Finding(folder / STATE_NAME, what, "repaired", (tried,)))


def _loose_source(run: str, folder: Path) -> Source:
    """What PyTorch wrote and a later writer's config no longer names."""
    metadata, sprite = folder / "metadata.tsv", folder / "sprite.png"
    name = folder.name.replace("%2f", "/").replace("%5c", "\\").replace("%25", "%")
    return Source(
        name=name,
        run=run,
        tensor_path=folder / "tensors.tsv",
        step=int(folder.parent.name),
        metadata_path=metadata if metadata.is_file() else None,
        sprite_path=sprite if sprite.is_file() else None,
    )
