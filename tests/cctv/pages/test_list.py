"""The camera list: filters, counts, views, and how many queries it costs."""

from __future__ import annotations

import pytest

from cctv.models import Camera, CameraGroup
from commandcenter.city.models import SavedView
from commandcenter.city.roles import Role
from tests.factories.cctv import make_agency, make_camera, make_market, make_site

BUDGET = 24


def names(answer):
    return {row["camera"].name for row in answer.context["rows"]}


def test_filters_find_what_they_say(operator):
    agency, site = make_agency("dishub"), make_site(market=make_market(name="Pasar Baros"))
    group = CameraGroup.objects.create(name="Pasar", code="pasar")
    down = make_camera(name="a", agency=agency, status="offline", site=site)
    locked = make_camera(name="b", status="auth_failed", phase="trial", trial_until="2027-01-01")
    moved = make_camera(
        name="c", status="online", picture_faults=["moved"], sharing="public", notice_posted=True
    )
    moved.groups.add(group)
    make_camera(name="d", status="maintenance", picture_faults=["moved"], enabled=True)
    make_camera(name="e", enabled=False)
    cases = {
        "": {"a", "b", "c", "d"},
        "status=down": {"a", "b"},
        "status=trouble": {"a", "b", "c"},
        "status=auth_failed": {"b"},
        "fault=moved": {"c", "d"},
        "fault=none": {"a", "b"},
        f"agency={agency.pk}": {"a"},
        f"site={down.site_id}": {"a"},
        "phase=trial": {"b"},
        "sharing=public": {"c"},
        f"group={group.pk}": {"c"},
        "notice=missing": {"a", "b", "d"},
        "q=baros": {"a"},
        "q=zzz": set(),
        "mode=rtsp_held": set(),
    }
    for query, expected in cases.items():
        assert names(operator.get(f"/cctv/?{query}")) == expected, query
    assert locked.name == "b"


@pytest.mark.parametrize(
    "query", ["status=nonsense", "agency=x", "page=-3", "page=99", "sort=;drop", "look=<b>", "site=9999"]
)
def test_nonsense_in_the_address_is_no_error(query, operator):
    make_camera()
    answer = operator.get(f"/cctv/?{query}")
    assert answer.status_code == 200
    assert b"<b>&" not in answer.content


def test_names_are_text_and_never_markup(operator):
    make_camera(name="<script>alert(1)</script>")
    for look in ("pictures", "table"):
        page = operator.get(f"/cctv/?look={look}").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("look", ["pictures", "table"])
def test_a_full_page_keeps_its_query_budget(look, operator, django_assert_max_num_queries):
    for number in range(30):
        make_camera(
            status="online", site=make_site(market=make_market()), agency=make_agency(f"opd-{number % 4}")
        )
    operator.get("/cctv/")
    with django_assert_max_num_queries(BUDGET):
        answer = operator.get(f"/cctv/?look={look}&status=online")
    assert len(answer.context["rows"]) == 25
    assert answer.context["counts"]["online"] == 30


def test_a_view_is_saved_once_and_belongs_to_one_person(operator, enter):
    for _ in range(2):
        operator.post("/cctv/views/", {"name": "Yang putus", "query": "status=down&look=table"})
    view = SavedView.objects.get()
    assert "Yang putus" in operator.get("/cctv/").content.decode()
    assert enter(Role.OPERATOR).post(f"/cctv/views/{view.pk}/delete/").status_code == 404
    operator.post(f"/cctv/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()
    assert operator.post("/cctv/views/", {"name": " ", "query": ""}).status_code == 302
    assert not SavedView.objects.exists()


def test_empty_lists_say_what_to_do(operator, enter):
    assert "Belum ada kamera yang dibagikan" in operator.get("/cctv/").content.decode()
    assert "Belum ada kamera" in enter(Role.ADMIN).get("/cctv/").content.decode()
    make_camera()
    assert "Tidak ada kamera yang cocok" in operator.get("/cctv/?q=zzz").content.decode()
    assert Camera.objects.count() == 1
