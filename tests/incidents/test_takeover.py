"""An alarm takes the walls over: which one, on which screens, for how long, and what comes back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm
from commandcenter.wall import services as wall
from commandcenter.wall.models import Display, Scene
from tests.factories.city import make_user
from tests.wall.conftest import pair

OVER = re.compile(r'data-kind="takeover"')


@pytest.fixture
def scenes():
    box = {"key": "wall.clock", "x": 0, "y": 0, "w": 12, "h": 6, "params": {}}
    return [Scene.objects.create(name=name, preset="one", layout=[box]) for name in ("Harian", "Tamu")]


@pytest.fixture
def screen(scenes, operator):
    """A paired screen with the default scene."""
    client = Client()
    display = pair(operator, client)
    display.scene = scenes[0]
    display.save()
    client.display = display
    return client


def page(screen):
    answer = screen.get("/wall/scene/")
    assert answer.status_code == 200
    return answer.content.decode()


def title(screen):
    """The headline of the takeover, or the name of the scene."""
    text = page(screen)
    found = re.search(r"<h2>(.*?)</h2>", text[text.index("cc-over-head") :]) if OVER.search(text) else None
    return found[1] if found else re.search(r'data-title="(.*?)"', text)[1]


@pytest.fixture
def desk():
    return viewer_of_user(make_user(Role.OPERATOR, "sari"))


def test_a_critical_alarm_fills_the_screen_and_the_old_scene_goes_on_beside_it(screen, alarm):
    assert title(screen) == "Harian"
    alarm(severity="warning", title="Kamera putus")
    assert title(screen) == "Harian"
    alarm(severity="critical", title="Kebakaran pasar", lat=-6.1, lng=106.15)
    text = page(screen)
    assert title(screen) == "Kebakaran pasar"
    rail = text[text.index("cc-takeover-rail") :]
    assert 'data-tile="wall.clock"' in rail
    assert "cc-siren" in text and 'severity="critical"' in text
    assert "106.14400,-6.10600,106.15600,-6.09400" in text


def test_two_criticals_give_every_screen_the_same_one_and_the_other_waits(screen, alarm, operator):
    other = Client()
    pair(operator, other, "Dinding dua")
    first = alarm(severity="critical", title="Pertama")
    second = alarm(severity="critical", title="Kedua")
    Alarm.objects.filter(pk__in=[first.pk, second.pk]).update(opened_at=timezone.now())
    assert title(screen) == title(other) == "Pertama"
    assert "1 lagi menunggu" in page(screen)


def test_a_graver_alarm_comes_at_once_an_equal_one_after_the_acknowledgement(screen, alarm, desk):
    low = alarm(severity="critical", title="Padam")
    equal = alarm(severity="critical", title="Banjir")
    assert title(screen) == "Padam"
    panic = alarm(severity="panic", title="Tombol panik")
    assert title(screen) == "Tombol panik"
    services.acknowledge(viewer=desk, alarm=panic)
    assert title(screen) == "Tombol panik"
    services.clear(viewer=desk, alarm=panic)
    assert title(screen) == "Padam"
    services.acknowledge(viewer=desk, alarm=low)
    assert title(screen) == "Banjir"
    services.clear(viewer=desk, alarm=equal)
    assert title(screen) == "Padam"


def test_what_is_only_critical_gives_the_screen_back_after_half_an_hour_panic_does_not(screen, alarm):
    row = alarm(severity="critical", title="Padam")
    Alarm.objects.update(opened_at=timezone.now() - timedelta(minutes=29))
    assert title(screen) == "Padam" and "data-next-at" in page(screen)
    Alarm.objects.update(opened_at=timezone.now() - timedelta(minutes=31))
    assert title(screen) == "Harian"
    Alarm.objects.filter(pk=row.pk).update(severity="panic")
    assert title(screen) == "Padam"


def test_acknowledged_it_is_silent_names_who_has_it_and_leaves_after_a_minute(screen, alarm, desk):
    row = alarm(severity="panic", title="Tombol panik")
    services.acknowledge(viewer=desk, alarm=row)
    text = page(screen)
    assert title(screen) == "Tombol panik" and "cc-siren" not in text
    assert desk.name in text and "data-next-at" in text
    Alarm.objects.update(acknowledged_at=timezone.now() - timedelta(seconds=61))
    assert title(screen) == "Harian"
    row.refresh_from_db()
    assert row.is_open
    strip = screen.get("/tile/incidents.now/").content.decode()
    assert "Tombol panik" in strip


def test_cleared_during_a_cast_the_cast_comes_back_with_its_own_end(screen, scenes, alarm, desk):
    layer = wall.put_on(viewer=None, display=screen.display, scene=scenes[1], kind="cast", minutes=5)
    row = alarm(severity="critical", title="Kebakaran")
    assert title(screen) == "Kebakaran"
    services.clear(viewer=desk, alarm=row)
    text = page(screen)
    assert title(screen) == "Tamu"
    until = timezone.datetime.fromisoformat(re.search(r'data-next-at="(.*?)"', text)[1])
    assert abs(until - layer.ends_at) < timedelta(seconds=1)


def test_a_screen_that_starts_anew_shows_it_again(screen, alarm):
    alarm(severity="critical", title="Kebakaran")
    assert "Kebakaran" in screen.get("/wall/").content.decode()


def test_a_real_alarm_ends_the_drill_on_the_screen_also_once_it_is_over(screen, alarm, desk):
    drill = services.start_drill(viewer=desk, severity="panic", title="Latihan gempa")
    text = page(screen)
    assert title(screen) == "Latihan gempa" and "data-drill" in text and "LATIHAN" in text
    real = alarm(severity="critical", title="Kebakaran")
    assert title(screen) == "Kebakaran"
    services.clear(viewer=desk, alarm=real)
    assert title(screen) == "Harian"
    drill.refresh_from_db()
    assert drill.is_open


def test_without_place_and_without_camera_it_says_so(screen, alarm):
    row = alarm(severity="critical", title="Tanpa tempat")
    text = page(screen)
    assert "Tempat belum diketahui" in text and "Tanpa tempat tidak ada kamera yang dapat disebut" in text
    services.clear_source(source=row.source, kind=row.kind)
    alarm(severity="critical", title="Jauh dari kamera", lat=-6.1, lng=106.1)
    assert "Tidak ada kamera yang bekerja di dekat sini" in page(screen)


def test_a_screen_of_the_public_hall_hears_nothing_of_it(screen, alarm):
    Display.objects.update(sharing=["public"])
    row = alarm(severity="panic", title="Tombol panik")
    assert title(screen) == "Harian"
    assert screen.get(f"/wall/takeover/incidents/{row.pk}/").status_code == 404


def test_the_inside_is_read_again_under_ones_own_rights(screen, alarm, operator, enter):
    row = alarm(severity="critical", title="Kebakaran")
    path = f"/wall/takeover/incidents/{row.pk}/"
    assert "Kebakaran" in screen.get(path).content.decode()
    assert "Kebakaran" in operator.get(path).content.decode()
    assert enter(Role.PARTNER).get(path).status_code == 404
    assert enter(Role.HEAD).get(path).status_code == 404
    assert Client().get(path).status_code == 401
    assert screen.get(f"/wall/takeover/nothing/{row.pk}/").status_code == 404


def test_a_source_that_fails_leaves_the_scene_alone(screen, alarm, monkeypatch, caplog):
    from commandcenter.wall import takeovers

    alarm(severity="critical", title="Kebakaran")
    source = takeovers.source_of("incidents")
    broken = takeovers.TakeoverSource("incidents", lambda viewer, at: 1 / 0, source.context, source.template)
    monkeypatch.setitem(takeovers._sources, "incidents", broken)
    assert title(screen) == "Harian"
    assert "takeovers of incidents failed" in caplog.text
