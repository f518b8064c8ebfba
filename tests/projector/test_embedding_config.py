"""Projector configs: every way to write one, against what TensorBoard reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.embeddings.config import is_json_config, parse_config, read_config
from projector.embeddings.find import find_sources
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo, ProjectorConfig
from projector.logs.series import Logs
from projector.progress import finish

HERE = Path("projector_config.pbtxt")


def fields(info: EmbeddingInfo) -> dict[str, Any]:
    return {
        "tensor_name": info.tensor_name,
        "tensorPath": info.tensor_path,
        "metadataPath": info.metadata_path,
        "tensorShape": list(info.tensor_shape),
    }


def test_every_way_to_write_a_config_is_read_as_tensorboard_does(fixtures: Path) -> None:
    folder = fixtures / "edge_config_syntax"
    listed = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]
    n_compared = 0
    for run, one in listed["edge_config_syntax"]["projector"].items():
        theirs = one.get("embeddings", ())
        if not theirs:
            continue  # it refuses the config; ours says more, which other tests hold
        config, problems = finish(read_config(folder / run / "projector_config.pbtxt"))
        ours = {info.tensor_name or Path(info.tensor_path).name: info for info in config.embeddings}
        for entry in theirs:
            read = fields(ours[entry["tensor_name"]])
            for key in ("tensorPath", "metadataPath", "tensorShape"):
                assert read[key] == entry.get(key, read[key]), (run, key)
        assert problems == ()
        n_compared += 1
    assert n_compared > 12


def test_all_fields_are_read() -> None:
    text = """
        model_checkpoint_path: "m" model_checkpoint_dir: 'd'
        embeddings < tensor_name: "a"; metadata_path: "m.tsv", bookmarks_path: "b" "." 'json'
        tensor_shape: [0xc, 03] sprite: { image_path: "s.png" single_image_dim: [28, 14] }
        tensor_path: "v" > # the end
    """
    config, problems = finish(parse_config(text, HERE))
    (info,) = config.embeddings
    assert (config.model_checkpoint_path, config.model_checkpoint_dir) == ("m", "d")
    assert (info.bookmarks_path, list(info.tensor_shape)) == ("b.json", [12, 3])
    assert list(info.sprite.single_image_dim) == [28, 14]
    assert problems == ()


def test_appended_blocks_outlive_a_broken_one() -> None:
    good = 'embeddings {{ tensor_name: "{0}" tensor_path: "{0}.tsv" }}\n'
    text = good.format("a") + 'embeddings {\ntensor_name: "b\n}\n' + good.format("c")
    config, problems = finish(parse_config(text, HERE))
    assert [info.tensor_name for info in config.embeddings] == ["a", "c"]
    assert [problem.offset for problem in problems] == [len(good.format("a"))]


def many_blocks(n: int) -> str:
    return "".join(
        f'embeddings {{ tensor_name: "{i}" tensor_path: "{i}.tsv" }}\n' for i in range(n)
    )


def test_a_large_config_is_read_in_many_steps_as_protobuf_reads_it() -> None:
    text = many_blocks(5_000)
    work = parse_config(text, HERE)
    n_steps = sum(1 for _ in work)
    assert n_steps >= len(text) // (1 << 16)
    whole = text_format.Parse(text, ProjectorConfig())
    assert finish(parse_config(text, HERE)) == (whole, ())


def test_a_broken_block_of_a_large_config_is_told_with_its_place() -> None:
    before, after = many_blocks(3_000), many_blocks(2_000)
    config, problems = finish(parse_config(before + "embeddings { tensor_name: }\n" + after, HERE))
    assert len(config.embeddings) == 5_000
    (problem,) = problems
    assert problem.offset == len(before)
    assert "line 3001" in problem.what


def test_of_very_many_broken_blocks_only_the_first_are_told() -> None:
    config, problems = finish(parse_config("embeddings { tensor_name: }\n" * 5_000, HERE))
    assert not config.embeddings
    assert len(problems) == 101
    assert problems[-1].what == "More than 100 blocks are broken; the rest was left out."


def test_a_block_of_more_than_a_megabyte_is_left_out() -> None:
    text = 'embeddings { tensor_path: "' + "v" * (1 << 20) + '" }\n' + many_blocks(1)
    config, problems = finish(parse_config(text, HERE))
    assert [info.tensor_path for info in config.embeddings] == ["0.tsv"]
    assert problems[0].what == "The block at line 1 was left out: it is larger than 1 MB."


def test_a_config_of_more_than_16_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "projector_config.pbtxt"
    with path.open("wb") as file:
        file.truncate((16 << 20) + 1)
    config, problems = finish(read_config(path))
    assert not config.embeddings
    assert "larger than 16 MB" in problems[0].what


def test_a_broken_embedding_of_a_json_config_leaves_the_others() -> None:
    blocks = [{"tensorPath": "a"}, {"tensorPath": 5}, "odd", {"tensorPath": "b"}]
    config, problems = finish(parse_config(json.dumps({"embeddings": blocks}), HERE))
    assert [info.tensor_path for info in config.embeddings] == ["a", "b"]
    assert [problem.what.partition(" of")[0] for problem in problems] == [
        "Embedding 2",
        "Embedding 3",
    ]


def test_a_folder_with_a_config_of_the_standalone_projector_is_found(tmp_path: Path) -> None:
    config = {"embeddings": [{"tensorName": "w", "tensorPath": "https://x.org/data/v.tsv"}]}
    (tmp_path / "oss_projector_config.json").write_text(json.dumps(config))
    (tmp_path / "v.tsv").write_text("1\t2\n3\t4\n")
    found = finish(find_sources(tmp_path, Logs(tmp_path)))
    assert [source.tensor_path for source in found.sources] == [tmp_path / "v.tsv"]


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        ("c.json", '{"embeddings": [{"tensorPath": "v"}]}', True),
        ("c.json", '{"vocab_size": 5}', False),
        ("c.json", "[1, 2]", False),
        ("model.safetensors.index.json", '{"embeddings": [{"tensorPath": "v"}]}', False),
        ("c.txt", '{"embeddings": [{"tensorPath": "v"}]}', False),
    ],
)
def test_json_is_a_config_where_it_has_embeddings(
    tmp_path: Path, name: str, content: str, is_one: bool
) -> None:
    (tmp_path / name).write_text(content)
    assert is_json_config(tmp_path / name) == is_one


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=4))
def test_what_protobuf_writes_is_read_equal(names: list[tuple[str, str]]) -> None:
    blocks = [EmbeddingInfo(tensor_name=a, tensor_path=b) for a, b in names]
    config = ProjectorConfig(embeddings=blocks)
    for as_utf8 in (True, False):
        text = text_format.MessageToString(config, as_utf8=as_utf8)
        if "\r" not in text:
            assert finish(parse_config(text, HERE)) == (config, ())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text('embdings{}<>:"\\ \n#', max_size=80))
def test_any_text_is_read_or_told(text: str) -> None:
    config, problems = finish(parse_config(text, HERE))
    try:
        whole = text_format.Parse(text, ProjectorConfig(), allow_unknown_field=True)
    except (text_format.ParseError, ValueError):
        assert config.ByteSize() or problems or text.lstrip().startswith("{")
    else:
        assert config == whole
    assert all(problem.file == HERE for problem in problems)
