"""The register's pages by their front door: forms, filters, actions, and what they never show."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cctv import services
from cctv.models import Camera, Maintenance, Transition
from commandcenter.city.models import AuditEntry
from tests.factories.cctv import make_agency, make_camera, make_site

pytestmark = pytest.mark.django_db
SECRET = "g3heim@:/#?%"
LIST = "/admin/cctv/camera/"


def form(camera: Camera | None = None, **values) -> dict[str, object]:
    """What the browser would send."""
    site = camera.site if camera else make_site()
    base: dict[str, object] = {
        "name": "Pasar Petir pintu",
        "code": "",
        "site": site.pk,
        "agency": make_agency().pk,
        "enabled": "on",
        "fov": 90,
        "range_m": 40,
        "place_kind": "market",
        "phase": "permanent",
        "sharing": "internal",
        "retention_days": 30,
        "capture_mode": "rtsp_on_demand",
        "main_url": "rtsp://10.4.1.9/ch1",
        "transport": "tcp",
        "min_interval": 1,
        "wall_interval": 10,
        "idle_interval": 60,
        "maintenance-TOTAL_FORMS": 0,
        "maintenance-INITIAL_FORMS": 0,
        "maintenance-MIN_NUM_FORMS": 0,
        "maintenance-MAX_NUM_FORMS": 1000,
    }
    if camera:
        base |= {"name": camera.name, "code": camera.code, "area": camera.area_id}
        base |= {"lat": camera.lat, "lng": camera.lng}
    return {**base, **values}


def errors(answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_register_a_camera(admin) -> None:
    answer = admin.post(LIST + "add/", form(login_user="viewer", login_password=SECRET))
    assert answer.status_code == 302, errors(answer)
    camera = Camera.objects.get()
    assert (camera.code, camera.area, camera.password) == ("pasar-petir-pintu", camera.site.area, SECRET)
    entry = AuditEntry.objects.get(action="camera.registered")
    assert entry.actor_kind == "user" and entry.ip != ""


def test_a_brand_s_template_fills_the_empty_addresses(admin) -> None:
    values: dict[str, object] = {
        "brand": "hikvision",
        "host": "10.4.1.9",
        "channel": 2,
        "main_url": "",
        "rtsp_port": 8554,
    }
    assert admin.post(LIST + "add/", form(None, **values)).status_code == 302
    camera = Camera.objects.get()
    assert camera.main_url == "rtsp://10.4.1.9:8554/Streaming/Channels/201"
    assert camera.sub_url == "rtsp://10.4.1.9:8554/Streaming/Channels/202"
    assert camera.still_url == "http://10.4.1.9:80/ISAPI/Streaming/channels/202/picture"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"main_url": "rtsp://admin:pw@10.4.1.9/ch1"}, "main_url"),
        ({"main_url": "rtsp://127.0.0.1/ch1"}, "main_url"),
        ({"still_url": "http://169.254.169.254/x"}, "still_url"),
        ({"brand": "dahua", "host": "10.0.0.1/evil", "main_url": ""}, "host"),
        ({"brand": "dahua", "host": "", "main_url": ""}, "host"),
        ({"phase": "trial"}, "__all__"),
        ({"site": ""}, "site"),
    ],
)
def test_a_wrong_form_names_the_field(admin, values, field) -> None:
    answer = admin.post(LIST + "add/", form(**values))
    assert answer.status_code == 200 and field in errors(answer)
    assert not Camera.objects.exists()


def test_no_page_shows_user_or_password(admin) -> None:
    camera = make_camera(username="kamera-user-x1", password=SECRET)
    pages = [LIST, f"{LIST}{camera.pk}/change/", f"{LIST}{camera.pk}/history/", f"{LIST}{camera.pk}/test/"]
    for page in pages:
        text = admin.get(page).content.decode()
        assert SECRET not in text and "kamera-user-x1" not in text and "g3heim" not in text
    assert camera.has_password
    # A wrong form does not send the password back either.
    answer = admin.post(f"{LIST}{camera.pk}/change/", form(camera, name="", login_password="n3u-geheim"))
    assert answer.status_code == 200 and b"n3u-geheim" not in answer.content


def test_an_empty_login_keeps_and_a_tick_removes(admin) -> None:
    camera = make_camera(username="u", password=SECRET)
    page = f"{LIST}{camera.pk}/change/"
    values = {"capture_mode": "http_still", "main_url": "", "still_url": camera.still_url}
    assert admin.post(page, form(camera, **values, direction=90)).status_code == 302
    camera = Camera.objects.get()
    assert (camera.password, camera.direction, camera.credentials_rev) == (SECRET, 90, 0)
    assert admin.post(page, form(camera, **values, login_remove="on")).status_code == 302
    camera = Camera.objects.get()
    assert (camera.has_password, camera.has_username, camera.credentials_rev) == (False, False, 1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("needs=down", {"mati"}),
        ("needs=password", set()),
        ("needs=never", {"mati", "sehat", "uji", "tanpa-papan"}),
        ("needs=picture", {"sehat"}),
        ("notice=blocked", {"tanpa-papan"}),
        ("trial=ending", {"uji"}),
        ("trial=over", set()),
        ("addresses=no-sub", {"mati"}),
        ("sharing__exact=public", {"tanpa-papan"}),
        ("q=mati", {"mati"}),
    ],
)
def test_filters_answer_questions(admin, query: str, expected: set[str]) -> None:
    from django.utils import timezone

    notice = {"notice_posted": True}
    rtsp = {"capture_mode": "rtsp_held", "main_url": "rtsp://10.0.0.9/1"}
    make_camera(code="mati", name="mati", status="offline", **rtsp, **notice)
    make_camera(code="sehat", picture_faults=["frozen"], **notice)
    make_camera(code="uji", phase="trial", trial_until=timezone.localdate(), **notice)
    make_camera(code="tanpa-papan", sharing="public")
    answer = admin.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert {c.code for c in answer.context["cl"].queryset} == expected


def test_the_list_costs_the_same_for_many_cameras(admin, django_assert_max_num_queries) -> None:
    for _ in range(12):
        make_camera()
    with django_assert_max_num_queries(25):
        assert admin.get(LIST).status_code == 200


def test_bulk_pause_maintenance_and_resume(operator) -> None:
    cameras = [make_camera(), make_camera()]
    hidden = make_camera(sharing="restricted")
    ids = [c.pk for c in [*cameras, hidden]]

    def act(action: str) -> None:
        operator.post(LIST, {"action": action, "_selected_action": ids})

    act("pause")
    assert [c.capture_mode for c in Camera.objects.order_by("pk")] == ["paused", "paused", "http_still"]
    act("resume")
    assert set(Camera.objects.values_list("capture_mode", flat=True)) == {"http_still"}
    act("begin_maintenance")
    assert set(Maintenance.objects.values_list("camera_id", flat=True)) == {c.pk for c in cameras}
    act("stop_maintenance")
    assert not Maintenance.objects.filter(ends=None).exists()
    assert AuditEntry.objects.filter(action="maintenance.ended").count() == 2


def test_clone_opens_a_paused_copy(admin) -> None:
    camera = make_camera(password=SECRET)
    assert admin.get(f"{LIST}{camera.pk}/clone/").status_code == 405
    answer = admin.post(f"{LIST}{camera.pk}/clone/")
    twin = Camera.objects.exclude(pk=camera.pk).get()
    assert answer.url == reverse("admin:cctv_camera_change", args=[twin.pk])
    assert (twin.capture_mode, twin.password) == ("paused", SECRET)


def test_an_operator_reads_but_does_not_write_and_never_sees_the_restricted(operator) -> None:
    seen, hidden = make_camera(), make_camera(sharing="restricted")
    assert operator.get(f"{LIST}{seen.pk}/change/").status_code == 200
    assert operator.get(f"{LIST}{hidden.pk}/change/").status_code == 302  # "does not exist"
    assert operator.post(f"{LIST}{seen.pk}/change/", form(seen, name="x")).status_code == 403
    assert operator.get(LIST + "add/").status_code == 403
    assert operator.post(f"{LIST}{seen.pk}/clone/").status_code == 403
    assert operator.get(f"{LIST}{hidden.pk}/test/").status_code == 404
    assert operator.post(f"{LIST}{hidden.pk}/test/").status_code == 404
    codes = {c.code for c in operator.get(LIST).context["cl"].queryset}
    assert codes == {seen.code}


@pytest.mark.parametrize("model", ["transition", "still", "captureincident"])
def test_history_can_only_be_looked_at(admin, model: str) -> None:
    from django.utils import timezone

    Transition.objects.create(
        camera=make_camera(), from_status="unknown", to_status="online", at=timezone.now()
    )
    assert admin.get(f"/admin/cctv/{model}/").status_code == 200
    assert admin.get(f"/admin/cctv/{model}/add/").status_code == 403
    row = Transition.objects.get()
    assert admin.post(f"/admin/cctv/transition/{row.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "model",
    ["site", "devicemodel", "datapackage", "cameragroup", "maintenance", "obstacle"],
)
def test_every_list_and_form_opens(admin, model: str) -> None:
    camera = make_camera()
    services.note_obstacle(by=None, text="Listrik padam", kind="power", camera=camera)
    services.start_maintenance(by=None, reason="Servis", site=camera.site)
    assert admin.get(f"/admin/cctv/{model}/?q=a").status_code == 200
    assert admin.get(f"/admin/cctv/{model}/add/").status_code == 200


def test_a_script_in_a_name_is_only_text(admin) -> None:
    make_camera(name="<script>alert(1)</script>", status_reason="<img src=x>")
    text = admin.get(LIST).content.decode()
    assert "<script>alert(1)" not in text and "&lt;script&gt;" in text


def test_the_form_says_at_the_address_that_the_login_must_be_given_again(admin) -> None:
    camera = make_camera(password=SECRET, still_url="http://10.9.0.7/still.jpg")
    moved = form(camera, capture_mode="http_still", main_url="", still_url="http://10.66.66.66/still.jpg")
    answer = admin.post(f"{LIST}{camera.pk}/change/", moved)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"still_url"}
    again = admin.post(f"{LIST}{camera.pk}/change/", {**moved, "login_user": "a", "login_password": "b"})
    assert again.status_code == 302
    assert Camera.objects.get(pk=camera.pk).password == "b"
