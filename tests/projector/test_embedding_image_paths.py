"""Pictures in files of their own: finding them, decoding them bit by bit, keeping some of them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from projector.arrays import ByteArray
from projector.embeddings.embedding import Source
from projector.embeddings.image_paths import ImagePaths, find_image_paths, image_column
from projector.embeddings.pictures import Pictures, TilesStep, load_tiles
from projector.embeddings.reader import read_embedding
from projector.embeddings.thumbnails import read_thumbnail
from projector.embeddings.tile_cache import TileCache
from projector.errors import Unreadable
from projector.progress import finish

Color = tuple[int, int, int]


def save(path: Path, color: Color, size: tuple[int, int] = (12, 12)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
    return path


def color_of(point: int) -> Color:
    return (40 * point % 256, 200 - 3 * point, 5 * point)


def files(folder: Path, n: int) -> list[str]:
    return [str(save(folder / f"{i}.png", color_of(i))) for i in range(n)]


def middle(tile: ByteArray) -> Color:
    red, green, blue = tile[tile.shape[0] // 2, tile.shape[1] // 2, :3].tolist()
    return red, green, blue


def found_in(cells: list[str | None], *folders: Path) -> tuple[ImagePaths | None, str | None]:
    return finish(find_image_paths(pl.Series("file", cells, dtype=pl.String), folders))


def test_the_column_of_pictures_is_the_one_whose_cells_end_like_pictures() -> None:
    table = pl.DataFrame({"n": [1, 2], "label": ["a", "b.txt"], "file": ["x.JPG", None]})
    assert image_column(table) == "file"
    assert image_column(table.drop("file")) is None


def test_paths_are_found_beside_the_table_whatever_machine_they_are_of(tmp_path: Path) -> None:
    save(tmp_path / "img" / "a.png", (1, 2, 3))
    absolute = save(tmp_path / "elsewhere" / "b.png", (1, 2, 3))
    cells = ["img/a.png", "img\\a.png", "/home/me/data/img/a.png", "D:\\data\\img\\a.png",
             "\\\\server\\share\\img\\a.png", str(absolute)]  # fmt: skip
    pictures, trouble = found_in([*cells], tmp_path)
    assert pictures is not None
    assert trouble is None
    same = [os.path.samefile(str(path), tmp_path / "img" / "a.png") for path in pictures.paths[:5]]
    assert all(same)
    assert pictures.paths[5] == str(absolute)


def test_what_is_missing_is_counted_and_nothing_comes_from_the_web(tmp_path: Path) -> None:
    save(tmp_path / "a.png", (1, 2, 3))
    (tmp_path / "folder.png").mkdir()
    cells = ["a.png", "gone.png", "folder.png", "https://example.com/a.png", "", None]
    pictures, trouble = found_in(cells, tmp_path)
    assert pictures is not None
    assert [path is not None for path in pictures.paths] == [True] + [False] * 5
    assert trouble is not None
    assert "Of 4 pictures named in column file, 2 are not there, such as gone.png" in trouble
    assert "1 are on the web" in trouble


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_no_picture(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.png")
    assert found_in(["p.png"], tmp_path)[0] is None


@pytest.mark.parametrize(("ending", "size"), [("png", (300, 100)), ("jpg", (900, 1200))])
def test_a_picture_is_scaled_into_the_middle_of_its_tile(
    tmp_path: Path, ending: str, size: tuple[int, int]
) -> None:
    tile = read_thumbnail(save(tmp_path / f"p.{ending}", (200, 100, 50), size), (64, 64))
    rows, columns = np.nonzero(tile[..., 3])
    shown = (int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    assert max(shown) == 64
    assert shown[0] / shown[1] == pytest.approx(size[0] / size[1], rel=0.05)
    assert np.abs(np.subtract(middle(tile), (200, 100, 50))).max() <= 3
    assert abs(rows.min() - (63 - rows.max())) <= 1


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    tile = read_thumbnail(save(tmp_path / "p.png", (9, 9, 9), (10, 6)), (64, 64))
    assert np.count_nonzero(tile[..., 3]) == 60


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (40, 20), (255, 0, 0))
    picture.paste((0, 0, 255), (20, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    picture.save(tmp_path / "p.png", exif=exif)
    tile = read_thumbnail(tmp_path / "p.png", (64, 64))
    assert tile[16, 32, :3].tolist() == [255, 0, 0]
    assert tile[48, 32, :3].tolist() == [0, 0, 255]
    assert np.count_nonzero(tile[..., 3].any(axis=0)) == 20


def test_of_a_moving_picture_the_first_frame_is_shown(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ((250, 0, 0), (0, 250, 0))]
    frames[0].save(tmp_path / "p.gif", save_all=True, append_images=frames[1:])
    assert middle(read_thumbnail(tmp_path / "p.gif", (8, 8))) == (250, 0, 0)


def test_a_damaged_file_leaves_its_point_without_a_picture(tmp_path: Path) -> None:
    paths = files(tmp_path, 3)
    Path(paths[1]).write_text("no picture")
    with pytest.raises(Unreadable):
        read_thumbnail(Path(paths[1]), (8, 8))
    tiles = ImagePaths((*paths, None), (8, 8)).tiles([0, 1, 2, 3])
    assert tiles[..., 3].any(axis=(1, 2)).tolist() == [True, False, True, False]
    assert middle(tiles[2]) == color_of(2)


def test_tiles_come_in_blocks_and_each_step_holds_those_before(tmp_path: Path) -> None:
    pictures = ImagePaths(tuple(files(tmp_path, 40)), (8, 8))
    ids = np.arange(39, -1, -1)
    steps = [step for step in load_tiles(pictures, ids) if isinstance(step, TilesStep)]
    assert [len(step.blocks) for step in steps] == [1, 2, 3]
    last = steps[-1]
    assert np.array_equal(np.concatenate(last.ids), ids)
    tiles = np.concatenate(last.blocks)
    assert [middle(tile) for tile in tiles] == [color_of(point) for point in ids.tolist()]


def cache_of(folder: Path, n: int, capacity: int) -> tuple[TileCache, Pictures]:
    pictures = ImagePaths(tuple(files(folder, n)), (8, 8))
    return TileCache(pictures, most_bytes=capacity * 8 * 8 * 4), pictures


def keep(cache: TileCache, pictures: Pictures, *points: int) -> None:
    ids = cache.missing(np.array(points))
    cache.put(ids, pictures.tiles(ids))


def shown(cache: TileCache, n: int) -> list[int]:
    """The points with a picture, each of which must be their own."""
    points = [point for point in range(n) if cache.sheet.slot(point) >= 0]
    assert all(middle(cache.sheet.picture(point)) == color_of(point) for point in points)
    return points


def test_what_was_not_wanted_for_longest_makes_room(tmp_path: Path) -> None:
    cache, pictures = cache_of(tmp_path, 10, capacity=4)
    keep(cache, pictures, 0, 1, 2, 3)
    keep(cache, pictures, 0, 1)
    keep(cache, pictures, 8, 9)
    assert shown(cache, 10) == [0, 1, 8, 9]
    assert cache.missing(np.array([2, 9])).tolist() == [2]
    assert cache.n_bytes <= 4 * 8 * 8 * 4


def test_an_older_sheet_still_says_which_points_it_had(tmp_path: Path) -> None:
    cache, pictures = cache_of(tmp_path, 6, capacity=6)
    before = cache.sheet
    keep(cache, pictures, 3)
    assert before is not cache.sheet
    assert before.slot(3) == -1
    assert cache.sheet.n == 6


def test_a_point_without_a_file_is_asked_for_once(tmp_path: Path) -> None:
    pictures = ImagePaths((None, *files(tmp_path, 1)), (8, 8))
    cache = TileCache(pictures)
    keep(cache, pictures, 0, 1)
    assert cache.missing(np.array([0, 1])).tolist() == []
    assert cache.sheet.slot(0) == -1


def test_an_embedding_without_a_sheet_takes_the_pictures_that_its_metadata_name(
    tmp_path: Path,
) -> None:
    files(tmp_path / "img", 5)
    np.save(tmp_path / "v.npy", np.eye(5, dtype=np.float32))
    lines = ["name\tfile", *(f"n{i}\timg/{i}.png" for i in range(4)), "n4\timg/99.png"]
    (tmp_path / "m.tsv").write_text("\n".join(lines))
    source = Source("v", ".", tmp_path / "v.npy", metadata_path=tmp_path / "m.tsv")
    embedding = finish(read_embedding(source))
    assert isinstance(embedding.sprites, ImagePaths)
    assert embedding.sprites.n_there == 4
    assert middle(embedding.sprites.tiles([3])[0]) == color_of(3)
    assert "img/99.png" in embedding.problems[0].what
