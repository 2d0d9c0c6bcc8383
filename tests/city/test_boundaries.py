"""Codes and boundaries of areas, on small hand-made squares."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from commandcenter.city import areas, boundaries, geometry
from commandcenter.city.models import Area, AreaShape, AuditEntry
from tests.factories.city import make_area, make_region

pytestmark = pytest.mark.django_db


def square(west: float, south: float, size: float = 0.1) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, *rings, name: str = "", **more) -> dict[str, object]:
    geometry_ = {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}
    return {"type": "Feature", "properties": {"kode": code, "nama": name, **more}, "geometry": geometry_}


PETIR = feature("36.04.19", square(106.1, -6.3), name="Petir", lat=-6.25, lng=106.15)
BAROS = feature("360422", square(106.0, -6.3), name="Baros")


def code_at(lat: float, lng: float, level: int = 3) -> str | None:
    area = boundaries.area_at(lat, lng, level=level)
    return area.code if area else None


def load(*features, **options):
    return boundaries.import_features(list(features), source="uji", **options)


def test_an_import_saves_once_and_a_second_run_changes_nothing():
    report = load(PETIR, BAROS)
    assert (report.saved, report.errors) == (["36.04.19", "36.04.22"], [])
    assert Area.objects.get(code="36.04.22").name == "Baros"
    assert Area.objects.filter(code="36.04.22", parent__parent__code="36").exists()
    again = load(PETIR, BAROS)
    assert (again.saved, again.unchanged) == ([], ["36.04.19", "36.04.22"])
    assert AuditEntry.objects.filter(action="boundaries.imported").count() == 1


def test_area_at_answers_by_polygon_and_not_by_box():
    donut = feature("36.04.19", square(106.0, -6.4, 0.3), square(106.1, -6.3), name="Petir")
    load(donut)
    assert code_at(-6.35, 106.05) == "36.04.19"
    assert boundaries.area_at(-6.25, 106.15) is None, "the hole belongs to somebody else"
    assert boundaries.area_at(0, 0) is None
    assert boundaries.area_at(-6.35, 106.05, level=2) is None


def test_several_polygons_make_one_area():
    parts = [[square(106.0, -6.3, 0.05)], [square(106.2, -6.3, 0.05)]]
    islands = {
        "type": "Feature",
        "properties": {"kode": "36.04.08"},
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
    }
    load(islands)
    assert code_at(-6.28, 106.02) == code_at(-6.28, 106.22) == "36.04.08"
    assert boundaries.area_at(-6.28, 106.12) is None


def test_latitude_first_is_recognised_and_turned_round():
    turned = feature("36.04.19", [[y, x] for x, y in square(106.1, -6.3)], lat=-6.25, lng=106.15)
    report = load(turned)
    assert (report.swapped, report.errors) == (1, [])
    assert code_at(-6.25, 106.15) == "36.04.19"
    assert load(PETIR).unchanged == ["36.04.19"]


def test_cahyadsns_path_is_read_latitude_first():
    path = json.dumps([[y, x] for x, y in square(106.1, -6.3)])
    load({"type": "Feature", "properties": {"kode": "36.04.19", "path": path}, "geometry": None})
    assert code_at(-6.25, 106.15) == "36.04.19"


def test_a_shape_far_from_its_centre_is_refused():
    make_area("36.04.19", "Petir", lat=-6.25, lng=106.15)
    report = load(feature("36.04.19", square(105.5, -6.3)), BAROS)
    assert "titik pusat" in report.errors[0]
    assert not AreaShape.objects.exists(), "one bad feature keeps all out"


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (feature("99.04.19", square(106.1, -6.3)), "daftar nasional"),
        (feature("", square(106.1, -6.3)), "kode"),
        (feature("abc", square(106.1, -6.3)), "Kemendagri"),
        (feature("36.04.19", square(10.1, 50.3)), "luar Indonesia"),
        (feature("36.04.19", [[106.1, -6.3], [106.2, -6.3], [106.1, -6.3]]), "tiga titik"),
        (feature("36.04.19", [[106.1, -6.3], [106.2, -6.3], [106.3, -6.3], [106.1, -6.3]]), "tiga titik"),
        (feature("36.04.19", [[106.1], [None, 2]]), "bukan titik"),
        ({"type": "Feature", "properties": {"kode": "36.04.19"}, "geometry": {"type": "Point"}}, "Point"),
        ({"type": "Feature", "properties": {"kode": "36.04.19"}, "geometry": None}, "geometri"),
        ("teks", "bukan objek"),
    ],
)
def test_a_bad_feature_is_named_and_nothing_is_saved(bad, word):
    report = load(BAROS, bad)
    assert len(report.errors) == 1
    assert word in report.errors[0]
    assert not AreaShape.objects.exists()


def test_slivers_without_area_are_left_out_beside_a_good_ring():
    two = {
        "type": "Feature",
        "properties": {"kode": "36.04.19"},
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [[square(106.1, -6.3)], [[[106.5, -6.3], [106.6, -6.3], [106.5, -6.3]]]],
        },
    }
    report = load(two)
    assert (report.dropped, report.errors) == (1, [])


def test_areas_of_other_regions_and_levels_are_skipped():
    make_region()
    report = load(
        PETIR, feature("36.73.01", square(106.1, -6.1)), feature("36.04", square(106, -6.4, 0.5)), level=3
    )
    assert (report.saved, report.skipped) == (["36.04.19"], ["36.73.01", "36.04"])


def test_the_same_area_twice_is_an_error():
    assert "dua kali" in load(PETIR, PETIR).errors[0]


def test_dissolve_joins_neighbours_and_keeps_the_hole():
    ring = [
        feature(f"36.04.19.20{number:02}", square(106.0 + 0.1 * x, -6.3 + 0.1 * y))
        for number, (x, y) in enumerate(((x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)), 1)
    ]
    report = load(*ring, level=3, dissolve=True)
    assert report.saved == ["36.04.19"]
    shape = AreaShape.objects.get().geometry["coordinates"]
    assert [len(polygon) for polygon in shape] == [2]
    assert code_at(-6.25, 106.05) == "36.04.19"
    assert boundaries.area_at(-6.15, 106.15) is None


def test_simplifying_keeps_neighbours_together():
    wiggle = [(106.1 + (0.0005 if i % 2 else 0), -6.3 + 0.005 * i) for i in range(21)]
    left = [[[(106.0, -6.3), *wiggle, (106.0, -6.2), (106.0, -6.3)]]]
    right = [[[(106.2, -6.3), (106.2, -6.2), *wiggle[::-1], (106.2, -6.3)]]]
    thin_left, thin_right = geometry.simplify_together([left, right], 0.001)
    assert len(thin_left[0][0]) < 8
    border = {p for p in thin_left[0][0] if abs(p[0] - 106.1) < 0.01}
    assert border == {p for p in thin_right[0][0] if abs(p[0] - 106.1) < 0.01}
    assert len(geometry.dissolve([thin_left, thin_right])) == 1


def test_rough_cells_hold_their_own_centre_and_give_way_to_an_import():
    rows = [
        make_area("36.04.19", "Petir", lat=-6.245, lng=106.198),
        make_area("36.04.22", "Baros", lat=-6.229, lng=106.123),
    ]
    assert boundaries.approximate(rows, [(-6.178, 106.172)]) == 2
    for row in rows:
        assert code_at(row.lat or 0, row.lng or 0) == row.code
    assert boundaries.area_at(-6.178, 106.172) is None, "a neighbour's centre is not ours"
    assert all(f["properties"]["approximate"] for f in boundaries.feature_collection()["features"])
    load(PETIR)
    petir = Area.objects.get(code="36.04.19")
    assert (petir.boundary_approximate, petir.boundary_source) == (False, "uji")
    boundaries.approximate(list(Area.objects.filter(level=3)))
    petir.refresh_from_db()
    assert not petir.boundary_approximate, "an import is never overwritten by a guess"


def test_the_command_reports_and_saves_all_or_nothing(tmp_path):
    file = tmp_path / "kecamatan.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [PETIR, BAROS]}))
    out = StringIO()
    call_command("import_boundaries", str(file), "--dry-run", stdout=out)
    assert "would save 2" in out.getvalue()
    assert not AreaShape.objects.exists()
    call_command("import_boundaries", str(file), "--simplify", "0.0003", stdout=out)
    assert "saved 2" in out.getvalue()
    with pytest.raises(CommandError, match="needs --level"):
        call_command("import_boundaries", str(file), "--dissolve")
    file.write_text("{")
    with pytest.raises(CommandError, match="JSON"):
        call_command("import_boundaries", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_boundaries", str(tmp_path / "tidak-ada"))


@pytest.mark.parametrize("raw", ["3604192001", "36.04.19.2001", " 36 04 19 2001 "])
def test_codes_are_accepted_with_and_without_dots(raw):
    assert areas.dotted(raw) == "36.04.19.2001"


@pytest.mark.parametrize("raw", ["", "3", "360", "36041", "36.04.19.200", "satu", "36-04"])
def test_codes_that_cannot_be_are_refused_by_field(raw):
    with pytest.raises(ValidationError) as caught:
        areas.dotted(raw, field="area_code")
    assert "area_code" in caught.value.message_dict


def test_seeding_makes_province_regency_and_districts_once():
    area = areas.seed_areas("3604")
    assert area.full_name == "Kabupaten Serang"
    assert Area.objects.filter(level=3).count() == 29
    assert Area.objects.count() == 31
    areas.seed_areas("36.04")
    assert Area.objects.count() == 31
    with pytest.raises(ValidationError):
        areas.seed_areas("36.04.19")


def test_kecamatan_that_share_a_citys_name_show_their_kind():
    assert make_area("36.04.34", "Bandung").full_name == "Kecamatan Bandung"
