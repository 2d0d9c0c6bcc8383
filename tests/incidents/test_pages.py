"""The alarm pages by the front door: who sees what, who may do what, what a clash says."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import autodiscover_modules
from openpyxl import load_workbook

from commandcenter import demo
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.urls import urlpatterns
from tests.factories.city import make_agency, make_area

OF_ONE = ("alarm", "acknowledge", "snooze", "return", "forward", "clear")
LIST_BUDGET, PAGE_BUDGET = 14, 18
SEES_ALL = (Role.ADMIN, Role.MAYOR)


def foreign_to(role, alarm):
    """An alarm that the role may not see, as far as there is one."""
    kinds = {Role.OPERATOR: "restricted", Role.HEAD: "public", Role.PARTNER: "public"}
    return alarm(title="Rahasia", agency=make_agency("other").pk, sharing=kinds.get(role, "restricted"))


def test_there_are_addresses_to_walk():
    assert set(OF_ONE) == {p.name for p in urlpatterns if "<int:pk>" in str(p.pattern)}


@pytest.mark.parametrize("name", OF_ONE)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.PARTNER, None])
def test_a_foreign_alarm_is_not_found(role, name, enter, alarm):
    row = foreign_to(role, alarm)
    client = enter(role)
    answers = [client.get(reverse(f"incidents:{name}", args=[row.pk]))]
    answers.append(client.post(reverse(f"incidents:{name}", args=[row.pk])))
    assert 404 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {404, 405}
    for path in ("/alarms/", "/alarms/?state=all&q=Rahasia", "/search/?q=Rahasia", "/tile/incidents.alarms/"):
        assert b"<strong>Rahasia" not in client.get(path).content
    row.refresh_from_db()
    assert (row.state, row.rev) == ("open", 1)


@pytest.mark.parametrize("name", [*OF_ONE, "alarms", "export", "drill"])
def test_strangers_are_sent_to_the_login(name, alarm):
    args = [alarm().pk] if name in OF_ONE else []
    answers = [Client().get(reverse(f"incidents:{name}", args=args))]
    answers.append(Client().post(reverse(f"incidents:{name}", args=args)))
    assert {answer.status_code for answer in answers} <= {302, 404, 405}
    assert not Alarm.objects.exclude(state="open").exists()


def test_what_each_role_may(enter, alarm, own):
    may = {
        Role.ADMIN: (200, 302, 302),
        Role.OPERATOR: (200, 302, 302),
        Role.HEAD: (200, 302, 403),
        Role.MAYOR: (200, 403, 403),
        Role.PARTNER: (403, 404, 403),
    }
    for role, expected in may.items():
        row, client = alarm(agency=own.pk), enter(role)
        codes = (
            client.get("/alarms/").status_code,
            client.post(f"/alarms/{row.pk}/acknowledge/").status_code,
            client.post("/alarms/drill/", {"title": "Uji", "severity": "info"}).status_code,
        )
        assert codes == expected, role
        Alarm.objects.filter(drill=True).delete()


def test_posts_need_a_token(operator, alarm):
    client, row = Client(enforce_csrf_checks=True), alarm()
    client.cookies = operator.cookies
    assert client.post(f"/alarms/{row.pk}/acknowledge/").status_code == 403
    assert client.get(f"/alarms/{row.pk}/acknowledge/").status_code == 405
    row.refresh_from_db()
    assert row.state == "open"


def test_whoever_comes_second_is_told_who_was_first(enter, alarm):
    first, second, row = enter(Role.OPERATOR), enter(Role.ADMIN), alarm(title="Pasar Petir putus")
    answer = first.post(f"/alarms/{row.pk}/acknowledge/", {"list": "state=open&q=petir"})
    assert answer.url == "/alarms/?state=open&q=petir"
    told = second.post(f"/alarms/{row.pk}/acknowledge/", follow=True).content.decode()
    row.refresh_from_db()
    assert f"{row.acknowledged_by.display_name} sudah menerima alarm ini" in told
    first.post(f"/alarms/{row.pk}/clear/")
    assert "sudah dinyatakan selesai" in second.post(f"/alarms/{row.pk}/clear/", follow=True).content.decode()
    page = second.get(f"/alarms/{row.pk}/").content.decode()
    for words in ("Riwayat", "Dibuka", "Diterima", "Selesai", row.acknowledged_by.display_name):
        assert words in page
    assert "cc-siren" not in page


def test_the_way_back_leads_nowhere_else(operator, alarm):
    answer = operator.post(f"/alarms/{alarm().pk}/acknowledge/", {"list": "//evil.example/?a=b&\r\nX: y"})
    assert answer.url.startswith("/alarms/?")
    assert "\n" not in answer.url


def test_the_list_filters_searches_and_orders(operator, alarm):
    area = make_area()
    agency = make_agency("dishub")
    alarm(title="satu", severity="info")
    alarm(title="dua", severity="critical", agency=agency.pk)
    alarm(title="tiga", drill=True, severity="panic")
    four = alarm(title="empat", text="habis waktu", area=area.pk)
    services.clear_source(source=four.source, kind=four.kind)
    cases = {
        "": ["dua", "satu", "tiga"],
        "state=all": {"satu", "dua", "tiga", "empat"},
        "state=cleared": ["empat"],
        "severity=critical": ["dua"],
        "reality=drill": ["tiga"],
        "reality=real": ["dua", "satu"],
        f"agency={agency.pk}": ["dua"],
        "state=all&q=habis petir": ["empat"],
        "q=zzz": [],
        "state=nonsense&severity=x&agency=z&page=-2": ["dua", "satu", "tiga"],
    }
    for query, expected in cases.items():
        titles = [row.title for row in operator.get(f"/alarms/?{query}").context["page_obj"].object_list]
        assert (titles if isinstance(expected, list) else set(titles)) == expected, query
    assert "Tidak ada alarm yang cocok" in operator.get("/alarms/?q=zzz").content.decode()


def test_a_calm_city_says_so(operator):
    page = operator.get("/alarms/").content.decode()
    assert "Tidak ada alarm" in page
    assert "cc-siren" not in page


def test_names_are_text_and_never_markup(operator, alarm):
    row = alarm(title="<script>alert(1)</script>", text="<img src=x>")
    for path in ("/alarms/", f"/alarms/{row.pk}/", "/tile/incidents.alarms/"):
        page = operator.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


def test_a_page_renews_only_its_inside(operator, alarm):
    row = alarm()
    for path in ("/alarms/", f"/alarms/{row.pk}/"):
        part = operator.get(path, headers={"X-CC-Tile": "1"}).content.decode()
        assert "<html" not in part
        assert row.title in part


def test_a_drill_says_so_everywhere(operator):
    answer = operator.post("/alarms/drill/", {"title": "Kebakaran pasar", "severity": "critical"})
    drill = Alarm.objects.get(drill=True)
    assert answer.url == f"/alarms/{drill.pk}/"
    for path in ("/alarms/", answer.url, "/tile/incidents.alarms/", "/tile/incidents.now/"):
        assert "LATIHAN" in operator.get(path).content.decode(), path
    told = operator.post("/alarms/drill/", {"title": "Lagi", "severity": "info"}, follow=True)
    assert "Latihan masih berjalan" in told.content.decode()
    assert operator.post(f"/alarms/{drill.pk}/clear/").status_code == 302
    drill.refresh_from_db()
    assert drill.state == "cleared"


def test_an_export_holds_what_the_list_holds_and_leaves_a_row(operator, alarm):
    alarm(title="=1+1")
    alarm(title="lain", severity="critical")
    alarm(title="rahasia", sharing="restricted")
    answer = operator.get("/alarms/export.xlsx?severity=warning")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [row[4] for row in rows[1:]] == ["=1+1"]
    entry = AuditEntry.objects.get(action="export.alarms")
    assert entry.detail == {"severity": "warning"}


def test_search_finds_what_is_open_first(operator, alarm):
    old = alarm(title="Pasar Petir lama")
    services.clear_source(source=old.source, kind=old.kind)
    alarm(title="Pasar Petir kini")
    alarm(title="Pasar Petir rahasia", sharing="restricted")
    page = operator.get("/search/?q=petir").content.decode()
    assert page.index("Petir kini") < page.index("Petir lama")
    assert "Petir rahasia" not in page


def test_pages_keep_their_query_budgets(operator, alarm, own, django_assert_max_num_queries):
    area = make_area()
    for _ in range(30):
        row = alarm(agency=own.pk, area=area.pk, lat=-6.2, lng=106.2)
    operator.get("/alarms/")
    with django_assert_max_num_queries(LIST_BUDGET):
        answer = operator.get("/alarms/")
    assert len(answer.context["page_obj"].object_list) == 25
    with django_assert_max_num_queries(PAGE_BUDGET):
        operator.get(f"/alarms/{row.pk}/")


def test_the_admin_shows_and_handles_but_writes_nothing(enter, alarm):
    client, row = enter(Role.ADMIN), alarm()
    assert client.get("/admin/incidents/alarm/").status_code == 200
    assert client.get(f"/admin/incidents/alarm/{row.pk}/change/").status_code == 200
    assert client.get("/admin/incidents/alarm/add/").status_code == 403
    chosen = {"action": "acknowledge_chosen", "_selected_action": [row.pk]}
    assert client.post("/admin/incidents/alarm/", chosen).status_code == 302
    row.refresh_from_db()
    assert row.state == "acknowledged"


def test_the_demo_takes_its_own_alarms_and_no_other(alarm):
    alarm(title="demo", origin="simulated")
    kept = alarm(title="nyata")
    autodiscover_modules("demo")
    part = next(part for part in demo.parts() if part.key == "incidents")
    part.seed()
    part.purge()
    assert list(Alarm.objects.all()) == [kept]
    assert next(p for p in demo.parts() if p.key == "cctv").order < part.order
