"""How the process of the command line ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENDS = """
import atexit, os, signal, sys
from app.__main__ import main

def stop_again():
    os.kill(os.getpid(), signal.SIGINT)

atexit.register(stop_again)
sys.argv = ["projector", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["no-such-command"], 2)])
def test_ctrl_c_after_the_work_is_done_changes_nothing(arguments: list[str], code: int) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", ENDS, *arguments]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
