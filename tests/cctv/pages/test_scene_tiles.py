"""A camera's place in a scene: chosen by a person, and no camera left out in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cctv.models import Transition
from cctv.tiles import PAGE_S, mosaic
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from commandcenter.wall.models import Scene
from tests.factories.cctv import make_camera, make_site

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


def test_a_new_scene_asks_for_its_cameras_instead_of_failing(
    enter: Callable[[Role | None], Client], caplog: pytest.LogCaptureFixture
) -> None:
    client, mayor = enter(Role.OPERATOR), enter(Role.MAYOR)
    camera = make_camera(name="Pintu utama")
    editor = client.post("/desk/scenes/new/", {"name": "Baru", "preset": "one-five"}, follow=True)
    scene = Scene.objects.get(name="Baru")
    html = editor.content.decode()
    assert html.count('<option value="" selected>pilih kamera</option>') == 6
    assert f'<option value="{camera.pk}" selected' not in html
    page = client.get(f"/desk/wall/{scene.pk}/").content.decode()
    assert page.count("Kamera belum dipilih") == 6
    assert f'href="/desk/scenes/{scene.pk}/#slot-5"' in page
    alone = client.get(f"/wall/tile/{scene.pk}/2/").content.decode()
    assert "Kamera belum dipilih" in alone and f"/desk/scenes/{scene.pk}/#slot-2" in alone
    seen = mayor.get(f"/wall/tile/{scene.pk}/2/").content.decode()
    assert "Kamera belum dipilih" in seen and "/desk/scenes/" not in seen
    assert "cc-tile-error" not in page + alone and not caplog.records


def test_a_scene_may_be_saved_before_every_camera_is_chosen(
    enter: Callable[[Role | None], Client],
) -> None:
    client, camera = enter(Role.OPERATOR), make_camera()
    client.post("/desk/scenes/new/", {"name": "Baru", "preset": "two-by-two"})
    scene = Scene.objects.get(name="Baru")
    data = {"name": "Baru", "slot-0-p-camera": camera.pk}
    data |= {f"slot-{n}-key": "cctv.camera" for n in range(4)}
    assert client.post(f"/desk/scenes/{scene.pk}/", data).status_code == 302
    scene.refresh_from_db()
    assert [place["params"]["camera"] for place in scene.layout] == [camera.pk, "", "", ""]
    found = client.get(
        f"/desk/scenes/options/?tile=cctv.camera&param=camera&name=slot-1-p-camera&q={camera.name}"
    ).content.decode()
    assert found.index("pilih kamera") < found.index(camera.name)


def test_more_cameras_than_fit_take_turns_and_say_so(enter: Callable[[Role | None], Client]) -> None:
    site = make_site()
    cameras = [make_camera(site=site, name=f"Kamera {n:02}") for n in range(28)]
    client = enter(Role.OPERATOR)
    viewer = Viewer(kind="display", pk=None, name="", sharing=frozenset({"internal"}))
    seen: list[int] = []
    for turn in range(2):
        page = mosaic(viewer, {"count": 25}, NOON + timedelta(seconds=turn * PAGE_S))
        assert (page["count"], page["total"], page["pages"]) == (14, 28, 2)
        assert page["poll_s"] < PAGE_S
        seen += [shown.camera.pk for shown in page["cameras"]]
    assert sorted(seen) == sorted(camera.pk for camera in cameras)
    html = client.get("/tile/cctv.mosaic/?count=25").content.decode()
    assert re.search(r"<b>(1–14|15–28)</b> dari 28 kamera", html) and "menyusul sendiri" in html
    # Under an operator's hands nothing moves away; the rest is one click away.
    html = client.get("/desk/").content.decode()
    assert "<b>1–12</b> dari 28 kamera" in html and 'href="/cctv/">semua kamera' in html
    assert "dari 28" not in client.get("/tile/cctv.mosaic/?count=30").content.decode()


@pytest.mark.parametrize(("total", "most"), [(1, 25), (25, 25), (26, 25), (51, 25), (7, 3), (30, 1)])
def test_every_page_holds_some_and_together_they_hold_all(total: int, most: int) -> None:
    from cctv.tiles import _page

    seen: list[int] = []
    for turn in range(_page(total, most, NOON, turn=True)["pages"]):
        page = _page(total, most, NOON + timedelta(seconds=turn * PAGE_S), turn=True)
        assert 1 <= page["last"] - page["first"] + 1 <= most
        seen += range(page["first"], page["last"] + 1)
    assert sorted(seen) == list(range(1, total + 1))


def test_changes_stand_in_the_order_of_the_times_they_show(operator: Client) -> None:
    """An outage is dated to its first failure, and written down minutes later."""
    camera, other = make_camera(name="Dicatat belakangan"), make_camera(name="Terbaru")
    now = timezone.now()
    common = {"from_status": "online", "reason": ""}
    Transition.objects.create(camera=other, at=now - timedelta(minutes=1), to_status="degraded", **common)
    Transition.objects.create(camera=camera, at=now - timedelta(minutes=5), to_status="offline", **common)
    html = operator.get("/tile/cctv.newest/").content.decode()
    assert html.index("Terbaru") < html.index("Dicatat belakangan")
    assert "/admin/cctv/transition/" in html and "Semua perubahan" in html


def test_an_empty_city_is_not_all_well_and_says_how_to_begin(
    enter: Callable[[Role | None], Client],
) -> None:
    boss = enter(Role.ADMIN).get("/desk/").content.decode()
    assert "semua baik" not in boss and "Belum ada kamera" in boss and 'href="/setup/"' in boss
    mayor = enter(Role.MAYOR).get("/home/mayor/").content.decode()
    assert "semua baik" not in mayor and "Administrator yang mendaftarkannya" in mayor
    assert "/setup/" not in mayor
    make_camera()
    assert "1 kamera, semua baik" in enter(Role.ADMIN).get("/desk/").content.decode()


def test_trouble_beyond_the_list_is_counted_on_a_link(operator: Client) -> None:
    site = make_site()
    for n in range(10):
        make_camera(site=site, name=f"Putus {n}", status="offline", status_since=timezone.now())
    html = operator.get("/desk/").content.decode()
    assert re.search(r'href="/cctv/\?status=trouble" data-more="2"', html)
