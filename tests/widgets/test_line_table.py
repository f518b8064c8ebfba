"""Lists of any number of lines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtTest import QTest

from widgets.shared.line_table import LineTable


class Counted(QAbstractListModel):
    """Many lines, and how often they were asked about."""

    n_asked = 0

    def rowCount(self, parent=QModelIndex()):  # noqa: B008, N802
        self.n_asked += 1
        return 0 if parent.isValid() else 1_000_000

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.n_asked += 1
        return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def table(qtbot):
    table = LineTable()
    qtbot.addWidget(table)
    table.setModel(Counted(table))
    table.resize(200, 200)
    table.fit_lines()
    table.show()
    return table


def test_only_lines_in_view_are_asked_about(table):
    assert table.model().n_asked < 10_000


@pytest.mark.parametrize(("key", "row"), [(Qt.Key.Key_End, 999_999), (Qt.Key.Key_Home, 0)])
def test_home_and_end_lead_to_the_first_line_and_the_last(table, key, row):
    table.setCurrentIndex(table.model().index(7, 0))
    QTest.keyClick(table, key)
    assert table.currentIndex().row() == row


def test_a_line_grows_with_the_letters(table):
    before = table.rowHeight(0)
    font = table.font()
    font.setPointSize(2 * font.pointSize())
    table.setFont(font)
    assert table.rowHeight(0) > before
