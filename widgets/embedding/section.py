"""A titled part of a panel that folds away, and the panel that scrolls when it is too small."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

MARGIN = 8
SETTLE_MS = 500


class Section(QWidget):
    """A bold title that folds and unfolds its content."""

    def __init__(
        self,
        title: str,
        content: QWidget,
        parent: QWidget | None = None,
        *,
        is_open: bool = True,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._header = QToolButton()
        self._header.setAutoRaise(True)
        self._header.setText(title)
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._header.setArrowType(Qt.ArrowType.DownArrow)
        self._header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._header.setToolTip(self.tr("Fold or unfold “{title}”").format(title=title))
        self._header.setAccessibleName(title)
        font = self._header.font()
        font.setBold(True)
        self._header.setFont(font)
        self._header.clicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN // 2)
        layout.addWidget(self._header)
        layout.addWidget(content)
        self.set_open(is_open)

    @property
    def is_open(self) -> bool:
        return not self._content.isHidden()

    @Slot()
    def _on_clicked(self) -> None:
        self.set_open(not self.is_open)

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold it."""
        self._content.setVisible(is_open)
        self._header.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)


class Panel(QScrollArea):
    """Sections in a column as wide as the panel; scrolls up and down only."""

    def __init__(self, name: str, n_characters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_characters = n_characters
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QWidget()
        self._layout = QVBoxLayout(self._column)
        self._layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._layout.setSpacing(MARGIN)
        self.setWidget(self._column)
        self._target: QWidget | None = None
        self._scroll_timer = QTimer(self, singleShot=True, interval=0)
        self._scroll_timer.timeout.connect(self._scroll_to_target)
        # lists above it may grow a moment later, when their job is done
        self._settle_timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle_timer.timeout.connect(self._on_settled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        self._layout.addWidget(widget, stretch)

    def add_stretch(self) -> None:
        self._layout.addStretch(1)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """What gets the keyboard by a shortcut comes into sight, once it is laid out."""
        if now is not None and self._column.isAncestorOf(now):
            self._target = now
            self._scroll_timer.start()
            self._settle_timer.start()

    @Slot(int, int)
    def _on_range_changed(self, _low: int, _high: int) -> None:
        if self._target is not None:
            self._scroll_timer.start()

    @Slot()
    def _on_settled(self) -> None:
        self._target = None

    @Slot()
    def _scroll_to_target(self) -> None:
        target = self._target
        # a control that was clicked is in sight; nothing may move under the pointer
        if target is not None and target.hasFocus() and target.visibleRegion().isEmpty():
            self.ensureWidgetVisible(target, MARGIN, MARGIN)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._n_characters * self.fontMetrics().averageCharWidth(), 600)

    @override
    def minimumSizeHint(self) -> QSize:
        """Wide enough that no control is cut."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._column.minimumSizeHint().width() + bar, 120)
