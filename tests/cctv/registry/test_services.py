"""The verbs of the register: every change is validated, audited and announced, and no secret leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from cctv import services
from cctv.models import Camera
from commandcenter import live
from commandcenter.city.models import AuditEntry
from commandcenter.city.sharing import EVERYTHING
from commandcenter.city.viewers import Role, Viewer
from tests.factories.cctv import make_agency, make_camera, make_site

pytestmark = pytest.mark.django_db
SECRET = "g3heim@:/#?%"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def admin_viewer(django_user_model) -> Viewer:
    user = django_user_model.objects.create_user("rina")
    return Viewer(
        kind="user",
        pk=user.pk,
        name="Rina",
        roles=frozenset({Role.ADMIN}),
        sharing=EVERYTHING,
        permissions=frozenset({"cctv.control_camera"}),
    )


@pytest.fixture
def sent(monkeypatch) -> list[tuple[int, int, tuple[str, ...]]]:
    found: list[tuple[int, int, tuple[str, ...]]] = []
    monkeypatch.setattr(
        live, "_send", lambda groups, message: found.append((message["id"], message["rev"], tuple(groups)))
    )
    return found


def register(by: Viewer | None = None, /, **values: Any) -> Camera:
    site = make_site()
    base = {
        "name": "Pasar Petir pintu",
        "site": site,
        "agency": make_agency(),
        "capture_mode": "rtsp_on_demand",
        "main_url": "rtsp://10.4.1.9/ch1",
        "username": "viewer",
        "password": SECRET,
    }
    return services.register_camera(by=by, **{**base, **values})


def test_a_camera_takes_code_area_and_point_from_name_and_site(admin_viewer: Viewer) -> None:
    first, second = register(admin_viewer), register(admin_viewer)
    assert (first.code, second.code) == ("pasar-petir-pintu", "pasar-petir-pintu-2")
    assert (first.area, first.lat, first.lng) == (first.site.area, first.site.lat, first.site.lng)
    entry = AuditEntry.objects.filter(action="camera.registered").first()
    assert entry is not None and entry.actor_name == "Rina"


def test_user_and_password_are_ciphertext_in_the_table_and_nowhere_else(admin_viewer: Viewer) -> None:
    camera = register(admin_viewer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT username, password FROM cctv_camera WHERE id = %s", [camera.pk])
        stored = cursor.fetchone()
    assert SECRET not in stored[1] and "viewer" not in stored[0] and len(stored[1]) > 80
    assert Camera.objects.get(pk=camera.pk).password == SECRET
    services.set_credentials(by=admin_viewer, camera=camera, username="viewer", password="Other-1")
    trail = json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert SECRET not in trail and "Other-1" not in trail and "login" in trail
    camera.refresh_from_db()
    assert (camera.password, camera.credentials_rev, camera.address_rev) == ("Other-1", 1, 0)


def test_a_failed_validation_does_not_break_reading_passwords() -> None:
    camera = register()
    field = Camera._meta.get_field("password")
    with pytest.raises(ValidationError):
        field.clean("x" * 500, camera)
    assert Camera.objects.get(pk=camera.pk).password == SECRET


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("rtsp://admin:pass@10.4.1.9/ch1", "own fields"),
        ("rtsp://admin:p/ss@10.4.1.9/ch1", "own field"),
        ("rtsp://127.0.0.1/ch1", "server itself"),
        ("rtsp://[::1]/ch1", "server itself"),
        ("http://169.254.169.254/latest", "Link-local"),
        ("rtsp://8.8.8.8/ch1", "camera networks"),
        ("file:///etc/passwd", "Only rtsp"),
        ("rtsp://2130706433/ch1", "four plain"),
    ],
)
def test_the_address_guard_names_the_field(url: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        register(main_url=url)
    assert words in " ".join(caught.value.message_dict["main_url"])
    assert not Camera.objects.exists()


def test_the_simulator_is_allowed_by_exact_host_and_port_only(settings) -> None:
    settings.CAMERA_ALLOW_HOSTS = ["127.0.0.1:18554"]
    register(main_url="rtsp://127.0.0.1:18554/petir")
    with pytest.raises(ValidationError):
        register(main_url="rtsp://127.0.0.1:18555/petir")


def test_the_database_refuses_userinfo_behind_the_form_s_back() -> None:
    with pytest.raises(IntegrityError, match="url_without_userinfo"), transaction.atomic():
        make_camera(still_url="http://u:p@10.0.0.1/x.jpg")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"capture_mode": "http_still"}, "picture address"),
        ({"capture_mode": "mjpeg"}, "stream address"),
        ({"main_url": "http://10.0.0.1/x"}, "rtsp://"),
        ({"phase": "trial"}, "end date"),
        ({"direction": 360}, "359"),
        ({"retention_days": 366}, "365"),
        ({"wall_interval": 90}, "Intervals"),
        ({"lat": 91}, "90"),
        ({"sharing": "everyone"}, "everyone"),
    ],
)
def test_constraints_tell_a_person_what_to_do(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        register(**values)
    assert words in " ".join(caught.value.messages)


def test_a_change_is_audited_and_reaches_those_who_saw_it_before(
    sent, django_capture_on_commit_callbacks, admin_viewer: Viewer
) -> None:
    camera = register(sharing="public", notice_posted=True)
    with django_capture_on_commit_callbacks(execute=True):
        services.change_camera(by=admin_viewer, camera=camera, sharing="restricted")
    agency = f"live.cctv.camera.agency-{camera.agency_id}"
    camera_event, rights_event = sent
    assert rights_event[2] == ("live.rights.all",)  # open sockets ask again what they may show
    assert [camera_event] == [
        (
            camera.pk,
            3,
            (agency, "live.cctv.camera.sharing-public", "live.cctv.camera.sharing-restricted"),
        )
    ]
    detail = AuditEntry.objects.get(action="camera.changed").detail
    assert detail == {"sharing": ["public", "restricted"]}


def test_an_open_form_does_not_put_old_machine_columns_back(admin_viewer: Viewer) -> None:
    camera = register()
    Camera.objects.filter(pk=camera.pk).update(status="online", rev=40, state={"link": "online"})
    services.change_camera(by=admin_viewer, camera=camera, name="Gerbang")
    fresh = Camera.objects.get(pk=camera.pk)
    assert (fresh.status, fresh.state, fresh.rev, fresh.name) == ("online", {"link": "online"}, 41, "Gerbang")
    with pytest.raises(TypeError):
        services.change_camera(by=None, camera=camera, status="offline")


def test_saving_without_a_change_writes_nothing(admin_viewer: Viewer) -> None:
    camera = register()
    before = (camera.rev, AuditEntry.objects.count())
    services.save_camera(by=admin_viewer, camera=Camera.objects.get(pk=camera.pk))
    camera.refresh_from_db()
    assert (camera.rev, AuditEntry.objects.count()) == before


def test_an_address_that_stays_is_not_asked_again(settings, admin_viewer: Viewer) -> None:
    camera = register()
    settings.CAMERA_NETWORKS = ["192.168.0.0/16"]
    services.change_camera(by=admin_viewer, camera=camera, phone="0254 200112")
    with pytest.raises(ValidationError):
        services.change_camera(by=admin_viewer, camera=camera, sub_url="rtsp://10.4.1.9/ch2")


def test_pause_and_resume_keep_the_mode(admin_viewer: Viewer) -> None:
    camera = services.pause_camera(by=admin_viewer, camera=register())
    assert (camera.capture_mode, camera.mode) == ("paused", "rtsp_on_demand")
    camera = services.resume_camera(by=admin_viewer, camera=Camera.objects.get(pk=camera.pk))
    assert (camera.capture_mode, camera.resume_mode) == ("rtsp_on_demand", "")


def test_a_clone_is_paused_without_notice_and_keeps_the_login(admin_viewer: Viewer) -> None:
    camera = register(notice_posted=True, sharing="public")
    twin = services.clone_camera(by=admin_viewer, camera=camera)
    twin = Camera.objects.get(pk=twin.pk)
    assert (twin.capture_mode, twin.mode, twin.notice_posted) == ("paused", "rtsp_on_demand", False)
    assert (twin.password, twin.code, twin.pk != camera.pk) == (SECRET, "pasar-petir-pintu-2", True)


def test_maintenance_covers_a_site_and_can_be_called_off(admin_viewer: Viewer) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from cctv.models import Maintenance

    camera = register()
    window = services.start_maintenance(by=admin_viewer, site=camera.site, reason="Ganti tiang")
    assert Maintenance.objects.active(timezone.now()).of_cameras([camera.pk]).get() == window
    services.end_maintenance(by=admin_viewer, window=window)
    assert not Maintenance.objects.active(timezone.now()).exists()
    later = timezone.now() + timedelta(days=1)
    planned = services.start_maintenance(by=admin_viewer, camera=camera, reason="Servis", starts=later)
    services.end_maintenance(by=admin_viewer, window=planned)
    assert Maintenance.objects.count() == 1
    with pytest.raises(ValidationError):
        services.start_maintenance(by=admin_viewer, reason="x", camera=camera, site=camera.site)


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("rtsp://10.66.66.66/x", "another host"),
        ("rtsp://10.9.0.7:8554/x", "another port"),
        ("rtsp://10.9.0.7/x", "off its encryption"),
    ],
)
def test_a_stored_login_never_follows_the_address_to(address: str, where: str, admin_viewer: Viewer) -> None:
    """Nobody can read the password; whoever edits addresses must not have it sent to a box of his own."""
    camera = register(main_url="rtsps://10.9.0.7/live", sub_url="")
    with pytest.raises(ValidationError) as refused:
        services.change_camera(by=admin_viewer, camera=camera, sub_url=address)
    assert set(refused.value.message_dict) == {"sub_url"}
    stored = Camera.objects.get(pk=camera.pk)
    assert (stored.sub_url, stored.password) == ("", SECRET)
    stored.sub_url = address
    moved = services.save_camera(by=admin_viewer, camera=stored, username="new", password="fresh")
    assert (Camera.objects.get(pk=moved.pk).sub_url, moved.password) == (address, "fresh")


def test_a_login_stays_on_its_own_device_and_leaves_when_it_is_removed(admin_viewer: Viewer) -> None:
    camera = register(main_url="rtsp://10.9.0.7/live", sub_url="")
    camera = services.change_camera(by=admin_viewer, camera=camera, sub_url="rtsp://10.9.0.7:554/sub")
    camera = services.change_camera(by=admin_viewer, camera=camera, still_url="https://10.9.0.7/still.jpg")
    camera = services.set_credentials(by=admin_viewer, camera=camera, username="", password="")
    camera = services.change_camera(by=admin_viewer, camera=camera, main_url="rtsp://10.9.0.99/live")
    assert not camera.has_password


def test_a_clones_login_does_not_leave_with_the_clone(admin_viewer: Viewer) -> None:
    twin = services.clone_camera(
        by=admin_viewer, camera=register(main_url="rtsp://10.9.0.7/live", sub_url="")
    )
    with pytest.raises(ValidationError):
        services.change_camera(by=admin_viewer, camera=twin, main_url="rtsp://10.66.66.66/x")
