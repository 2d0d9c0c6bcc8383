"""Testing a connection from the admin page, against real simulated cameras."""

from __future__ import annotations

import json

import pytest

from cctv import probing
from cctv.engine import fleet_view
from cctv.models import Camera
from commandcenter import jobs, keys
from commandcenter.city.models import AuditEntry
from tests.cctv.engine.conftest import engine_sim, rtsp_camera, sim, still_camera  # noqa: F401
from tests.factories.cctv import make_camera

SECRET = "p@ss:wo#rd/?%"


@pytest.fixture
def asked(monkeypatch) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "send", lambda task, *args, **kw: found.append((task, *args, kw["queue"])))
    return found


def page(camera: Camera) -> str:
    return f"/admin/cctv/camera/{camera.pk}/test/"


def test_a_test_is_asked_by_post_done_by_a_worker_and_shown_with_a_picture(
    rtsp_camera,  # noqa: F811
    admin,
    asked,
) -> None:
    assert "refresh" not in admin.get(page(rtsp_camera)).content.decode()
    assert admin.post(page(rtsp_camera)).status_code == 302
    assert asked == [("cctv.test_connection", rtsp_camera.pk, "grab")]
    waiting = admin.get(page(rtsp_camera))
    assert 'http-equiv="refresh"' in waiting.content.decode()
    probing.test_connection(rtsp_camera.pk)
    answer = admin.get(page(rtsp_camera))
    text = answer.content.decode()
    assert "640×360" in text and "h264" in text and "data:image/jpeg;base64," in text
    assert SECRET not in text and "no-store" in answer["Cache-Control"]
    assert "http-equiv" not in text
    rtsp_camera.refresh_from_db()
    assert rtsp_camera.probe["ok"] and SECRET not in json.dumps(rtsp_camera.probe)
    assert 1.5 < rtsp_camera.probe["gop_s"] < 2.5 and rtsp_camera.probe["kbps"] > 20
    assert AuditEntry.objects.filter(action="camera.tested").count() == 1


def test_a_wrong_password_is_said_and_not_repeated(rtsp_camera, admin, asked) -> None:  # noqa: F811
    Camera.objects.filter(pk=rtsp_camera.pk).update(password="salah-banget-1")
    admin.post(page(rtsp_camera))
    probing.test_connection(rtsp_camera.pk)
    text = admin.get(page(rtsp_camera)).content.decode()
    assert "errornote" in text and "salah-banget-1" not in text
    assert Camera.objects.get(pk=rtsp_camera.pk).probe["kind"] == "unauthorized"


@pytest.mark.long
def test_a_camera_with_rare_keyframes_is_told_so(rtsp_camera, sim, admin, asked) -> None:  # noqa: F811
    sim.control.fault("kunci", "slow-keyframes", gop=6)
    probing.test_connection(rtsp_camera.pk)
    answer = admin.get(page(rtsp_camera))
    found = Camera.objects.get(pk=rtsp_camera.pk).probe
    assert found["ok"] and found["gop_s"] > 4
    assert any("keyframe" in text.lower() for text in answer.context["advice"])


def test_html_for_a_picture_and_a_bomb_are_sentences(sim, still_camera, admin, asked) -> None:  # noqa: F811
    for fault in ("html", "huge"):
        sim.control.fault("pasar", fault)
        probing.test_connection(still_camera.pk)
        kind = Camera.objects.get(pk=still_camera.pk).probe["kind"]
        assert kind in {"not_a_jpeg", "too_large"}, fault
        assert "errornote" in admin.get(page(still_camera)).content.decode()


@pytest.mark.django_db
def test_tests_are_limited_per_camera_and_person(admin, asked, redis_client) -> None:
    camera = make_camera()
    assert admin.post(page(camera)).status_code == 302
    assert admin.post(page(camera)).status_code == 200  # at once again: refused with a sentence
    for _ in range(25):
        admin.post(page(make_camera()))
    assert AuditEntry.objects.filter(action="camera.tested").count() == 20


@pytest.mark.django_db
def test_an_address_that_is_no_longer_allowed_is_not_dialled(settings, redis_client) -> None:
    camera = make_camera()
    settings.CAMERA_NETWORKS = ["192.168.0.0/16"]
    probing.test_connection(camera.pk)
    assert Camera.objects.get().probe["kind"] == "address_refused"


@pytest.mark.django_db
def test_advice_names_h265_long_keyframes_and_a_missing_notice(admin, redis_client) -> None:
    from cctv.services import record_test

    camera = make_camera(
        capture_mode="rtsp_held", still_url="", main_url="rtsp://10.0.0.4/1", sharing="public"
    )
    record_test(
        camera_id=camera.pk, result={"ok": True, "codec": "hevc", "gop_s": 8.0, "width": 1920, "height": 1080}
    )
    assert len(admin.get(page(camera)).context["advice"]) == 4
    record_test(
        camera_id=camera.pk,
        result={"ok": True, "codec": "hevc", "gop_s": None, "longest_gap_s": 14.0, "smart": True},
    )
    texts = admin.get(page(camera)).context["advice"]
    assert len(texts) == 5 and any("14" in text for text in texts), "a keyframe that never came is late too"
    assert keys.client().ttl(keys.key("cctv", "test", camera.pk)) > 0


def test_neither_a_failing_test_nor_a_failing_save_logs_a_secret(
    rtsp_camera,  # noqa: F811
    admin,
    asked,
    caplog,
) -> None:
    caplog.set_level("DEBUG")
    Camera.objects.filter(pk=rtsp_camera.pk).update(password="r4has1a-besar", username="juru-kamera")
    probing.test_connection(rtsp_camera.pk)
    values = {"name": "", "login_password": "r4has1a-baru", "main_url": "rtsp://u:r4has1a-url@10.0.0.1/x"}
    admin.post(f"/admin/cctv/camera/{rtsp_camera.pk}/change/", values)
    assert "r4has1a" not in caplog.text and "juru-kamera" not in caplog.text
    assert "r4has1a" not in repr(fleet_view.spec_of(Camera.objects.get(pk=rtsp_camera.pk)))
