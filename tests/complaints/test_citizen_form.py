"""The citizen's form and receipt: a list by subject, true words about answers, and until when one comes."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from complaints.models import Report
from complaints.services.reporters import reporter_for
from complaints.services.telling import way_to
from tests.factories.complaints import make_category, make_channel

pytestmark = pytest.mark.django_db
HINT = "dengan nomor saja petugas dapat menelepon"


@pytest.fixture(autouse=True)
def web(db, redis_client):
    return make_channel("web")


def form() -> str:
    return str(Client().get("/lapor/").content.decode())


def test_categories_stand_in_the_citys_order_under_their_parents():
    roads, lone = make_category("JALAN-1", name="Jalan & jembatan"), make_category("LAIN-1", name="Lainnya")
    hole = make_category("JALAN-2", name="Jalan berlubang", parent=roads)
    page = form()
    head, group = page.split('<optgroup label="Jalan &amp; jembatan">')
    inside, below = group.split("</optgroup>")
    assert "Lainnya" not in head and f'value="{roads.pk}"' not in page
    assert f'<option value="{hole.pk}">Jalan berlubang' in inside
    assert f'<option value="{lone.pk}">Lainnya' in below
    sent = Client().post("/lapor/", {"text": "Lubang besar di jalan", "category": hole.pk})
    assert sent.status_code == 200 and Report.objects.get().category == hole


def test_what_the_form_says_of_answers_is_what_happens(web):
    assert HINT not in form(), "no way to write: nothing is promised"
    make_channel("email")
    assert HINT in form() and 'aria-describedby="id_email_helptext"' in form()
    called = reporter_for(channel=web, phone="081277001122", name="A")
    assert way_to(called) is None
    assert way_to(reporter_for(channel=web, email="a@contoh.invalid", name="A")) is not None


def test_the_receipt_says_until_when_an_answer_comes_and_can_be_copied():
    client = Client()
    page = client.post("/lapor/", {"text": "Lampu mati di depan pasar"}).content.decode()
    report = Report.objects.get()
    assert report.answer_due is not None
    assert "Jawaban pertama paling lambat" in page and "WIB" in page
    assert f'data-number="{report.number}"' in page and "Salin nomor dan PIN" in page
    said = client.post("/lapor/kirim/", {"text": "Sampah menumpuk lagi", "key": str(uuid.uuid4())}).json()
    assert said["answer_by"].endswith("WIB")
