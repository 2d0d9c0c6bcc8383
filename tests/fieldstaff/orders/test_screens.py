"""Orders on the desk: from a report to the officer, the list, the clash, photos, clocks as a page and CSV."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents import services as incidents
from commandcenter.wall.registry import tiles
from fieldstaff.models import Latest, Order, OrderState
from fieldstaff.orders import moving, photos
from fieldstaff.views.officer import tasks
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_report
from tests.factories.orders import jpeg


@pytest.fixture
def desk(crew):
    return client_of(make_user(Role.OPERATOR))


def near(crew) -> None:
    now = datetime.now(UTC)
    Latest.objects.create(
        officer=crew.worker, last_contact=now, fix_at=now, lat_e7=-61200000, lon_e7=1061500000
    )


def test_an_operator_sends_somebody_from_a_report(crew, desk):
    near(crew)
    report = make_report(lat=-6.12, lng=106.15)
    page = desk.get(f"/reports/{report.number}/").content.decode()
    assert f"/fieldstaff/orders/new/?report={report.number}" in page
    form = desk.get(f"/fieldstaff/orders/new/?report={report.number}")
    assert report.text in form.content.decode()
    said = {
        "agency": crew.agency.pk, "text": "Perbaiki lampu", "priority": "normal", "uuid": str(uuid.uuid4())
    }  # fmt: skip
    answer = desk.post(f"/fieldstaff/orders/new/?report={report.number}", said)
    order = Order.objects.get()
    assert answer.url == f"/fieldstaff/orders/{order.pk}/"
    page = desk.get(answer.url).content.decode()
    assert crew.worker.name in page and "paling dekat" in page and "tidak terdengar" in page
    asked = desk.post(f"{answer.url}offer/", {"officer": [crew.worker.pk], "rev": order.rev})
    assert asked.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.assignee_id, order.report_id) == ("offered", crew.worker.pk, report.pk)
    assert str(order.pk) in desk.get(f"/reports/{report.number}/").content.decode()


def test_an_alarm_has_the_panel_too(crew, desk):
    alarm = incidents.raise_alarm(source="x:1", kind="flood", severity="critical", title="Banjir")
    assert f"/fieldstaff/orders/new/?alarm={alarm.pk}" in desk.get(f"/alarms/{alarm.pk}/").content.decode()
    assert desk.get(f"/fieldstaff/orders/new/?alarm={alarm.pk}").status_code == 200
    assert desk.get("/fieldstaff/orders/new/?alarm=x").status_code == 404


def test_an_old_page_is_told_so_and_keeps_what_was_typed(crew, desk):
    order = crew.offered(crew.worker)
    moving.accept(pk=order.pk, viewer=crew.viewer(crew.worker))
    said = {"text": "tidak perlu lagi", "rev": order.rev}
    answer = desk.post(f"/fieldstaff/orders/{order.pk}/cancelled/", said)
    assert answer.status_code == 409
    assert "tidak perlu lagi" in answer.content.decode()
    said["rev"] = Order.objects.get(pk=order.pk).rev
    assert desk.post(f"/fieldstaff/orders/{order.pk}/cancelled/", said).status_code == 302
    assert Order.objects.get(pk=order.pk).state == "cancelled"
    assert desk.post(f"/fieldstaff/orders/{order.pk}/flown/", said).status_code == 404


def test_the_worker_goes_through_the_steps_on_the_same_page(crew):
    order = crew.offered(crew.worker)
    client = client_of(crew.worker.user)
    page = client.get(f"/fieldstaff/orders/{order.pk}/").content.decode()
    assert "accepted/" in page and "cancelled/" not in page
    client.post(f"/fieldstaff/orders/{order.pk}/accepted/")
    client.post(f"/fieldstaff/orders/{order.pk}/on_scene/")
    assert client.post(f"/fieldstaff/orders/{order.pk}/done/").status_code == 409
    assert client.post(f"/fieldstaff/orders/{order.pk}/verified/").status_code == 409
    assert client_of(crew.stranger.user).get(f"/fieldstaff/orders/{order.pk}/").status_code == 404


def test_the_list_filters_and_says_when_there_is_nothing(crew, desk):
    assert "Tidak ada tugas terbuka" in desk.get("/fieldstaff/orders/").content.decode()
    order = crew.offered(crew.worker, text="Sapu jembatan")
    page = desk.get("/fieldstaff/orders/").content.decode()
    assert "Sapu jembatan" in page and crew.worker.name in page
    for query in ("show=check", f"agency={make_agency().pk}", "priority=urgent", "show=closed"):
        assert "Sapu jembatan" not in desk.get(f"/fieldstaff/orders/?{query}").content.decode()
    assert "Sapu jembatan" in desk.get("/fieldstaff/orders/?show=waiting&page=x").content.decode()
    assert (
        "Sapu jembatan"
        in desk.get("/fieldstaff/orders/?show=zzz", headers={"X-CC-Tile": "1"}).content.decode()
    )
    assert order.pk


def test_a_photo_is_served_as_made_anew_and_to_nobody_else(crew, desk):
    order = crew.offered(crew.worker)
    viewer = crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    moving.on_scene(pk=order.pk, viewer=viewer)
    row = photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg()])
    address = f"/fieldstaff/orders/photos/{row.uuid}/"
    assert desk.get(address).status_code == 404
    assert photos.process(row.pk)
    assert not photos.process(row.pk)
    answer = desk.get(address)
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg" and body.startswith(b"\xff\xd8") and body != jpeg()
    assert client_of(crew.stranger.user).get(address).status_code == 404
    row.refresh_from_db()
    assert (row.state, len(row.sha256), row.width) == ("ready", 64, 64)


def test_an_officers_day_tells_his_steps_and_photos_to_who_may_read_the_order(crew):
    crew.worked(crew.offered(crew.worker), crew.worker)
    today = timezone.localdate()
    told = list(tasks(crew.desk, crew.worker, today))
    words = [str(line.word) for line in told if line.kind == "task"]
    assert f"{OrderState.DONE.label}: Bersihkan saluran" in words
    assert [line.kind for line in told].count("photo") == 1 and "Bersihkan saluran" in str(told[-1].word)
    assert not list(tasks(crew.viewer(crew.stranger), crew.worker, today))


def test_clocks_as_a_page_and_as_csv_for_who_may_count(crew, desk):
    assert "Belum ada tugas yang ditawarkan" in desk.get("/fieldstaff/orders/clocks/").content.decode()
    order = crew.offered(crew.worker)
    crew.worked(order, crew.worker)
    page = desk.get("/fieldstaff/orders/clocks/?days=30").content.decode()
    assert crew.agency.short_name in page and "P90" in page
    sheet = desk.get("/fieldstaff/orders/clocks.csv?days=30").content.decode()
    assert crew.agency.short_name in sheet and crew.worker.name not in sheet
    assert AuditEntry.objects.filter(action="export.order_clocks").exists()
    mayor = client_of(make_user(Role.MAYOR))
    assert mayor.get("/fieldstaff/orders/clocks/").status_code == 200
    assert crew.worker.name not in mayor.get("/fieldstaff/orders/").content.decode()
    assert client_of(crew.worker.user).get("/fieldstaff/orders/clocks/").status_code == 403


def test_the_tile_counts_and_names_nobody(crew):
    crew.offered(crew.worker, text="Rahasia")
    tile = next(one for one in tiles() if one.key == "fieldstaff.orders")
    mayor = viewer_of_user(make_user(Role.MAYOR))
    assert tile.permission(mayor)
    told = tile.context(mayor, {}, datetime.now(UTC))
    assert told["whole"]["open"] == 1 and told["whole"]["unanswered"] == 1
    assert "Rahasia" not in str(told) and crew.worker.name not in str(told)


def test_a_filter_that_filters_nothing_says_all(desk):
    page = desk.get("/fieldstaff/orders/").content.decode()
    for name in ("agency", "priority"):
        field = page.partition(f'<select name="{name}"')[2].partition("</select>")[0]
        assert '<option value="" selected>semua</option>' in field, field
