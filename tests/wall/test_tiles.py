"""Tiles, layers and pages: each under the rights of who looks, each alone in its fall."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from commandcenter.wall import registry
from commandcenter.wall.models import Scene
from commandcenter.wall.registry import Fact, Layer, Param, Tile
from commandcenter.wall.svgmap import svg_map

pytestmark = pytest.mark.django_db
Clients = dict[str, Client]
NAME = '<script>alert("Pasar")</script>'


def good(viewer: Viewer, params: dict[str, Any], at: datetime) -> dict[str, Any]:
    assert at.tzinfo is not None
    return {"layers": f"{params['word']}-{params['ids']}", "topics": "", "plain": NAME, "source": "Uji"}


def bad(viewer: Viewer, params: dict[str, Any], at: datetime) -> dict[str, Any]:
    from commandcenter.wall.models import Display

    Display.objects.extra(where=["no_such_column = 1"]).first()
    return {}


def points(viewer: Viewer, at: datetime) -> dict[str, Any]:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.2, -6.2]},
        "properties": {"id": 1, "name": NAME, "state": "offline", "direction": 90, "fov": 60, "href": "/x/"},
    }
    return {"type": "FeatureCollection", "features": [feature]}


def broken(viewer: Viewer, at: datetime) -> dict[str, Any]:
    raise RuntimeError("no features")


PARAMS = (Param("word", "Word", default="none"), Param("ids", "Ids", kind="ids", default=[], limit=2))
GOOD = Tile("test.good", "Good", "wall/tiles/map.html", good, topics=("test.topic",), params=PARAMS)
BAD = Tile("test.bad", "Bad", "wall/tiles/map.html", bad)
MAYOR = Tile(
    "test.mayor", "Mayor", "wall/tiles/map.html", good, permission=lambda v: v.has(Role.MAYOR), params=PARAMS
)
POINTS, BROKEN = Layer("test.points", "Points", points), Layer("test.broken", "Broken", broken)


@pytest.fixture
def things() -> Iterator[None]:
    every = (GOOD, BAD, MAYOR, POINTS, BROKEN)
    registry.register(*every)
    yield
    for thing in every:
        registry.unregister(thing)


def test_a_duplicate_key_stops_start_up(things: None) -> None:
    for thing in (GOOD, POINTS):
        with pytest.raises(ImproperlyConfigured, match=r"test\.(good|points)"):
            registry.register(thing)
    fact = Fact("a.B", "n", lambda ids, viewer: {})
    registry.register(fact, Fact("a.C", "n", lambda ids, viewer: {}))
    with pytest.raises(ImproperlyConfigured):
        registry.register(Fact("A.b", "n", lambda ids, viewer: {}))
    registry.unregister(fact)
    registry.unregister(Fact("a.C", "n", lambda ids, viewer: {}))


def test_a_raising_tile_leaves_its_neighbours(things: None, clients: Clients, caplog: Any) -> None:
    places = [
        {"key": key, "x": n * 3, "y": 0, "w": 3, "h": 3, "params": {}}
        for n, key in enumerate(["test.good", "test.bad", "test.gone", "test.good"])
    ]
    scene = Scene.objects.create(name="Uji", preset="two-by-two", layout=places)
    page = clients["operator"].get(f"/desk/wall/{scene.pk}/").content.decode()
    assert page.count("none-[]") == 2
    assert page.count("cc-tile-error") == 2
    assert "tile test.bad failed" in caplog.text


def test_a_tile_reads_its_settings_and_escapes(things: None, clients: Clients) -> None:
    page = clients["operator"].get("/tile/test.good/?word=hi&ids=3,x,4,5&at=2020&evil=1").content.decode()
    assert "hi-[3, 4]" in page and NAME not in page and "&lt;script&gt;" in page
    assert 'topics="test.topic"' in page and "/tile/test.good/?word=hi" in page


def test_a_forbidden_tile_is_not_there(things: None, clients: Clients) -> None:
    assert clients["mayor"].get("/tile/test.mayor/").status_code == 200
    assert clients["operator"].get("/tile/test.mayor/").status_code == 404
    assert clients["operator"].get("/tile/no.such/").status_code == 404
    assert Client().get("/tile/test.good/").status_code == 404
    scene = Scene.objects.create(
        name="Wali",
        preset="single",
        layout=[{"key": "test.mayor", "x": 0, "y": 0, "w": 1, "h": 1, "params": {}}],
    )
    assert "none-" in clients["mayor"].get(f"/wall/tile/{scene.pk}/0/").content.decode()
    assert "none-" not in clients["operator"].get(f"/wall/tile/{scene.pk}/0/").content.decode()
    assert clients["operator"].get(f"/wall/tile/{scene.pk}/1/").status_code == 404
    assert Client().get(f"/wall/tile/{scene.pk}/0/").status_code == 401


def test_layers_are_geojson_and_fail_alone(things: None, clients: Clients) -> None:
    answer = clients["operator"].get("/wall/layer/test.points.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    assert json.loads(answer.content)["features"][0]["properties"]["name"] == NAME
    again = clients["operator"].get(
        "/wall/layer/test.points.geojson", headers={"if-none-match": answer["ETag"]}
    )
    assert again.status_code == 304
    assert clients["operator"].get("/wall/layer/test.broken.geojson").status_code == 503
    assert clients["operator"].get("/wall/layer/none.geojson").status_code == 404
    assert Client().get("/wall/layer/test.points.geojson").status_code == 404


def test_the_map_tile_carries_a_plain_map(things: None, clients: Clients) -> None:
    page = clients["operator"].get("/tile/wall.map/?layers=test.points,test.broken").content.decode()
    assert 'layers="test.broken test.points"' in page
    assert '<svg class="cc-svgmap"' in page and "<script>" not in page and 'data-state="offline"' in page


def test_areas_and_land_of_the_region(clients: Clients) -> None:
    from commandcenter.city import boundaries
    from commandcenter.city.models import Area, Region

    home = Area.objects.create(code="36.04", name="Serang", level=2, kind="kabupaten")
    Region.objects.create(area=home, name="Kabupaten Serang")
    for code, west in (("36.04.01", 106.0), ("36.04.02", 106.1)):
        area = Area.objects.create(code=code, name=code, level=3, kind="kecamatan", parent=home)
        ring = [(west, -6.1), (west + 0.1, -6.1), (west + 0.1, -6.0), (west, -6.0), (west, -6.1)]
        boundaries.store(area, [[ring]], source="", approximate=True)
    areas = clients["operator"].get("/wall/areas.geojson").json()["features"]
    assert [one["properties"]["estimate"] for one in areas] == [True, True]
    land = clients["operator"].get("/wall/land.geojson").json()["features"]
    assert len(land) == 1 and len(land[0]["geometry"]["coordinates"]) == 1
    page = clients["operator"].get("/tile/wall.map/").content.decode()
    assert re.search(r'<cc-map [^>]*note="\w', page)


def test_the_plain_map_of_nothing_and_of_one_point() -> None:
    empty: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    assert "<svg" in svg_map([], areas=empty)
    one = svg_map([points(Viewer("public", None, ""), datetime.now())], areas=empty)
    assert one.count("<circle") == 1 and "nan" not in one and '<a href="/x/">' in one


@pytest.mark.parametrize("role", ["admin", "operator", "agency-head", "mayor", "partner"])
def test_every_role_has_a_first_page(role: str, clients: Clients) -> None:
    answer = clients[role].get("/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain, "no home page"


DESK = [
    "displays",
    "displays/pair",
    "displays/new",
    "scenes",
    "scenes/new",
    "playlists",
    "playlists/new",
    "wall",
    "shift-test",
]
PAGES = ["/desk/", *(f"/desk/{name}/" for name in [*DESK, "wall", "shift-test"])]


@pytest.mark.parametrize("path", PAGES)
def test_desk_pages_open_for_operators_and_nobody_else(path: str, clients: Clients) -> None:
    assert clients["operator"].get(path).status_code == 200
    assert clients["admin"].get(path).status_code == 200
    if path != "/desk/":
        assert clients["partner"].get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_scene_is_made_filled_copied_and_removed(things: None, clients: Clients) -> None:
    desk = clients["operator"]
    assert desk.post("/desk/scenes/new/", {"name": "Baru", "preset": "two-by-two"}).status_code == 302
    scene = Scene.objects.get(name="Baru")
    assert len(scene.layout) == 4
    form = {"name": "Baru", "preset": "two-by-two", "slot-0-key": "test.good", "slot-0-p-word": "halo"}
    form |= {f"slot-{n}-key": "" for n in (1, 2, 3)}
    answer = desk.post(f"/desk/scenes/{scene.pk}/", form)
    assert answer.status_code == 302, answer.content.decode()
    scene.refresh_from_db()
    assert scene.layout[0]["key"] == "test.good" and scene.layout[0]["params"]["word"] == "halo"
    assert desk.get(f"/desk/scenes/{scene.pk}/").status_code == 200
    assert desk.get("/desk/scenes/slot/?n=2&slot-2-key=test.good").status_code == 200
    assert desk.post(f"/desk/scenes/{scene.pk}/", form | {"slot-1-key": "test.mayor"}).status_code == 200
    desk.post(f"/desk/scenes/{scene.pk}/duplicate/")
    assert Scene.objects.get(name="Baru (2)").layout == scene.layout
    assert clients["mayor"].post(f"/desk/scenes/{scene.pk}/delete/").status_code == 403
    desk.post(f"/desk/scenes/{scene.pk}/delete/")
    assert not Scene.objects.filter(name="Baru").exists()


def test_a_playlist_by_the_form(clients: Clients) -> None:
    one = Scene.objects.create(name="Satu", preset="single", layout=[])
    form = {
        "name": "Rotasi", "items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 0,
        "items-0-scene": one.pk, "items-0-dwell_s": 30, "items-0-ORDER": 2,
        "items-1-scene": one.pk, "items-1-dwell_s": 60, "items-1-ORDER": 1,
        "items-1-from_time": "22:00", "items-1-until_time": "05:00",
        "items-2-scene": "", "items-2-dwell_s": 30,
    }  # fmt: skip
    desk = clients["operator"]
    answer = desk.post("/desk/playlists/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    from commandcenter.wall.models import Playlist

    playlist = Playlist.objects.get()
    assert list(playlist.items.values_list("dwell_s", flat=True)) == [60, 30]
    wrong = desk.post("/desk/playlists/new/", form | {"name": "B", "items-1-until_time": ""})
    assert wrong.status_code == 200 and Playlist.objects.count() == 1
    assert desk.get(f"/desk/playlists/{playlist.pk}/").status_code == 200
    desk.post(f"/desk/playlists/{playlist.pk}/delete/")
    assert not Playlist.objects.exists()
