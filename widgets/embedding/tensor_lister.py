"""Looks into the files of the embeddings, once somebody wants to see what else is in them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from projector.embeddings.format import TensorInfo
from projector.errors import ProjectorError
from widgets.embedding.source_picker import SourcePicker
from widgets.embedding.tensor_list import files_of, lines_of, list_all, other_lines
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob


class TensorLister(QObject):
    """Fills the picker's list: at once with what is known, by a job with all that is there."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        picker: SourcePicker,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._picker, self._run_job = model, picker, run_job
        self._infos: dict[Path, tuple[TensorInfo, ...]] = {}
        self._filled_for: object = None
        model.groups_changed.connect(self._on_groups_changed)
        picker.opening.connect(self._on_opening)

    @Slot()
    def _on_groups_changed(self) -> None:
        files = files_of(self._model.groups)
        self._infos = {path: infos for path, infos in self._infos.items() if path in files}
        if self._picker.list.isVisible():
            self._on_opening()

    @Slot()
    def _on_opening(self) -> None:
        unknown = [path for path in files_of(self._model.groups) if path not in self._infos]
        self._fill()
        if unknown:
            title = self.tr("Looking into files")
            self._run_job(
                "embedding/tensors",
                title,
                list_all(unknown),
                on_done=self._on_listed,
                on_failed=self._on_failed,
            )

    @Slot(object)
    def _on_listed(self, infos: dict[Path, tuple[TensorInfo, ...]]) -> None:
        self._infos |= infos
        self._fill()

    @Slot(object)
    def _on_failed(self, _error: ProjectorError) -> None:
        """The list shows what is known without."""

    def _fill(self) -> None:
        groups = self._model.groups
        filled_for = (groups, tuple(self._infos))
        if filled_for != self._filled_for:
            self._filled_for = filled_for
            lines, others = lines_of(groups, self._infos), other_lines(groups, self._infos)
            self._picker.list.set_lines(lines, others)
