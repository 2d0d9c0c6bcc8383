"""What a PIN opened is closed everywhere once the PIN is gone, and no planted session looks on."""

from __future__ import annotations

import uuid
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client

from complaints import opened
from complaints.models import Report
from complaints.services import erasing
from complaints.services.filing import NewReport, file_report
from tests.complaints.devices import open_in, opened_in
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db
STORE = import_module(settings.SESSION_ENGINE).SessionStore


@pytest.fixture
def filed():
    return file_report(NewReport(channel=make_channel("web"), text="Lampu mati di gang"))


def browser(filed) -> Client:
    client = Client()
    answer = client.post(f"/lapor/{filed.report.number}/pin/", {"pin": filed.pin})
    assert answer.status_code == 302 and opened_in(client) == [filed.report.pk]
    return client


@pytest.mark.parametrize("supporters", [0, 1])
def test_an_erasure_closes_it_in_every_browser(filed, supporters):
    at = f"/lapor/{filed.report.number}/"
    mine, other = browser(filed), browser(filed)
    assert other.get(f"{at}data.json").status_code == 200
    Report.objects.filter(pk=filed.report.pk).update(supporters=supporters)
    assert mine.post(f"{at}hapus/").status_code == 302
    before = Report.objects.get(pk=filed.report.pk)
    for client in (mine, other):
        assert client.get(f"{at}data.json").status_code == 404
        assert client.post(f"{at}hapus/").status_code == 404
        client.post(f"{at}nilai/", {"again": "1", "text": "Belum"})
        client.post(f"{at}nilai/", {"score": "1"})
        assert "data.json" not in client.get(at).content.decode()
    after = Report.objects.get(pk=filed.report.pk)
    assert (after.status, after.rating, after.rev) == (before.status, None, before.rev)


def test_so_does_an_erasure_by_the_desk_and_another_pin(filed):
    other = browser(filed)
    Report.objects.filter(pk=filed.report.pk).update(pin_digest="0" * 64)
    assert other.get(f"/lapor/{filed.report.number}/data.json").status_code == 404
    other = Client()
    open_in(other, Report.objects.get())
    assert other.get(f"/lapor/{filed.report.number}/data.json").status_code == 200
    erasing.erase(pk=filed.report.pk, viewer=None, reason="request")
    assert other.get(f"/lapor/{filed.report.number}/data.json").status_code == 404
    open_in(other, Report.objects.get())
    assert other.get(f"/lapor/{filed.report.number}/data.json").status_code == 404, "no PIN, no mark"


def test_what_was_kept_before_there_were_marks_opens_nothing(filed):
    client = Client()
    session = client.session
    session[opened.OPENED] = [filed.report.pk, [filed.report.pk], "x", [filed.report.pk, "x"]]
    session.save()
    assert client.get(f"/lapor/{filed.report.number}/data.json").status_code == 404
    assert client.get(f"/lapor/{filed.report.number}/").status_code == 200


def test_ten_stay_open_the_newest(filed):
    client = Client()
    for n in range(12):
        client.post("/lapor/kirim/", {"text": f"Lampu {n} mati", "key": str(uuid.uuid4())})
    newest = list(Report.objects.order_by("-pk").values_list("pk", flat=True)[:10])
    assert opened_in(client) == newest[::-1]


@pytest.mark.parametrize("door", ["/lapor/", "/lapor/kirim/", "/lapor/kamar/"])
def test_filing_gives_the_browser_a_new_session(filed, door):
    client = Client()
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    values = {"text": "Lampu mati", "key": str(uuid.uuid4())}
    values |= {"need": "bed", "phone": "081211112222", "address": "Ciruas"} if "kamar" in door else {}
    assert client.post(door, values).status_code in {200, 201, 302}
    report = Report.objects.order_by("-pk").first()
    assert opened_in(client) == [report.pk] and client.session.session_key != planted
    assert not STORE(planted).exists(planted)
    assert client.session["planted"] == 1
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get(f"/lapor/{report.number}/data.json").status_code == 404
