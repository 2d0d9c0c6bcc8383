"""Officers on the map: who is on it, in which shape, for whom by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.sharing import OFFICE
from commandcenter.city.viewers import PUBLIC, Viewer, viewer_of_user
from commandcenter.wall import registry
from fieldstaff import maplayer
from fieldstaff.models import Latest
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift

WALL = Viewer(kind="display", pk=1, name="dinding", sharing=OFFICE)


def placed(officer, *, quiet: int = 10, fix: int = 10, lat: int = -61_200_000):
    """The officer's newest place, and when he was heard of (seconds ago)."""
    now = timezone.now()
    return Latest.objects.create(
        officer=officer, device=make_device(officer), last_contact=now - timedelta(seconds=quiet),
        fix_at=now - timedelta(seconds=fix), lat_e7=lat, lon_e7=1_061_500_000,
    )  # fmt: skip


@pytest.fixture
def agencies(db):
    ensure_roles()
    return make_agency("dishub", short_name="Dishub"), make_agency("satpolpp", short_name="Satpol PP")


def on_duty(agency, **values):
    officer = make_officer(agency=agency, **values)
    make_shift(officer, timezone.now() - timedelta(hours=2))
    return officer


def points(viewer) -> dict[int, dict[str, object]]:
    found = maplayer.features(viewer, timezone.now())["features"]
    return {one["properties"]["id"]: one["properties"] for one in found}


def test_reach_goes_by_receipt_and_the_age_of_the_place_is_told_apart(agencies):
    fresh, late, gone = (on_duty(agencies[0]) for _ in range(3))
    placed(fresh, quiet=20, fix=1_500)
    placed(late, quiet=400)
    placed(gone, quiet=4_000)
    found = points(viewer_of_user(make_user(Role.OPERATOR)))
    assert [found[one.pk]["state"] for one in (fresh, late, gone)] == ["fresh", "late", "gone"]
    told = timezone.now().timestamp() * 1000 - found[fresh.pk]["fix"]
    assert 1_499_000 <= told <= 1_560_000


def test_nobody_off_shift_and_nobody_without_a_place(agencies):
    at_home, unplaced = make_officer(agency=agencies[0]), on_duty(agencies[0])
    placed(at_home)
    Latest.objects.create(officer=unplaced, last_contact=timezone.now())
    shown = on_duty(agencies[0])
    placed(shown)
    assert set(points(viewer_of_user(make_user(Role.ADMIN)))) == {shown.pk}


def test_each_sees_his_own_and_the_mayor_nobody(agencies):
    mine, other = on_duty(agencies[0]), on_duty(agencies[1])
    login = make_user()
    chief = make_officer(agency=agencies[0], user=login)
    mine.supervisor = chief
    mine.save()
    placed(mine)
    placed(other)
    head = viewer_of_user(make_user(Role.HEAD, agency=agencies[1]))
    assert set(points(head)) == {other.pk} and maplayer.sees_places(head)
    team = viewer_of_user(login)
    assert set(points(team)) == {mine.pk} and maplayer.sees_places(team)
    for viewer in (viewer_of_user(make_user(Role.MAYOR)), viewer_of_user(make_user(Role.PARTNER)), PUBLIC):
        assert points(viewer) == {} and not maplayer.sees_places(viewer)


def test_a_wall_learns_whose_people_and_never_who(agencies):
    officer = on_duty(agencies[1], name='Siti "Nur" <b>', code="P-RAHASIA")
    placed(officer)
    (wall,) = points(WALL).values()
    assert "RAHASIA" not in str(wall) and "Siti" not in str(wall)
    assert (wall["mark"], wall["label"]) == ("SP", "Satpol PP")
    (desk,) = points(viewer_of_user(make_user(Role.OPERATOR))).values()
    assert desk["name"] == officer.name
    assert {key: wall[key] for key in ("tone", "mark")} == {key: desk[key] for key in ("tone", "mark")}


def test_the_door_gives_the_same_text_with_a_tag(agencies):
    placed(on_duty(agencies[0]))
    client = client_of(make_user(Role.OPERATOR))
    answer = client.get("/wall/layer/fieldstaff.officers.geojson")
    assert answer.status_code == 200 and len(answer.json()["features"]) == 1
    same = client.get("/wall/layer/fieldstaff.officers.geojson", headers={"If-None-Match": answer["ETag"]})
    assert same.status_code == 304
    assert registry.layer("fieldstaff.officers") is maplayer.LAYER


@pytest.mark.django_db
def test_letters_are_told_apart():
    names = {"Dishub": "Di", "DBMSDA": "DB", "Satpol PP": "SP", "BPBD": "BP"}
    rows = {name: maplayer.letters(make_agency(short_name=name)) for name in names}
    assert rows == names
