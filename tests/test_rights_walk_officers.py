"""The rights walk of field officers: every door, every role, one officer who is none of their business.

He belongs to another agency and is at home. His name, number, phone, device, places, pay and the reason of
his leave carry marks. No mark leaves the house by any door.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver

from commandcenter.city.posts import ensure_posts
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from commandcenter.wall.registry import layers, tiles
from fieldstaff import tokens
from fieldstaff.models import (
    Latest,
    Leave,
    Officer,
    PhoneCare,
    Position,
    Quarantine,
    SosEvent,
    WaterLevel,
    WorkArea,
)
from fieldstaff.rights import CLERKS
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_line, make_officer, make_shift
from tests.test_rights_walk import LEAVE_OUT, patterns

MARK = "Rahasia-Petugas-88"
CODE, UID, PHONE, RUPIAH = "P-88RAHASIA", "88118811", "081288118811", 8_811_881
MARKS = (MARK, CODE, UID, PHONE, "8811881", "8.811.881", "8,811,881", "6.8811", "106.8811")
STRANGERS = [Role.OPERATOR, Role.HEAD, Role.MAYOR, Role.PARTNER, None]


@pytest.fixture
def city(db, redis_client):
    """An officer at home with everything an officer can have."""
    ensure_roles()
    ensure_posts()
    own, other = make_agency("milik"), make_agency("lain")
    place = WorkArea.objects.create(agency=other, name="Wilayah " + MARK, lat=-6.8811, lng=106.8811)
    officer = make_officer(CODE, agency=other, name="Nama " + MARK, phone=PHONE, work_area=place, unit=MARK)
    now = datetime.now(UTC).replace(microsecond=0)
    shift = make_shift(officer, now - timedelta(hours=30))
    Leave.objects.create(officer=officer, kind="sakit", span=(now, now + timedelta(days=1)), note=MARK)
    device = make_device(officer, uid=UID, label=MARK)
    where = {"lat_e7": -68_811_000, "lon_e7": 1_068_811_000, "fix_at": now}
    Latest.objects.create(officer=officer, last_contact=now, **where)
    Position.objects.create(device=device, officer=officer, recv_at=now, kind=1, **where)
    PhoneCare.objects.create(device=device, officer=officer, worst="crit", findings=[["mock", 9]])
    WaterLevel.objects.create(officer=officer, station="Situ Kelapa", level_cm=140, at=now, said_at=now)
    line = make_line(make_attendance(shift), amount_idr=RUPIAH, rule=MARK)
    return {"own": own, "other": other, "officer": officer, "device": device, "line": line}


def person_of(role: Role | None, city) -> Client:
    if role is None:
        return Client()
    return client_of(make_user(role, agency=city["own"] if role is Role.HEAD else None))


def clerk_of(city, agency: str) -> Client:
    """A payroll clerk of one of the two agencies."""
    user = make_user(username=f"juru-{agency}", agency=city[agency])
    user.groups.add(Group.objects.get(name=CLERKS))
    return client_of(user)


def filled(route: str, city) -> str | None:
    """A route with the officer's numbers in it."""
    route = re.sub(r"^\^|\\Z|\$$", "", route).replace("\\.", ".")
    pk = city["device"].pk if "device" in route else city["officer"].pk
    values = dict.fromkeys(("object_id", "path", "pk", "officer", "device"), pk) | {
        "token": "cc_00000000_" + "A" * 43
    }
    values |= {"key": "fieldstaff", "kind": "csv", "form": "json", "slot": 0}
    day = city["line"].attendance
    values |= {"agency": city["other"].pk, "month": f"{day.work_date:%Y-%m}", "attendance": day.pk}

    def value(match: re.Match[str]) -> str:
        return str(values.get(match[1].split(":")[-1], "?"))

    route = re.sub(r"<([^>]+)>", value, route)
    return None if "?" in route or "(" in route else "/" + route


def walk(client: Client, city, marks: tuple[str, ...] = MARKS) -> tuple[list[str], int]:
    """Addresses where something of him was shown, and how many were entered."""
    leaking, walked = [], 0
    for route in sorted({route for route in patterns(get_resolver()) if not LEAVE_OUT.match(route)}):
        path = filled(route, city)
        if path is None:
            continue
        answer = client.get(path, {"q": "88"})
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        if leaks(answer, marks):
            leaking.append(path)
        walked += 1
    return leaking, walked


