"""PyTorch's files: tensors are rebuilt, and nothing in a pickle is ever run."""

from __future__ import annotations

import importlib
import io
import os
import pickle
import re
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.embeddings import memory, pickles, torch_file
from projector.embeddings.pickles import Machine, Made, read_pickle
from projector.embeddings.torch_values import Rebuilder
from projector.errors import ProjectorError, TooLarge, Unreadable
from projector.progress import finish
from tests.projector.array_reading import (
    Damage,
    check_against_manifest,
    damages,
    infos_of,
    is_embedding,
    manifest_of,
    quick,
    read_damaged,
    read_matrix,
    read_vectors,
    some_vectors,
)

FILES = manifest_of("torch/")
FORMAT = torch_file.FORMAT


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value: int) -> bytes:
    return b"\x8a\x08" + struct.pack("<q", value)


def numbers(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def tensor(
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int = 0,
    kind: str = "torch\nFloatStorage",
    n: int = 350,
    dtype: str = "",
) -> bytes:
    """The opcodes by which torch.save writes a tensor over storage 0."""
    storage = b"(" + text("storage") + f"c{kind}\n".encode() + text("0") + text("cpu") + number(n)
    function = b"ctorch._utils\n_rebuild_tensor_v%d\n" % (3 if dtype else 2)
    hooks = b"\x89ccollections\nOrderedDict\n)R"
    rest = f"ctorch\n{dtype}\n".encode() if dtype else b""
    sizes = numbers(shape) + numbers(strides)
    return function + b"(" + storage + b"tQ" + number(offset) + sizes + hooks + rest + b"tR"


def saved(
    path: Path,
    pickled: bytes,
    data: bytes | None = None,
    method: int = zipfile.ZIP_STORED,
    **more: str,
) -> Path:
    path.unlink(missing_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("v/data.pkl", pickled)
        archive.writestr("v/data/0", some_vectors().tobytes() if data is None else data)
        for name, value in more.items():
            archive.writestr(f"v/{name}", value)
    return path


def table(**values: bytes) -> bytes:
    items = b"".join(text(name) + value for name, value in values.items())
    return b"\x80\x02}(" + items + b"u."


def unpickled(data: bytes) -> Any:
    rebuilder = Rebuilder()
    machine = Machine(io.BytesIO(data), len(data), rebuilder.make, rebuilder.load)
    return finish(read_pickle(machine, "v.pt"))


@pytest.mark.parametrize("name", FILES)
def test_what_torch_wrote_is_read_as_torch_reads_it(name: str, fixtures: Path) -> None:
    path = fixtures / "array_files" / name
    infos = {key.replace("/", "."): info for key, info in infos_of(FORMAT, path).items()}
    assert FORMAT.is_one(path, path.read_bytes()[:4096])
    for key, array in FILES[name].get("arrays", {}).items():
        dotted = re.sub(r"\[(\d+)\]", r".\1", key).replace("(the object)", "")
        assert (list(infos[dotted].shape), infos[dotted].dtype) == (array["shape"], array["dtype"])
        assert bool(infos[dotted].why_not) != is_embedding(array)
        if is_embedding(array):
            check_against_manifest(read_vectors(FORMAT, path, infos[dotted].key), array)


def test_a_file_with_code_gives_its_tensor_and_runs_nothing(
    fixtures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = fixtures / "array_files" / "torch" / "calls_code_when_unpickled.pt"
    infos = infos_of(FORMAT, path)
    assert infos["cls"].why_not == "It holds io.open, which is code; it was not run."
    matrix = read_matrix(FORMAT, path, "weight")
    assert matrix.vectors.shape == (150, 4)
    assert "io.open" in matrix.problems[0].what
    with pytest.raises(Unreadable, match=r"io\.open, which is code"):
        read_matrix(FORMAT, path, "cls")
    assert not list(tmp_path.iterdir())


KINDS = {
    "Float": "<f4",
    "Double": "<f8",
    "Half": "<f2",
    "Long": "<i8",
    "Int": "<i4",
    "Short": "<i2",
    "Char": "i1",
    "Byte": "u1",
    "Bool": "?",
}


@pytest.mark.parametrize(("kind", "code"), KINDS.items())
@pytest.mark.parametrize("order", ["little", "big"])
def test_storages_of_every_type_and_order_are_read(
    tmp_path: Path, kind: str, code: str, order: str
) -> None:
    array = (np.abs(some_vectors()) * 10).astype(code)
    kept = array.astype(array.dtype.newbyteorder(">" if order == "big" else "<"))
    pickled = table(v=tensor((50, 7), (7, 1), kind=f"torch\n{kind}Storage"))
    path = saved(tmp_path / "v.pt", pickled, kept.tobytes(), byteorder=order)
    assert np.array_equal(read_vectors(FORMAT, path), array.astype(np.float32))


@pytest.mark.parametrize(("dtype", "code"), [("uint16", "<u2"), ("float64", "<f8"), ("int8", "i1")])
def test_tensors_that_name_their_type_are_read(tmp_path: Path, dtype: str, code: str) -> None:
    array = np.arange(350).astype(code).reshape(50, 7)
    kind = "torch.storage\nUntypedStorage"
    pickled = table(v=tensor((48, 7), (7, 1), 14, kind, array.nbytes, dtype))
    path = saved(tmp_path / "v.pt", pickled, array.tobytes())
    assert np.array_equal(read_vectors(FORMAT, path), array[2:].astype(np.float32))
    assert infos_of(FORMAT, path)["v"].dtype == dtype


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [((50, 7), (7, 1), 0), ((7, 50), (1, 7), 0), ((24, 3), (14, 2), 8), ((1, 7), (99, 1), 343)],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_views_show_what_numpy_shows(
    tmp_path: Path, shape: tuple[int, int], strides: tuple[int, int], offset: int, method: int
) -> None:
    flat = some_vectors().ravel()
    expected = np.lib.stride_tricks.as_strided(flat[offset:], shape, [4 * s for s in strides])
    path = saved(tmp_path / "v.pt", table(v=tensor(shape, strides, offset)), method=method)
    assert np.array_equal(read_vectors(FORMAT, path), expected)


@pytest.mark.parametrize(
    ("shape", "strides", "offset", "words"),
    [
        ((50, 7), (7, 1), 1, "beyond its storage"),
        ((50, 8), (8, 1), 0, "beyond its storage"),
        ((50, 7), (7, 1 << 60), 0, "beyond its storage"),
        ((1 << 40, 1 << 20), (0, 0), 0, "repeats"),
        ((50, 7), (-7, 1), 0, "no sizes"),
        ((50, 7), (7,), 0, "don't fit together"),
        ((350,), (1,), 0, "one value a row"),
        ((5, 7, 10), (70, 10, 1), 0, "5 × 70"),
        ((0, 7), (7, 1), 0, "no values"),
    ],
)
def test_tensors_that_can_not_be_shown_say_why(
    tmp_path: Path, shape: tuple[int, ...], strides: tuple[int, ...], offset: int, words: str
) -> None:
    path = saved(tmp_path / "v.pt", table(v=tensor(shape, strides, offset)))
    assert words in infos_of(FORMAT, path)["v"].why_not
    with pytest.raises(ProjectorError, match=words):
        read_matrix(FORMAT, path, "v")


@pytest.mark.parametrize(("n_bytes", "words"), [(1399, "cut short"), (0, "cut short")])
def test_a_storage_shorter_than_promised_is_told(tmp_path: Path, n_bytes: int, words: str) -> None:
    path = saved(tmp_path / "v.pt", table(v=tensor((50, 7), (7, 1))), bytes(n_bytes))
    assert words in infos_of(FORMAT, path)["v"].why_not


def test_an_older_file_that_broke_off_keeps_what_is_there(fixtures: Path, tmp_path: Path) -> None:
    data = (fixtures / "array_files" / "torch" / "state_dict_legacy.pth").read_bytes()
    (tmp_path / "v.pth").write_bytes(data[:-40])
    infos = infos_of(FORMAT, tmp_path / "v.pth")
    assert "cut short" in infos["emb.weight"].why_not
    assert infos["bias"].shape == (4,)


def test_parameters_of_a_pickled_module_are_found(tmp_path: Path) -> None:
    """torch.save(model): the class is code, what it is given as attributes is data."""
    state = b"}" + text("_parameters") + b"}" + text("weight") + tensor((50, 7), (7, 1)) + b"ss"
    module = b"cmy.models\nEncoder\n)\x81" + state + b"b"
    path = saved(tmp_path / "v.pt", b"\x80\x02" + module + b".")
    infos = infos_of(FORMAT, path)
    assert infos[""].why_not == "It holds my.models.Encoder, which is code; it was not run."
    assert np.array_equal(read_vectors(FORMAT, path, "_parameters/weight"), some_vectors())
    assert np.array_equal(read_vectors(FORMAT, path), some_vectors())


def test_the_same_tensor_under_two_names_has_two_keys(tmp_path: Path) -> None:
    pickled = table(a=tensor((50, 7), (7, 1)) + b"q\x01", b=b"h\x01")
    assert list(infos_of(FORMAT, saved(tmp_path / "v.pt", pickled))) == ["a", "b"]


@pytest.mark.parametrize("function", ["sparse_tensor", "qtensor", "nested_tensor"])
def test_other_kinds_of_tensors_are_named(tmp_path: Path, function: str) -> None:
    value = f"ctorch._utils\n_rebuild_{function}\n)R".encode()
    infos = infos_of(FORMAT, saved(tmp_path / "v.pt", table(v=value)))
    assert "can't be shown" in infos["v"].why_not


def test_storages_that_do_not_fit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = table(v=tensor((50, 7), (7, 1)))
    path = saved(tmp_path / "v.pt", pickled, method=zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(memory, "_available_memory", lambda: 1000)
    with pytest.raises(TooLarge):
        read_matrix(FORMAT, path)


class Harm:
    """Pickled, it asks for a function to be called."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


HARMS = {
    f"{os.system.__module__}.system": (os.system, "touch harmed"),
    "builtins.eval": (eval, "open('harmed', 'w')"),
    "builtins.exec": (exec, "open('harmed', 'w')"),
    "builtins.getattr": (getattr, "x", "y"),
    "io.open": (open, "harmed", "w"),
    "importlib.import_module": (importlib.import_module, "antigravity"),
}


@pytest.mark.parametrize("name", HARMS)
@pytest.mark.parametrize("protocol", range(6))
def test_calls_are_refused_by_name_and_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, protocol: int
) -> None:
    monkeypatch.chdir(tmp_path)
    harm = pickle.dumps({"a": [Harm(*HARMS[name])]}, protocol)
    (info,) = infos_of(FORMAT, saved(tmp_path / "v.pt", harm)).values()
    assert (info.key, info.why_not) == ("a/0", f"It holds {name}, which is code; it was not run.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v.pt"]


@pytest.mark.parametrize(
    "opcodes",
    [
        b"cantigravity\nfly\n.",
        b"cantigravity\nfly\n)R.",
        b"(iantigravity\nfly\n.",
        b"(cantigravity\nfly\no.",
        b"cantigravity\nfly\n)\x81.",
        b"cantigravity\nfly\n)}\x92.",
        b"\x8c\x0bantigravity\x8c\x03fly\x93)R.",
        b"cantigravity\nfly\n)R}b.",
        b"\x82\x01)R.",
        b"Pantigravity\n.",
        b"cantigravity\nfly\n)R0N.",
    ],
)
def test_no_module_is_imported(tmp_path: Path, opcodes: bytes) -> None:
    infos_of(FORMAT, saved(tmp_path / "v.pt", opcodes))
    assert "antigravity" not in sys.modules


def test_objects_of_the_oldest_protocols_are_named(tmp_path: Path) -> None:
    pickled = b"ccopy_reg\n_reconstructor\n(cmy\nModel\nc__builtin__\nobject\nNtR."
    (info,) = infos_of(FORMAT, saved(tmp_path / "v.pt", pickled)).values()
    assert info.why_not == "It holds my.Model, which is code; it was not run."


def test_a_call_whose_result_was_dropped_is_told(tmp_path: Path) -> None:
    pickled = b"cos\nsystem\n(" + text("true") + b"tR0" + tensor((50, 7), (7, 1)) + b"."
    infos = infos_of(FORMAT, saved(tmp_path / "v.pt", pickled))
    assert list(infos) == ["", "os.system"]


@pytest.mark.parametrize(
    "opcodes",
    [
        b"",
        b"}",
        b"0.",
        b"t.",
        b"h\x07.",
        b"\x8b\xff\xff\xff\x7f.",
        b"\x8b\xff\xff\xff\xff.",
        b"L" + b"9" * 300 + b"L\n.",
        b"X\xff\xff\xff\xff.",
        b"\x8d" + b"\xff" * 8 + b".",
        b"\x8e" + b"\xff" * 7 + b"\x7f.",
        b"T\xff\xff\xff\xff.",
        b"V" + b"x" * 100_000,
        b"\x97.",
        b"\xff.",
        b"}(KKu.",
    ],
)
def test_pickles_that_are_not_sound_are_refused(tmp_path: Path, opcodes: bytes) -> None:
    with pytest.raises(Unreadable, match=r"v\.pt \(data\.pkl\) is damaged"):
        infos_of(FORMAT, saved(tmp_path / "v.pt", opcodes))


@pytest.mark.parametrize(
    "opcodes",
    [
        b"]" * 300_000 + b"a" * 299_999 + b".",  # very deep
        b")" + b"2\x86" * 100_000 + b".",  # twice itself, again and again
        b"})" + b"2\x86" * 100 + b"Ns.",  # the same as a key, which takes forever to hash
        b"]q\x00" + b"h\x00a" * 1000 + b".",  # a list of itself
        b"(" * 300_000 + b"N.",
        b"cx\ny\n)Rq\x00h\x00b.",  # its own attributes
        b"}q\x00" + text("k" * 50_000) + b"]q\x01s(" + b"h\x01" * 100_000 + b"t.",
        b"](" + b"]q\x00" + b"h\x00" * 200_000 + b"e.",
    ],
)
def test_pickles_made_to_exhaust_are_walked_in_no_time(tmp_path: Path, opcodes: bytes) -> None:
    assert not infos_of(FORMAT, saved(tmp_path / "v.pt", opcodes)).keys() - {"", "x.y"}


def test_keys_of_a_tensor_met_very_often_stay_short(tmp_path: Path) -> None:
    often = b"(" + tensor((50, 7), (7, 1)) + b"q\x00" + b"h\x00" * 3000 + b"t"
    infos = infos_of(FORMAT, saved(tmp_path / "v.pt", table(**{"k" * 50_000: often})))
    assert len(infos) == 3001
    assert max(map(len, infos)) < 1100


@pytest.mark.parametrize("limit", ["_MOST_OPCODES", "_DEEPEST_STACK"])
def test_there_is_an_end_to_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(pickles, limit, 1000)
    with pytest.raises(Unreadable, match="larger than any"):
        infos_of(FORMAT, saved(tmp_path / "v.pt", b"N" * 2000 + b"."))


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 200), 1 << 200)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(),
    lambda values: (
        st.lists(values) | st.tuples(values, values) | st.dictionaries(st.text("abc/é"), values)
    ),
    max_leaves=20,
)


@quick
@given(value=plain, protocol=st.integers(1, 5))
def test_plain_values_are_what_pickle_says(value: object, protocol: int) -> None:
    assert unpickled(pickle.dumps(value, protocol)) == value


@quick
@given(value=st.lists(st.integers() | st.text("aé€\n\\") | st.floats(allow_nan=False)))
def test_so_are_those_of_the_oldest_protocol(value: object) -> None:
    assert unpickled(pickle.dumps(value, 0)) == value


def test_what_code_would_have_made_keeps_what_it_was_given() -> None:
    made = unpickled(b"cmy\nDict\n)R" + text("a") + b"K\x05sK\x07a}" + text("x") + b"K\x01sb.")
    assert isinstance(made, Made)
    assert made.items == {"a": 5, "1": 7}
    assert made.states == [{"x": 1}]


@quick
@given(
    opcodes=st.lists(
        st.binary(min_size=1, max_size=3)
        | st.sampled_from(list(b"()]}tRbsuaeQ\x81\x85\x86\x932q\x00h\x00Nc")).map(
            lambda code: bytes([code])
        )
    )
)
def test_any_opcodes_are_read_or_refused(opcodes: list[bytes]) -> None:
    try:
        unpickled(b"cos\nsystem\n)" + b"".join(opcodes) + b".")
    except Unreadable:
        return


@pytest.mark.parametrize("name", ["v.pt", "v.pth", "v.bin", "v.ckpt", "weights"])
def test_files_are_known_by_what_they_hold(tmp_path: Path, name: str) -> None:
    data = saved(tmp_path / "v.pt", table()).read_bytes()[:4096]
    assert FORMAT.is_one(tmp_path / name, data)


@pytest.mark.parametrize("name", ["v.bin", "v.ckpt", "v.npz", "v.tsv"])
def test_other_files_are_not_taken_for_torch(tmp_path: Path, name: str) -> None:
    assert not FORMAT.is_one(tmp_path / name, b"1.0\t2.0\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no file that torch"), (pickle.dumps({}), "no file that torch"), (b"PK\x03\x04", "ZIP")],
)
def test_what_torch_did_not_write_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "v.pt").write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        infos_of(FORMAT, tmp_path / "v.pt")


@quick
@given(damage=damages())
def test_damaged_files_are_read_or_refused(tmp_path: Path, damage: Damage) -> None:
    pickled = table(v=tensor((50, 7), (7, 1)), w=tensor((7, 50), (1, 7)))
    path = saved(tmp_path / "v.pt", pickled)
    read_damaged(FORMAT, path, damage(path.read_bytes()))


@quick
@given(damage=damages())
def test_damaged_older_files_are_read_or_refused(
    fixtures: Path, tmp_path: Path, damage: Damage
) -> None:
    data = (fixtures / "array_files" / "torch" / "state_dict_legacy.pth").read_bytes()
    read_damaged(FORMAT, tmp_path / "v.pth", damage(data[:500]) + data[500:])
