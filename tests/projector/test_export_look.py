"""What makes points look as they do on the screen is in drawings, pages and point clouds, too."""

from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest
from PIL import Image

from projector.colors import Legend, LegendEntry
from projector.emphasis import DIM, HIDDEN, NORMAL, RAISED
from projector.export import svg
from projector.export.axis_scale import AxisScale
from projector.export.html import write_html
from projector.export.page_data import page_data
from projector.export.ply import write_ply
from projector.export.scene import Scene
from projector.export.size_key import LARGEST_PX, SizeKey
from projector.export.svg import write_svg
from projector.export.thumbnails import LARGEST_BYTES, is_sound
from projector.progress import finish
from projector.render.camera import fit_camera
from projector.sequences import Sequences

SVG = "{http://www.w3.org/2000/svg}"
N = 40
SIZES = np.linspace(0.5, 2.5, N).astype(np.float32)
KINDS = np.array([HIDDEN, DIM, NORMAL, RAISED] * (N // 4), np.uint8)


def scene(**more):
    positions = np.random.default_rng(3).normal(size=(N, 3)).astype(np.float32)
    positions[:, 2] = 0
    colors = np.full((N, 4), 255, np.uint8)
    colors[:, :3] = np.arange(N)[:, None]
    camera = fit_camera(positions, is_flat=True)
    made = Scene(positions, colors, camera=camera, is_flat=True, radius_px=4.0)
    return dataclasses.replace(made, **more)


def drawing(tmp_path, shown):
    return ET.parse(finish(write_svg(tmp_path / "a.svg", shown))).getroot()


def circles(tmp_path, shown):
    return drawing(tmp_path, shown).find(f"{SVG}g[@id='points']").findall(f"{SVG}circle")


def page(shown):
    return finish(page_data(shown, shown.placed_ids(), has_pictures=True))


def unpacked(packed):
    kinds = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "f4": "<f4"}
    return np.frombuffer(base64.b64decode(packed["data"]), kinds[packed["type"]])


def test_circles_are_as_large_as_their_numbers(tmp_path):
    found = sorted(float(one.get("r")) for one in circles(tmp_path, scene(sizes=SIZES)))
    assert np.allclose(found, 4.0 * SIZES, atol=0.01)


def test_raised_circles_are_larger_and_come_last_and_dim_ones_first(tmp_path):
    visible = np.flatnonzero(KINDS)
    found = circles(tmp_path, scene(emphasis=KINDS, visible_ids=visible))
    assert [float(one.get("r")) for one in found] == [4.0] * (N // 2) + [5.2] * (N // 4)
    grays = [int(one.get("fill")[1:3], 16) for one in found]
    dim = np.round(255 - (255 - np.flatnonzero(KINDS == DIM)) * 0.2)
    assert sorted(grays[: N // 4]) == dim.tolist()
    assert sorted(grays[-(N // 4) :]) == np.flatnonzero(KINDS == RAISED).tolist()


def test_a_hidden_point_that_is_asked_for_is_drawn_as_any_other(tmp_path):
    found = circles(tmp_path, scene(emphasis=KINDS))
    assert len(found) == N


def test_a_painted_drawing_has_sizes_and_emphasis_too(tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "MOST_SHAPES", 3)

    def ink(**more):
        image = drawing(tmp_path, scene(**more)).find(f"{SVG}image")
        data = base64.b64decode(image.get("href").split(",")[1])
        return int((np.asarray(Image.open(io.BytesIO(data))) < 250).sum())

    assert ink(sizes=SIZES * 0.5) < ink() < ink(sizes=SIZES * 2)
    assert ink(emphasis=KINDS, visible_ids=np.flatnonzero(KINDS == DIM)) < ink()


def test_texts_have_a_rim_that_every_program_draws(tmp_path):
    root = drawing(tmp_path, scene(title="Cloud", named_ids=np.array([1])))
    assert "paint-order" not in ET.tostring(root, "unicode")
    rims, texts = (root.find(f"{SVG}g[@id='{name}']") for name in ("labels-rims", "labels"))
    assert rims.get("stroke") == "#ffffff"
    assert [one.text for one in rims] == [one.text for one in texts] == ["#1"]


def test_rings_go_around_their_points(tmp_path):
    shown = scene(rings=((5, (200, 0, 0), 2.0), (6, (0, 0, 200), 1.0)))
    x, y, _ = shown.camera.project(shown.positions[[5]], *shown.size)[0]
    rings = drawing(tmp_path, shown).find(f"{SVG}g[@id='rings']")
    found = next(one for one in rings if one.get("stroke") == "#c80000")
    assert float(found.get("cx")) == pytest.approx(x, abs=0.06)
    assert float(found.get("cy")) == pytest.approx(y, abs=0.06)
    hidden = dataclasses.replace(shown, visible_ids=np.arange(5))
    assert drawing(tmp_path, hidden).find(f"{SVG}g[@id='rings']") is None
    assert [place for place, _, _ in page(shown)["rings"]] == [5, 6]


def test_lines_of_dim_points_are_pale_and_colored_along_the_way(tmp_path):
    lines = Sequences("next", np.arange(N), np.array([0, N]))
    colors = ((0, 0, 0), (255, 255, 255))
    kinds = np.full(N, NORMAL, np.uint8)
    kinds[-10:] = DIM
    shown = scene(sequences=lines, line_colors=colors, emphasis=kinds)
    paths = drawing(tmp_path, shown).find(f"{SVG}g[@id='sequences']").findall(f"{SVG}path")
    n = dict.fromkeys(("0.15", "0.75"), 0)
    for path in paths:
        n[path.get("stroke-opacity")] += path.get("d").count("M")
    assert n == {"0.15": 10, "0.75": N - 11}
    assert len({path.get("stroke") for path in paths}) > 10
    shares = unpacked(page(shown)["shares"])
    assert np.allclose(shares / 255, (np.arange(N - 1) + 0.5) / (N - 1), atol=0.01)


def test_contours_are_in_the_drawing_and_in_a_flat_page(tmp_path):
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]], np.float32)
    shown = scene(contours=((0.5, square),))
    assert len(drawing(tmp_path, shown).find(f"{SVG}g[@id='contours']")) == 2
    (found,) = page(shown)["contours"]
    assert found["share"] == 0.5
    assert np.array_equal(unpacked(found["line"]).reshape(-1, 3), square)
    solid = dataclasses.replace(shown, camera=fit_camera(shown.positions))
    assert page(solid)["contours"] == []


def test_a_flat_drawing_has_numbers_where_they_belong(tmp_path):
    scale = AxisScale(10.0, 5.0)
    shown = scene(axis_names=("x", "y", ""), axis_scales=(scale, scale))
    ticks = drawing(tmp_path, shown).find(f"{SVG}g[@id='ticks']").findall(f"{SVG}text")
    across = [one for one in ticks if one.get("text-anchor") == "middle"]
    assert len(across) > 2
    assert len(ticks) > len(across) + 2
    for one in across:
        value = float(one.text.replace("\N{MINUS SIGN}", "-"))
        place = np.array([[(value - 5) / 10, 0, 0]], np.float32)
        expected = shown.camera.project(place, *shown.size)[0, 0]
        assert float(one.get("x")) == pytest.approx(expected, abs=0.1)
    assert page(shown)["scales"] == [[10.0, 5.0]] * 2


def test_a_page_carries_sizes_emphasis_and_fog():
    visible = np.flatnonzero(KINDS)
    data = page(scene(sizes=SIZES, emphasis=KINDS, visible_ids=visible, fog=0.2, opacity=0.5))
    assert np.allclose(unpacked(data["sizes"]) / 1000, SIZES[visible], atol=1e-3)
    assert np.array_equal(unpacked(data["emphasis"]), KINDS[visible])
    assert (data["fog"], data["opacity"]) == (0.2, 0.5)


KEY = SizeKey("count", ("1", "4", "16"), (0.65, 1.3, 2.6))


def legend_of(tmp_path, shown):
    return drawing(tmp_path, shown).find(f"{SVG}g[@id='legend']")


def test_a_drawing_says_what_sizes_mean_as_large_as_in_the_cloud(tmp_path):
    legend = legend_of(tmp_path, scene(sizes=SIZES, size_key=KEY))
    discs = legend.findall(f"{SVG}circle[@class='size']")
    assert [float(one.get("r")) for one in discs] == pytest.approx([2.6, 5.2, 10.4])
    assert [text.text for text in legend.findall(f"{SVG}text")] == ["count", "1", "4", "16"]
    box = legend.find(f"{SVG}rect")
    bottom = float(box.get("y")) + float(box.get("height"))
    assert all(float(one.get("cy")) + float(one.get("r")) < bottom for one in discs)


def test_discs_of_a_legend_never_touch_one_another(tmp_path):
    legend = legend_of(tmp_path, scene(radius_px=30.0, sizes=SIZES, size_key=KEY))
    discs = legend.findall(f"{SVG}circle[@class='size']")
    places = [(float(one.get("cy")), float(one.get("r"))) for one in discs]
    gaps = [b[0] - b[1] - a[0] - a[1] for a, b in itertools.pairwise(places)]
    assert min(gaps) > 0
    # too large for a legend: smaller, but in proportion
    assert [radius for _, radius in places] == pytest.approx([4.0, 8.0, LARGEST_PX])


def test_sizes_stand_below_the_colors_in_one_box(tmp_path):
    colors = Legend(title="group", entries=(LegendEntry("red", 40, (9, 9, 9)),))
    legend = legend_of(tmp_path, scene(sizes=SIZES, size_key=KEY, legend=colors))
    texts = {text.text: float(text.get("y")) for text in legend.findall(f"{SVG}text")}
    assert list(texts) == ["group", "red", "40", "count", "1", "4", "16"]
    assert texts["group"] < texts["red"] < texts["count"] < texts["1"] < texts["16"]
    assert len(legend.findall(f"{SVG}rect")) == 1


def test_a_page_says_what_sizes_mean():
    told = page(scene(sizes=SIZES, size_key=KEY))["size_key"]
    assert told == {"title": "count", "rows": [(2.6, "1"), (5.2, "4"), (10.4, "16")]}
    assert page(scene(sizes=SIZES))["size_key"] is None


@pytest.mark.parametrize("attack", ["</script><b>", "\x00<x>&'\""])
def test_texts_of_a_legend_of_sizes_are_no_markup(tmp_path, attack):
    shown = scene(sizes=SIZES, size_key=SizeKey(attack, (attack,), (1.0,)))
    texts = [text.text for text in legend_of(tmp_path, shown).findall(f"{SVG}text")]
    assert texts == [attack.replace("\x00", "\ufffd")] * 2
    html = finish(write_html(tmp_path / "a.html", shown)).read_text("utf-8")
    assert attack not in html


def test_words_stand_in_the_middle_of_their_points_in_their_color(tmp_path):
    shown = scene(labels=["word"] * N, named_ids=np.array([7]), are_words=True, label_scale=2.0)
    labels = drawing(tmp_path, shown).find(f"{SVG}g[@id='labels']")
    (word,) = labels.findall(f"{SVG}text")
    assert (labels.get("font-size"), word.get("fill")) == ("24", "#070707")
    assert page(shown)["words"] is True


def test_a_point_cloud_has_sizes_and_see_through_points(tmp_path):
    visible = np.flatnonzero(KINDS)
    shown = scene(sizes=SIZES, emphasis=KINDS, visible_ids=visible, opacity=0.5)
    text = finish(write_ply(tmp_path / "a.ply", shown, is_text=True)).read_text()
    head, body = text.split("end_header\n")
    names = [line.split()[-1] for line in head.splitlines() if line.startswith("property")]
    assert names == ["x", "y", "z", "red", "green", "blue", "alpha", "row", "size"]
    rows = np.array([line.split() for line in body.splitlines()], float)
    assert np.allclose(rows[:, 8], SIZES[visible])
    assert np.allclose(rows[:, 6], np.round(127.5 * np.where(KINDS[visible] == DIM, 0.2, 1)))


def test_points_without_a_size_are_not_drawn_and_the_largest_are_held(tmp_path, monkeypatch):
    sizes = SIZES.copy()
    sizes[:4] = np.nan, np.inf, -np.inf, 1e30
    shown = scene(sizes=sizes, radius_px=1.0)
    radii = [float(one.get("r")) for one in circles(tmp_path, shown)]
    assert len(radii) == N - 2
    assert max(radii) == 1000
    held = unpacked(page(shown)["sizes"])
    assert held[:4].tolist() == [0, 65535, 0, 65535]
    monkeypatch.setattr(svg, "MOST_SHAPES", 3)
    assert drawing(tmp_path, shown).find(f"{SVG}image") is not None


def test_a_page_of_everything_is_written(tmp_path):
    shown = scene(sizes=SIZES, emphasis=KINDS, rings=((1, (1, 2, 3), 1.6),))
    assert finish(write_html(tmp_path / "a.html", shown)).stat().st_size > 10_000


def png(width=20, height=10):
    file = io.BytesIO()
    Image.new("RGB", (width, height), (10, 200, 30)).save(file, format="PNG")
    return file.getvalue()


def test_a_small_picture_is_sound():
    assert is_sound(png())


def bomb():
    """A header that tells of a very large picture."""
    data = bytearray(png())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def with_two_heads():
    """A small picture in which another head tells of a very large one."""
    data = png()
    head = b"IHDR" + (12_000).to_bytes(4, "big") * 2 + data[24:29]
    second = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return data[:33] + second + data[33:]


def with_part(kind, content, data=None):
    """The same picture with one more part behind its head."""
    whole = png() if data is None else data
    part = kind + content
    size, check = len(content).to_bytes(4, "big"), zlib.crc32(part).to_bytes(4, "big")
    return whole[:33] + size + part + check + whole[33:]


def endless():
    """A small picture with pixels for a very large one, which some readers would all unpack."""
    end = png()[-12:]
    return with_part(b"IDAT", zlib.compress(bytes(20_000_000)), png()[:33] + end)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PNG",
        png()[:-30],
        png()[:40] + b"\0\0" + png()[42:],
        png(600, 10),
        bomb(),
        with_two_heads(),
        endless(),
        png()[:-12],
        with_part(b"acTL", bytes(8)),
        with_part(b"WHAT", b""),
        png() + b"\0" * LARGEST_BYTES,
        b"GIF89a" + bytes(60),
    ],
    ids=[
        *("empty", "short", "cut", "damaged", "wide", "bomb", "two heads", "endless"),
        *("no end", "moving", "unknown part", "heavy", "another kind"),
    ],
)
def test_what_is_no_small_picture_is_not(data):
    assert not is_sound(data)
