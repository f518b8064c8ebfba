"""Finds the embeddings behind a path: projector configs, PyTorch's layout, bare files.

Nothing is loaded: a source says where an embedding can be read from, a problem what was tried in
vain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from projector.embeddings.bare import find_bare_files, source_of_file
from projector.embeddings.config import CONFIG_NAME, read_config
from projector.embeddings.embedding import Source
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo, ProjectorConfig
from projector.embeddings.paths import find_file
from projector.embeddings.tensors import UNSUPPORTED
from projector.errors import Problem
from projector.logs.series import Logs
from projector.logs.watch import list_folders

_PLUGIN_FOLDER = ("plugins", "org_tensorflow_tensorboard_projector")
_STEP_FOLDER = re.compile(r"\d{5,}")
_NAME_WITH_STEP = re.compile(r"(.*):(\d+)", re.DOTALL)


Folders = Sequence[tuple[Path, Set[str]]]
"""Folders with the names of the files of interest in them, parents first."""


def find_sources(
    path: Path, logs: Logs, folders: Folders | None = None
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Where each embedding below a folder, or the one in a file, can be read from; loads nothing.

    Of embeddings with the same run, name and step the last one counts. Bare .npy and .tsv files are
    offered only where a folder holds no logs. folders: what lies below `path`, where that is known.
    """
    found = _Found()
    if path.is_dir():
        if folders is None:
            folders = [(Path(listing.path), listing.others) for listing in list_folders(path)]
        _find_in_folder(path, folders, found)
        if not (found.sources or found.problems or logs.runs):
            found.add(*find_bare_files(path))
    elif path.suffix.lower() in (".pbtxt", ".json"):
        _read_config(path, ".", found)
    else:
        found.add(*source_of_file(path))
    return tuple(found.sources.values()), tuple(found.problems)


@dataclass(slots=True)
class _Found:
    sources: dict[tuple[str, str, int | None], Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, sources: Iterable[Source], problems: Iterable[Problem]) -> None:
        self.problems += problems
        for source in sources:
            self.sources[source.run, source.name, source.step] = source

    @property
    def files(self) -> set[Path]:
        return {source.tensor_path.resolve() for source in self.sources.values()}


def _find_in_folder(root: Path, folders: Folders, found: _Found) -> None:
    configs: dict[str, Path] = {}
    loose: list[tuple[str, Path]] = []
    for folder, names in folders:
        if CONFIG_NAME in names:
            run_folder = _run_folder(folder, root)
            # the plugin's own folder comes after its run in the walk, and replaces the run's config
            configs[_run_name(run_folder, root)] = folder / CONFIG_NAME
        if "tensors.tsv" in names and _STEP_FOLDER.fullmatch(folder.parent.name):
            loose.append((_run_name(folder.parent.parent, root), folder))
    for run, config in configs.items():
        _read_config(config, run, found)
    known = found.files
    for run, folder in loose:
        source = _loose_source(run, folder)
        key = (source.run, source.name, source.step)
        if source.tensor_path.resolve() not in known and key not in found.sources:
            found.add([source], [])


def _run_folder(folder: Path, root: Path) -> Path:
    parts = folder.relative_to(root).parts
    return folder.parent.parent if parts[-2:] == _PLUGIN_FOLDER else folder


def _run_name(folder: Path, root: Path) -> str:
    try:
        return folder.relative_to(root).as_posix()
    except ValueError:  # the folder that was opened is itself a step of a run
        return "."


def _read_config(path: Path, run: str, found: _Found) -> None:
    config, problems = read_config(path)
    found.add([], problems)
    if problems and not config.embeddings:
        return
    if not any(info.tensor_path for info in config.embeddings):
        found.add([], [Problem(path, _without_tensors(config))])
    for info in config.embeddings:
        found.add(*_source_of_block(info, path, run))


def _without_tensors(config: ProjectorConfig) -> str:
    if config.model_checkpoint_path:
        return (
            f"The vectors are in the checkpoint {config.model_checkpoint_path}; "
            "TensorFlow checkpoints can't be read yet."
        )
    return "The config names no file of vectors (tensor_path); checkpoints can't be read yet."


def _source_of_block(
    info: EmbeddingInfo, config: Path, run: str
) -> tuple[list[Source], list[Problem]]:
    """The source one block of a config describes, or the problem that prevents it."""
    if not info.tensor_path:
        return [], []
    title = info.tensor_name or info.tensor_path
    tensor = find_file(info.tensor_path, config.parent)
    if tensor.path is None:
        return [], [Problem(config, f"The vectors of {title!r} were not found: {tensor.tried}.")]
    trouble = _format_trouble(tensor.path, info)
    if trouble:
        return [], [Problem(tensor.path, trouble)]
    problems = []
    others: dict[str, Path | None] = {}
    for what, text in (("metadata", info.metadata_path), ("sprite", info.sprite.image_path)):
        other = find_file(text, config.parent)
        others[what] = other.path
        if text and other.path is None:
            why = f"The {what} of {title!r} was not found: {other.tried}."
            problems.append(Problem(config, why))
    name, step = _split_name(info.tensor_name or tensor.path.name)
    source = Source(
        name=name,
        run=run,
        tensor_path=tensor.path,
        step=step,
        shape=_pair(info.tensor_shape),
        metadata_path=others["metadata"],
        sprite_path=others["sprite"],
        tile=_pair(info.sprite.single_image_dim),
    )
    return [source], problems


def _format_trouble(tensor: Path, info: EmbeddingInfo) -> str | None:
    suffix = tensor.suffix.lower()
    if suffix in UNSUPPORTED:
        return f"{suffix} files can't be read yet; save the vectors as .npy or .tsv."
    if suffix == ".bytes" and _pair(info.tensor_shape) is None:
        return "The file holds bare numbers; add tensor_shape (rows, then values) to the config."
    return None


def _pair(numbers: Iterable[int]) -> tuple[int, int] | None:
    values = [int(number) for number in numbers]
    return (values[0], values[1]) if len(values) == 2 else None


def _split_name(name: str) -> tuple[str, int | None]:
    """The name and the step in hidden:00003; a last :0 is an output number of TensorFlow."""
    match = _NAME_WITH_STEP.fullmatch(name)
    if not match or not match[1] or len(match[2]) > 18:
        return name, None
    return match[1], None if match[2] == "0" else int(match[2])


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
