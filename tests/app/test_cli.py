"""The command line as scripts rely on it: answers, exit codes, one sentence, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import DashboardName, TableName, parse_size, run
from projector.logs.writer import EventWriter
from projector.tables import KINDS
from widgets.dashboards import DASHBOARDS


def projector(*arguments, cwd=None, **environment):
    """Run the program as a user does, in a process of its own and with no display."""
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=env | environment,
        cwd=cwd,
    )


def test_the_dashboards_of_the_command_line_are_those_of_the_window():
    assert [name.value for name in DashboardName] == [kind.name for kind in DASHBOARDS]


def test_the_tables_of_the_command_line_are_those_of_the_core():
    assert tuple(name.value for name in TableName) == KINDS


def test_help_loads_neither_qt_nor_numpy():
    code = (
        "import sys\nfrom app.cli import run\n"
        "try:\n    run(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'PySide6', 'numpy', 'numba', 'polars', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert "inspect" in answer.stdout


def test_inspect_prints_the_promised_json(logs, capsys):
    assert run(["inspect", "--json", str(logs)]) == 0
    report = json.loads(capsys.readouterr().out)
    keys = ["version", "path", "runs", "embeddings", "hparams", "problems", "findings"]
    assert list(report) == keys
    run0 = next(run for run in report["runs"] if run["name"] == "trial0")
    accuracy = next(series for series in run0["series"] if series["tag"] == "accuracy")
    assert accuracy == {
        "tag": "accuracy",
        "plugin": "scalars",
        "n": 5,
        "first_step": 0,
        "last_step": 4,
        "first_value": pytest.approx(0.5),
        "last_value": pytest.approx(0.7),
    }
    curve = next(series for series in run0["series"] if series["tag"] == "pr/cat")
    assert curve["shape"] == [6, 127]
    assert report["embeddings"][0] == {
        "name": "words",
        "run": ".",
        "step": 1,
        "rows": 60,
        "dims": 8,
        "dtype": "float32",
        "source": "00001/words/tensors.tsv",
        "metadata": {"rows": 60, "columns": ["label", "kind"]},
        "sprite": {"sheet": [64, 64], "tile": [8, 8]},
    }
    assert report["hparams"]["names"] == ["kind", "lr"]
    assert len(report["hparams"]["trials"]) == 3
    assert report["problems"] == []


def test_inspect_for_people_names_runs_and_embeddings(logs, capsys):
    assert run(["inspect", str(logs)]) == 0
    text = capsys.readouterr().out
    assert "trial0" in text
    assert "words" in text


@pytest.mark.parametrize("command", [["open"], ["inspect"], ["inspect", "--json"]])
def test_a_path_that_is_not_there_is_one_sentence_and_exit_code_1(command, tmp_path, capsys):
    assert run([*command, str(tmp_path / "nowhere")]) == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("files", [[], ["notes.txt"]])
def test_a_folder_without_logs_is_one_sentence_and_exit_code_1(files, tmp_path, capsys):
    for name in files:
        (tmp_path / name).write_text("nothing here")
    assert run(["inspect", str(tmp_path)]) == 1
    assert "No event files" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_one_sentence(logs, capsys):
    file = next((logs / "trial0").glob("*tfevents*"))
    file.chmod(0)
    assert run(["inspect", str(file)]) == 1
    assert "can't be read" in capsys.readouterr().err


def test_wrong_usage_is_exit_code_2(capsys):
    assert run(["opne"]) == 2
    assert run(["open", "--size", "large"]) == 2
    assert run(["inspect"]) == 2


@pytest.mark.parametrize(
    ("text", "size"), [("1280x800", (1280, 800)), ("640X480", (640, 480)), (None, None)]
)
def test_sizes_are_width_by_height(text, size):
    assert parse_size(text) == size


def test_broken_pieces_cost_only_themselves(logs, capsys):
    (logs / "00001" / "words" / "sprite.png").unlink()
    metadata = logs / "00002" / "words" / "metadata.tsv"
    metadata.write_text("\n".join(metadata.read_text().splitlines()[:-5]) + "\n")
    file = next((logs / "trial0").glob("*tfevents*"))
    file.write_bytes(file.read_bytes()[:-3])
    assert run(["inspect", "--json", str(logs)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(e["rows"], e["dims"]) for e in report["embeddings"]] == [(60, 8), (60, 8)]
    assert len(report["runs"]) == 3
    files = " ".join(f"{p['file']} {p['what']}" for p in report["problems"])
    assert "sprite.png" in files
    assert "metadata.tsv" in files


def test_without_a_display_open_writes_a_picture_of_the_window(logs, tmp_path):
    answer = projector("open", logs, cwd=tmp_path, XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert answer.returncode == 0, answer.stderr
    assert "no display" in answer.stderr
    picture = Path(answer.stdout.strip())
    assert picture == tmp_path / "projector-window.png"
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_screenshot_has_the_size_and_theme_asked_for(logs, tmp_path, theme):
    from PySide6.QtGui import QImage

    out = tmp_path / "window.png"
    answer = projector(
        "open",
        logs,
        "--screenshot",
        out,
        "--size",
        "1000x700",
        "--theme",
        theme,
        "--dashboard",
        "hparams",
    )
    assert answer.returncode == 0, answer.stderr
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1000, 700)
    assert (image.pixelColor(3, 60).lightness() < 128) is (theme == "dark")


def test_render_writes_a_picture_without_qt(logs, tmp_path, capsys):
    out = tmp_path / "cloud.png"
    assert (
        run(["render", str(logs), "-o", str(out), "--size", "300x200", "--color-by", "kind"]) == 0
    )
    assert out.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_render_names_the_columns_there_are(logs, tmp_path, capsys):
    assert run(["render", str(logs), "-o", str(tmp_path / "a.png"), "--color-by", "size"]) == 1
    assert "label, kind" in capsys.readouterr().err


@pytest.mark.parametrize(("what", "n_rows"), [("scalars", 15), ("hparams", 3)])
def test_export_writes_a_table_and_prints_its_path(logs, tmp_path, capsys, what, n_rows):
    out = tmp_path / "table.json"
    assert run(["export", str(logs), "--what", what, "-o", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert len(json.loads(out.read_text("utf-8"))) == n_rows


def test_export_says_what_is_wrong_with_the_logs_and_writes_the_rest(logs, tmp_path, capsys):
    file = next((logs / "trial0").glob("*tfevents*"))
    file.write_bytes(file.read_bytes() + b"no record at all" * 4)
    out = tmp_path / "table.csv"
    assert run(["export", str(logs), "--what", "scalars", "-o", str(out)]) == 0
    assert file.name in capsys.readouterr().err
    assert len(out.read_text("utf-8").splitlines()) == 16


def test_export_names_the_kinds_of_files_before_it_reads(tmp_path, capsys):
    out = tmp_path / "table.xlsx"
    assert run(["export", str(tmp_path), "--what", "scalars", "-o", str(out)]) == 1
    assert ".csv, .parquet or .json" in capsys.readouterr().err
    assert run(["export", str(tmp_path), "--what", "pictures", "-o", "a.csv"]) == 2


def test_all_points_go_with_scalars_only(logs, tmp_path, capsys):
    out = tmp_path / "table.csv"
    assert run(["export", str(logs), "--what", "hparams", "--all-points", "-o", str(out)]) == 2


def test_all_points_are_exported_with_those_that_a_restart_overwrote(tmp_path, capsys):
    with EventWriter(tmp_path / "run") as writer:
        for step in (1, 2, 3, 2, 3):
            writer.scalar("loss", 0.5, step)
    out = tmp_path / "table.json"
    export = ["export", str(tmp_path), "--what", "scalars", "-o", str(out)]
    assert run(export) == 0
    assert [row["step"] for row in json.loads(out.read_text("utf-8"))] == [1, 2, 3]
    assert run([*export, "--all-points"]) == 0
    assert [row["step"] for row in json.loads(out.read_text("utf-8"))] == [1, 2, 3, 2, 3]
    assert run(["inspect", str(tmp_path)]) == 0
    assert "2 overwritten points" in capsys.readouterr().out


@pytest.fixture
def two_folders(tmp_path):
    for name in ("first", "second"):
        with EventWriter(tmp_path / name / "run") as writer:
            writer.scalar("loss", 0.5, 1)
    return [str(tmp_path / "first"), f"mine={tmp_path / 'second'}"]


def test_several_folders_are_inspected_together_under_their_names(two_folders, capsys):
    assert run(["inspect", "--json", *two_folders]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in report["runs"]] == ["first/run", "mine/run"]
    assert [root["name"] for root in report["roots"]] == ["first", "mine"]


def test_several_folders_are_exported_together_under_their_names(two_folders, tmp_path, capsys):
    out = tmp_path / "table.json"
    assert run(["export", *two_folders, "--what", "scalars", "-o", str(out)]) == 0
    assert [row["run"] for row in json.loads(out.read_text("utf-8"))] == ["first/run", "mine/run"]


def test_a_named_path_that_is_not_there_is_named_without_its_name(capsys):
    assert run(["inspect", "mine=/nowhere/at/all"]) == 1
    assert capsys.readouterr().err.startswith("/nowhere/at/all does not exist")


def test_verify_finds_a_damaged_payload(logs, capsys):
    file = next((logs / "trial0").glob("*tfevents*"))
    data = bytearray(file.read_bytes())
    data[data.rindex(b"pr/cat") + 200] ^= 1  # inside a curve
    file.write_bytes(data)
    assert run(["inspect", "--verify", str(logs)]) == 0
    text = capsys.readouterr().out
    assert "checksum" in text
    assert f"trial0/{file.name} at byte" in text


def test_embeddings_are_exported_into_a_file_and_a_folder(logs, tmp_path, capsys):
    assert run(["export", str(logs), "--what", "embeddings", "-o", str(tmp_path / "w.npy")]) == 0
    assert (tmp_path / "w_metadata.tsv").is_file()
    assert run(["export", str(logs), "--what", "embeddings", "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "projector_config.pbtxt").is_file()
    assert capsys.readouterr().err == ""


def test_options_of_embeddings_go_with_no_other_table(logs, tmp_path, capsys):
    out = str(tmp_path / "s.csv")
    assert run(["export", str(logs), "--what", "scalars", "--step", "3", "-o", out]) == 2
    assert "--what embeddings" in capsys.readouterr().err


def test_an_embedding_that_is_not_there_is_named(logs, tmp_path, capsys):
    arguments = ["export", str(logs), "--what", "embeddings", "--name", "gone"]
    assert run([*arguments, "-o", str(tmp_path / "w.npy")]) == 1
    assert "no embedding gone; the names are: words" in capsys.readouterr().err


def test_inspect_tells_what_was_tried(tmp_path, capsys):
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "a" tensor_path: "/home/ann/gone.tsv" }'
    )
    assert run(["inspect", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "The vectors of 'a' were not found." in out
    assert "/home/ann/gone.tsv is not there" in out
    assert "Problems" not in out
