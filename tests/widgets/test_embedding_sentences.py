"""Whatever the embedding dashboard says goes through the translator, from jobs as well."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import widgets.embedding
from projector.errors import InvalidChoice
from widgets.embedding.coloring.values import parse_value

FOLDER = Path(widgets.embedding.__file__).parent
SAYING = {"Progress", "Message", "Problem", "InvalidChoice", "NothingToShow", "Unreadable"}
TRANSLATING = {"tr", "_tr", "translate"}
MODULES = [one for one in sorted(FOLDER.rglob("*.py")) if "structure" not in one.parts]


def called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def untranslated(tree):
    """The words that a sentence is made of without asking the translator."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = {id(one) for call in calls if called(call) in TRANSLATING for one in ast.walk(call)}
    return [
        one.value
        for call in calls
        if called(call) in SAYING
        for one in ast.walk(call)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
        if id(one) not in asked and re.search("[a-z]{3} [a-z]|[A-Z][a-z]{3}", one.value)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_all_sentences_ask_the_translator(path):
    assert untranslated(ast.parse(path.read_text())) == []


def test_a_sentence_that_is_not_asked_for_is_found():
    assert untranslated(ast.parse('Progress(None, "Placing the points")'))
    assert not untranslated(ast.parse('Progress(None, tr("Placing the points"))'))


class Pointing(QTranslator):
    """Says all of it in its own way."""

    def translate(self, context, text, comment=None, n=-1):
        return f"» {text}"


def test_what_a_job_says_is_translated(qapp):
    translator = Pointing()
    QCoreApplication.installTranslator(translator)
    try:
        with pytest.raises(InvalidChoice, match=r"^» The ends of the range"):
            parse_value("x", are_times=False)
    finally:
        QCoreApplication.removeTranslator(translator)
