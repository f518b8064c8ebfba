"""The window: menus, notice bar, tabs, status bar. It shows what it is given and asks the
controller for the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.actions import CommandAction, CommandMenu, add_commands, build_menus
from app.jobs import Jobs
from app.places import Named, described, path_of, title_of
from app.status import FollowStatus, JobStatus
from app.welcome import Welcome
from projector.contents import Contents
from widgets.dashboard import Dashboard
from widgets.dashboards import DASHBOARDS
from widgets.shared.command import Command
from widgets.shared.notice import NoticeBar
from widgets.shared.texts import button_text, plain_tip


class MainWindow(QMainWindow):
    """One window on one opened path.

    dropped: the Paths of what was dropped on it (tuple). recent_chosen: what was opened together
    out of the recent menu (tuple). closing: it is about to go. hid: it is minimized now, or not any
    more (bool).
    """

    dropped = Signal(object)
    recent_chosen = Signal(object)
    closing = Signal()
    hid = Signal(object)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: list[CommandAction] = []
        self._tab_actions: dict[Dashboard, list[CommandAction]] = {}
        self._recent_menu: QMenu | None = None
        self._menus: dict[str, CommandMenu] = {}
        self._said: dict[Dashboard, str] = {}
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.setMinimumSize(720, 480)
        self.notices = NoticeBar()
        self.welcome = Welcome()
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.setAccessibleName(self.tr("Dashboards"))
        self._tabs.tabBar().setAccessibleName(self.tr("Dashboards"))
        self._tabs.currentChanged.connect(self._on_tab_changed)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._tabs)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(body)
        self.follow_status = FollowStatus()
        self.statusBar().addPermanentWidget(JobStatus(jobs))
        self.statusBar().addPermanentWidget(self.follow_status)
        self.statusBar().setSizeGripEnabled(False)
        self.dashboards = tuple(kind(jobs.run) for kind in DASHBOARDS)
        for dashboard in self.dashboards:
            self._tabs.addTab(dashboard, dashboard.title)
            dashboard.said.connect(self._on_said)
            dashboard.problem_found.connect(self.notices.add)
        self.show_opened(())

    def add_commands(self, commands: Sequence[Command]) -> None:
        """Build menus, shortcuts and palette entries from the app's commands and those of all
        dashboards."""
        menus = build_menus(self.menuBar())
        self._actions = add_commands(commands, menus, self)
        for dashboard in self.dashboards:
            if own := dashboard.commands():
                for menu in {command.menu.partition("/")[0] for command in own} - {"File"}:
                    menus[menu].addSeparator()
                n_files = len(menus["File"].actions())
                self._tab_actions[dashboard] = add_commands(own, menus, self)
                for action in menus["File"].actions()[n_files:]:
                    menus["File"].insertAction(self._action("app.reload"), action)
        menus["File"].insertMenu(self._action("app.clear_recent"), self._new_recent_menu())
        for name in ("app.reload", "app.quit"):
            menus["File"].insertSeparator(self._action(name))
        self._menus = menus
        self.addActions(self.actions_now + [a for own in self._tab_actions.values() for a in own])
        self.rest_actions()
        self._on_tab_changed(self._tabs.currentIndex())

    def _action(self, name: str) -> QAction:
        return next(action for action in self._actions if action.objectName() == name)

    def _new_recent_menu(self) -> QMenu:
        self._recent_menu = QMenu(self.tr("Open &recent"), self)
        self._recent_menu.triggered.connect(self._on_recent)
        return self._recent_menu

    @property
    def actions_now(self) -> list[CommandAction]:
        """Every action that makes sense with the tab in front, freshly asked whether it is
        enabled."""
        dashboard = self.dashboard
        own = self._tab_actions.get(dashboard, []) if dashboard is not None else []
        for action in (found := [*self._actions, *own]):
            action.refresh()
        return found

    def rest_actions(self) -> None:
        """Let all keys work again after actions_now was read."""
        for action in self.actions():
            if isinstance(action, CommandAction) and action.isVisible():
                action.rest()

    @property
    def dashboard(self) -> Dashboard | None:
        """The tab in front, or None while nothing is open."""
        if self._pages.currentWidget() is not self._tabs:
            return None
        widget = self._tabs.currentWidget()
        return widget if isinstance(widget, Dashboard) else None

    def show_recent(self, recent: Sequence[tuple[Named, ...]]) -> None:
        """Fill the recent menu."""
        if self._recent_menu is not None:
            self._recent_menu.clear()
            for named in recent:
                one = len(named) == 1
                text = described(named) if one else title_of(named)
                action = self._recent_menu.addAction(button_text(text))
                action.setData(named)
                action.setToolTip(plain_tip(described(named)))
            self._recent_menu.setEnabled(bool(recent))

    def show_opened(self, named: Sequence[Named]) -> None:
        """Name what is open in the title."""
        self.setWindowTitle(f"{title_of(named)} - projector" if named else "projector")
        self.setWindowFilePath(str(path_of(named[0])) if len(named) == 1 else "")

    def show_welcome(self) -> None:
        self._pages.setCurrentWidget(self.welcome)
        self._on_tab_changed(-1)

    def show_contents(self, contents: Contents, *, keep_tab: bool) -> None:
        """Hand what was read to all dashboards and bring the first one with data to the front."""
        has_data = self._show_tips(contents)
        for dashboard in self.dashboards:
            dashboard.show_contents(contents)
        if not keep_tab:
            self._tabs.setCurrentIndex(has_data.index(True) if True in has_data else 0)
        self._pages.setCurrentWidget(self._tabs)
        self._on_tab_changed(self._tabs.currentIndex())
        if not keep_tab and self.dashboard is not None:
            self.dashboard.take_keyboard()

    def follow_contents(self, contents: Contents, changed: Collection[str]) -> None:
        """Hand on what came since, to those dashboards alone whose data changed."""
        self._show_tips(contents)
        for dashboard in self.dashboards:
            if dashboard.name in changed:
                dashboard.follow_contents(contents)

    def _show_tips(self, contents: Contents) -> list[bool]:
        """Say at each tab whether there is something for it, and hand that back."""
        has_data = [kind.has_data(contents) for kind in DASHBOARDS]
        for i, has in enumerate(has_data):
            self._tabs.setTabToolTip(i, "" if has else self.tr("Nothing for this tab was found"))
        return has_data

    def show_dashboard(self, name: str) -> None:
        """Bring the dashboard of that name to the front."""
        names = [dashboard.name for dashboard in self.dashboards]
        self._tabs.setCurrentIndex(names.index(name))

    def next_tab(self, by: int) -> None:
        """Move to another tab, around the end."""
        self._tabs.setCurrentIndex((self._tabs.currentIndex() + by) % self._tabs.count())

    @Slot(int)
    def _on_tab_changed(self, _: int) -> None:
        front = self.dashboard
        for dashboard, actions in self._tab_actions.items():
            for action in actions:
                action.setVisible(dashboard is front)  # what is not to be seen has no keys either
                action.setEnabled(dashboard is front)
        for menu in self._menus.values():
            shown = any(a.isVisible() and not a.isSeparator() for a in menu.actions())
            menu.menuAction().setVisible(shown)
        self._show_said()

    @Slot(object)
    def _on_said(self, text: str) -> None:
        sender = self.sender()
        if isinstance(sender, Dashboard):
            self._said[sender] = text
        self._show_said()

    def _show_said(self) -> None:
        front = self.dashboard
        self.statusBar().showMessage(self._said.get(front, "") if front is not None else "")

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        self.recent_chosen.emit(action.data())

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_paths(event.mimeData().urls()):
            event.accept()
            self.dropped.emit(tuple(paths))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.hid.emit(self.isMinimized())

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)


def local_paths(urls: Sequence[QUrl]) -> list[Path]:
    """The files among what was dropped; web addresses are not fetched."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
