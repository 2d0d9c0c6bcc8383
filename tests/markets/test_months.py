"""A market's months: who writes them, what is refused, what alarms, and what its pages show."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from openpyxl import load_workbook

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents.models import Alarm
from markets.models import MarketContact, MarketMonth
from markets.months import save_month
from markets.services import save_market
from markets.timeline import month_before
from tests.factories.cctv import make_market
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db) -> None:
    ensure_roles()


@pytest.fixture
def market():
    return make_market(name="Pasar Uji", agency=make_agency("disperindag"), kiosks=100, stalls=100)


@pytest.fixture
def head(market):
    return make_user(Role.HEAD, agency=market.agency)


def last(back: int = 1) -> date:
    return month_before(timezone.localdate(), back)


def body(month: date, **values) -> dict[str, object]:
    return {"month": month.strftime("%Y-%m"), "source": "buku kas", **values}


def report(market, *used: int) -> None:
    for back, kiosks in enumerate(reversed(used), start=1):
        save_month(by=None, market=market, month=last(back), kiosks=kiosks, source="uji")


def test_a_head_reports_his_own_market_by_the_form(market, head) -> None:
    client = client_of(head)
    answer = client.post(
        f"/markets/{market.pk}/months/", body(last(), kiosks="90", stalls="70", target="1000")
    )
    assert answer.status_code == 302
    row = MarketMonth.objects.get()
    assert (row.kiosks, row.stalls, row.lots, row.used_share, row.entered_by) == (90, 70, None, 0.8, head)
    assert AuditEntry.objects.filter(action="marketmonth.added").count() == 1
    page = client.get(f"/markets/{market.pk}/").content.decode()
    assert "buku kas" in page and "80<small> %" in page


def test_a_month_is_corrected_and_the_audit_keeps_what_stood_there(market, head) -> None:
    client = client_of(head)
    client.post(f"/markets/{market.pk}/months/", body(last(), kiosks="90"))
    client.post(f"/markets/{market.pk}/months/", body(last(), kiosks="91"))
    assert MarketMonth.objects.get().kiosks == 91
    assert AuditEntry.objects.get(action="marketmonth.changed").detail == {"kiosks": [90, 91]}
    form = client.get(f"/markets/{market.pk}/months/?month={last():%Y-%m}").content.decode()
    assert 'value="91"' in form


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kiosks": "101"}, "kiosks"),
        ({"kiosks": "-1"}, "kiosks"),
        ({"realised": "1,5"}, "realised"),
        ({"realised": "99999999999999999999"}, "realised"),
        ({}, "kiosks"),
        ({"kiosks": "9", "month": "2026-13"}, "month"),
        ({"kiosks": "9", "month": "2099-01"}, "month"),
        ({"kiosks": "9", "source": ""}, "source"),
    ],
)
def test_bad_figures_are_refused_with_the_field(market, head, values, field) -> None:
    answer = client_of(head).post(f"/markets/{market.pk}/months/", {**body(last()), **values})
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not MarketMonth.objects.exists()


def test_another_agency_reads_and_does_not_write(market) -> None:
    other = client_of(make_user(Role.HEAD, agency=make_agency("lain")))
    assert other.post(f"/markets/{market.pk}/months/", body(last(), kiosks="9")).status_code == 403
    report(market, 90)
    row = MarketMonth.objects.get()
    assert other.post(f"/markets/{market.pk}/months/{row.pk}/remove/").status_code == 403
    page = other.get(f"/markets/{market.pk}/months/").content.decode()
    assert "90" in page and '<form method="post" action="/markets/' not in page
    assert MarketMonth.objects.exists()


def test_partners_see_the_market_and_neither_months_nor_people(market) -> None:
    report(market, 87)
    MarketContact.objects.create(market=market, name="Bu Kepala Pasar", phone="+62 812 0000 1111")
    partner = client_of(make_user(Role.PARTNER))
    page = partner.get(f"/markets/{market.pk}/").content.decode()
    assert "Pasar Uji" in page and "Bu Kepala Pasar" not in page and "cc-stat-value" not in page
    assert "87 %" not in partner.get("/markets/").content.decode()
    assert partner.get(f"/markets/{market.pk}/months/").status_code == 403
    assert partner.get(f"/markets/{market.pk}/months/export.xlsx").status_code == 403
    mayor = client_of(make_user(Role.MAYOR)).get(f"/markets/{market.pk}/").content.decode()
    assert "Bu Kepala Pasar" in mayor and "87<small> %" in mayor


def test_the_service_holds_the_door_too(market) -> None:
    stranger = viewer_of_user(make_user(Role.OPERATOR))
    with pytest.raises(PermissionDenied):
        save_month(by=stranger, market=market, month=last(), kiosks=1, source="x")
    with pytest.raises(ValidationError):
        save_month(by=None, market=market, month=last().replace(day=2), kiosks=1, source="x")


def test_a_fall_alarms_once_and_clears_when_it_is_over(market) -> None:
    report(market, 90, 90, 90, 70)
    alarm = Alarm.objects.alive().get(kind="market_occupancy")
    assert alarm.agency_id == market.agency_id and "Pasar Uji" in alarm.title and "70" in alarm.text
    save_month(by=None, market=market, month=last(), kiosks=89, source="uji")
    assert not Alarm.objects.alive().filter(kind="market_occupancy").exists()


def test_other_places_make_another_share(market, django_capture_on_commit_callbacks) -> None:
    report(market, 60, 60, 60, 60)
    MarketMonth.objects.filter(month=last()).update(kiosks=50)
    with django_capture_on_commit_callbacks(execute=True):
        save_market(by=None, market=market)
    assert not Alarm.objects.alive().exists()  # nothing changed, nothing was asked
    market.kiosks = 60
    with django_capture_on_commit_callbacks(execute=True):
        save_market(by=None, market=market)
    assert Alarm.objects.alive().filter(kind="market_occupancy").exists()


def test_a_month_is_removed_and_the_alarm_with_it(market, head) -> None:
    report(market, 90, 90, 90, 70)
    row = MarketMonth.objects.get(month=last())
    assert client_of(head).post(f"/markets/{market.pk}/months/{row.pk}/remove/").status_code == 302
    assert not Alarm.objects.alive().filter(kind="market_occupancy").exists()
    assert AuditEntry.objects.get(action="marketmonth.deleted").detail["kiosks"] == 70


def test_the_file_has_every_month(market, head) -> None:
    report(market, 90, 80)
    answer = client_of(head).get(f"/markets/{market.pk}/months/export.xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][:2] == (last().strftime("%Y-%m"), 80) and rows[1][4] == 80 and len(rows) == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"market_days": "Senen"}, "market_days"),
        ({"hours": "pagi"}, "hours"),
        ({"rebuilt_cost": 5}, "rebuilt_on"),
        ({"ownership": "village"}, "owner_name"),
        ({"former_lat": -6.0}, "__all__"),
    ],
)
def test_a_market_s_own_fields_are_checked(market, values, field) -> None:
    for name, value in values.items():
        setattr(market, name, value)
    with pytest.raises(ValidationError) as refused:
        save_market(by=None, market=market)
    assert field in refused.value.message_dict


def test_the_list_says_who_is_open_by_its_timetable(market, head) -> None:
    make_market(name="Pasar Selalu", market_days="Setiap hari", hours="00.00-24.00")
    client = client_of(head)
    page = client.get("/markets/?now=open").content.decode()
    assert "Pasar Selalu" in page and "Pasar Uji" not in page
    with_owner = client.get("/markets/?owner=village").content.decode()
    assert "Pasar Selalu" not in with_owner


def test_the_list_asks_as_often_for_many_as_for_few(head, market, django_assert_max_num_queries) -> None:
    for n in range(12):
        report(make_market(name=f"Pasar {n}", kiosks=50), 40, 41)
    client = client_of(head)
    client.get("/markets/")
    with django_assert_max_num_queries(22):
        client.get("/markets/")
