"""The citizens' list, map and room page: filters, the mark of a simulation, and when to stop waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Hospital, Report, RoomRequest
from tests.factories.city import make_agency
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
SIMULATED = "titik contoh untuk peragaan"


def looked_at(status: str = "verified", **values) -> Report:
    report = make_report(lat=-6.2, lng=106.1, **values)
    closed = timezone.now() if status == "resolved" else None
    Report.objects.filter(pk=report.pk).update(status=status, closed_at=closed)
    return report


def page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_is_chosen_by_status_category_and_words():
    lamps = make_category("PJU-88", name="Lampu")
    below = make_category("PJU-89", name="Lampu taman", parent=lamps)
    opened, closed = looked_at(category=below), looked_at("resolved", text="Sampah menumpuk")
    hidden = looked_at(category=lamps, secret=True)
    for query, seen in (
        ("", {opened, closed}), ("state=open", {opened}), ("state=closed", {closed}),
        ("category=PJU-88", {opened}), ("category=PJU-88&state=closed", set()), ("q=sampah", {closed}),
        ("q=sampah&state=open", set()), ("state=nonsense&category=nonsense", {opened, closed}),
    ):  # fmt: skip
        text = page(f"/lapor/daftar/?{query}")
        assert {row for row in (opened, closed, hidden) if f"/lapor/{row.number}/" in text} == seen, query
    assert "Tampilkan semua" in page("/lapor/daftar/?state=closed&category=PJU-88")


def test_the_map_says_where_its_points_are_simulated():
    report = looked_at()
    assert SIMULATED not in page("/lapor/peta/")
    Report.objects.filter(pk=report.pk).update(origin="simulated")
    assert SIMULATED in page("/lapor/peta/")
    Report.objects.filter(pk=report.pk).update(secret=True)
    assert SIMULATED not in page("/lapor/peta/")


def test_who_waits_for_a_room_reads_until_when_and_has_112_at_hand(redis_client):
    make_channel("web")
    client = Client()
    sent = client.post(
        "/lapor/kamar/",
        {"need": "ambulance", "phone": "081277001133", "address": "Pasar Petir", "text": "Sesak napas"},
    )
    assert sent.status_code == 302, sent.content.decode()[:2000]
    room, link = RoomRequest.objects.get(), sent["Location"]
    assert room.report.answer_due - room.report.received_at <= timedelta(hours=1)
    seen = client.get(link).content.decode()
    assert "Anda mendapat jawaban paling lambat" in seen and 'href="tel:112">Telepon 112' in seen
    office = make_agency("kantor", name="Dinas Tata Kota")
    RoomRequest.objects.update(hospital=office)
    seen = client.get(link).content.decode()
    assert "Dinas Tata Kota" not in seen
    Hospital.objects.create(agency=office, needs=["ambulance"])
    assert "Dinas Tata Kota" in client.get(link).content.decode()
    Report.objects.update(answer_due=timezone.now() - timedelta(minutes=1))
    assert "Jawaban terlambat" in client.get(link).content.decode()
