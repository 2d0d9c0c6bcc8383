"""Orders in the admin: found, filtered and taken along; never written, and only where they are visible."""

from __future__ import annotations

import io

import openpyxl
import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from fieldstaff.models import Order, OrderEvent
from tests.factories.city import client_of, make_agency, make_user

LIST = "/admin/fieldstaff/order/"


@pytest.fixture
def boss(crew):
    return client_of(make_user(Role.ADMIN, is_superuser=True))


def test_found_by_words_and_filtered(crew, boss):
    order = crew.offered(crew.worker, text="Sapu jembatan")
    crew.worked(order, crew.worker)
    page = boss.get(LIST, {"q": "jembatan"}).content.decode()
    assert "Sapu jembatan" in page and "urutan" not in page
    assert "Sapu jembatan" not in boss.get(LIST, {"state__exact": "new"}).content.decode()
    page = boss.get(f"{LIST}{order.pk}/change/").content.decode()
    assert page.count(crew.worker.code) >= 5, "its events stand below it"
    for name in ("orderevent", "orderphoto"):
        listed = boss.get(f"/admin/fieldstaff/{name}/", {"q": crew.worker.code})
        assert listed.status_code == 200 and str(order.pk) in listed.content.decode()
    event = OrderEvent.objects.first()
    assert boss.get(f"/admin/fieldstaff/orderevent/{event.pk}/change/").status_code == 200


def test_nobody_writes(crew, boss):
    order = crew.offered(crew.worker)
    event = order.events.first()
    for name, pk in (("order", order.pk), ("orderevent", event.pk)):
        base = f"/admin/fieldstaff/{name}/"
        assert boss.get(f"{base}add/").status_code == 403
        assert boss.post(f"{base}{pk}/change/", {"text": "anders"}).status_code == 403
        assert boss.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Order.objects.get(pk=order.pk).text == order.text


def test_taken_along_as_a_sheet_and_written_down(crew, boss):
    order = crew.offered(crew.worker, text="=1+1")
    answer = boss.post(LIST, {"action": "export_sheet", "_selected_action": [order.pk]})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2 and len(rows[0]) == len(rows[1])
    assert rows[1][0] == order.pk and rows[1][3] in {"=1+1", "'=1+1"} and str(crew.worker) in rows[1]
    assert AuditEntry.objects.get(action="export.orders").detail["rows"] == 1


def test_another_agencys_head_finds_nothing(crew):
    crew.offered(crew.worker, text="Sapu jembatan")
    head = client_of(make_user(Role.HEAD, agency=make_agency()))
    answer = head.get(LIST)
    assert answer.status_code in {302, 403, 404} or "Sapu jembatan" not in answer.content.decode()
