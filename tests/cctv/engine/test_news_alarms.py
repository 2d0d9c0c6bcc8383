"""Alarms say what is wrong, in the reader's language, to the right agency; so do faulty pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cctv.engine import fault_alarms, news, settle
from cctv.models import Camera, CaptureIncident, Status
from cctv.services import pause_camera, resume_camera
from commandcenter import keys
from commandcenter.city.viewers import Role
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import speak
from tests.factories.cctv import make_camera, make_site
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis():
    keys.client().flushdb()
    yield
    keys.client().flushdb()


def down(camera: Camera, reason: str) -> Alarm:
    at = timezone.now().isoformat()
    news._write({"what": "down", "camera": camera.pk, "reason": reason, "at": at})
    return Alarm.objects.get(source=f"cctv.camera:{camera.pk}")


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("unauthorized", "Kamera menolak kata sandi: "),
        ("busy", "Kamera sibuk: "),
        ("not_found", "Alamat kamera keliru: "),
        ("timeout", "Kamera mati: "),
    ],
)
def test_the_title_says_what_is_wrong(reason, title):
    camera = make_camera()
    with translation.override("id"):
        assert down(camera, reason).title == title + camera.name


def test_an_alarm_speaks_the_readers_language():
    camera = make_camera()
    with translation.override("id"):
        alarm = down(camera, "unauthorized")
    with translation.override("en"):
        assert speak(alarm).title == f"Camera refuses the login: {camera.name}"
        assert alarm.text == "wrong user or password"
    reader = make_user(Role.OPERATOR, language="en")
    page = client_of(reader).get(f"/alarms/{alarm.pk}/").content.decode()
    assert "Camera refuses the login" in page and "menolak" not in page


def test_a_lost_site_says_whom_to_call_where_it_is_and_which_cameras():
    site, agency = make_site(), make_agency(phone_duty="0254 200112")
    cameras = [make_camera(site=site, agency=agency, lat=-6.2, lng=106.1) for _ in range(3)]
    ids = [camera.pk for camera in cameras]
    CaptureIncident.objects.create(
        kind="site", site=site, opened_at=timezone.now(), detail={"cause": "timeout", "cameras": ids}
    )
    news._write({"what": "incident_told", "site": site.pk, "at": timezone.now().isoformat()})
    alarm = Alarm.objects.get(source=f"cctv.site:{site.pk}")
    assert (alarm.agency, alarm.href) == (agency, f"/cctv/?site={site.pk}") and alarm.lat is not None
    page = client_of(make_user(Role.OPERATOR)).get(f"/alarms/{alarm.pk}/").content.decode()
    assert "0254 200112" in page
    assert all(camera.name in page for camera in cameras)


def faulty(minutes: float, *faults: str, status: str = Status.ONLINE) -> Camera:
    camera = make_camera(status=status)
    since = timezone.now() - timedelta(minutes=minutes)
    Camera.objects.filter(pk=camera.pk).update(picture_faults=list(faults), faults_since=since)
    camera.refresh_from_db()
    return camera


def test_a_covered_camera_is_heard_of_after_its_time_and_quiet_again_when_it_sees():
    camera, fresh = faulty(6, "black", "covered"), faulty(1, "covered")
    fault_alarms.watch(timezone.now())
    fault_alarms.watch(timezone.now())
    alarm = Alarm.objects.get()
    assert (alarm.source, alarm.severity, alarm.count) == (f"cctv.camera:{camera.pk}", "warning", 1)
    assert alarm.words["title"] == "picture_covered" and fresh.name not in alarm.title
    Camera.objects.filter(pk=camera.pk).update(picture_faults=[], faults_since=None)
    fault_alarms.watch(timezone.now())
    assert not Alarm.objects.alive().exists()


def test_a_dark_picture_makes_no_noise_and_a_city_may_switch_it_off(settings):
    faulty(6, "black")
    fault_alarms.watch(timezone.now())
    assert Alarm.objects.get().severity == "info"
    settings.PICTURE_FAULT_ALARM_MIN = 0
    fault_alarms.watch(timezone.now())
    assert not Alarm.objects.alive().exists()


def test_a_camera_that_is_lost_altogether_has_no_second_alarm_for_its_picture():
    faulty(6, "frozen", status=Status.OFFLINE)
    fault_alarms.watch(timezone.now())
    assert not Alarm.objects.exists()


def test_a_fault_keeps_its_own_beginning():
    camera = make_camera(status=Status.ONLINE)
    for faults in (["frozen"], ["black", "frozen"], []):
        before = Camera.objects.get(pk=camera.pk).faults_since
        news._write({"what": "faults", "camera": camera.pk, "faults": faults})
        after = Camera.objects.get(pk=camera.pk).faults_since
        assert (after is None) is (not faults)
        assert before is None or not faults or after == before


@pytest.mark.django_db(transaction=True)
def test_a_pause_and_a_resume_hold_before_the_page_is_drawn():
    camera = make_camera(status=Status.ONLINE)
    pause_camera(by=None, camera=camera)
    assert Camera.objects.get(pk=camera.pk).status == Status.PAUSED
    resume_camera(by=None, camera=camera)
    assert Camera.objects.get(pk=camera.pk).status not in {Status.PAUSED, Status.ONLINE}


def test_more_cameras_than_a_page_may_wait_for_settle_with_the_sweep(monkeypatch):
    monkeypatch.setattr(settle, "MOST", 0)
    camera = make_camera(status=Status.ONLINE)
    settle.settle([camera.pk])
    assert Camera.objects.get(pk=camera.pk).status == Status.ONLINE
