"""The base of all dashboards: a tab that shows one kind of data out of what was opened."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from projector.contents import Contents
from widgets.shared.command import Command, KeyNote
from widgets.shared.job import RunJob


class Dashboard(QWidget):
    """One tab of the window.

    name: used on the command line and in sessions ("embedding"). title: on the tab.
    said: one line for the status bar (str). problem_found: a Problem to show as a notice.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    said = Signal(object)
    problem_found = Signal(object)

    def __init__(self, run_job: RunJob, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run_job = run_job
        self.setObjectName(self.name)

    @classmethod
    def has_data(cls, contents: Contents) -> bool:
        """Whether there is anything for this dashboard in what was opened."""
        raise NotImplementedError

    @classmethod
    def differs(cls, before: Contents, after: Contents) -> bool:
        """Whether this dashboard would show something else; pure, so that a job may ask."""
        return before is not after

    def follow_contents(self, contents: Contents) -> None:
        """The same place has grown: show what is new. Whatever the user chose stays as it is, and
        so does the picture where the data are the same."""
        self.show_contents(contents)

    def show_contents(self, contents: Contents) -> None:
        """Show what was opened, or an empty state that says what to do; called again after a
        reload."""
        raise NotImplementedError

    def take_keyboard(self) -> None:
        """Have the keys go to its main part."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def commands(self) -> tuple[Command, ...]:
        """The commands that make sense while this tab is in front."""
        return ()

    def key_notes(self) -> tuple[KeyNote, ...]:
        """Keys of its parts that are no commands, for the list of shortcuts."""
        return ()
