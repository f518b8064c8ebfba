"""The walls of the house: the core loads no Qt and nothing slow, and what we ship is whole."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("app", "widgets", "projector", "resources")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def module_names(room: str) -> list[str]:
    files = sorted((ROOT / room).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def loaded_after_importing(modules: list[str]) -> set[str]:
    """The top-level packages in memory once a fresh interpreter has imported these modules."""
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})\n"
    )
    command = [sys.executable, "-W", "error", "-c", script, *modules]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def imported_packages() -> set[str]:
    """The top-level packages that our code imports anywhere, without Python's own and ours."""
    names: set[str] = set()
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - set(ROOMS)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_imported_is_a_declared_dependency():
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["hdf5"]]
    declared = {normalized(re.split(r"[^\w.-]", line)[0]) for line in lines}
    owners = packages_distributions()
    undeclared = {
        package
        for package in imported_packages()
        if not declared & {normalized(owner) for owner in owners.get(package, [package])}
    }
    assert undeclared == set()


def test_the_whole_core_loads_no_qt_and_no_learning_library():
    loaded = loaded_after_importing(module_names("projector"))
    assert "projector" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "OpenGL", "umap", "sklearn"}


def test_the_core_without_its_kernels_starts_without_the_compiler():
    modules = [name for name in module_names("projector") if not name.endswith(".kernels")]
    assert "numba" not in loaded_after_importing(modules)


def test_the_command_line_alone_loads_no_qt():
    loaded = loaded_after_importing(["app.__main__", "app.cli"])
    assert not loaded & {"PySide6", "numba", "polars", "scipy"}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no executable bits")
def test_the_scripts_of_the_build_server_can_be_run():
    scripts = [ROOT / ".ci" / "run", ROOT / ".ci" / "system-libraries.sh"]
    assert all(os.access(script, os.X_OK) for script in scripts)


def test_resources_hold_no_scripts_but_those_of_the_page_that_is_exported():
    files = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    scripts = {path for path in files if path.suffix in {".sh", ".bat", ".ps1", ".js"}}
    assert {path.parent.name for path in scripts} == {"viewer"}


def test_the_changelog_knows_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['version']}]" in changelog or "## [Unreleased]" in changelog


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_to_files_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not (ROOT / link).exists()]
    assert not [link for link in missing if not link.startswith("resources/pictures/")]


def test_every_command_stands_in_the_manual():
    import typer

    from app.cli import app

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = typer.main.get_command(app).commands
    assert [name for name in names if f"`projector {name}" not in text] == []
