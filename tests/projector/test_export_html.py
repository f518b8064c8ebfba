"""The page holds the cloud, asks for nothing from outside, and lets no label become markup."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

from projector.colors import Legend, LegendEntry
from projector.embeddings.pictures import SpriteSheet
from projector.errors import InvalidChoice, NothingToShow, Unreadable
from projector.export import html
from projector.export.html import VIEWER, write_html
from projector.export.scene import Scene
from projector.progress import finish
from projector.render.camera import Camera
from projector.sequences import Sequences

ATTACKS = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "{{script}} {{data}}",
    "]]>&amp;\u2028\u2029\x00",
    "\udcff lone",
    '"><svg onload=alert(1)>',
]


def scene(n=300, **more):
    rng = np.random.default_rng(4)
    positions = rng.normal(size=(n, 3)).astype(np.float32)
    colors = np.full((n, 4), 255, np.uint8)
    colors[:, :3] = np.array([(200, 0, 0), (0, 120, 240)])[np.arange(n) % 2]
    legend = Legend(
        "kind", (LegendEntry("<b>red", 150, (200, 0, 0)), LegendEntry("blue", 150, (0, 120, 240)))
    )
    made = Scene(positions, colors, title="Cloud", legend=legend)
    return dataclasses.replace(made, **more)


class Page(HTMLParser):
    """Elements and texts, as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.styles, self.inside = [], [], [], ""
        self.title = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts.append(data)
        elif self.inside == "style":
            self.styles.append(data)
        elif self.inside == "title":
            self.title += data

    @property
    def data(self):
        return json.loads(self.scripts[0])


def written(tmp_path, shown, **options):
    path = finish(write_html(tmp_path / "page.html", shown, **options))
    return Page(path.read_text("utf-8"))


def unpacked(packed):
    kinds = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "i4": "<i4"}
    return np.frombuffer(base64.b64decode(packed["data"]), kinds[packed["type"]])


def test_positions_colors_and_labels_come_back_from_the_page(tmp_path):
    shown = scene(labels=[f"größer 😀 {i}" for i in range(300)])
    data = written(tmp_path, shown).data
    steps = unpacked(data["positions"]).reshape(-1, 3)
    positions = np.array(data["low"]) + steps / 65535 * np.array(data["size"])
    assert np.allclose(positions, shown.positions, atol=1e-4)
    palette = np.array(data["palette"])
    assert np.array_equal(palette[unpacked(data["classes"])], shown.colors[:, :3])
    assert data["labels"] == list(shown.labels)
    red = data["legend"]["entries"][0]
    assert palette[red["class"]].tolist() == red["color"] == [200, 0, 0]


def test_labels_that_repeat_are_written_once(tmp_path):
    shown = scene(labels=[f"kind {i % 3}" for i in range(300)])
    data = written(tmp_path, shown).data
    assert data["labels"] == ["kind 0", "kind 1", "kind 2"]
    assert unpacked(data["label_ids"]).tolist() == [i % 3 for i in range(300)]


def test_only_what_is_shown_is_in_the_page(tmp_path):
    ids = np.array([3, 10, 11])
    lines = Sequences("next", np.array([3, 10, 12, 11]), np.array([0, 4]))
    shown = scene(
        visible_ids=ids,
        labels=[f"secret {i}" for i in range(300)],
        named_ids=np.array([11, 12]),
        sequences=lines,
    )
    data = written(tmp_path, shown).data
    assert unpacked(data["rows"]).tolist() == [3, 10, 11]
    assert data["labels"] == ["secret 3", "secret 10", "secret 11"]
    assert unpacked(data["named"]).tolist() == [2]
    assert unpacked(data["pairs"]).tolist() == [0, 1]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_markup(tmp_path, attack):
    legend = Legend(attack, (LegendEntry(attack, 1, (200, 0, 0)),))
    shown = scene(
        labels=[attack] * 300, title=attack, legend=legend, axis_names=(attack, attack, "")
    )
    page = written(tmp_path, shown)
    plain = written(tmp_path, scene())
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert page.scripts[1:] == plain.scripts[1:]
    readable = attack.encode("utf-8", "replace").decode()
    assert page.data["labels"] == [readable]
    assert page.data["title"] == readable


