"""The camera page: figures that are honest, a film of the day, and buttons that may be pressed twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from cctv import day as days
from cctv import figures
from cctv.models import HealthHour, Maintenance, Obstacle, Transition
from cctv.models.sites import DataPackage
from commandcenter import keys
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from tests.factories.cctv import make_agency, make_camera, make_market, make_site

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=WIB)


def hour(camera, at, **values):
    return HealthHour.objects.create(camera=camera, hour=at, **values)


def test_no_data_is_not_a_hundred_per_cent(operator):
    camera = make_camera()
    page = operator.get(f"/cctv/{camera.pk}/").content.decode()
    assert "belum ada data" in page
    assert "100,0" not in page


def test_availability_adds_seconds_and_leaves_maintenance_out():
    camera = make_camera()
    with time_machine.travel(NOON, tick=False):
        hour(camera, NOON - timedelta(hours=1), up_s=2700, down_s=300, maintenance_s=600)
        hour(camera, NOON - timedelta(days=3), up_s=3600)
        hour(camera, NOON - timedelta(days=20), down_s=3600)
        found = {row["days"]: row["percent"] for row in figures.availability(camera)}
    assert found[1] == pytest.approx(90.0)
    assert found[7] == pytest.approx(100 * 6300 / 6600)
    assert found[30] == pytest.approx(100 * 6300 / 10200)


def test_a_day_begins_at_midnight_of_the_city():
    camera = make_camera()
    with time_machine.travel(NOON, tick=False):
        hour(camera, datetime(2026, 11, 19, 23, tzinfo=WIB), down_s=3600)
        hour(camera, datetime(2026, 11, 20, 0, tzinfo=WIB), up_s=3600)
        assert figures.availability(camera)[0]["percent"] == 100.0


def test_data_counts_against_the_package_and_else_against_the_sites_link():
    package = DataPackage.objects.create(name="p", mb_per_month=100)
    own = make_camera(data_package=package)
    site = make_site(link="metered", monthly_mb=200)
    one, two = make_camera(site=site), make_camera(site=site)
    with time_machine.travel(NOON, tick=False):
        for camera in (own, one, two):
            hour(camera, NOON - timedelta(hours=2), bytes_in=50_000_000)
            hour(camera, NOON - timedelta(days=40), bytes_in=900_000_000)
        use, shared, free = figures.data_use(own), figures.data_use(one), figures.data_use(make_camera())
    assert (use.month, use.limit, use.share) == (50_000_000, 100_000_000, 50.0)
    assert (shared.month, shared.limit, shared.shared) == (100_000_000, 200_000_000, 2)
    assert free.limit is None and free.share is None


def test_the_day_knows_its_outages_and_leaves_the_future_out(operator):
    camera = make_camera(agency=make_agency())
    type(camera).objects.filter(pk=camera.pk).update(registered_at=NOON - timedelta(days=9))
    camera.refresh_from_db()
    for before, after, reason, at in (
        ("unknown", "online", "", NOON - timedelta(days=2)),
        ("online", "offline", "timeout", NOON - timedelta(hours=3)),
        ("offline", "online", "", NOON - timedelta(hours=2)),
    ):
        Transition.objects.create(camera=camera, from_status=before, to_status=after, reason=reason, at=at)
    viewer = operator.get("/cctv/").wsgi_request._viewer
    with time_machine.travel(NOON, tick=False):
        day = days.read(camera, viewer, NOON.date())
    assert [(row["minutes"], row["status"]) for row in day.outages] == [(60, "offline")]
    assert day.segments[-1]["end"] == pytest.approx(0.5)
    assert day.seconds.availability == pytest.approx(100 * 11 / 12)
    assert [slot.state for slot in day.hours[8:12]] == ["online", "offline", "online", "online"]
    assert day.hours[13].state == ""


@pytest.mark.parametrize(
    "query", ["day=2999-01-01", "day=x", "hour=99", "hour=-1", "still=abc", "day=2026-01-01&hour=3"]
)
def test_any_day_and_hour_may_be_asked_for(query, operator):
    camera = make_camera()
    assert operator.get(f"/cctv/{camera.pk}/?{query}").status_code == 200
    part = operator.get(f"/cctv/{camera.pk}/?{query}", HTTP_X_FILM="1")
    assert b"<html" not in part.content


def test_the_film_shows_the_pictures_of_the_hour(operator, keep):
    camera = make_camera()
    at = timezone.localtime().replace(hour=0, minute=0, second=5, microsecond=0)
    stills = [keep(camera, at=at), keep(camera, at=at - timedelta(days=1), faults=["moved"])]
    page = operator.get(f"/cctv/{camera.pk}/")
    assert page.context["picked"] == stills[0]
    yesterday = operator.get(f"/cctv/{camera.pk}/?day={at - timedelta(days=1):%Y-%m-%d}")
    assert yesterday.context["stills"] == [stills[1]]
    assert "BERGESER" in yesterday.content.decode()


def test_a_picture_is_private_and_a_lost_file_is_not_found(operator, keep):
    camera = make_camera()
    still = keep(camera)
    url = f"/cctv/{camera.pk}/stills/{still.pk}.jpg"
    answer = operator.get(url)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"\xff\xd8")
    assert operator.get(f"/cctv/{make_camera().pk}/stills/{still.pk}.jpg").status_code == 404
    still.file.storage.delete(still.file.name)
    assert operator.get(url).status_code == 404


def press(client, camera, what, **data):
    """The button twice, as a nervous hand does."""
    for _ in range(2):
        answer = client.post(f"/cctv/{camera.pk}/{what}/", data)
        assert answer.status_code == 302, what
        assert answer.url.startswith(f"/cctv/{camera.pk}/")
    camera.refresh_from_db()


def audited(action):
    return AuditEntry.objects.filter(action=action).count()


def test_pausing_twice_pauses_once(operator):
    camera = make_camera()
    press(operator, camera, "pause")
    assert camera.capture_mode != "paused"  # colleagues read why
    press(operator, camera, "pause", reason="Kabel diganti PLN")
    press(operator, camera, "pause", reason="lagi")
    assert (camera.capture_mode, camera.pause_reason) == ("paused", "Kabel diganti PLN")
    assert "Kabel diganti PLN" in operator.get(f"/cctv/{camera.pk}/").content.decode()
    press(operator, camera, "resume")
    assert camera.capture_mode == "http_still"
    assert audited("camera.changed") == 2


def test_work_is_planned_ahead_and_called_off(operator):
    camera = make_camera()
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    press(operator, camera, "maintenance", reason="Ganti tiang", hours="4", starts=tomorrow)
    window = Maintenance.objects.get()
    assert not window.covers(timezone.now()) and window.ends - window.starts == timedelta(hours=4)
    press(operator, camera, "maintenance", reason="Bentrok", hours="24", starts=tomorrow)
    assert Maintenance.objects.count() == 1
    press(operator, camera, "maintenance", reason="Sekarang", hours="1")
    assert Maintenance.objects.active(timezone.now()).get().reason == "Sekarang"
    press(operator, camera, f"maintenance/{window.pk}/end")
    assert not Maintenance.objects.filter(pk=window.pk).exists()


@pytest.mark.parametrize("field", ["starts", "until", "hours"])
def test_an_odd_moment_of_work_is_an_error_message(operator, field):
    camera = make_camera()
    press(operator, camera, "maintenance", **{"reason": "x", "hours": "", field: "9" * 5000})
    press(operator, camera, "maintenance", **{"reason": "x", "hours": "", field: "besok"})
    assert Maintenance.objects.count() <= 1


def test_maintenance_begun_and_ended_twice_is_one_window(operator):
    camera = make_camera()
    press(operator, camera, "maintenance", reason="Ganti kabel", hours="4")
    window = Maintenance.objects.get()
    press(operator, camera, f"maintenance/{window.pk}/end")
    first = Maintenance.objects.get().ends
    assert first < timezone.now()
    press(operator, camera, f"maintenance/{window.pk}/end")
    assert Maintenance.objects.get().ends == first
    assert audited("maintenance.planned") == audited("maintenance.ended") == 1


def test_an_obstacle_a_test_and_an_accepted_view_count_once(operator):
    camera = make_camera()
    press(operator, camera, "obstacle", kind="power", text="Listrik padam")
    press(operator, camera, "accept-view")
    press(operator, camera, "test")
    assert Obstacle.objects.count() == 1
    assert audited("obstacle.noted") == audited("camera.view-accepted") == audited("camera.tested") == 1


def test_a_picture_held_twice_keeps_its_first_reason(operator, keep):
    camera = make_camera()
    still = keep(camera)
    for reason in ("Surat 12/2026", "lain"):
        operator.post(f"/cctv/{camera.pk}/stills/{still.pk}/hold/", {"reason": reason})
    still.refresh_from_db()
    assert (still.legal_hold, still.held_reason) == (True, "Surat 12/2026")
    press(operator, camera, f"stills/{still.pk}/release", reason="Selesai")
    still.refresh_from_db()
    assert not still.legal_hold
    assert audited("still.held") == audited("still.released") == 1


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("maintenance", {"reason": " "}),
        ("maintenance", {"reason": "x", "until": "besok"}),
        ("maintenance", {"reason": "x", "until": "2001-01-01T00:00"}),
        ("maintenance", {"reason": "x", "until": "2026-13-45T99:00"}),
        ("obstacle", {"kind": "zzz", "text": "x"}),
        ("obstacle", {"kind": "power", "text": ""}),
    ],
)
def test_wrong_words_are_a_message_and_no_row(what, data, operator):
    camera = make_camera()
    answer = operator.post(f"/cctv/{camera.pk}/{what}/", data, follow=True)
    assert answer.status_code == 200
    assert 'data-state="crit"' in answer.content.decode()
    assert not Maintenance.objects.exists() and not Obstacle.objects.exists()


@pytest.mark.parametrize(
    "back", ["//evil.example", "day=1&next=//evil", "day=2026-11-20\r\nX: y", "day=2026-11-20&hour=3"]
)
def test_the_way_back_never_leaves_the_page(back, operator):
    camera = make_camera()
    url = operator.post(f"/cctv/{camera.pk}/pause/", {"back": back}).url
    assert url in {f"/cctv/{camera.pk}/", f"/cctv/{camera.pk}/?day=2026-11-20&hour=3"}


def test_an_accepted_view_is_heard_by_the_judge_of_pictures(operator):
    from cctv.engine import names

    camera = make_camera(picture_faults=["moved"])
    assert "accept-view" in operator.get(f"/cctv/{camera.pk}/").content.decode()
    operator.post(f"/cctv/{camera.pk}/accept-view/")
    assert keys.client().get(names.accepted(camera.pk)) == b"1"


def test_the_page_names_owner_phone_neighbours_and_market(operator):
    agency = make_agency("dishub", phone_duty="0254 000 110")
    site = make_site(market=make_market(name="Pasar Petir"))
    camera = make_camera(agency=agency, site=site)
    near = make_camera(name="Tetangga", status="online", lat=site.lat + 0.001)
    make_camera(name="Mati", status="offline")
    page = operator.get(f"/cctv/{camera.pk}/")
    text = page.content.decode()
    assert 'href="tel:0254000110"' in text
    assert "Pasar Petir" in text
    assert [card.camera for card in page.context["neighbours"]] == [near]


def test_a_site_window_is_ended_only_by_who_controls_the_whole_site(operator, enter):
    camera = make_camera()
    make_camera(site=camera.site, sharing="restricted")
    window = Maintenance.objects.create(site=camera.site, reason="x")
    assert operator.post(f"/cctv/{camera.pk}/maintenance/{window.pk}/end/").status_code == 404
    assert enter(Role.ADMIN).post(f"/cctv/{camera.pk}/maintenance/{window.pk}/end/").status_code == 302
    window.refresh_from_db()
    assert window.ends is not None


def test_the_camera_page_keeps_its_query_budget(operator, keep, django_assert_max_num_queries):
    camera = make_camera(site=make_site(market=make_market()))
    for number in range(12):
        make_camera(status="online")
        keep(camera, minutes=number)
    operator.get(f"/cctv/{camera.pk}/")
    with django_assert_max_num_queries(40):
        operator.get(f"/cctv/{camera.pk}/")
