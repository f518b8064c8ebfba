"""The form of labels and fields that panels are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from widgets.embedding.section import MARGIN


def panel_form(parent: QWidget | None = None) -> QFormLayout:
    """A form with the panel's margins, its fields as wide as there is room."""
    form = QFormLayout(parent)
    form.setContentsMargins(MARGIN, 0, MARGIN, 0)
    form.setHorizontalSpacing(MARGIN)
    form.setVerticalSpacing(MARGIN)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form