def leaks(answer, marks: tuple[str, ...] = MARKS) -> bool:
    if answer.status_code in {301, 302}:
        return False  # a redirect to the login repeats the address that was asked for
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return any(mark.encode() in body for mark in marks)


@pytest.mark.parametrize("role", STRANGERS, ids=str)
def test_no_door_shows_an_officer_of_others(city, role):
    client, leaking, walked = person_of(role, city), [], 0
    for route in sorted({route for route in patterns(get_resolver()) if not LEAVE_OUT.match(route)}):
        path = filled(route, city)
        if path is None:
            continue
        # The work areas of others are places, which the whole desk may know.
        if role is Role.OPERATOR and "fieldstaff/workarea" in route:
            continue
        answer = client.get(path, {"q": "88"})
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        if leaks(answer):
            leaking.append(path)
        walked += 1
    assert leaking == [] and walked > 150


def test_a_payroll_clerk_of_others_sees_nothing_of_him_and_his_own_clerk_no_place(city):
    leaking, walked = walk(clerk_of(city, "own"), city)
    assert leaking == [] and walked > 150
    his = clerk_of(city, "other")
    places, _walked = walk(his, city, ("6.8811", "106.8811", UID, PHONE))
    assert places == []
    month = f"{city['line'].attendance.work_date:%Y-%m}"
    page = his.get(f"/fieldstaff/pay/officer/{city['officer'].pk}/{month}/")
    assert page.status_code == 200 and MARK in page.content.decode(), "days and pay are his work"


@pytest.mark.parametrize("role", STRANGERS, ids=str)
def test_no_tile_layer_or_search_shows_him(city, role):
    client = person_of(role, city)
    for tile in tiles():
        assert not leaks(client.get(f"/tile/{tile.key}/")), tile.key
    for layer in layers():
        assert not leaks(client.get(f"/wall/layer/{layer.key}.geojson")), layer.key
    assert not leaks(client.get("/search/", {"q": CODE[:4]}))


@pytest.mark.parametrize("role", [*STRANGERS, Role.ADMIN], ids=str)
def test_nobody_writes_at_a_phones_door_by_his_login(city, role):
    """A session is no token: whoever is signed in is as unknown to these doors as a stranger."""
    client = person_of(role, city)
    tokens.issue(viewer=None, device=city["device"])
    before = Position.objects.count()
    for route in patterns(get_resolver()):
        doors = ("t/", "owntracks", "api/v1/batch", "api/v1/sos")
        if not route.startswith(tuple(f"fieldstaff/{door}" for door in doors)):
            continue
        body = {"id": UID, "lat": "-6.2", "lon": "106.6", "alarm": "sos"}
        answer = client.post(filled(route, city), body)
        assert answer.status_code in {401, 404} and not leaks(answer), route
    assert Position.objects.count() == before
    assert not SosEvent.objects.exists() and not Quarantine.objects.exists()


@pytest.mark.parametrize("role", [*STRANGERS, Role.ADMIN], ids=str)
def test_the_officers_app_says_nothing_to_who_is_no_officer(city, role):
    """Shell, worker, manifest and icons are nobody's; behind them is nothing without a phone of one's own."""
    client, closed = person_of(role, city), 0
    open_to_all = re.compile(r"petugas/(sw\.js|app\.webmanifest|ikon-.*)?$")
    for route in patterns(get_resolver()):
        if not route.startswith("petugas/") or open_to_all.match(route):
            continue
        for answer in (client.get(filled(route, city)), client.post(filled(route, city))):
            assert answer.status_code in {401, 403, 405} and not leaks(answer), route
        closed += 1
    assert closed >= 8 and not WaterLevel.objects.exclude(officer=city["officer"]).exists()


def test_those_who_may_see_him_do(city):
    """Without this the walk would be as quiet in a house where nobody sees anything."""
    head = viewer_of_user(make_user(Role.HEAD, agency=city["other"]))
    assert Officer.objects.visible_to(head).get() == city["officer"]
    admin = client_of(make_user(Role.ADMIN))
    page = admin.get(f"/admin/fieldstaff/ledgerline/{city['line'].pk}/change/").content.decode()
    assert MARK in page and CODE in page
    month = f"{city['line'].attendance.work_date:%Y-%m}"
    for path in (f"{city['other'].pk}/{month}/", f"officer/{city['officer'].pk}/{month}/"):
        page = admin.get(f"/fieldstaff/pay/{path}").content.decode()
        assert MARK in page and CODE in page and "8.811.881" in page
