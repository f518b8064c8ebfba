"""The form for clusters, and the list of those that were found."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from projector.selection import Combine
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.clustering import COLUMN, Clustering, Comparison
from widgets.embedding.structure.entry_list import Entries, EntryList
from widgets.embedding.structure.fields import CountField, in_row, label_for
from widgets.embedding.structure.label_columns import offered_columns
from widgets.embedding.structure.run_row import RunRow
from widgets.embedding.structure.settings import ClusterSettings, with_settings
from widgets.embedding.view_model import number_text
from widgets.shared.texts import button_text, counted

MOST_SEED = 2**31 - 1


class ClusterView(QWidget):
    """A cluster that is picked becomes the selection."""

    def __init__(
        self, clustering: Clustering, comparison: Comparison, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clustering, self._comparison = clustering, comparison
        self._model = clustering.model
        self._colors: dict[str, QColor] = {}
        self._make_words()
        self._make_numbers()
        self._make_results()
        self._lay_out()
        clustering.changed.connect(self._show_result)
        comparison.changed.connect(self._show_agreement)
        self._model.changed.connect(self._on_changed)
        self._model.shown_changed.connect(self._show_columns)
        self._model.table_changed.connect(self._show_columns)
        self._model.coloring_changed.connect(self._show_colors)
        self._show_settings()
        self._show_columns()
        self._show_result()

    def _make_words(self) -> None:
        self._method = Combo(self.tr("Method for clusters"), self.tr("How points are grouped"))
        items = [(self.tr("k-means: so many groups"), "kmeans")]
        items.append((self.tr("HDBSCAN: by density"), "hdbscan"))
        self._method.fill(items, None)
        self._method.activated.connect(self._on_method_activated)
        tip = self.tr("All dimensions, as they are prepared, or only what is drawn")
        self._place = Combo(self.tr("Where clusters are looked for"), tip)
        self._place.fill([(self.tr("Vectors"), "vectors"), (self.tr("Picture"), "layout")], None)
        self._place.activated.connect(self._on_place_activated)
        tip = self.tr("Which of the groups within groups are kept")
        self._cut = Combo(self.tr("Clusters that are kept"), tip)
        self._cut.fill(
            [(self.tr("The most lasting"), "eom"), (self.tr("The finest"), "leaf")], None
        )
        self._cut.activated.connect(self._on_cut_activated)
        tip = self.tr("Labels that were known before, to compare the clusters with")
        self._column = Combo(self.tr("Compare clusters with"), tip)
        self._column.activated.connect(self._on_column_activated)

    def _make_numbers(self) -> None:
        tip = self.tr("How many clusters are made")
        n_clusters = CountField(self.tr("Number of clusters"), tip, 1, 10_000)
        tip = self.tr("How many beginnings are tried; the best goes on")
        n_starts = CountField(self.tr("Number of starts"), tip, 1, 100)
        tip = self.tr("Fewer points than this are no cluster")
        least_size = CountField(self.tr("Least size of a cluster"), tip, 2, 1_000_000)
        tip = self.tr("How many points must lie close; more leave more points out")
        n_close = CountField(self.tr("Number of close points"), tip, 0, 1000)
        n_close.setSpecialValueText(self.tr("auto"))
        tip = self.tr("The same seed gives the same clusters again")
        seed = CountField(self.tr("Seed of clusters"), tip, 0, MOST_SEED)
        self._numbers = {
            "n_clusters": n_clusters,
            "n_starts": n_starts,
            "least_size": least_size,
            "n_close": n_close,
            "seed": seed,
        }
        for field in self._numbers.values():
            field.valueChanged.connect(self._on_number_changed)

    def _make_results(self) -> None:
        tip = self.tr("Group the points; the groups become the column “clusters”")
        self._run = RunRow(self._clustering, self.tr("Find clusters"), tip)
        self._run.asked.connect(self._clustering.find)
        self._summary = QLabel(wordWrap=True)
        self._list = EntryList(self.tr("Clusters"))
        self._list.chosen.connect(self._on_chosen)
        self._color = QPushButton(self.tr("Color by clusters"))
        self._color.setToolTip(self.tr("Give each cluster a color"))
        self._color.clicked.connect(self._clustering.color)
        self._agreement = QLabel(wordWrap=True)

    def _lay_out(self) -> None:
        self._form = panel_form()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow(self.tr("Method"), self._method)
        self._form.addRow(self.tr("Look at"), self._place)
        self._of_kmeans = self._row("n_clusters", "n_starts"), self._numbers["seed"]
        self._of_density = self._row("least_size", "n_close"), self._cut
        texts = (self.tr("Clusters"), self.tr("Seed"), self.tr("Least size"), self.tr("Keep"))
        for text, field in zip(texts, (*self._of_kmeans, *self._of_density), strict=True):
            self._form.addRow(text, field)
        self._after = panel_form()
        self._after.setContentsMargins(0, 0, 0, 0)
        self._after.addRow(self.tr("Compare with"), self._column)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(self._form)
        for widget in (self._run, self._summary, self._list, self._color):
            column.addWidget(widget)
        column.addLayout(self._after)
        column.addWidget(self._agreement)

    def _row(self, first: str, second: str) -> QWidget:
        """Two numbers; the form labels the first."""
        texts = {"n_starts": self.tr("Starts"), "n_close": self.tr("Close")}
        field = self._numbers[second]
        return in_row(self._numbers[first], label_for(texts[second], field), field)

    @Slot(int)
    def _on_method_activated(self, index: int) -> None:
        self._choose(method=self._method.itemData(index))

    @Slot(int)
    def _on_place_activated(self, index: int) -> None:
        self._choose(place=self._place.itemData(index))

    @Slot(int)
    def _on_cut_activated(self, index: int) -> None:
        self._choose(selection=self._cut.itemData(index))

    @Slot(int)
    def _on_column_activated(self, index: int) -> None:
        self._choose(compare_with=self._column.itemData(index))

    @Slot(int)
    def _on_number_changed(self, _: int) -> None:
        values: dict[str, int | None] = {n: one.value() for n, one in self._numbers.items()}
        self._choose(**{**values, "n_close": values["n_close"] or None})

    def _choose(self, **fields: object) -> None:
        choice = self._model.choice
        self._model.choose(structure=with_settings(choice, ClusterSettings, **fields))

    @Slot(object, object)
    def _on_chosen(self, line: int, how: Combine) -> None:
        result = self._clustering.result
        if result is not None:
            self._clustering.select(line if line < result.clusters.n_clusters else -1, how)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "structure" in names:
            self._show_settings()
        if names & {"structure", "color_by", "label_by"}:
            self._show_columns()

    def _show_settings(self) -> None:
        settings = self._clustering.settings
        self._method.show_value(settings.method)
        self._place.show_value(settings.place)
        self._cut.show_value(settings.selection)
        for name, field in self._numbers.items():
            field.show_value(getattr(settings, name) or 0)
        is_by_density = settings.method == "hdbscan"
        for row in self._of_kmeans:
            self._form.setRowVisible(row, not is_by_density)
        for row in self._of_density:
            self._form.setRowVisible(row, is_by_density)

    @Slot()
    def _show_columns(self) -> None:
        items: list[tuple[str, str | None]] = [(self.tr("nothing"), None)]
        items += [(button_text(name), name) for name in offered_columns(self._model)]
        self._column.fill(items, self._comparison.column)
        self._run.button.setEnabled(self._model.embedding is not None)
        self._show_agreement()

    @Slot()
    def _show_result(self) -> None:
        named = self._clustering.result
        hint = self.tr("Groups of points that lie together, named by what they share.")
        self._run.set_hint(hint if named is None else "")
        self._summary.setText(self._summary_text())
        for widget in (self._summary, self._color):
            widget.setVisible(named is not None)
        self._show_colors()
        self._show_agreement()

    @Slot()
    def _show_colors(self) -> None:
        """The list, with the colors that the cloud has."""
        coloring = self._model.coloring
        self._colors = {}
        if coloring is not None and coloring.column == COLUMN and coloring.table is not None:
            found = coloring.categories
            names = () if found is None else found.names
            rows = zip(names, coloring.table.tolist(), strict=False)
            self._colors = {name: QColor(*rgba) for name, rgba in rows}
        self._list.set_entries(self._entries())

    def _entries(self) -> Entries:
        named = self._clustering.result
        if named is None:
            return Entries()
        sizes = [*named.clusters.sizes.tolist()]
        names = [*named.names]
        if named.clusters.n_noise:
            sizes.append(named.clusters.n_noise)
            names.append(self.tr("in no cluster"))
        most = max(sizes, default=1)

        def color(line: int) -> QColor | None:
            return self._colors.get(names[line]) if line < len(named.names) else None

        return Entries(
            len(names),
            names.__getitem__,
            lambda line: number_text(sizes[line]),
            lambda line: sizes[line] / most,
            color if self._colors else None,
            told=lambda line: f"{names[line]}, {counted(sizes[line], 'point')}",
        )

    def _summary_text(self) -> str:
        named = self._clustering.result
        if named is None:
            return ""
        text = counted(named.clusters.n_clusters, self.tr("cluster"))
        if named.clusters.n_noise:
            text += ", " + self.tr("{n} points in none").format(
                n=number_text(named.clusters.n_noise)
            )
        if named.place:
            text += ", " + self.tr("found in {picture}").format(picture=named.place)
        if not named.clusters.is_exact:
            text += ", " + self.tr("approximately, by the nearest neighbors of each point")
        return text + "."

    @Slot()
    def _show_agreement(self) -> None:
        has_columns = self._clustering.result is not None and self._column.count() > 1
        self._after.setRowVisible(self._column, has_columns)
        found, problem = self._comparison.result, self._comparison.problem
        text = problem
        if found is not None and not problem:
            text = self.tr("Adjusted Rand index {rand}, purity {purity}, over {n} points.").format(
                rand=f"{found.rand:.3f}", purity=f"{found.purity:.1%}", n=number_text(found.n)
            )
        self._agreement.setText(text)
        self._agreement.setToolTip(
            self.tr(
                "The index is 1 where both group alike and about 0 by chance. Purity is the share "
                "of points with the commonest label of their cluster."
            )
        )
        self._agreement.setVisible(has_columns and bool(text))
