"""Names out of files are shown as they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from projector.colors import Legend, LegendEntry
from widgets.embedding.legend import LegendView
from widgets.shared.run_list import RunListModel
from widgets.shared.texts import MOST, button_text, plain_tip, shown


@pytest.mark.parametrize(
    "name", ["run 1", "a < b", "<b>bold</b>", '<img src="file:///x.png">\nnext', "<qt>x", "a&lt;"]
)
def test_a_tip_reads_as_the_name_does(name, qapp):
    tip = plain_tip(name)
    document = QTextDocument()
    if tip.startswith("<qt>"):
        document.setHtml(tip)
    else:
        document.setPlainText(tip)
    assert document.toPlainText() == name


def test_only_the_start_of_an_endless_text_is_shown():
    assert shown("x" * MOST) == "x" * MOST
    assert len(shown("x" * 10_000_000)) == MOST + 1


def test_an_ampersand_is_no_shortcut():
    assert button_text("a&b") == "a&&b"


def test_a_legend_says_only_the_start_of_an_endless_label(qtbot):
    view = LegendView()
    qtbot.addWidget(view)
    view.set_legend(Legend(entries=(LegendEntry("x" * 1_000_000, 3, (0, 0, 0)),)))
    assert len(view.accessibleDescription()) < 2 * MOST


def test_the_tip_of_a_run_is_its_name_and_no_markup(qtbot):
    model = RunListModel()
    model.set_runs([("<b>run</b>", (0, 0, 0))])
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole) == "<qt>&lt;b&gt;run&lt;/b&gt;</qt>"
