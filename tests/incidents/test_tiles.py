"""What alarms show on walls and homes, who hears them, and to whom their news goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter import live
from commandcenter.city.roles import Role
from commandcenter.city.sharing import OFFICE
from commandcenter.city.viewers import PUBLIC, Viewer, viewer_of_user
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm
from commandcenter.wall import registry
from tests.factories.city import make_agency, make_area, make_user

SCREEN = Viewer(kind="display", pk=1, name="Dinding", sharing=OFFICE)
TILES = ("incidents.alarms", "incidents.ticker", "incidents.now")


def context(key, viewer, at=None, **params):
    return registry.tile(key).context(viewer, params, at or timezone.now())


@pytest.fixture
def desk():
    return viewer_of_user(make_user(Role.OPERATOR))


def test_open_first_worst_first_drills_last(desk, alarm):
    alarm(title="info", severity="info")
    alarm(title="gawat", severity="critical")
    seen = alarm(title="dilihat", severity="panic")
    alarm(title="latihan", severity="panic", drill=True)
    services.acknowledge(viewer=desk, alarm=seen)
    found = context("incidents.alarms", desk)
    assert [row.title for row in found["alarms"]] == ["gawat", "info", "dilihat", "latihan"]
    assert found["count"] == 4
    assert found["heading"] == "4 alarm"
    line = context("incidents.ticker", desk)
    assert (line["alarm"].title, line["more"]) == ("gawat", 3)


def test_a_full_tile_says_how_many_more(desk, alarm):
    for _ in range(5):
        alarm()
    found = context("incidents.alarms", desk, count=3)
    assert (len(found["alarms"]), found["count"], found["more"]) == (3, 5, 2)


def test_calm_is_said_and_silent(operator):
    for key in TILES:
        page = operator.get(f"/tile/{key}/").content.decode()
        assert "Tidak ada alarm" in page, key
        assert "cc-siren" not in page


def test_every_row_says_severity_place_and_age_in_words(operator, alarm):
    agency = make_agency("dishub", short_name="Dishub", phone_duty="0254 111")
    alarm(severity="critical", title="Putus", area=make_area().pk, agency=agency.pk, origin="simulated")
    page = operator.get("/tile/incidents.alarms/").content.decode()
    for words in ("Kritis", "Putus", "Petir", "<cc-age", "SIMULASI", 'topics="incidents.alarm"'):
        assert words in page, words
    assert "Dishub 0254 111" in operator.get("/tile/incidents.now/").content.decode()


def test_the_newest_of_the_loudest_sounds_until_it_is_acknowledged(desk, alarm):
    now = timezone.now()
    alarm(severity="info")
    assert context("incidents.now", SCREEN)["siren"] is None
    alarm(severity="critical", at=now - timedelta(minutes=9))
    new = alarm(severity="critical", at=now)
    alarm(severity="panic", drill=True)
    for viewer in (SCREEN, desk):
        assert context("incidents.now", viewer)["siren"] == new
    services.acknowledge(viewer=desk, alarm=new)
    assert context("incidents.now", SCREEN)["siren"].opened_at == now - timedelta(minutes=9)
    Alarm.objects.filter(drill=False).update(state="acknowledged", acknowledged_at=now)
    assert context("incidents.now", SCREEN)["siren"].drill


def test_no_sound_where_nobody_can_act(alarm):
    alarm(severity="panic")
    mayor = viewer_of_user(make_user(Role.MAYOR))
    assert context("incidents.alarms", mayor)["siren"] is None
    assert context("incidents.alarms", mayor)["count"] == 1


def test_the_minute_asked_for_is_the_minute_shown(desk, alarm):
    now = timezone.now()
    row = alarm(at=now - timedelta(hours=2))
    Alarm.objects.filter(pk=row.pk).update(
        state="cleared",
        acknowledged_at=now - timedelta(minutes=90),
        cleared_at=now - timedelta(hours=1),
    )
    assert context("incidents.alarms", desk)["alarms"] == []
    assert context("incidents.alarms", desk, now - timedelta(hours=3))["alarms"] == []
    early = context("incidents.alarms", desk, now - timedelta(minutes=110))
    late = context("incidents.alarms", desk, now - timedelta(minutes=80))
    assert [row.seen for row in early["alarms"] + late["alarms"]] == [False, True]


def test_the_map_shows_alarms_that_have_a_place(desk, alarm):
    alarm()
    placed = alarm(lat=-6.2, lng=106.2, severity="critical", drill=True)
    found = registry.layer("incidents.alarms").features(desk, timezone.now())["features"]
    assert [item["geometry"]["coordinates"] for item in found] == [[106.2, -6.2]]
    assert found[0]["properties"]["href"] == f"/alarms/{placed.pk}/"
    assert registry.layer("incidents.alarms").features(SCREEN, timezone.now())["features"][0]["properties"][
        "href"
    ] == ("")


def test_the_citys_fact_counts_real_ones_nobody_has_seen(desk, alarm):
    alarm()
    alarm(drill=True)
    services.acknowledge(viewer=desk, alarm=alarm())
    assert registry.fact("", "incidents.open").batch([0], desk) == {0: 1}


def test_who_may_have_the_tiles():
    may = {role: viewer_of_user(make_user(role)) for role in Role}
    for key in TILES:
        allowed = {role for role, viewer in may.items() if registry.tile(key).permission(viewer)}
        assert allowed == {Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR}
        assert registry.tile(key).permission(SCREEN)
        assert not registry.tile(key).permission(PUBLIC)


def test_news_of_an_alarm_goes_only_to_who_may_see_it(own, alarm, django_capture_on_commit_callbacks):
    other = make_agency("other")
    viewers = {
        "operator": viewer_of_user(make_user(Role.OPERATOR)),
        "head": viewer_of_user(make_user(Role.HEAD, agency=own)),
        "mayor": viewer_of_user(make_user(Role.MAYOR)),
        "partner": viewer_of_user(make_user(Role.PARTNER)),
        "nobody": viewer_of_user(make_user(None)),
        "screen": SCREEN,
        "public": PUBLIC,
    }
    ears = {name: set(live.groups_for(viewer, ["incidents.alarm"])) for name, viewer in viewers.items()}
    for sharing in ("public", "partner", "internal", "restricted"):
        for agency in (own, other):
            row = alarm(sharing=sharing, agency=agency.pk)
            scopes = services.scopes_for(row.sharing, row.agency_id)
            groups = {live.group_name("incidents.alarm", scope) for scope in scopes}
            hear = {name for name, joined in ears.items() if joined & groups}
            see = {
                name
                for name, viewer in viewers.items()
                if Alarm.objects.visible_to(viewer).filter(pk=row.pk).exists()
            }
            assert hear == see, (sharing, agency.code)
            assert not see & {"partner", "nobody", "public"}
    assert "head" in see or agency == other


def test_tiles_keep_their_query_budget(desk, alarm, own, django_assert_max_num_queries):
    area = make_area()
    for _ in range(20):
        alarm(agency=own.pk, area=area.pk)
    for key in TILES:
        with django_assert_max_num_queries(2):
            found = context(key, desk)
            [row.place for row in found.get("alarms", [])]
