"""Texts and tables of texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from projector.errors import Unreadable
from projector.logs.payloads import describe_payload
from projector.logs.payloads.text import read_text
from tests.projector.payloads.points import points, tensor


def strings(values: object) -> bytes:
    return tensor(np.array(values, object))


@pytest.mark.parametrize(
    ("values", "rows", "about"),
    [
        (b"a *b*", (("a *b*",),), "5 characters"),
        ([b"a"], (("a",),), "1 character"),
        ([b"a", b"b"], (("a",), ("b",)), "table of 2 x 1"),
        ([[b"a", b"b"]], (("a", "b"),), "table of 1 x 2"),
        (
            [[[b"a"], [b"b"]], [[b"c"], [b"d"]]],
            (("a",), ("b",)),
            "table of 2 x 1, the first of several",
        ),
    ],
)
def test_the_rank_decides_the_rows(
    tmp_path: Path, values: object, rows: tuple[tuple[str, ...], ...], about: str
) -> None:
    series = points(tmp_path, "text", strings(values), content=b"{}")
    assert read_text(series, 0).rows == rows
    assert describe_payload(series, 0) == about


def test_wrong_bytes_are_replaced_and_nulls_left_out(tmp_path: Path) -> None:
    series = points(tmp_path, "text", strings(b"na\xc3\xafve\0 \xff"))
    assert read_text(series, 0).rows == (("na\u00efve \ufffd",),)


def test_a_table_in_markdown_keeps_its_cells_apart(tmp_path: Path) -> None:
    series = points(tmp_path, "text", strings([[b"a|b", b"c"], [b"d\ne", b""]]))
    assert read_text(series, 0).markdown == ("|  |  |\n|---|---|\n| a\\|b | c |\n| d<br>e |  |\n")


def test_a_single_cell_is_its_own_markdown(tmp_path: Path) -> None:
    series = points(tmp_path, "text", strings([b"# Title\n\n- one"]))
    assert read_text(series, 0).markdown == "# Title\n\n- one"


def test_no_strings_are_no_text(tmp_path: Path) -> None:
    text = read_text(points(tmp_path, "text", strings([])), 0)
    assert (text.rows, text.markdown) == ((), "")


def test_numbers_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="numbers where texts"):
        read_text(points(tmp_path, "text", tensor([1.0], "f4")), 0)


def test_one_string_cannot_stand_for_a_giant_table(tmp_path: Path) -> None:
    from projector.logs.messages import tensor_pb2

    message = tensor_pb2.TensorProto(dtype=7, string_val=[b"x"])
    message.tensor_shape.dim.add(size=1 << 25)
    with pytest.raises(Unreadable, match="33,554,432 values"):
        read_text(points(tmp_path, "text", message.SerializeToString()), 0)
