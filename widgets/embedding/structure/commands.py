"""The structure page's commands, for menus, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QTabWidget

from widgets.embedding.panes import Panes
from widgets.embedding.structure.page import StructurePage
from widgets.shared.command import Command

INSPECTOR = 2


class StructureCommands(QObject):
    """Each shows the page it belongs to, and does there what its button does."""

    def __init__(self, page: StructurePage, panes: Panes, tabs: QTabWidget) -> None:
        super().__init__(page)
        self._page, self._panes, self._tabs = page, panes, tabs
        self._model = page.model

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self._view_commands(), *self._color_commands(), *self._select_commands())

    def _view_commands(self) -> tuple[Command, ...]:
        return (
            self._command(
                "structure",
                self.tr("Structure of the cloud"),
                self.tr("Show the page with quality, clusters, outliers and duplicates."),
                self._show_page,
                keys=("Ctrl+Shift+T",),
            ),
            Command(
                "embedding.density",
                self.tr("Density contours"),
                self.tr("Draw lines around where the points crowd."),
                self._toggle_density,
                is_enabled=self._has_cloud,
                is_checked=self._shows_density,
            ),
            self._command(
                "measure_quality",
                self.tr("Measure quality"),
                self.tr("Say how far the picture keeps who is near whom."),
                self._measure,
            ),
            self._command(
                "find_clusters",
                self.tr("Find clusters"),
                self.tr("Group the points that lie together, and color by the groups."),
                self._cluster,
            ),
        )

    def _color_commands(self) -> tuple[Command, ...]:
        return (
            self._command(
                "color_by_clusters",
                self.tr("Color by clusters"),
                self.tr("Give each cluster that was found a color."),
                self._page.clusters.color,
                is_enabled=self._has_clusters,
            ),
            self._command(
                "color_by_trustworthiness",
                self.tr("Color by trustworthiness"),
                self.tr("Show where the picture puts near what is far in truth."),
                self._color_by_trust,
                is_enabled=self._has_quality,
            ),
            self._command(
                "color_by_continuity",
                self.tr("Color by continuity"),
                self.tr("Show where the picture tears apart what is near in truth."),
                self._color_by_continuity,
                is_enabled=self._has_quality,
            ),
            self._command(
                "color_by_overlap",
                self.tr("Color by neighbor overlap"),
                self.tr("Show where neighbors in the picture are neighbors in truth."),
                self._color_by_overlap,
                is_enabled=self._has_quality,
            ),
            self._command(
                "color_by_outliers",
                self.tr("Color by outlier factor"),
                self.tr("Show how far out each point lies."),
                self._page.outliers.color,
                is_enabled=self._has_outliers,
            ),
            self._command(
                "color_by_disagreement",
                self.tr("Color by label disagreement"),
                self.tr("Show where neighbors carry another label."),
                self._page.labels.color,
                is_enabled=self._has_doubts,
            ),
        )

    def _select_commands(self) -> tuple[Command, ...]:
        return (
            self._command(
                "check_labels",
                self.tr("Find doubtful labels"),
                self.tr("List the points whose neighbors carry another label."),
                self._check_labels,
                menu="Select",
            ),
            self._command(
                "select_doubtful",
                self.tr("Select doubtful labels"),
                self.tr("Select every listed point whose neighbors carry another label."),
                self._page.labels.select_all,
                menu="Select",
                is_enabled=self._has_doubts,
            ),
            self._command(
                "find_outliers",
                self.tr("Find outliers"),
                self.tr("List the points that lie apart from their neighbors."),
                self._find_outliers,
                menu="Select",
            ),
            self._command(
                "select_outliers",
                self.tr("Select outliers"),
                self.tr("Select the listed points that lie clearly apart."),
                self._page.outliers.select_clear,
                menu="Select",
                is_enabled=self._has_outliers,
            ),
            self._command(
                "find_duplicates",
                self.tr("Find duplicates"),
                self.tr("List the points whose vectors are the same."),
                self._find_duplicates,
                menu="Select",
            ),
            self._command(
                "select_spare",
                self.tr("Select all duplicates but one of each"),
                self.tr("Hide what is then selected to keep one of each."),
                self._page.duplicates.select_spare,
                menu="Select",
                is_enabled=self._has_duplicates,
            ),
        )

    def _command(
        self,
        name: str,
        text: str,
        tip: str,
        run: Callable[[], None],
        *,
        menu: str = "View",
        keys: tuple[str, ...] = (),
        is_enabled: Callable[[], bool] | None = None,
    ) -> Command:
        return Command(
            f"embedding.{name}",
            text,
            tip,
            run,
            menu=menu,
            keys=keys,
            is_enabled=is_enabled or self._has_cloud,
        )

    def _has_cloud(self) -> bool:
        return self._model.shown is not None

    def _shows_density(self) -> bool:
        return self._model.choice.shows_density

    def _has_clusters(self) -> bool:
        return self._page.clusters.result is not None

    def _has_quality(self) -> bool:
        return self._page.quality.column_of("trustworthiness") is not None

    def _has_outliers(self) -> bool:
        return self._page.outliers.result is not None

    def _has_doubts(self) -> bool:
        return self._page.labels.result is not None

    def _has_duplicates(self) -> bool:
        return self._page.duplicates.result is not None

    def _toggle_density(self) -> None:
        self._model.choose(shows_density=not self._model.choice.shows_density)

    def _show(self, section: str) -> None:
        if not self._panes.is_open(INSPECTOR):
            self._panes.toggle(INSPECTOR)
        self._tabs.setCurrentWidget(self._page.panel)
        self._page.reveal(section)

    def _show_page(self) -> None:
        if not self._panes.is_open(INSPECTOR):
            self._panes.toggle(INSPECTOR)
        self._tabs.setCurrentWidget(self._page.panel)
        self._tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _measure(self) -> None:
        self._show("quality")
        self._page.quality.measure()

    def _cluster(self) -> None:
        self._show("clusters")
        self._page.clusters.find()

    def _check_labels(self) -> None:
        self._show("labels")
        self._page.labels.find()

    def _find_outliers(self) -> None:
        self._show("outliers")
        self._page.outliers.find()

    def _find_duplicates(self) -> None:
        self._show("duplicates")
        self._page.duplicates.find()

    def _color_by_trust(self) -> None:
        self._page.quality_view.color_by("trustworthiness")

    def _color_by_continuity(self) -> None:
        self._page.quality_view.color_by("continuity")

    def _color_by_overlap(self) -> None:
        self._page.quality_view.color_by("overlap")
