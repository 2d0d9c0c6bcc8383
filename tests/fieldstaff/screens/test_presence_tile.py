"""The tile of officers on duty: numbers for who may count, nothing about persons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import Latest, Officer
from fieldstaff.onduty import by_agency
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_officer, make_shift

NOBODY = "Tidak ada yang sedang bertugas"


@pytest.fixture
def crew(db, redis_client):
    """Of one agency one in each standing, of another one connected."""
    ensure_roles()
    now = timezone.now()
    one, two = make_agency(short_name="DLH"), make_agency(short_name="BPBD")
    quiet = {"fresh": 30, "late": 400, "gone": 3_000, "absent": 4 * 3_600, "awaited": None}
    for standing, seconds in quiet.items():
        officer = make_officer(agency=one, name=f"Orang {standing}")
        make_shift(officer, now - (timedelta(minutes=2) if standing == "awaited" else timedelta(hours=2)))
        if seconds is not None:
            Latest.objects.create(officer=officer, last_contact=now - timedelta(seconds=seconds))
    other = make_officer(agency=two)
    make_shift(other, now - timedelta(hours=1))
    Latest.objects.create(officer=other, last_contact=now)
    at_home = make_officer(agency=two)
    Latest.objects.create(officer=at_home, last_contact=now)
    return one, two


def test_each_standing_is_counted_once_and_who_is_at_home_not_at_all(crew):
    found = by_agency(Officer.objects.all(), timezone.now())
    assert found.whole == {"fresh": 2, "late": 1, "gone": 1, "absent": 1, "awaited": 1, "total": 6}
    assert [(row["name"], row["total"], row["absent"]) for row in found.agencies] == [
        ("DLH", 5, 1), ("BPBD", 1, 0),
    ]  # fmt: skip
    assert found.heard_at is not None and timezone.now() - found.heard_at < timedelta(minutes=1)


@pytest.mark.parametrize(("role", "total"), [(Role.MAYOR, 6), (Role.OPERATOR, 6), (Role.HEAD, 1)], ids=str)
def test_the_tile_counts_what_each_may_count_and_names_nobody(crew, role, total):
    agency = crew[1] if role is Role.HEAD else None
    page = client_of(make_user(role, agency=agency)).get("/tile/fieldstaff.presence/").content.decode()
    assert f'<span class="cc-stat-value">{total}</span>' in page and "Orang" not in page
    assert ("DLH" in page) is (role is not Role.HEAD)


def test_an_empty_city_says_so_and_a_partner_has_no_tile(db, redis_client):
    ensure_roles()
    page = client_of(make_user(Role.MAYOR)).get("/tile/fieldstaff.presence/").content.decode()
    assert NOBODY in page
    assert client_of(make_user(Role.PARTNER)).get("/tile/fieldstaff.presence/").status_code == 404
