"""The SVG shows what the camera sees, is well-formed whatever the texts hold, and stays small."""

from __future__ import annotations

import base64
import dataclasses
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from projector.colors import Gradient, Legend, LegendEntry, Tick
from projector.embeddings.pictures import SpriteSheet
from projector.errors import NothingToShow, Unreadable
from projector.export import svg
from projector.export.scene import Scene
from projector.export.svg import write_svg
from projector.progress import finish
from projector.render.camera import fit_camera
from projector.sequences import Sequences

SVG = "{http://www.w3.org/2000/svg}"


def scene(n=200, **more):
    rng = np.random.default_rng(5)
    positions = rng.normal(size=(n, 3)).astype(np.float32)
    colors = np.full((n, 4), 255, np.uint8)
    colors[:, :3] = rng.integers(0, 200, (n, 3))
    made = Scene(positions, colors, camera=fit_camera(positions), size=(800, 600))
    return dataclasses.replace(made, **more)


def written(tmp_path, shown):
    return ET.parse(finish(write_svg(tmp_path / "cloud.svg", shown))).getroot()


def points_of(root):
    return root.find(f"{SVG}g[@id='points']").findall(f"{SVG}circle")


def texts_of(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_circles_lie_where_the_camera_sees_the_points(tmp_path):
    shown = scene()
    seen = shown.camera.project(shown.positions, 800, 600)
    expected = seen[np.argsort(-seen[:, 2], kind="stable"), :2]
    found = [(float(c.get("cx")), float(c.get("cy"))) for c in points_of(written(tmp_path, shown))]
    assert np.allclose(found, expected, atol=0.051)


def test_a_flat_cloud_has_the_colors_of_its_points(tmp_path):
    positions = scene().positions * [1, 1, 0]
    shown = scene(
        positions=positions.astype(np.float32), camera=fit_camera(positions, is_flat=True)
    )
    fills = {circle.get("fill") for circle in points_of(written(tmp_path, shown))}
    assert fills == {f"#{r:02x}{g:02x}{b:02x}" for r, g, b, _ in shown.colors.tolist()}


def test_hidden_points_and_such_without_a_place_are_not_drawn(tmp_path):
    positions = scene().positions.copy()
    positions[3] = np.nan
    shown = scene(positions=positions, visible_ids=np.array([1, 3, 5]))
    assert len(points_of(written(tmp_path, shown))) == 2


def test_10_000_points_are_below_two_megabytes(tmp_path):
    path = finish(write_svg(tmp_path / "cloud.svg", scene(10_000)))
    assert len(points_of(ET.parse(path).getroot())) == 10_000
    assert path.stat().st_size < 2_000_000


def picture_of(root):
    href = root.find(f"{SVG}image[@id='points']").get("href")
    data = base64.b64decode(href.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)))


def test_very_many_points_are_painted_and_texts_stay_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "MOST_SHAPES", 100)
    shown = scene(title="Title", named_ids=np.array([4]), labels=["word"] * 200)
    root = written(tmp_path, shown)
    assert root.find(f"{SVG}g[@id='points']") is None
    picture = picture_of(root)
    assert picture.shape == (1200, 1600, 3)
    assert (picture != 255).any()
    assert {"Title", "word"} <= set(texts_of(root))


def test_points_drawn_as_pictures_are_painted(tmp_path):
    sheet = SpriteSheet(np.full((60, 60, 1), 90, np.uint8), (4, 4))
    root = written(tmp_path, scene(pictures=sheet, draws_pictures=True))
    assert (picture_of(root) != 255).any()


@pytest.mark.parametrize(
    "attack", ["</text><script>1", "a\"b'&<>", "\x00\x08\ud800", "漢字 😀 عربي"]
)
def test_every_text_is_text(tmp_path, attack):
    legend = Legend(attack, (LegendEntry(attack, 3, (1, 2, 3)),))
    shown = scene(
        title=attack,
        labels=[attack] * 200,
        named_ids=np.arange(9),
        legend=legend,
        axis_names=(attack, attack, attack),
    )
    root = written(tmp_path, shown)
    assert not list(root.iter(f"{SVG}script"))
    clean = "".join(s if s >= " " and not "\ud800" <= s < "\ue000" else "\ufffd" for s in attack)
    assert texts_of(root).count(clean) >= 4  # title, legend, axes, and labels


def test_labels_and_title_and_legend_never_cover_one_another(tmp_path):
    legend = Legend("kind", tuple(LegendEntry(f"k{i}", i, (i, 9, 9)) for i in range(12)))
    shown = scene(
        title="A title", legend=legend, labels=["a label"] * 200, named_ids=np.arange(200)
    )
    group = written(tmp_path, shown).find(f"{SVG}g[@id='labels']")
    places = [(float(text.get("x")), float(text.get("y"))) for text in group]
    assert len(places) > 20
    for i, (x, y) in enumerate(places):
        assert not (x > 800 - 16 - 200 - 40 and y < 16 + 13 * 20 + 16), "under the legend"
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) > 45 or abs(y - other_y) > 15.9


def test_a_gradient_and_what_is_left_out_are_in_the_legend(tmp_path):
    gradient = Gradient(-1.5, 20.25, ((0, 0, 0), (255, 0, 0)))
    root = written(tmp_path, scene(legend=Legend("size", (), 0, gradient)))
    assert [stop.get("stop-color") for stop in root.iter(f"{SVG}stop")] == ["#000000", "#ff0000"]
    assert {"size", "-1.5", "20.25"} <= set(texts_of(root))
    ticked = dataclasses.replace(gradient, ticks=(Tick(0.1, "1"), Tick(0.12, "2"), Tick(0.9, "10")))
    texts = texts_of(written(tmp_path, scene(legend=Legend("size", (), 0, ticked))))
    assert texts == ["size", "1", "10"]
    many = Legend("word", (LegendEntry("a", 1234, (1, 1, 1)),), n_more=5000)
    assert {"1,234", "and 5,000 more"} <= set(texts_of(written(tmp_path, scene(legend=many))))


def test_sequences_are_lines_between_points_that_are_shown(tmp_path):
    lines = Sequences("next", np.array([1, 2, 3, 7, 8]), np.array([0, 3, 5]))
    visible = np.array([1, 2, 7, 8])
    root = written(tmp_path, scene(sequences=lines, visible_ids=visible))
    (path,) = root.find(f"{SVG}g[@id='sequences']")
    assert path.get("d").count("M") == 2


@pytest.mark.parametrize("name", ["is_dark", "opacity"])
def test_dark_and_see_through_scenes_are_written(tmp_path, name):
    more = {"background": (20, 22, 26)} if name == "is_dark" else {"opacity": 0.4}
    root = written(tmp_path, scene(**more))
    assert len(points_of(root)) == 200
    if name == "opacity":
        assert root.find(f"{SVG}g[@id='points']").get("fill-opacity") == "0.4"


def test_no_points_and_no_folder_are_sentences(tmp_path):
    with pytest.raises(NothingToShow):
        finish(write_svg(tmp_path / "a.svg", scene(visible_ids=np.array([], int))))
    with pytest.raises(Unreadable, match="can't be written"):
        finish(write_svg(tmp_path / "no" / "a.svg", scene()))
