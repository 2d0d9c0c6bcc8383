"""A payroll clerk as the house ships him: one group, his first page, his menu, and nothing beside pay."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission

from commandcenter.city import home, posts
from commandcenter.city.models import User
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import demo, rights
from fieldstaff.models import Latest, Officer, PayrollPeriod, PaySheet, Position
from fieldstaff.pay import closing
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_officer
from tests.fieldstaff.pay.scenes import IN_OCTOBER, scheme, worked_month

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house():
    with time_machine.travel(IN_OCTOBER, tick=True):
        ensure_roles()
        posts.ensure_posts()
        yield


def clerk(username: str = "juru", agency=None, role: Role | None = None) -> User:
    user = make_user(role, username=username, agency=agency)
    user.groups.add(Group.objects.get(name=rights.CLERKS))
    return User.objects.get(pk=user.pk)


def test_from_the_login_to_a_closed_month():
    agency = make_agency("dlh")
    officer = make_officer("P-1", agency=agency)
    other = make_officer("P-2", agency=make_agency("dishub"))
    scheme()
    for one in (officer, other):
        worked_month(one)
    client = client_of(clerk(agency=agency))
    first = client.get("/", follow=True)
    assert first.redirect_chain[-1][0] == "/fieldstaff/pay/"
    page = first.content.decode()
    assert "Juru bayar" in page and f"/fieldstaff/pay/{agency.pk}/2026-08/" in page
    assert f"/fieldstaff/pay/{other.agency_id}/" not in page
    menu = page.split("<main", 1)[0]
    assert 'href="/fieldstaff/pay/"' in menu and 'href="/officers/"' in menu
    base = f"/fieldstaff/pay/{agency.pk}/2026-08/"
    assert client.post(base + "reckon/").status_code == 302
    assert client.post(base + "close/", {"seen": 0}).status_code == 302
    assert PayrollPeriod.objects.get().agency == agency
    assert {sheet.officer for sheet in PaySheet.objects.all()} == {officer}
    assert client.get(f"/fieldstaff/pay/{other.agency_id}/2026-08/").status_code == 404


def test_one_of_no_agency_pays_the_whole_city_and_one_with_a_role_goes_by_his_role():
    first, second = (make_officer(f"P-{n}", agency=make_agency(f"opd-{n}")) for n in (1, 2))
    everywhere = viewer_of_user(clerk())
    assert set(Officer.objects.filter(rights.pay(everywhere))) == {first, second}
    desk = viewer_of_user(clerk("meja", role=Role.OPERATOR))
    assert not rights.is_clerk(desk) and not Officer.objects.filter(rights.pay(desk)).exists()
    assert closing.agency_of(desk, first.agency_id) is None
    assert home.home_of(desk) != "fieldstaff:pay"


def test_he_sees_no_place_and_no_trail_of_anybody():
    viewer = viewer_of_user(clerk())
    make_officer("P-1")
    for rows in (Latest.objects.all(), Position.objects.all()):
        assert not rows.visible_to(viewer).exists()
    assert not Officer.objects.filter(rights.trails(viewer)).exists()
    assert not Officer.objects.filter(rights.live(viewer)).exists()
    assert not Officer.objects.filter(rights.emergencies(viewer)).exists()


def test_what_an_admin_takes_from_the_group_stays_away():
    group = Group.objects.get(name=rights.CLERKS)
    held = set(group.permissions.values_list("codename", flat=True))
    assert held == {"view_ledgerline", "add_payrollperiod"}
    group.permissions.remove(Permission.objects.get(codename="add_payrollperiod"))
    posts.ensure_posts()
    assert set(group.permissions.values_list("codename", flat=True)) == {"view_ledgerline"}


def test_the_demo_has_one():
    agency = make_agency("dlh")
    demo._logins({"dlh": agency}, {})
    user = User.objects.get(username="juru-bayar")
    assert rights.is_clerk(viewer_of_user(user)) and user.agency == agency and user.is_simulated
    assert user.check_password("kota-demo-juru-bayar")
