"""The notice bar says one sentence at a time and forgets none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton

from projector.errors import Problem, Unreadable
from widgets.shared.notice import NoticeBar


@pytest.fixture
def bar(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    return bar


def test_it_is_hidden_while_there_is_nothing_to_say(bar):
    assert bar.isHidden()


def test_a_problem_names_its_file_and_place(bar):
    bar.add(Problem(Path("logs/events.1"), "A record is damaged.", 12345))
    assert bar.sentences == ("events.1 at byte 12,345: A record is damaged.",)
    assert not bar.isHidden()


def test_a_sentence_that_names_the_file_is_not_prefixed(bar):
    bar.add(Problem(Path("a.tsv"), "a.tsv has no numbers."))
    assert bar.sentences == ("a.tsv has no numbers.",)


def test_the_same_sentence_is_said_once(bar):
    bar.add(Unreadable("It broke."))
    bar.add(Unreadable("It broke."))
    assert bar.sentences == ("It broke.",)


def test_thousands_of_damaged_files_are_said_at_once_and_in_order(bar):
    laid_out = []
    bar._label.setText = lambda text: laid_out.append(text)
    bar.add_all(Problem(Path(f"events.{i}"), "It is damaged.") for i in (*range(20_000), 7))
    assert bar.sentences == tuple(f"events.{i}: It is damaged." for i in range(20_000))
    assert laid_out == ["events.0: It is damaged. (and 19999 more)"]


def test_closing_it_by_mouse_empties_it(bar, qtbot):
    bar.add("It broke.")
    qtbot.mouseClick(bar.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert bar.sentences == ()
    assert bar.isHidden()


def test_all_sentences_are_one_click_away(bar, qtbot):
    for i in range(3):
        bar.add(f"Sentence {i}.")
    qtbot.mouseClick(bar.findChild(QPushButton), Qt.MouseButton.LeftButton)
    shown = bar.window().findChild(QPlainTextEdit).toPlainText()
    assert shown.split("\n\n") == ["Sentence 0.", "Sentence 1.", "Sentence 2."]