def test_the_page_allows_its_own_script_alone_and_no_network(tmp_path):
    page = written(tmp_path, scene())
    policy = next(
        a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    for text in (page.scripts[1], page.styles[0]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not [a for _, a in page.elements if "src" in a or "href" in a]
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|innerHTML|eval\(", page.scripts[1])


def test_a_page_of_100_000_points_is_below_five_megabytes(tmp_path):
    n = 100_000
    labels = [f"label {i}" for i in range(n)]
    path = finish(write_html(tmp_path / "page.html", scene(n, labels=labels)))
    assert path.stat().st_size < 5_000_000


def test_pictures_are_in_the_page_up_to_a_limit(tmp_path):
    sheet = SpriteSheet(np.zeros((80, 80, 1), np.uint8), (4, 4))
    shown = scene(pictures=sheet, visible_ids=np.array([1, 7]))
    pictures = written(tmp_path, shown).data["pictures"]
    assert pictures["url"].startswith("data:image/png;base64,")
    assert unpacked(pictures["slots"]).tolist() == [1, 7]
    assert written(tmp_path, shown, has_pictures=False).data["pictures"] is None
    large = SpriteSheet(np.zeros((8, 5000, 1), np.uint8), (4, 4))
    assert written(tmp_path, scene(pictures=large)).data["pictures"] is None


def test_many_colors_stay_close_to_what_they_were(tmp_path):
    n = 70_000
    colors = np.random.default_rng(0).integers(0, 256, (n, 4)).astype(np.uint8)
    data = written(tmp_path, scene(n, colors=colors)).data
    found = np.array(data["palette"])[unpacked(data["classes"])]
    assert np.abs(found - colors[:, :3].astype(int)).max() < 8


def test_too_many_points_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "MOST_POINTS", 200)
    with pytest.raises(InvalidChoice, match="200 points at most, got 300"):
        finish(write_html(tmp_path / "page.html", scene()))


def test_no_points_and_no_folder_are_sentences(tmp_path):
    with pytest.raises(NothingToShow):
        finish(write_html(tmp_path / "page.html", scene(visible_ids=np.array([], int))))
    with pytest.raises(Unreadable, match="can't be written"):
        finish(write_html(tmp_path / "no" / "page.html", scene()))


def test_an_older_page_stays_where_writing_is_given_up(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("older")
    work = write_html(path, scene())
    next(work)
    work.close()
    assert path.read_text() == "older"


CHECK = """
const data = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const camera = new Camera(data.camera), cloud = new Cloud(data.cloud);
const seen = camera.project(cloud.positions, 640, 480);
camera.pan(10, -5, 480); camera.orbit(30, 20); camera.zoom(1.5, 100, 50, 640, 480);
const found = cloud.search("LABEL 1");
process.stdout.write(JSON.stringify({seen: [...seen], camera: {...camera}, found: [...found]}));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no JavaScript outside a browser")
@pytest.mark.parametrize("change", [{}, {"is_orthographic": True}, {"is_flat": True}])
def test_the_camera_of_the_page_is_that_of_the_window(tmp_path, change):
    shown = scene(20, labels=[f"Label {i}" for i in range(20)])
    data = written(tmp_path, shown).data
    camera = dataclasses.replace(Camera(target=(0.1, 0.2, -0.1)), **change)
    script = "".join((VIEWER / name).read_text("utf-8") for name in ("data.js", "camera.js"))
    done = subprocess.run(
        ["node", "-e", script + CHECK],
        input=json.dumps({"camera": camera.to_json(), "cloud": data}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(done.stdout)
    seen = np.array(found["seen"]).reshape(-1, 3)
    assert np.allclose(seen, camera.project(shown.positions, 640, 480), atol=0.05)
    moved = camera.panned(10, -5, 480)
    if not camera.is_flat:
        moved = moved.orbited(30, 20)
    moved = moved.zoomed(1.5, 100, 50, 640, 480)
    assert np.allclose(found["camera"]["target"], moved.target)
    assert found["camera"]["distance"] == pytest.approx(moved.distance)
    assert found["found"] == [1, *range(10, 20)]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no JavaScript outside a browser")
def test_the_script_of_the_page_is_whole(tmp_path):
    (tmp_path / "viewer.js").write_text(html.viewer_script(), "utf-8")
    subprocess.run(["node", "--check", "viewer.js"], cwd=tmp_path, check=True, timeout=60)
