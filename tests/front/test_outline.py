"""The land outline: decoded, cut to a box, absent without npm's file."""

from __future__ import annotations

import json
from pathlib import Path

from commandcenter.wall.outline import build_outline, clip, read_topology

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]


def test_a_quantized_topology_becomes_rings() -> None:
    topology = {
        "transform": {"scale": [0.5, 2], "translate": [100, -10]},
        "arcs": [[[0, 0], [2, 0], [0, 1]], [[0, 0], [0, 1], [2, 0]]],
        "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0, ~1]]]}]}},
    }
    assert read_topology(topology) == [[(100, -10), (101, -10), (101, -8), (100, -8), (100, -10)]]


def test_a_ring_is_cut_at_a_box_and_vanishes_outside_it() -> None:
    cut = clip(SQUARE, (1, 1, 3, 9))
    assert {x for x, _ in cut} == {1, 3}
    assert {y for _, y in cut} == {1, 4}
    assert clip(SQUARE, (5, 5, 6, 6)) == []
    assert set(clip(SQUARE, (-1, -1, 9, 9))) == set(SQUARE)


def test_without_the_npm_file_nothing_is_written(tmp_path: Path) -> None:
    assert build_outline(tmp_path, tmp_path / "land.geojson") == 0
    assert not (tmp_path / "land.geojson").exists()


def test_islands_of_indonesia_stay_and_others_go(tmp_path: Path) -> None:
    arcs = [[[10600, -620], [10, 0], [0, 10], [-10, -10]], [[0, 5000], [10, 0], [0, 10], [-10, -10]]]
    topology = {
        "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0]], [[1]]]}]}},
    }
    folder = tmp_path / "world-atlas"
    folder.mkdir()
    (folder / "land-10m.json").write_text(json.dumps(topology))
    assert build_outline(tmp_path, tmp_path / "land.geojson") == 1
    found = json.loads((tmp_path / "land.geojson").read_text())
    assert found["coordinates"][0][0][0] == [106.0, -6.2]
