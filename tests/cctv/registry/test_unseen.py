"""What an operator may not see is neither named nor written on, by whatever page of the register."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cctv import services
from cctv.models import CaptureIncident, Maintenance, Obstacle
from commandcenter.city.viewers import Viewer
from tests.factories.cctv import make_camera, make_site

pytestmark = pytest.mark.django_db
NAME = "Ruang tahanan rahasia"


def hidden():
    """A restricted camera, alone on its site; both carry the name that must not be read."""
    return make_camera(name=NAME, site=make_site(name=NAME), sharing="restricted")


@pytest.mark.parametrize("model", ["maintenance", "obstacle"])
def test_an_address_does_not_name_an_unseen_camera_or_site(operator, model: str) -> None:
    camera = hidden()
    for query in (f"camera={camera.pk}", f"site={camera.site_id}"):
        page = operator.get(f"/admin/cctv/{model}/add/?{query}")
        assert page.status_code == 200 and NAME not in page.content.decode()
    seen = make_camera(name="Kamera biasa")
    assert "Kamera biasa" in operator.get(f"/admin/cctv/{model}/add/?camera={seen.pk}").content.decode()


@pytest.mark.parametrize("field", ["camera", "site"])
def test_nothing_is_written_onto_an_unseen_camera_or_site(operator, field: str) -> None:
    camera = hidden()
    pk = camera.pk if field == "camera" else camera.site_id
    moment = {"0": "2026-11-22", "1": "08:00:00"}
    work = {"reason": "x", field: pk, **{f"starts_{n}": value for n, value in moment.items()}}
    answer = operator.post("/admin/cctv/maintenance/add/", work)
    assert answer.status_code == 200 and field in answer.context["adminform"].form.errors
    note = {"text": "x", "kind": "power", field: pk, **{f"noted_at_{n}": v for n, v in moment.items()}}
    answer = operator.post("/admin/cctv/obstacle/add/", note)
    assert answer.status_code == 200 and field in answer.context["adminform"].form.errors
    assert not Maintenance.objects.exists() and not Obstacle.objects.exists()


def test_the_service_refuses_too() -> None:
    camera = hidden()
    by = Viewer(kind="user", pk=None, name="x", sharing=frozenset({"internal"}))
    with pytest.raises(PermissionDenied):
        services.start_maintenance(by=by, camera=camera, reason="x")
    with pytest.raises(PermissionDenied):
        services.note_obstacle(by=by, site=camera.site, text="x")


def test_incidents_do_not_name_an_unseen_site(operator, admin) -> None:
    now = timezone.now()
    CaptureIncident.objects.create(kind="site", site=hidden().site, opened_at=now)
    CaptureIncident.objects.create(kind="system", opened_at=now)
    page = operator.get("/admin/cctv/captureincident/")
    assert [row.kind for row in page.context["cl"].queryset] == ["system"]
    assert NAME not in page.content.decode()
    assert NAME in admin.get("/admin/cctv/captureincident/").content.decode()


def test_a_tile_with_a_restricted_camera_leaves_one_trace(django_user_model, redis_client) -> None:
    from cctv import tiles
    from commandcenter.city.models import AuditEntry

    camera, now = hidden(), timezone.now()
    user = django_user_model.objects.create_user("pengamat")
    person = Viewer(kind="user", pk=user.pk, name="x", sharing=frozenset({"restricted"}))
    screen = Viewer(kind="display", pk=7, name="layar", sharing=frozenset({"restricted"}))
    for viewer in (screen, person, person):
        assert tiles.single(viewer, {"camera": camera.pk}, now)["camera"]
        assert tiles.mosaic(viewer, {}, now)["count"] == 1
    assert AuditEntry.objects.filter(action="camera.viewed").count() == 1
