"""The payloads of logs by real writers are what TensorBoard makes of them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.logs.folder import read_logs
from projector.logs.payloads import PAYLOADS, describe_payload
from projector.logs.payloads.audio import Audio
from projector.logs.payloads.content import read_blob
from projector.logs.payloads.custom_scalars import layout_of
from projector.logs.payloads.graphs import Graph
from projector.logs.payloads.histograms import Histogram
from projector.logs.payloads.images import Images
from projector.logs.payloads.mesh import MeshPart, mesh_groups, read_mesh
from projector.logs.payloads.text import Text
from projector.logs.series import Logs, Run, Series
from projector.progress import finish
from tests.conftest import SHARED

MANIFEST = SHARED / "fixtures" / "MANIFEST.json"


def whole_and_single() -> dict[str, Any]:
    """Path below the fixtures to what TensorBoard listed, of whole folders or of their parts."""
    if not MANIFEST.is_file():
        return {}
    found = {}
    for name, entry in json.loads(MANIFEST.read_text("utf-8"))["folders"].items():
        parts = {f"{name}/{part}": one for part, one in entry.get("opened_one_by_one", {}).items()}
        found |= {path: one for path, one in {name: entry, **parts}.items() if "plugins" in one}
    return found


CASES = whole_and_single()


@lru_cache(maxsize=200)
def logs_of(folder: Path) -> Logs:
    return finish(read_logs(folder))


def series_of(run: Run | None, plugin: str, tag: str) -> Series | None:
    made = run.series if run else ()
    return next((s for s in made if (s.plugin, s.tag) == (plugin, tag)), None)


def number(value: Any) -> float:
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def cases() -> list[Any]:
    return [
        pytest.param(folder, plugin, run, tag, id=f"{folder}|{plugin}|{run}|{tag}"[:90])
        for folder, entry in CASES.items()
        for plugin, runs in entry["plugins"].items()
        if plugin in PAYLOADS
        for run, tags in runs.items()
        for tag in tags
        if f"{plugin}|{run}|{tag}" not in entry.get("loaders_differ", {})
    ]


@pytest.mark.parametrize(("folder", "plugin", "run", "tag"), cases())
def test_a_payload_is_what_tensorboard_reads(
    fixtures: Path, folder: str, plugin: str, run: str, tag: str
) -> None:
    told = CASES[folder]["plugins"][plugin][run][tag]
    series = series_of(logs_of(fixtures / folder).run(run), plugin, tag)
    assert series is not None
    check = CHECKS.get(plugin, check_blob)
    check(series, told)
    assert all(describe_payload(series, i) for i in range(len(series)))


def digest(blob: bytes) -> dict[str, Any]:
    return {"bytes": len(blob), "sha256_16": hashlib.sha256(blob).hexdigest()[:16]}


def ends(series: Series, told: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """What we and TensorBoard read at the first and last step."""
    read = PAYLOADS[series.plugin]
    pairs = [(read(series, 0), told["first_tensor"])]
    if "last_tensor" in told:
        pairs.append((read(series, len(series) - 1), told["last_tensor"]))
    return pairs


def close(values: Any, told: list[Any]) -> None:
    numbers = [number(value) for value in told]
    np.testing.assert_allclose(np.ravel(values)[: len(told)], numbers, rtol=1e-6, atol=1e-12)


def check_images(series: Series, told: dict[str, Any]) -> None:
    images: Images = PAYLOADS["images"](series, 0)
    assert [str(images.width), str(images.height)] == told["width_height_as_told"]
    found = [
        {"format": one.format, "size": [one.width, one.height], "frames": one.n_frames}
        for one in images.headers
    ]
    sound = [{key: one.get(key) for key in ("format", "size", "frames")} for one in told["images"]]
    assert found[: len(sound)] == sound
    kept = [digest(one) for one in images.encoded]
    assert kept[:4] == told["first_blobs"][2:]
    assert [len(PAYLOADS["images"](series, i)) + 2 for i in range(len(series))] == told[
        "blobs_at_each_step"
    ]


def check_audio(series: Series, told: dict[str, Any]) -> None:
    audio: Audio = PAYLOADS["audio"](series, 0)
    assert [digest(clip.encoded) for clip in audio.clips] == told["first_blobs"]
    headers = [clip.wav for clip in audio.clips if clip.wav]
    assert [
        {"format": 1, "channels": wav.n_channels, "rate": wav.rate, "bits": wav.bits}
        for wav in headers
    ] == told["audio"]
    for clip in audio.clips:
        if clip.wav:
            assert clip.samples().shape == (clip.wav.n_frames, clip.wav.n_channels)


def check_text(series: Series, told: dict[str, Any]) -> None:
    for text, tensor in ends(series, told):
        assert isinstance(text, Text)
        assert text.rank == len(tensor["shape"])
        cells = [cell for row in text.rows for cell in row]
        firsts = tensor["first"][: len(cells)]
        assert [cell[:100] for cell in cells[: len(firsts)]] == [one[:100] for one in firsts]


def check_histogram(series: Series, told: dict[str, Any]) -> None:
    for histogram, tensor in ends(series, told):
        assert isinstance(histogram, Histogram)
        rows = np.stack((histogram.left, histogram.right, histogram.counts), axis=1)
        assert list(rows.shape) == tensor["shape"]
        close(rows, tensor["first"])
        close(rows[-1:], tensor["last"])


def check_mesh(series: Series, told: dict[str, Any]) -> None:
    for part, tensor in ends(series, told):
        assert isinstance(part, MeshPart)
        assert list(part.array.shape) == tensor["shape"]
        close(part.array, tensor["first"])


def check_blob(series: Series, told: dict[str, Any]) -> None:
    if "first_blobs" in told:
        assert digest(read_blob(series, 0)) == told["first_blobs"][0]
    PAYLOADS[series.plugin](series, 0)


def check_graph(series: Series, told: dict[str, Any]) -> None:
    check_blob(series, told)
    graph: Graph = PAYLOADS["graphs"](series, 0)
    assert {
        "nodes": len(graph),
        "functions": len(graph.functions),
        "first_names": [node.name for node in graph.nodes[:5]],
        "commonest_ops": dict(list(graph.op_counts().items())[:5]),
    } == told["graph"]


CHECKS = {
    "images": check_images,
    "audio": check_audio,
    "text": check_text,
    "histograms": check_histogram,
    "mesh": check_mesh,
    "graphs": check_graph,
}


@pytest.mark.parametrize("folder", [name for name in CASES if CASES[name].get("mesh_tags")])
def test_meshes_are_those_tensorboard_lists(fixtures: Path, folder: str) -> None:
    told = CASES[folder]["mesh_tags"]
    groups, problems = mesh_groups(logs_of(fixtures / folder).series("mesh"))
    meshes = [read_mesh(group, i) for group in groups for i in range(len(group.steps))]
    found: dict[str, Any] = {}
    for group in groups:
        samples = {"samples": read_mesh(group, 0).n_samples}
        found.setdefault(group.run, {})[group.name] = samples
    assert found == told
    assert problems == ()
    assert all(mesh.problems == () for mesh in meshes)


@pytest.mark.parametrize(
    "folder", [name for name in CASES if CASES[name].get("custom_scalars_layout")]
)
def test_layouts_are_those_tensorboard_shows(fixtures: Path, folder: str) -> None:
    layout, problems = layout_of(logs_of(fixtures / folder))
    categories = [
        {
            "title": category.title,
            "chart": [
                {"title": chart.title, "margin": {"series": margins}}
                if (
                    margins := [
                        {"value": one.value, "lower": one.lower, "upper": one.upper}
                        for one in chart.margins
                    ]
                )
                else {"title": chart.title, "multiline": {"tag": list(chart.patterns)}}
                for chart in category.charts
            ],
            "closed": category.is_closed,
        }
        for category in layout.categories
    ]
    told = CASES[folder]["custom_scalars_layout"]
    assert categories == json.loads(json.dumps(told["category"]))
    assert problems == ()
